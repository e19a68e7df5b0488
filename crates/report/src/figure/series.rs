//! From the records of a run, or of replicates, to a series of points.

use record::{RunRecord, StopReason, Validation};

use super::plot::{Intervals, Line, PlotPoint, Series, colour};
use super::points::{self, SMOOTHED_STEPS, mean_over_runs, smoothed, steps_of_half};
use super::replicates::RunCurves;

/// Windows of all runs together at most: four runs of 31,250 steps, the ladder of task 3 at its longest, keep the
/// assignment's window of 10; an SVG stays below 600 KB.
const MOST_WINDOWS: usize = 12_500;
/// The same if curves are means, which are smooth without it: an SVG stays below 300 KB.
const MOST_WINDOWS_OF_MEANS: usize = 3_600;

/// The set of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Train,
    Validation,
}

/// What a curve shows of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Loss,
    Accuracy,
}

/// Steps per window; 1 if no run has two windows, so that a run of a few steps is shown step by step.
pub(super) fn window_steps(runs: &[RunCurves]) -> usize {
    let lengths: Vec<usize> = runs.iter().map(|run| run.over_runs(|record| record.history.step_losses.len())).collect();
    if lengths.iter().all(|&steps| steps < 2 * SMOOTHED_STEPS) {
        return 1;
    }
    let most_windows = if runs.iter().any(RunCurves::is_mean) { MOST_WINDOWS_OF_MEANS } else { MOST_WINDOWS };
    points::window_steps(lengths.iter().sum(), most_windows)
}

impl RunCurves<'_> {
    /// One curve of the run at this index, the training loss in windows of so many steps.
    ///
    /// The dot of a single run is the validation with the lowest loss; the runs of a mean have theirs at different steps.
    pub(super) fn series(&self, index: usize, set: Set, measure: Measure, window: usize) -> Series {
        let run = self.label_with_ends();
        let (name, line) = match (set, measure) {
            (Set::Train, Measure::Loss) => ("train", Line::Faint),
            (Set::Train, Measure::Accuracy) => ("train", Line::Dashed),
            (Set::Validation, _) => ("validation", Line::Solid),
        };
        let records = self.averaged();
        let mut curves: Vec<Vec<PlotPoint>> =
            records.iter().map(|record| points_of(record, set, measure, window)).collect();
        let has_mark = !self.is_mean() && set == Set::Validation;
        let best = records.first().filter(|_| has_mark).and_then(|record| record.history.best());
        Series {
            label: format!("{run}, {name}"),
            run,
            colour: colour(index),
            line,
            intervals: Intervals::Band,
            points: if self.is_mean() { mean_over_runs(&curves) } else { curves.pop().unwrap_or_default() },
            marks: best.map(|best| (best.step as f64, value(best, set, measure))).into_iter().collect(),
        }
    }

    /// Steps until the run stopped; of replicates, until fewer than half still train.
    pub(super) fn steps(&self) -> usize {
        self.over_runs(n_steps)
    }

    /// The step from which on values decide the range: the end of the first epoch, or an early step of a short run.
    pub(super) fn settled(&self) -> f64 {
        let settled = self.averaged().into_iter().map(|record| record.spec.steps_per_epoch().min(n_steps(record) / 5));
        settled.max().unwrap_or(0) as f64
    }

    /// Whether its values decide the zoomed ranges: not if it diverged or has less than an epoch.
    pub(super) fn decides_ranges(&self) -> bool {
        self.averaged().iter().any(|record| {
            record.stop_reason != StopReason::Diverged && n_steps(record) >= record.spec.steps_per_epoch()
        })
    }

    fn over_runs(&self, steps: impl Fn(&RunRecord) -> usize) -> usize {
        steps_of_half(self.averaged().into_iter().map(steps).collect())
    }
}

fn n_steps(record: &RunRecord) -> usize {
    record.steps.max(record.history.step_losses.len())
}

/// The points of one record. If it lacks the losses of its steps, its validations have the training loss.
fn points_of(record: &RunRecord, set: Set, measure: Measure, window: usize) -> Vec<PlotPoint> {
    let history = &record.history;
    if (set, measure) == (Set::Train, Measure::Loss) && !history.step_losses.is_empty() {
        return smoothed(&history.step_losses, window);
    }
    let points = history.validations.iter().map(|v| PlotPoint::new(v.step as f64, value(v, set, measure)));
    points.filter(|point| point.y.is_finite()).collect()
}

fn value(validation: &Validation, set: Set, measure: Measure) -> f64 {
    match (set, measure) {
        (Set::Train, Measure::Loss) => validation.train_loss,
        (Set::Train, Measure::Accuracy) => validation.train_accuracy,
        (Set::Validation, Measure::Loss) => validation.validation_loss,
        (Set::Validation, Measure::Accuracy) => validation.validation_accuracy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{Curve, empty_record, record, replicates};

    fn run(records: &[RunRecord]) -> RunCurves<'_> {
        RunCurves { label: "x".to_owned(), records: records.iter().collect() }
    }

    #[test]
    fn windows_hold_ten_steps_until_a_figure_has_too_many() {
        let cases =
            [(1, 0, 1), (2, 19, 1), (1, 20, 10), (1, 31_250, 10), (2, 31_250, 10), (4, 31_250, 10), (8, 31_250, 20)];
        for (count, steps, window) in cases {
            let mut run = empty_record("run", "Run");
            run.history.step_losses = vec![1.0; steps];
            let runs = vec![RunCurves { label: String::new(), records: vec![&run] }; count];
            assert_eq!(window_steps(&runs), window, "{count} runs of {steps} steps");
        }
    }

    #[test]
    fn only_the_validation_of_a_single_run_has_a_dot() {
        let one = [record("task3c", "Standard", 1_000, &Curve::STANDARD)];
        for measure in [Measure::Loss, Measure::Accuracy] {
            let marks = |set: Set| run(&one).series(0, set, measure, 10).marks.len();
            assert_eq!((marks(Set::Train), marks(Set::Validation)), (0, 1));
        }
    }

    #[test]
    fn replicates_are_a_mean_without_a_dot_that_ends_with_half_of_them() {
        let mut runs = replicates("task3c", "Standard", 2_000, &Curve::STANDARD, 3);
        for (run, steps) in runs.iter_mut().zip([2_000, 1_500, 1_000]) {
            run.steps = steps;
            run.history.step_losses.truncate(steps);
            run.history.validations.retain(|validation| validation.step <= steps);
        }
        let mean = run(&runs);
        let series = |set: Set, measure: Measure| mean.series(0, set, measure, 10);
        let validation = [Measure::Loss, Measure::Accuracy].map(|measure| series(Set::Validation, measure));
        assert!(validation.iter().all(|series| series.marks.is_empty()));
        assert_eq!(
            (mean.steps(), series(Set::Train, Measure::Loss).points.len(), validation[0].points.len()),
            (1_500, 150, 13)
        );
        assert!(validation[1].points.iter().all(|point| point.interval.is_some()));
    }
}
