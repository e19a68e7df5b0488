//! `ProgressBarView`: Burn's renderer as one progress bar on stderr, for logs, pipes and `--no-tui`.

use std::collections::HashMap;

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation, MetricsRendererTraining,
};
use indicatif::{ProgressBar, ProgressStyle};
use record::ExperimentSpec;

/// One line: name, bar, epoch, loss and accuracy of the last validation, time left if no validation stops it earlier.
pub(crate) struct ProgressBarView {
    bar: ProgressBar,
    images_per_epoch: usize,
    epoch: usize,
    in_training: bool,
    names: HashMap<MetricId, String>,
    validation: HashMap<String, f64>,
}

impl ProgressBarView {
    /// A bar that is full when all epochs are done.
    pub(crate) fn new(spec: &ExperimentSpec, seed: u64) -> Self {
        let images_per_epoch = spec.steps_per_epoch() * spec.training.batch_size;
        let bar = ProgressBar::new((images_per_epoch * spec.training.max_epochs) as u64)
            .with_style(
                ProgressStyle::with_template("{prefix} {wide_bar} {percent:>3} %  {msg}  at most {eta} left")
                    .expect("the template is well formed"),
            )
            .with_prefix(format!("{}, seed {seed}", spec.name))
            .with_message("epoch 0");
        Self { bar, images_per_epoch, epoch: 0, in_training: true, names: HashMap::new(), validation: HashMap::new() }
    }

    fn message(&self) -> String {
        let value = |name| self.validation.get(name).copied().unwrap_or(f64::NAN);
        format!("epoch {}  validation loss {:.4}, accuracy {:.2} %", self.epoch, value("Loss"), value("Accuracy"))
    }
}

impl MetricsRendererTraining for ProgressBarView {
    fn update_train(&mut self, _: MetricState) {}

    fn update_valid(&mut self, state: MetricState) {
        let MetricState::Numeric(entry, Some(value)) = state else { return };
        if let Some(name) = self.names.get(&entry.metric_id) {
            self.validation.insert(name.clone(), NumericEntry::current(&value));
            self.bar.set_message(self.message());
        }
    }
}

impl TrainingProgressLogger for ProgressBarView {
    fn start(&mut self, _total_epochs: usize, _starting_epoch: usize, _total_items: Option<usize>, _: Option<&str>) {}

    fn update_epoch(&mut self, epoch: usize) {
        self.epoch = epoch;
    }

    fn start_split(&mut self, split: &str, _total_items: usize) {
        self.in_training = split == "train";
    }

    fn update_split(&mut self, items_processed: usize) {
        if self.in_training {
            self.bar.set_position((self.epoch * self.images_per_epoch + items_processed) as u64);
        }
    }

    fn end_split(&mut self) {}

    fn end(&mut self) {
        self.bar.finish_and_clear();
    }

    fn log_event_training(&mut self, _event: String) {}
}

impl MetricsRenderer for ProgressBarView {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }
}

/// Burn asks every renderer for evaluation as well; the suite has no test set to evaluate on.
impl MetricsRendererEvaluation for ProgressBarView {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}
}

impl EvaluationProgressLogger for ProgressBarView {
    fn start_global_progress(&mut self, _total_tests: usize) {}

    fn start_test(&mut self, _name: &str, _total_items: usize) {}

    fn update_test_progress(&mut self, _items_processed: usize) {}

    fn end_test(&mut self) {}

    fn end_global_progress(&mut self) {}

    fn log_event_evaluation(&mut self, _event: String) {}
}
