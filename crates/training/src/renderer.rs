//! `Renderer`: a Burn renderer that passes on to a display what it needs of the many things that Burn reports.

use std::collections::HashMap;

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation, MetricsRendererTraining,
};

/// A display of a training.
pub trait Display: Send + Sync {
    /// The training has seen this many images of its current epoch, counted from 0.
    fn advance(&mut self, epoch: usize, images: usize);

    /// The last validation, after this many epochs, had this value of a metric: `Loss`, or `Accuracy` in percent.
    fn validated(&mut self, epoch: usize, metric: &str, value: f64);
}

/// Shows nothing.
impl Display for () {
    fn advance(&mut self, _: usize, _: usize) {}
    fn validated(&mut self, _: usize, _: &str, _: f64) {}
}

/// Burn's renderer for a display. With `()` it shows nothing; the renderer that Burn chooses without a terminal would print
/// a line for every batch.
pub struct Renderer<D> {
    display: D,
    epoch: usize,
    in_training: bool,
    metrics: HashMap<MetricId, String>,
}

impl<D> Renderer<D> {
    /// A renderer before the first event.
    #[must_use]
    pub fn new(display: D) -> Self {
        Self { display, epoch: 0, in_training: true, metrics: HashMap::new() }
    }
}

impl Renderer<()> {
    /// A renderer that shows nothing.
    #[must_use]
    pub fn silent() -> Box<Self> {
        Box::new(Self::new(()))
    }
}

impl<D: Display> MetricsRendererTraining for Renderer<D> {
    fn update_train(&mut self, _: MetricState) {}

    fn update_valid(&mut self, state: MetricState) {
        let MetricState::Numeric(entry, Some(value)) = state else { return };
        if let Some(name) = self.metrics.get(&entry.metric_id) {
            self.display.validated(self.epoch, name, NumericEntry::current(&value));
        }
    }
}

impl<D: Display> TrainingProgressLogger for Renderer<D> {
    fn start(&mut self, _: usize, _: usize, _: Option<usize>, _: Option<&str>) {}

    fn update_epoch(&mut self, epoch: usize) {
        self.epoch = epoch;
    }

    fn start_split(&mut self, split: &str, _: usize) {
        self.in_training = split == "train";
    }

    fn update_split(&mut self, images: usize) {
        if self.in_training {
            self.display.advance(self.epoch, images);
        }
    }

    fn end_split(&mut self) {}
    fn end(&mut self) {}
    fn log_event_training(&mut self, _: String) {}
}

impl<D: Display> MetricsRenderer for Renderer<D> {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.metrics.insert(definition.metric_id, definition.name.to_string());
    }
}

/// Burn's renderers also show evaluations on a test set, which this project does not have.
impl<D: Display> MetricsRendererEvaluation for Renderer<D> {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}
}

impl<D: Display> EvaluationProgressLogger for Renderer<D> {
    fn start_global_progress(&mut self, _: usize) {}
    fn start_test(&mut self, _: &str, _: usize) {}
    fn update_test_progress(&mut self, _: usize) {}
    fn end_test(&mut self) {}
    fn end_global_progress(&mut self) {}
    fn log_event_evaluation(&mut self, _: String) {}
}
