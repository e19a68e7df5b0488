//! The points of a run's curves, as one list for every tool.

use mlp::Layer;
use mlp::recorded::Recorded;
use record::{History, RunRecord};
use spec::Metric;

/// Loss of one step's batch, before its update.
pub(crate) const BATCH_LOSS: &str = "batch_loss";

/// A value of a curve.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// Steps taken.
    pub(crate) step: usize,
    /// The curve: a column of the record's tables, of a probe with the layer's name, `gradient_rms/layers.0`.
    pub(crate) metric: String,
    /// The value; may be NaN or infinite in a run that diverged.
    pub(crate) value: f64,
}

/// Every value of a part of a history that begins after this number of steps, curve by curve.
pub(crate) fn points<'a>(
    history: &'a History,
    layers: &'a [Layer],
    steps_before: usize,
) -> impl Iterator<Item = Point> + 'a {
    let point = |step, metric: &str, value| Point { step, metric: metric.to_owned(), value };
    let losses = (steps_before + 1..).zip(&history.step_losses);
    let losses = losses.map(move |(step, &loss)| point(step, BATCH_LOSS, f64::from(loss)));
    let validations = history.validations.iter().flat_map(move |validation| {
        // Step and epoch are places, not values.
        named(validation).skip(2).map(move |(metric, value)| point(validation.step, metric, value))
    });
    let probes = history.probes.iter().flat_map(move |probe| {
        probe.layers.iter().zip(layers).flat_map(move |(values, layer)| {
            named(values).map(move |(metric, value)| point(probe.step, &format!("{metric}/{}", layer.name), value))
        })
    });
    losses.chain(validations).chain(probes)
}

fn named<T: Recorded>(row: &T) -> impl Iterator<Item = (&'static str, f64)> + use<T> {
    T::COLUMNS.iter().zip(row.values()).filter_map(|(column, value)| Some((column.name, value?)))
}

/// The metrics of a whole run, by name: those that claims are about and that it has.
pub(crate) fn results(record: &RunRecord) -> impl Iterator<Item = (&'static str, f64)> + use<'_> {
    let measured = |metric: Metric| Some((metric.name(), record.measure(metric)?.exactly()?));
    Metric::ALL.into_iter().filter_map(measured)
}
