//! `MetricLog`: where Burn's early stopping reads the metrics of a validation. The history of a run is the journal's.

use std::collections::HashMap;

use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};

/// The last value of every metric on every split; Burn's own loggers write files or cannot count from 0.
#[derive(Default)]
pub(crate) struct MetricLog {
    names: HashMap<MetricId, String>,
    last: HashMap<(String, Split), (usize, f64)>,
}

impl MetricLogger for MetricLog {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        for metric in update.entries_numeric {
            let (Some(name), Some(value)) = (self.names.get(&metric.entry.metric_id), metric.numeric_entry) else {
                continue;
            };
            self.last.insert((name.clone(), split.clone()), (epoch, value.current()));
        }
    }

    fn read_numeric(&mut self, name: &str, epoch: usize, split: &Split) -> Result<Vec<NumericEntry>, String> {
        let value = self.last.get(&(name.to_owned(), split.clone()));
        // `Final`, so that Burn takes the value as it is instead of forming a mean, which may round.
        Ok(value.filter(|(at, _)| *at == epoch).map(|&(_, value)| NumericEntry::Final(value)).into_iter().collect())
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }

    fn log_epoch_summary(&mut self, _: EpochSummary) {}
}
