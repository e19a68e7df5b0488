//! Which part of the numbers a panel shows, and where its ticks lie.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use super::series::{Curves, Point, RunSeries, Spread};

/// Share of a curve's values, after the first epoch, that may lie beyond the zoomed edge.
const BEYOND: f64 = 0.05;
/// Share of the range left free above and below.
const MARGIN: f64 = 0.04;

/// A range with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    /// Decimals that tell the ticks apart.
    pub(super) decimals: usize,
}

impl Axis {
    fn new(low: f64, high: f64, most_ticks: usize) -> Self {
        let (ticks, decimals) = nice_ticks(low, high, most_ticks);
        Self { low, high, ticks, decimals }
    }

    /// Steps, from 0 to where the longest run stopped.
    pub(super) fn of_steps(runs: &[RunSeries]) -> Self {
        let longest = runs.iter().map(|run| run.steps).fold(1.0, f64::max);
        let axis = Self::new(0.0, longest, 8);
        // A step is whole, so a run of few steps has no ticks between them.
        let ticks = axis.ticks.iter().copied().filter(|tick| tick.fract() == 0.0).collect();
        Self { high: longest * 1.01, ticks, decimals: 0, ..axis }
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
        Self::new(if low < 0.1 * high { 0.0 } else { low }, high, 7)
    }

    /// Shares: from what the curves have risen to soon after the first epoch to the highest.
    pub(super) fn of_accuracies(runs: &[RunSeries]) -> Self {
        let curves = || deciding(runs).map(|run| &run.accuracy);
        let low = curves().flat_map(|c| lowest(c, BEYOND)).fold(f64::INFINITY, f64::min);
        let high = curves().flat_map(|c| highest(c, 1.0)).fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = padded(low, high);
        let axis = Self::new(low.max(0.0), high, 7);
        Self { ticks: axis.ticks.iter().copied().filter(|&tick| tick <= 1.0).collect(), ..axis }
    }
}

/// The runs that decide the ranges; all where none does.
fn deciding(runs: &[RunSeries]) -> impl Iterator<Item = &RunSeries> {
    let nobody = runs.iter().all(|run| !run.decides_ranges);
    runs.iter().filter(move |run| nobody || run.decides_ranges)
}

/// How the drawing library finds a value's place and the ticks.
impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.low) / (self.high - self.low);
        #[expect(clippy::cast_possible_truncation, reason = "a page is some thousand units across")]
        let offset = (share * f64::from(limit.1 - limit.0)).round() as i32;
        limit.0 + offset
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// A low quantile of every curve, of the band's lower edge for training.
fn lowest(curves: &Curves, share: f64) -> impl Iterator<Item = f64> {
    let train = curves.train.iter().map(|s| Point { step: s.step, value: s.mean - s.std });
    let edges =
        [settled_quantile(train, curves.settled, share), settled_quantile(validation(curves), curves.settled, share)];
    edges.into_iter().flatten().chain(curves.best.map(|best| best.value))
}

/// A high quantile of every curve.
fn highest(curves: &Curves, share: f64) -> impl Iterator<Item = f64> {
    let train = curves.train.iter().map(Spread::point);
    let edges =
        [settled_quantile(train, curves.settled, share), settled_quantile(validation(curves), curves.settled, share)];
    edges.into_iter().flatten().chain(curves.best.map(|best| best.value))
}

fn validation(curves: &Curves) -> impl Iterator<Item = Point> {
    curves.validation.iter().copied()
}

fn first(curves: &Curves) -> Option<f64> {
    let values = curves.validation.first().map(|p| p.value).into_iter().chain(curves.train.first().map(|s| s.mean));
    values.reduce(f64::max)
}

/// The quantile of the values from `settled` on, of all where none is.
fn settled_quantile(points: impl Iterator<Item = Point>, settled: f64, share: f64) -> Option<f64> {
    let points: Vec<Point> = points.filter(|point| point.value.is_finite()).collect();
    let mut values: Vec<f64> = points.iter().filter(|point| point.step >= settled).map(|point| point.value).collect();
    if values.is_empty() {
        values = points.iter().map(|point| point.value).collect();
    }
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of an index is an index")]
    values.get((share * last as f64).round() as usize).copied()
}

/// The range with a margin; a range around the value where all are one but for rounding, `0..1` where there is none.
fn padded(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let span = high - low;
    let margin = if span > 1e-4 * high.abs() { MARGIN * span } else { (0.1 * high.abs()).max(0.01) };
    (low - margin, high + margin)
}

/// Round multiples of 1, 2 or 5 times a power of ten, and the decimals that write them.
fn nice_ticks(low: f64, high: f64, most: usize) -> (Vec<f64>, usize) {
    let rough = (high - low) / most as f64;
    let power = rough.log10().floor();
    let unit = 10_f64.powf(power);
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * unit >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
    let spacing = factor * unit;
    #[expect(clippy::cast_possible_truncation, reason = "ticks are few")]
    let (from, to) = ((low / spacing - 1e-9).ceil() as i64, (high / spacing + 1e-9).floor() as i64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small range")]
    let decimals = (-spacing.log10() - 1e-9).ceil().clamp(0.0, 12.0) as usize;
    ((from..=to).map(|index| index as f64 * spacing).collect(), decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falling(settled: f64) -> Curves {
        let validation =
            (0..100).map(|i| Point { step: f64::from(i), value: if i < 10 { 100.0 } else { 1.0 } }).collect();
        Curves { validation, settled, ..Curves::default() }
    }

    fn run(loss: Curves) -> RunSeries {
        RunSeries { label: String::new(), loss, accuracy: Curves::default(), steps: 100.0, decides_ranges: true }
    }

    #[test]
    fn ticks_are_round_and_within_the_range() {
        let cases: [(f64, f64, &[f64], usize); 4] = [
            (0.0, 31_250.0, &[0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0, 30_000.0], 0),
            (0.11, 0.42, &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4], 2),
            (0.931, 0.967, &[0.935, 0.94, 0.945, 0.95, 0.955, 0.96, 0.965], 3),
            (0.0, 1.0, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1),
        ];
        for (low, high, expected, decimals) in cases {
            let (ticks, found) = nice_ticks(low, high, 8);
            assert!(
                ticks.len() == expected.len() && ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9),
                "{ticks:?}"
            );
            assert_eq!(found, decimals);
        }
    }

    #[test]
    fn the_first_epoch_does_not_decide_the_range() {
        assert!(Axis::of_losses(&[run(falling(10.0))]).high < 2.0);
    }

    #[test]
    fn equal_losses_and_no_losses_have_a_range() {
        for curves in
            [Curves::default(), Curves { validation: vec![Point { step: 0.0, value: 2.3 }], ..Curves::default() }]
        {
            let axis = Axis::of_losses(&[run(curves)]);
            assert!(axis.low < axis.high && axis.ticks.len() > 1, "{axis:?}");
        }
    }

    #[test]
    fn a_run_that_does_not_decide_leaves_the_range_to_the_others() {
        let mut wild = run(falling(0.0));
        wild.loss.validation[50].value = 1e30;
        wild.decides_ranges = false;
        assert_eq!(Axis::of_losses(&[wild, run(falling(10.0))]), Axis::of_losses(&[run(falling(10.0))]));
    }

    #[test]
    fn a_diverging_run_alone_is_shown_where_it_began() {
        let mut wild = run(falling(0.0));
        for point in &mut wild.loss.validation {
            point.value = 2.0 + 1e30 * point.step;
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
