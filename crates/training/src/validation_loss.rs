//! `ValidationLoss`: the loss of the last validation, for Burn's early stopping.

use std::sync::{Arc, Mutex, PoisonError};

use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{MetricDefinition, NumericEntry};

/// The loss of the last validation, set by the training loop.
///
/// Burn's early stopping reads from its metric loggers. This is the only one: Burn's own write files or do not count from
/// 0.
#[derive(Clone, Default)]
pub(crate) struct ValidationLoss(Arc<Mutex<f64>>);

impl ValidationLoss {
    pub(crate) fn set(&self, loss: f64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = loss;
    }
}

impl MetricLogger for ValidationLoss {
    fn log(&mut self, _: MetricsUpdate, _: usize, _: &Split) {}

    /// Early stopping asks only for the loss of the last validation.
    fn read_numeric(&mut self, _: &str, _: usize, _: &Split) -> Result<Vec<NumericEntry>, String> {
        // `Final`, so that Burn takes the value as it is instead of forming a mean, which may round.
        Ok(vec![NumericEntry::Final(*self.0.lock().unwrap_or_else(PoisonError::into_inner))])
    }

    fn log_metric_definition(&mut self, _: MetricDefinition) {}

    fn log_epoch_summary(&mut self, _: EpochSummary) {}
}
