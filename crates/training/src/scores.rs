//! `Scores`: loss and accuracy over some images, and the Burn metrics that show them.

use std::sync::Arc;

use burn::tensor::{ExecutionError, TensorReadError};
use burn::train::metric::state::{FormatOptions, NumericMetricState};
use burn::train::metric::{
    Adaptor, ItemLazy, Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};

/// Loss and accuracy over some images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Mean cross-entropy, natural logarithm.
    pub loss: f64,
    /// Share of the images that are classified right, where it was counted.
    pub accuracy: Option<f64>,
}

/// The values are read from the device where they are made: nothing is left to wait for.
impl ItemLazy for Scores {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<Self> for Scores {
    fn adapt(&self) -> Self {
        *self
    }
}

/// One of the scores as a Burn metric: its curve in the dashboard, its value for early stopping.
#[derive(Clone)]
pub(crate) struct ScoreMetric {
    score: Score,
    state: NumericMetricState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Score {
    Loss,
    Accuracy,
}

impl ScoreMetric {
    /// Mean cross-entropy.
    pub(crate) fn loss() -> Self {
        Self { score: Score::Loss, state: NumericMetricState::new() }
    }

    /// Share of right answers, shown in percent.
    pub(crate) fn accuracy() -> Self {
        Self { score: Score::Accuracy, state: NumericMetricState::new() }
    }

    fn format(&self) -> FormatOptions {
        let options = FormatOptions::new(self.name());
        match self.score {
            Score::Loss => options.precision(4),
            Score::Accuracy => options.unit("%").precision(2),
        }
    }

    fn unit(&self) -> Option<&'static str> {
        (self.score == Score::Accuracy).then_some("%")
    }
}

impl Metric for ScoreMetric {
    type Input = Scores;

    fn name(&self) -> MetricName {
        Arc::new(String::from(match self.score {
            Score::Loss => "Loss",
            Score::Accuracy => "Accuracy",
        }))
    }

    fn attributes(&self) -> MetricAttributes {
        let unit = self.unit().map(str::to_owned);
        NumericAttributes { unit, higher_is_better: self.score == Score::Accuracy }.into()
    }

    fn update(&mut self, scores: &Scores, _: &MetricMetadata) -> Result<SerializedEntry, TensorReadError> {
        let value = match self.score {
            Score::Loss => Some(scores.loss),
            Score::Accuracy => scores.accuracy.map(|accuracy| 100.0 * accuracy),
        };
        let Some(value) = value else { return Ok(SerializedEntry::not_available(self.unit())) };
        self.state.update(value, 1);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for ScoreMetric {
    fn value(&self) -> Option<NumericEntry> {
        Some(self.state.current_value()).filter(|value| !value.current().is_nan())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value()).filter(|value| !value.current().is_nan())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}
