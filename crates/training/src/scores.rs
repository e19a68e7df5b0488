//! `Scores`: loss and accuracy over some images, and the Burn metrics that show them.

use std::sync::Arc;

use burn::tensor::{ExecutionError, TensorReadError};
use burn::train::metric::{
    Adaptor, ItemLazy, Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};

/// Loss and accuracy over some images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Mean cross-entropy, natural logarithm.
    pub loss: f64,
    /// Share of correctly classified images, if they were counted.
    pub accuracy: Option<f64>,
}

/// The values have been read from the device already.
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
///
/// It shows the last value, not a mean: a score is already a mean over many images or steps.
#[derive(Clone)]
pub(crate) struct ScoreMetric {
    score: Score,
    last: Option<f64>,
    /// Whether the last update had a value.
    is_fresh: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Score {
    Loss,
    Accuracy,
}

impl ScoreMetric {
    /// Mean cross-entropy.
    pub(crate) fn loss() -> Self {
        Self { score: Score::Loss, last: None, is_fresh: false }
    }

    /// Share of correct predictions, in percent.
    pub(crate) fn accuracy() -> Self {
        Self { score: Score::Accuracy, ..Self::loss() }
    }

    fn entry(&self) -> SerializedEntry {
        let Some(value) = self.last else { return SerializedEntry::not_available(self.unit()) };
        let formatted = match self.score {
            Score::Loss => format!("{value:.4}"),
            Score::Accuracy => format!("{value:.2} %"),
        };
        SerializedEntry::new(formatted, value.to_string())
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
        self.is_fresh = value.is_some();
        self.last = value.or(self.last);
        Ok(self.entry())
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.entry())
    }

    /// Does nothing: the dashboard keeps showing the accuracy on the training images until the next evaluation.
    fn clear(&mut self) {}
}

impl Numeric for ScoreMetric {
    fn value(&self) -> Option<NumericEntry> {
        self.last.filter(|_| self.is_fresh).map(NumericEntry::Value)
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.value()
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.last.unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use burn::data::dataloader::Progress;

    use super::*;

    #[test]
    fn an_accuracy_that_was_not_counted_leaves_the_last_one_shown() {
        let metadata = MetricMetadata { progress: Progress::new(0, 0, None), iteration: None, lr: None };
        let mut metric = ScoreMetric::accuracy();
        let mut shown = |accuracy| {
            let entry = metric.update(&Scores { loss: 1.0, accuracy }, &metadata).unwrap();
            (entry.formatted, metric.value().map(|value| value.current()))
        };
        assert!(shown(None).0.contains("N/A"));
        assert_eq!(shown(Some(0.5)), ("50.00 %".to_owned(), Some(50.0)));
        assert_eq!(shown(None), ("50.00 %".to_owned(), None));
    }
}
