//! From records to the points of curves: what a figure shows of a run, or of the mean over replicates.

use record::{RunRecord, StopReason, Validation};

use super::points::{Spread, mean_over_runs, steps_of_half};
use super::smoothing::{self, SMOOTHED_STEPS, smoothed};
use super::style::Place;
use super::{CurveSets, Figure, RunCurves};

/// Windows of all runs together at most: four runs of 31,250 steps, the ladder of task 3 at its longest, keep the
/// assignment's window of 10; an SVG stays below 600 KB.
const MOST_WINDOWS: usize = 12_500;
/// The same where curves are means, which are smooth without it: an SVG stays below 300 KB.
const MOST_WINDOWS_OF_MEANS: usize = 3_600;

/// The curves of one run in one panel; empty where a set is not drawn or the run has no values.
#[derive(Debug, Clone, Default)]
pub(super) struct Curves {
    pub(super) train: Vec<Spread>,
    pub(super) validation: Vec<Spread>,
    /// The validation with the lowest loss; none for a mean, whose runs have theirs at different steps.
    pub(super) best: Option<Place>,
    /// The step after which values decide the range: the first epoch is over.
    pub(super) settled: f64,
}

/// One run, or the mean of its replicates, as the figure shows it.
#[derive(Debug, Clone)]
pub(super) struct RunSeries {
    pub(super) label: String,
    pub(super) loss: Curves,
    pub(super) accuracy: Curves,
    /// Steps until the run stopped; of replicates, until fewer than half still train.
    pub(super) steps: f64,
    /// Whether its values say where the zoomed ranges end: not if it diverged or has less than an epoch.
    pub(super) decides_ranges: bool,
    /// Whether it is a mean over replicates.
    pub(super) is_mean: bool,
}

/// Steps per window of the drawing; 1 where no run has two windows, so that a run of a few steps is shown step by step.
pub(super) fn window_steps(figure: &Figure) -> usize {
    let lengths: Vec<usize> = figure.runs.iter().map(n_losses).collect();
    if lengths.iter().all(|&steps| steps < 2 * SMOOTHED_STEPS) {
        return 1;
    }
    let most_windows = if figure.has_means() { MOST_WINDOWS_OF_MEANS } else { MOST_WINDOWS };
    smoothing::window_steps(lengths.iter().sum(), most_windows)
}

/// The same with so many windows for each curve at most.
pub(super) fn window_steps_of_each(figure: &Figure, most_windows: usize) -> usize {
    let longest = figure.runs.iter().map(n_losses).max().unwrap_or(0);
    if longest < 2 * SMOOTHED_STEPS { 1 } else { smoothing::window_steps(longest, most_windows) }
}

/// The points of all curves, the training loss in windows of so many steps.
pub(super) fn all_series(figure: &Figure, window: usize) -> Vec<RunSeries> {
    figure.runs.iter().map(|run| run_series(run, figure.sets, window)).collect()
}

fn n_losses(run: &RunCurves) -> usize {
    steps_of_half(run.averaged().iter().map(|record| record.history.step_losses.len()).collect())
}

fn run_series(run: &RunCurves, sets: CurveSets, window: usize) -> RunSeries {
    let (records, is_mean) = (run.averaged(), run.is_mean());
    let curve = |of: &dyn Fn(&RunRecord) -> Curves| {
        let mut curves: Vec<Curves> = records.iter().map(|record| of(record)).collect();
        if is_mean { mean_of(&curves) } else { curves.pop().unwrap_or_default() }
    };
    RunSeries {
        label: run.label_with_ends(),
        loss: curve(&|record| {
            let train = sets.has_train().then(|| train_loss(record, window));
            curves_of(record, train, |v| v.validation_loss)
        }),
        accuracy: curve(&|record| {
            let train = sets.has_train().then(|| values(record, |v| v.train_accuracy));
            curves_of(record, train, |v| v.validation_accuracy)
        }),
        steps: steps_of_half(records.iter().map(|record| n_steps(record)).collect()) as f64,
        decides_ranges: records.iter().any(|record| decides_ranges(record)),
        is_mean,
    }
}

