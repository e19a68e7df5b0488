//! Which part of a run's numbers a panel shows: axes zoomed so that the curves can be told apart.

use super::axis::{Axis, Numbers};
use super::points::Spread;
use super::series::{Curves, RunSeries};
use crate::format::whole;

/// Share of a curve's values, after the first epoch, that may lie beyond the zoomed edge.
const BEYOND: f64 = 0.05;
/// Share of the range left free above and below.
const MARGIN: f64 = 0.04;

impl Axis {
    /// Steps, from 0 to where the longest run stopped.
    pub(super) fn of_steps(runs: &[RunSeries]) -> Self {
        let longest = runs.iter().map(|run| run.steps).fold(1.0, f64::max);
        let mut axis = Self::linear((0.0, longest), 8, Numbers::Whole);
        axis.high = longest * 1.01;
        axis
    }

    /// Losses: from the lowest to what the curves have fallen to soon after the first epoch.
    pub(super) fn of_losses(runs: &[RunSeries]) -> Self {
        let curves = || deciding(runs).map(|run| &run.loss);
        let low = curves().flat_map(|c| lowest(c, 0.02)).fold(f64::INFINITY, f64::min);
        let high = curves().flat_map(|c| highest(c, 1.0 - BEYOND)).fold(f64::NEG_INFINITY, f64::max);
        // A run that diverges alone on its page has any values at all: little above where it began is worth a look.
        let began = curves().filter_map(first).fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = padded(low.min(began), high.min(1.2 * began));
        // A range that nearly reaches 0 begins there.
        Self::linear((if low < 0.1 * high { 0.0 } else { low }, high), 7, Numbers::Plain)
    }

    /// Shares: from what the curves have risen to soon after the first epoch to the highest.
    pub(super) fn of_accuracies(runs: &[RunSeries]) -> Self {
        let curves = || deciding(runs).map(|run| &run.accuracy);
        let low = curves().flat_map(|c| lowest(c, BEYOND)).fold(f64::INFINITY, f64::min);
        let high = curves().flat_map(|c| highest(c, 1.0)).fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = padded(low, high);
        let mut axis = Self::linear((low.max(0.0), high), 7, Numbers::Percent);
        axis.ticks.retain(|&tick| tick <= 1.0);
        axis
    }
}

/// The runs that decide the ranges; all where none does.
fn deciding(runs: &[RunSeries]) -> impl Iterator<Item = &RunSeries> {
    let nobody = runs.iter().all(|run| !run.decides_ranges);
    runs.iter().filter(move |run| nobody || run.decides_ranges)
}

/// A low quantile of every curve, of the lower edge where it has a band.
fn lowest(curves: &Curves, share: f64) -> impl Iterator<Item = f64> {
    let lower = |spread: &Spread| spread.band().0;
    let edges = [quantile(&curves.train, lower, curves, share), quantile(&curves.validation, lower, curves, share)];
    edges.into_iter().flatten().chain(curves.best.map(|best| best.1))
}

/// A high quantile of every curve, of the upper edge for validation; the band of a training loss would take its room.
fn highest(curves: &Curves, share: f64) -> impl Iterator<Item = f64> {
    let train = quantile(&curves.train, |spread| spread.mean, curves, share);
    let validation = quantile(&curves.validation, |spread| spread.band().1, curves, share);
    train.into_iter().chain(validation).chain(curves.best.map(|best| best.1))
}

/// A quantile of the values from `settled` on, of all where none is.
fn quantile(spreads: &[Spread], edge: impl Fn(&Spread) -> f64, curves: &Curves, share: f64) -> Option<f64> {
    let finite: Vec<&Spread> = spreads.iter().filter(|spread| edge(spread).is_finite()).collect();
    let settled = finite.partition_point(|spread| spread.step < curves.settled);
    let counting = if settled < finite.len() { &finite[settled..] } else { &finite[..] };
    nearest_quantile(counting.iter().map(|spread| edge(spread)).collect(), share)
}

fn first(curves: &Curves) -> Option<f64> {
    curves.validation.first().into_iter().chain(curves.train.first()).map(|spread| spread.mean).reduce(f64::max)
}

/// The value that so large a share of the others lies below; none without values.
pub(super) fn nearest_quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(whole(share * values.len().saturating_sub(1) as f64)).copied()
}

/// The range with a margin; a range around the value where all are one but for rounding, `0..1` where there is none.
pub(super) fn padded(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let span = high - low;
    let margin = if span > 1e-4 * high.abs() { MARGIN * span } else { (0.1 * high.abs()).max(0.01) };
    (low - margin, high + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falling(settled: f64) -> Curves {
        let validation = (0..100).map(|i| spread(f64::from(i), if i < 10 { 100.0 } else { 1.0 })).collect();
        Curves { validation, settled, ..Curves::default() }
    }

    fn spread(step: f64, mean: f64) -> Spread {
        Spread { step, mean, std: 0.0 }
    }

    fn run(loss: Curves) -> RunSeries {
        let (label, accuracy) = (String::new(), Curves::default());
        RunSeries { label, loss, accuracy, steps: 100.0, decides_ranges: true, is_mean: false }
    }

    #[test]
    fn the_first_epoch_does_not_decide_the_range() {
        assert!(Axis::of_losses(&[run(falling(10.0))]).high < 2.0);
    }

    #[test]
    fn equal_losses_and_no_losses_have_a_range() {
        for curves in [Curves::default(), Curves { validation: vec![spread(0.0, 2.3)], ..Curves::default() }] {
            let axis = Axis::of_losses(&[run(curves)]);
            assert!(axis.low < axis.high && axis.ticks.len() > 1, "{axis:?}");
        }
    }

    #[test]
    fn a_run_that_does_not_decide_leaves_the_range_to_the_others() {
        let mut wild = run(falling(0.0));
        wild.loss.validation[50].mean = 1e30;
        wild.decides_ranges = false;
        assert_eq!(Axis::of_losses(&[wild, run(falling(10.0))]), Axis::of_losses(&[run(falling(10.0))]));
    }

    #[test]
    fn a_diverging_run_alone_is_shown_where_it_began() {
        let mut wild = run(falling(0.0));
        for point in &mut wild.loss.validation {
            point.mean = 2.0 + 1e30 * point.step;
        }
        assert!(Axis::of_losses(&[wild]).high < 3.0);
    }

    #[test]
    fn few_steps_have_whole_ticks() {
        let mut short = run(Curves::default());
        short.steps = 3.0;
        assert_eq!(Axis::of_steps(&[short]).ticks, [0.0, 1.0, 2.0, 3.0]);
    }
}
