//! The plot of runs: loss left, accuracy right, over gradient steps.

use record::RunRecord;

use super::axis::{Axis, Numbers, Scale};
use super::plot::{Panel, Plot, Series};
use super::replicates::RunCurves;
use super::series::{ACCURACY, Curve, LOSS, window_steps};
use crate::format::{accuracy, plain_text};
use crate::table::caveat;

/// Label of an axis of steps.
pub(super) const STEPS_LABEL: &str = "Gradient steps";

/// Which sets have curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveSets {
    /// Only the validation images.
    Validation,
    /// The training and the validation images.
    Both,
}

impl Plot {
    /// The curves of these records: two panels over gradient steps, loss and accuracy, a colour per run.
    ///
    /// The training loss is the mean of 10 consecutive steps with a band of one standard deviation; of a larger multiple
    /// of 10 if the curves have more than 125,000 steps together (36,000 with means), and the notes say of how many. The
    /// training accuracy is that of the validations. Both panels are zoomed to what follows the first epoch; curves that
    /// leave a panel are cut at its edge.
    ///
    /// Replicates are one curve: the mean over the runs as long as at least half of them still train, with a band of one
    /// standard deviation over the runs. The label names runs that diverged or were interrupted; the mean leaves them
    /// out.
    #[must_use]
    pub fn of_records(title: &str, records: &[&RunRecord], sets: CurveSets) -> Self {
        let runs = RunCurves::of_records(records);
        let window = window_steps(&runs);
        let panel = |curves: &'static [Curve], y_axis: YAxis| {
            // The curve of the training set stands first.
            let drawn = if sets == CurveSets::Both { curves } else { &curves[1..] };
            panel(&runs, drawn, y_axis, window)
        };
        let panels = vec![panel(&LOSS, Axis::of_losses), panel(&ACCURACY, Axis::of_accuracies)];
        Self::new(title, records, panels, [notes(&runs, sets, window), notes_on_test(&runs, records)].concat())
    }
}

/// The axis that suits some series, each with the step from which on its values count.
type YAxis = fn(&[(&Series, f64)]) -> Axis;

fn panel(runs: &[RunCurves], curves: &[Curve], y_axis: YAxis, window: usize) -> Panel {
    let of_run = |index: usize| curves.iter().map(move |curve| runs[index].series(index, curve, window));
    let series: Vec<Series> = (0..runs.len()).flat_map(of_run).collect();
    let none_decides = runs.iter().all(|run| !run.decides_ranges());
    let of_runs = runs.iter().zip(series.chunks(curves.len()));
    let deciding = of_runs.filter(|(run, _)| none_decides || run.decides_ranges());
    let settled = deciding.flat_map(|(run, series)| series.iter().map(|series| (series, run.settled())));
    let y = y_axis(&settled.collect::<Vec<_>>());
    let longest = runs.iter().map(RunCurves::steps).max().unwrap_or(0).max(1);
    let steps = [0.0, longest as f64].into_iter();
    Panel { x: Axis::around((STEPS_LABEL, Scale::Linear, Numbers::Whole), steps), y, series }
}

/// How to read the curves.
fn notes(runs: &[RunCurves], sets: CurveSets, window: usize) -> Vec<String> {
    let n_means = runs.iter().filter(|run| run.is_mean()).count();
    let mut notes = Vec::new();
    if n_means > 0 {
        notes.push(note_on_means(runs));
    }
    if sets == CurveSets::Both {
        let band = match n_means {
            _ if window == 1 || n_means == runs.len() => "",
            0 => ", with a band of one standard deviation",
            _ => "; the band of a single run is one standard deviation of these",
        };
        let steps = if window == 1 { "every step".to_owned() } else { format!("mean of {window} consecutive steps") };
        notes.push(format!("Training loss: {steps}{band}. Training accuracy: dashed."));
    }
    if n_means < runs.len() {
        notes.push("Dots mark the lowest validation loss.".to_owned());
    }
    notes
}

/// The accuracy of every curve's best weights on the test images, if all have it, and the caveat about the other numbers.
fn notes_on_test(runs: &[RunCurves], records: &[&RunRecord]) -> Vec<String> {
    let of_run = |run: &RunCurves| {
        let averaged = run.averaged();
        let accuracies = averaged.iter().map(|record| record.test_scores().map(|test| test.best_accuracy));
        let sum = accuracies.sum::<Option<f64>>()?;
        Some(format!("{} {}", plain_text(&run.label), accuracy(sum / averaged.len() as f64)))
    };
    let all = runs.iter().map(of_run).collect::<Option<Vec<String>>>();
    let test =
        all.map(|all| format!("Accuracy on the test images, at the lowest validation loss: {}.", all.join("; ")));
    test.into_iter().chain([caveat(records).to_owned()]).collect()
}

fn note_on_means(runs: &[RunCurves]) -> String {
    let counts = || runs.iter().filter(|run| run.is_mean()).map(|run| run.records.len());
    let seeds = match (counts().min().unwrap_or(0), counts().max().unwrap_or(0)) {
        (fewest, most) if fewest < most => format!("{fewest} to {most}"),
        (count, _) => count.to_string(),
    };
    let is_without_some = runs.iter().any(|run| run.averaged().len() < run.records.len());
    let without = if is_without_some { " without runs that diverged or were interrupted" } else { "" };
    format!(
        "Lines: mean over {seeds} seeds{without}, until fewer than half of the runs still train. \
         Bands: one standard deviation."
    )
}
