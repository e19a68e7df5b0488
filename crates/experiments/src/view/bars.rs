//! `Bars`: Burn's renderer as progress bars on stderr, for logs, pipes, `--no-tui` and trainings side by side.

use std::collections::HashMap;

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation, MetricsRendererTraining,
};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use record::ExperimentSpec;

/// The bars of a command: those of its trainings, and below them one for all, counted in images.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bars {
    screen: MultiProgress,
    whole: Option<ProgressBar>,
}

impl Bars {
    /// Bars with one for all these runs.
    pub(crate) fn of_runs<'a>(runs: impl ExactSizeIterator<Item = &'a ExperimentSpec>) -> Self {
        let screen = MultiProgress::new();
        let prefix = format!("all {} runs", runs.len());
        let whole =
            screen.add(bar(runs.map(most_images).sum(), "{prefix} {wide_bar} {percent:>3} %  at most {eta} left"));
        whole.set_prefix(prefix);
        whole.tick();
        Self { screen, whole: Some(whole) }
    }

    /// The bar of one training, above the one for all; full when all epochs are done.
    pub(crate) fn training(&self, spec: &ExperimentSpec, seed: u64) -> TrainingBar {
        let own = bar(most_images(spec), "{prefix} {wide_bar} {percent:>3} %  {msg}  at most {eta} left");
        let own = match &self.whole {
            Some(whole) => self.screen.insert_before(whole, own),
            None => self.screen.add(own),
        };
        let names = HashMap::new();
        let whole = self.whole.clone();
        let images_per_epoch = images_per_epoch(spec);
        let own = own.with_prefix(format!("{}, seed {seed}", spec.name)).with_message("epoch 0");
        TrainingBar { own, whole, images_per_epoch, epoch: 0, in_training: true, names, validation: HashMap::new() }
    }

    /// Does something, such as printing, while the bars are out of the way.
    pub(crate) fn undisturbed<R>(&self, tell: impl FnOnce() -> R) -> R {
        self.screen.suspend(tell)
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    ProgressBar::new(length).with_style(ProgressStyle::with_template(template).expect("the template is well formed"))
}

fn images_per_epoch(spec: &ExperimentSpec) -> u64 {
    (spec.steps_per_epoch() * spec.training.batch_size) as u64
}

/// Images that a training sees if early stopping does not end it.
fn most_images(spec: &ExperimentSpec) -> u64 {
    images_per_epoch(spec) * spec.training.max_epochs as u64
}

/// One line: name, bar, epoch, loss and accuracy of the last validation, time left if no validation stops it earlier.
pub(crate) struct TrainingBar {
    own: ProgressBar,
    whole: Option<ProgressBar>,
    images_per_epoch: u64,
    epoch: u64,
    in_training: bool,
    names: HashMap<MetricId, String>,
    validation: HashMap<String, f64>,
}

impl TrainingBar {
    fn message(&self) -> String {
        let value = |name| self.validation.get(name).copied().unwrap_or(f64::NAN);
        format!("epoch {}  validation loss {:.4}, accuracy {:.2} %", self.epoch, value("Loss"), value("Accuracy"))
    }

    /// Moves this bar, and the one for all by as much.
    fn advance_to(&self, position: u64) {
        if let Some(whole) = &self.whole {
            whole.inc(position.saturating_sub(self.own.position()));
        }
        self.own.set_position(position);
    }
}

/// However the training ended, its line goes and its share of the whole is done.
impl Drop for TrainingBar {
    fn drop(&mut self) {
        self.advance_to(self.own.length().unwrap_or(0));
        self.own.finish_and_clear();
        if let Some(whole) = &self.whole
            && whole.position() >= whole.length().unwrap_or(0)
        {
            whole.finish_and_clear();
        }
    }
}

impl MetricsRendererTraining for TrainingBar {
    fn update_train(&mut self, _: MetricState) {}

    fn update_valid(&mut self, state: MetricState) {
        let MetricState::Numeric(entry, Some(value)) = state else { return };
        if let Some(name) = self.names.get(&entry.metric_id) {
            self.validation.insert(name.clone(), NumericEntry::current(&value));
            self.own.set_message(self.message());
        }
    }
}

impl TrainingProgressLogger for TrainingBar {
    fn start(&mut self, _total_epochs: usize, _starting_epoch: usize, _total_items: Option<usize>, _: Option<&str>) {}

    fn update_epoch(&mut self, epoch: usize) {
        self.epoch = epoch as u64;
    }

    fn start_split(&mut self, split: &str, _total_items: usize) {
        self.in_training = split == "train";
    }

    fn update_split(&mut self, items_processed: usize) {
        if self.in_training {
            self.advance_to(self.epoch * self.images_per_epoch + items_processed as u64);
        }
    }

    fn end_split(&mut self) {}

    fn end(&mut self) {}

    fn log_event_training(&mut self, _event: String) {}
}

impl MetricsRenderer for TrainingBar {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }
}

/// Burn asks every renderer for evaluation as well; the suite has no test set to evaluate on.
impl MetricsRendererEvaluation for TrainingBar {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}
}

impl EvaluationProgressLogger for TrainingBar {
    fn start_global_progress(&mut self, _total_tests: usize) {}

    fn start_test(&mut self, _name: &str, _total_items: usize) {}

    fn update_test_progress(&mut self, _items_processed: usize) {}

    fn end_test(&mut self) {}

    fn end_global_progress(&mut self) {}

    fn log_event_evaluation(&mut self, _event: String) {}
}