fn mean_of(curves: &[Curves]) -> Curves {
    let mean = |of: fn(&Curves) -> &[Spread]| mean_over_runs(&curves.iter().map(of).collect::<Vec<_>>());
    Curves {
        train: mean(|curves| &curves.train),
        validation: mean(|curves| &curves.validation),
        best: None,
        settled: curves.iter().map(|curves| curves.settled).fold(0.0, f64::max),
    }
}

fn n_steps(record: &RunRecord) -> usize {
    record.steps.max(record.history.step_losses.len())
}

fn decides_ranges(record: &RunRecord) -> bool {
    record.stop_reason != StopReason::Diverged && n_steps(record) >= record.spec.steps_per_epoch()
}

/// The training curve, if it is drawn, with the curve of a value of the validations.
fn curves_of(record: &RunRecord, train: Option<Vec<Spread>>, value: fn(&Validation) -> f64) -> Curves {
    // A run shorter than a few epochs would lose most of itself with the first.
    let settled = record.spec.steps_per_epoch().min(n_steps(record) / 5) as f64;
    let best = record.history.best().map(|best| (best.step as f64, value(best)));
    Curves { train: train.unwrap_or_default(), validation: values(record, value), best, settled }
}

/// The smoothed loss of the steps; where a record lacks them, the training loss of its validations.
fn train_loss(record: &RunRecord, window: usize) -> Vec<Spread> {
    if record.history.step_losses.is_empty() {
        return values(record, |v| v.train_loss);
    }
    smoothed(&record.history.step_losses, window)
}

/// A value of every validation.
fn values(record: &RunRecord, value: impl Fn(&Validation) -> f64) -> Vec<Spread> {
    let points = record.history.validations.iter().map(|v| Spread { step: v.step as f64, mean: value(v), std: 0.0 });
    points.filter(|point| point.mean.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{Curve, empty_record, record, replicates};

    fn series(records: &[RunRecord], sets: CurveSets) -> RunSeries {
        run_series(&RunCurves { label: "x".to_owned(), records: records.iter().collect() }, sets, 10)
    }

    #[test]
    fn windows_hold_ten_steps_until_a_figure_has_too_many() {
        let cases =
            [(1, 0, 1), (2, 19, 1), (1, 20, 10), (1, 31_250, 10), (2, 31_250, 10), (4, 31_250, 10), (8, 31_250, 20)];
        for (count, steps, window) in cases {
            let mut run = empty_record("run", "Run");
            run.history.step_losses = vec![1.0; steps];
            let runs = vec![RunCurves { label: String::new(), records: vec![&run] }; count];
            let figure = Figure { runs, ..Figure::of_records("", &[], CurveSets::Both) };
            assert_eq!(window_steps(&figure), window, "{count} runs of {steps} steps");
        }
    }

    #[test]
    fn a_set_that_is_not_drawn_has_no_points() {
        let run = [record("task3c", "Standard", 1_000, &Curve::STANDARD)];
        let validation = series(&run, CurveSets::Validation);
        assert!(
            validation.loss.train.is_empty() && validation.loss.best.is_some() && validation.accuracy.best.is_some()
        );
    }

    #[test]
    fn replicates_are_a_mean_without_a_best_that_ends_with_half_of_them() {
        let mut runs = replicates("task3c", "Standard", 2_000, &Curve::STANDARD, 3);
        for (run, steps) in runs.iter_mut().zip([2_000, 1_500, 1_000]) {
            run.steps = steps;
            run.history.step_losses.truncate(steps);
            run.history.validations.retain(|validation| validation.step <= steps);
        }
        let mean = series(&runs, CurveSets::Both);
        assert!(mean.is_mean && mean.loss.best.is_none() && mean.accuracy.best.is_none());
        assert_eq!((mean.steps, mean.loss.train.len(), mean.loss.validation.len()), (1_500.0, 150, 13));
        assert!(mean.accuracy.validation.iter().all(|spread| spread.std > 0.0));
    }
}
