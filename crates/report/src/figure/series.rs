//! From a record to the points of its curves: smoothing, thinning, what a figure shows of a run.

use record::{RunRecord, StopReason, Validation};

use super::{CurveSets, Figure};
use crate::format;

/// Steps of the assignment's smoothing window.
const SMOOTHED_STEPS: usize = 10;
/// Windows of all runs together at most: four runs of 31,250 steps, the ladder of task 3 at its longest, keep the
/// assignment's window of 10; an SVG stays below 600 KB.
const MOST_WINDOWS: usize = 12_500;

/// A value at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) step: f64,
    pub(super) value: f64,
}

/// The mean around a step and how far values scatter about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) step: f64,
    pub(super) mean: f64,
    /// Standard deviation within the window; 0 for a single value.
    pub(super) std: f64,
}

impl Spread {
    /// The mean as a point.
    pub(super) fn point(&self) -> Point {
        Point { step: self.step, value: self.mean }
    }
}

/// The curves of one run in one panel; empty where a set is not drawn or the run has no values.
#[derive(Debug, Clone, Default)]
pub(super) struct Curves {
    pub(super) train: Vec<Spread>,
    pub(super) validation: Vec<Point>,
    /// The validation with the lowest loss.
    pub(super) best: Option<Point>,
    /// The step after which values decide the range: the first epoch is over.
    pub(super) settled: f64,
}

/// One run as the figure shows it.
#[derive(Debug, Clone)]
pub(super) struct RunSeries {
    pub(super) label: String,
    pub(super) loss: Curves,
    pub(super) accuracy: Curves,
    /// Steps until the run stopped.
    pub(super) steps: f64,
    /// Whether its values say where the zoomed ranges end: not if it diverged or has less than an epoch.
    pub(super) decides_ranges: bool,
}

/// Steps per window: 10, or the lowest multiple of 10 with which the figure is not too large.
///
/// Where no run has two windows it is 1: a run of a few steps is shown step by step.
pub(super) fn window_steps(figure: &Figure) -> usize {
    let lengths = || figure.runs.iter().map(|run| run.record.step_losses.len());
    if lengths().all(|steps| steps < 2 * SMOOTHED_STEPS) {
        return 1;
    }
    SMOOTHED_STEPS * lengths().sum::<usize>().div_ceil(SMOOTHED_STEPS * MOST_WINDOWS).max(1)
}

/// The points of all runs.
pub(super) fn all_series(figure: &Figure) -> Vec<RunSeries> {
    let window = window_steps(figure);
    figure.runs.iter().map(|run| run_series(&run.label, run.record, figure.sets, window)).collect()
}

fn run_series(label: &str, record: &RunRecord, sets: CurveSets, window: usize) -> RunSeries {
    let steps = record.steps.max(record.step_losses.len());
    // A run shorter than a few epochs would lose most of itself with the first.
    let settled = record.spec.steps_per_epoch().min(steps / 5) as f64;
    let decides_ranges = record.stop_reason != StopReason::Diverged && steps >= record.spec.steps_per_epoch();
    let best = record.best().filter(|_| sets.has_validation());
    let mut loss = Curves { settled, best: best.map(|v| point(v, v.validation_loss)), ..Curves::default() };
    let mut accuracy = Curves { settled, best: best.map(|v| point(v, v.validation_accuracy)), ..Curves::default() };
    if sets.has_validation() {
        loss.validation = points(record, |v| v.validation_loss);
        accuracy.validation = points(record, |v| v.validation_accuracy);
    }
    if sets.has_train() {
        loss.train = train_loss(record, window);
        accuracy.train = exact(points(record, |v| v.train_accuracy));
    }
    let label = label_with_end(label, record.stop_reason);
    RunSeries { label, loss, accuracy, steps: steps as f64, decides_ranges }
}

/// A run that did not end as it should says so.
fn label_with_end(label: &str, reason: StopReason) -> String {
    let label = format::plain_text(label);
    match reason {
        StopReason::EarlyStopping | StopReason::MaxEpochs => label,
        StopReason::Interrupted | StopReason::Diverged => format!("{label} [{}]", format::stop_words(reason)),
    }
}

