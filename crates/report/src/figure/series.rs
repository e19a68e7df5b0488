//! From the records of a run, or of replicates, to a series of points.

use record::{RunRecord, StopReason, Validation};

use super::plot::{Intervals, Line, PlotPoint, Series, colour};
use super::points::{mean_over_runs, smoothed, steps_of_half};
use super::replicates::RunCurves;

/// Steps of the assignment's smoothing window.
const SMOOTHED_STEPS: usize = 10;
/// Windows of all runs together at most: four runs of 31,250 steps, the ladder of task 3 at its longest, keep the
/// assignment's window of 10; an SVG stays below 600 KB.
const MOST_WINDOWS: usize = 12_500;
/// The same if curves are means, which are smooth without it: an SVG stays below 300 KB.
const MOST_WINDOWS_OF_MEANS: usize = 3_600;

/// A curve that every run has in a panel.
pub(super) struct Curve {
    set: &'static str,
    line: Line,
    value: fn(&Validation) -> f64,
}

pub(super) const LOSS: [Curve; 2] = [
    Curve { set: "train", line: Line::Faint, value: |v| v.train_loss },
    Curve { set: "validation", line: Line::Solid, value: |v| v.validation_loss },
];
pub(super) const ACCURACY: [Curve; 2] = [
    Curve { set: "train", line: Line::Dashed, value: |v| v.train_accuracy },
    Curve { set: "validation", line: Line::Solid, value: |v| v.validation_accuracy },
];

/// Steps per window: 10, or the lowest multiple of 10 that divides the steps of all runs into few enough windows; 1 if no
/// run has two windows, so that a run of a few steps is shown step by step.
pub(super) fn window_steps(runs: &[RunCurves]) -> usize {
    let lengths: Vec<usize> = runs.iter().map(RunCurves::steps).collect();
    if lengths.iter().all(|&steps| steps < 2 * SMOOTHED_STEPS) {
        return 1;
    }
    let most_windows = if runs.iter().any(RunCurves::is_mean) { MOST_WINDOWS_OF_MEANS } else { MOST_WINDOWS };
    SMOOTHED_STEPS * lengths.iter().sum::<usize>().div_ceil(SMOOTHED_STEPS * most_windows)
}

impl RunCurves<'_> {
    /// A curve of the run at this index; `window` is the number of steps per point of the training loss.
    ///
    /// The dot of a single run is the validation with the lowest loss; the runs of a mean have theirs at different steps.
    pub(super) fn series(&self, index: usize, curve: &Curve, window: usize) -> Series {
        let run = self.label_with_ends();
        let records = self.averaged();
        let mut points: Vec<Vec<PlotPoint>> = records.iter().map(|record| curve.points(record, window)).collect();
        let has_dot = !self.is_mean() && curve.line == Line::Solid;
        let best = records.first().filter(|_| has_dot).and_then(|record| record.history.best());
        Series {
            label: format!("{run}, {}", curve.set),
            run,
            colour: colour(index),
            line: curve.line,
            intervals: Intervals::Band,
            points: if self.is_mean() { mean_over_runs(&points) } else { points.pop().unwrap_or_default() },
            marks: best.map(|best| (best.step as f64, (curve.value)(best))).into_iter().collect(),
        }
    }

    /// Steps until the run stopped; of replicates, until fewer than half still train.
    pub(super) fn steps(&self) -> usize {
        steps_of_half(self.averaged().into_iter().map(|record| record.steps).collect())
    }

    /// The step from which on values decide the range: the end of the first epoch, or an early step of a short run.
    pub(super) fn settled(&self) -> f64 {
        let settled = self.averaged().into_iter().map(|record| record.spec.steps_per_epoch().min(record.steps / 5));
        settled.max().unwrap_or(0) as f64
    }

    /// Whether its values decide the zoomed ranges: not if it diverged or has less than an epoch.
    pub(super) fn decides_ranges(&self) -> bool {
        self.averaged()
            .iter()
            .any(|record| record.stop_reason != StopReason::Diverged && record.steps >= record.spec.steps_per_epoch())
    }
}

impl Curve {
    /// The points of one record: the losses of its steps if the curve shows these, else values of its validations.
    fn points(&self, record: &RunRecord, window: usize) -> Vec<PlotPoint> {
        let history = &record.history;
        if self.line == Line::Faint && !history.step_losses.is_empty() {
            return smoothed(&history.step_losses, window);
        }
        let points = history.validations.iter().map(|v| PlotPoint::new(v.step as f64, (self.value)(v)));
        points.filter(|point| point.y.is_finite()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{self, empty_record, record, replicates};

    fn run(records: &[RunRecord]) -> RunCurves<'_> {
        RunCurves { label: "x".to_owned(), records: records.iter().collect() }
    }

    #[test]
    fn windows_hold_ten_steps_until_a_figure_has_too_many() {
        let cases =
            [(1, 0, 1), (2, 19, 1), (1, 20, 10), (1, 31_250, 10), (2, 31_250, 10), (4, 31_250, 10), (8, 31_250, 20)];
        for (count, steps, window) in cases {
            let mut run = empty_record("run", "Run");
            (run.steps, run.history.step_losses) = (steps, vec![1.0; steps]);
            let runs = vec![RunCurves { label: String::new(), records: vec![&run] }; count];
            assert_eq!(window_steps(&runs), window, "{count} runs of {steps} steps");
        }
    }

    #[test]
    fn only_the_validation_of_a_single_run_has_a_dot() {
        let one = [record("task3c", "Standard", 1_000, &synthetic::Curve::STANDARD)];
        for curves in [LOSS, ACCURACY] {
            assert_eq!(curves.map(|curve| run(&one).series(0, &curve, 10).marks.len()), [0, 1]);
        }
    }

    #[test]
    fn replicates_are_a_mean_without_a_dot_that_ends_with_half_of_them() {
        let mut runs = replicates("task3c", "Standard", 2_000, &synthetic::Curve::STANDARD, 3);
        for (run, steps) in runs.iter_mut().zip([2_000, 1_500, 1_000]) {
            run.steps = steps;
            run.history.step_losses.truncate(steps);
            run.history.validations.retain(|validation| validation.step <= steps);
        }
        let mean = run(&runs);
        let series = |curve: &super::Curve| mean.series(0, curve, 10);
        let validation = [series(&LOSS[1]), series(&ACCURACY[1])];
        assert!(validation.iter().all(|series| series.marks.is_empty()));
        assert_eq!((mean.steps(), series(&LOSS[0]).points.len(), validation[0].points.len()), (1_500, 150, 13));
        assert!(validation[1].points.iter().all(|point| point.interval.is_some()));
    }
}