/// The smoothed loss of the steps; where a record lacks them, the training loss of its validations.
fn train_loss(record: &RunRecord, window: usize) -> Vec<Spread> {
    if record.step_losses.is_empty() {
        return exact(points(record, |v| v.train_loss));
    }
    smoothed(&record.step_losses, window)
}

/// Mean and standard deviation of consecutive windows, at the middle of each.
///
/// A last window that is not full is left out unless it is the only one; a window with a value that is not finite too.
fn smoothed(losses: &[f32], window: usize) -> Vec<Spread> {
    let window = window.min(losses.len()).max(1);
    let spread = |(index, values): (usize, &[f32])| {
        let (mean, std) = mean_and_std(values);
        Spread { step: (index * window) as f64 + window as f64 / 2.0, mean, std }
    };
    losses.chunks_exact(window).enumerate().map(spread).filter(|spread| spread.std.is_finite()).collect()
}

fn mean_and_std(values: &[f32]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().copied().map(f64::from).sum::<f64>() / count;
    let variance = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

fn points(record: &RunRecord, value: impl Fn(&Validation) -> f64) -> Vec<Point> {
    record.validations.iter().map(|v| point(v, value(v))).filter(|point| point.value.is_finite()).collect()
}

fn point(validation: &Validation, value: f64) -> Point {
    Point { step: validation.step as f64, value }
}

fn exact(points: Vec<Point>) -> Vec<Spread> {
    points.into_iter().map(|Point { step, value }| Spread { step, mean: value, std: 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Curve, empty_record, record};

    #[test]
    fn a_window_is_its_mean_and_standard_deviation_at_its_middle() {
        let spreads = smoothed(&[1.0, 3.0, 5.0, 5.0, 9.0], 2);
        let expected = [Spread { step: 1.0, mean: 2.0, std: 1.0 }, Spread { step: 3.0, mean: 5.0, std: 0.0 }];
        assert_eq!(spreads, expected);
    }

    #[test]
    fn a_run_shorter_than_a_window_is_one_window() {
        assert_eq!(smoothed(&[1.0, 3.0], 10), [Spread { step: 1.0, mean: 2.0, std: 1.0 }]);
        assert_eq!(smoothed(&[], 10), []);
    }

    #[test]
    fn a_window_with_a_value_that_is_not_finite_is_left_out() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert_eq!(smoothed(&[1.0, 1.0, bad, 1.0], 2).len(), 1);
        }
    }

    #[test]
    fn windows_hold_ten_steps_until_a_figure_has_too_many() {
        let cases =
            [(1, 0, 1), (2, 19, 1), (1, 20, 10), (1, 31_250, 10), (2, 31_250, 10), (4, 31_250, 10), (8, 31_250, 20)];
        for (count, steps, window) in cases {
            let mut run = empty_record("run", "Run");
            run.step_losses = vec![1.0; steps];
            let figure = Figure::of_records("", &vec![&run; count], CurveSets::Both);
            assert_eq!(window_steps(&figure), window, "{count} runs of {steps} steps");
        }
    }

    #[test]
    fn a_set_that_is_not_drawn_has_no_points_and_no_best() {
        let run = record("task3c", "Standard", 1_000, &Curve::STANDARD);
        let train = run_series("x", &run, CurveSets::Train, 10);
        assert!(train.loss.validation.is_empty() && train.loss.best.is_none() && train.loss.train.len() == 100);
        let validation = run_series("x", &run, CurveSets::Validation, 10);
        assert!(
            validation.loss.train.is_empty() && validation.loss.best.is_some() && validation.accuracy.best.is_some()
        );
    }

    #[test]
    fn a_run_that_ended_early_says_so() {
        let cases = [
            (StopReason::EarlyStopping, "run"),
            (StopReason::MaxEpochs, "run"),
            (StopReason::Interrupted, "run [interrupted]"),
            (StopReason::Diverged, "run [diverged]"),
        ];
        for (reason, label) in cases {
            assert_eq!(label_with_end("run", reason), label);
        }
    }
}
