//! Figures. The one of runs is here: loss left, accuracy right, over gradient steps.
//!
//! Here is what it holds; `series` says which points, `ranges` which part of them, `page` and the modules it calls put
//! them on the page, `chart` gives them as numbers, `raster` makes the PNG. `plot` is a general figure of lines, which
//! `gradients` and `parameters` fill from records; `pictures` are those of images.

mod axis;
mod chart;
mod clip;
mod gradients;
mod legend;
mod mesh;
mod page;
mod panel;
mod parameters;
mod pictures;
mod plot;
mod points;
mod ranges;
mod raster;
mod replicates;
mod series;
mod smoothing;
mod style;

use axis::Axis;
pub use axis::{Numbers, Scale};
pub use gradients::{gradient_course, gradient_sizes};
use legend::Legend;
use page::Page;
use panel::{Panel, draw_panel};
pub use parameters::accuracy_over_parameters;
pub use pictures::{confusion, digits, first_layer_weights};
pub use plot::{LinePlot, PlotAxis, PlotPanel, PlotPoint, PlotSeries};
pub use raster::to_png;
use record::RunRecord;
pub use replicates::RunCurves;
use replicates::all_records;
use series::{all_series, window_steps};
pub use style::FONT;
use style::PAGE_WIDTH;

use crate::table::CAVEAT;
use crate::{FigureError, Result, format};

/// Which sets have curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveSets {
    /// Only the validation images.
    Validation,
    /// Both.
    Both,
}

impl CurveSets {
    fn has_train(self) -> bool {
        self == Self::Both
    }

    fn drawn(self) -> &'static [Set] {
        match self {
            Self::Validation => &[Set::Validation],
            Self::Both => &[Set::Train, Set::Validation],
        }
    }
}

/// The set of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Train,
    Validation,
}

impl Set {
    /// What a legend calls the curve of a run on this set.
    fn curve_label(self, run: &str) -> String {
        match self {
            Self::Train => format!("{run}, train"),
            Self::Validation => format!("{run}, validation"),
        }
    }
}

/// Two panels over gradient steps, loss and accuracy, a colour per run and a kind of line per set.
///
/// The training loss is the mean of 10 consecutive steps with a band of one standard deviation; of a larger multiple of
/// 10 where the curves have more than 125,000 steps together (36,000 with means), and the figure says of how many. The
/// training accuracy is that of the validations. Both panels are zoomed to what follows the first epoch; curves that
/// leave a panel are cut at its edge.
///
/// Replicates are one curve: the mean over the runs as long as at least half of them still train, with a band of one
/// standard deviation over the runs. Runs that diverged or were interrupted are named in the label and left out of it.
#[derive(Debug, Clone)]
pub struct Figure<'a> {
    /// First line.
    pub title: String,
    /// Second line: dataset, seed.
    pub subtitle: String,
    /// The runs, in the order of the legend; replicates are one.
    pub runs: Vec<RunCurves<'a>>,
    /// Which sets have curves.
    pub sets: CurveSets,
}

impl<'a> Figure<'a> {
    /// The figure of these records: replicates together, labelled with their titles, subtitled with dataset and seeds.
    #[must_use]
    pub fn of_records(title: &str, records: &[&'a RunRecord], sets: CurveSets) -> Self {
        let runs = RunCurves::of_records(records);
        Self { title: title.to_owned(), subtitle: format::provenance(records), runs, sets }
    }

    /// The figure as SVG: text stays text, and the same records give the same bytes.
    ///
    /// # Errors
    /// [`FigureError::NoRuns`] without a run; [`FigureError::Drawing`] where the drawing library fails.
    pub fn to_svg(&self) -> Result<String> {
        if self.runs.is_empty() {
            return Err(FigureError::NoRuns);
        }
        let runs = all_series(self, window_steps(self));
        let (steps, panels) = (Axis::of_steps(&runs), Panel::of_runs(&runs));
        let (title, subtitle, is_made_up) = (&self.title, &self.subtitle, is_made_up(&all_records(&self.runs)));
        let page = Page { width: PAGE_WIDTH, title, subtitle, is_made_up, notes: &self.notes() };
        page.svg(panels.len(), Some(&Legend::of_runs(&runs, self.sets)), |index, area| {
            draw_panel(area, &panels[index], &steps, &runs)
        })
    }

    /// How to read the curves, and what their numbers are not.
    fn notes(&self) -> Vec<String> {
        let has_single_runs = self.runs.iter().any(|run| !run.is_mean());
        let mut notes = Vec::new();
        if self.has_means() {
            notes.push(self.note_on_means());
        }
        if self.sets.has_train() {
            notes.push(self.note_on_training());
        }
        let dots = if has_single_runs { "Dots mark the lowest validation loss. " } else { "" };
        notes.push(format!("{dots}{CAVEAT}"));
        notes
    }

    fn note_on_means(&self) -> String {
        let counts: Vec<usize> = self.runs.iter().map(|run| run.records.len()).filter(|&count| count > 1).collect();
        let seeds = match (counts.iter().min(), counts.iter().max()) {
            (Some(fewest), Some(most)) if fewest < most => format!("{fewest} to {most}"),
            (fewest, _) => fewest.map_or_else(String::new, usize::to_string),
        };
        let is_without_some = self.runs.iter().any(|run| run.averaged().len() < run.records.len());
        let without = if is_without_some { " without runs that diverged or were interrupted" } else { "" };
        format!(
            "Lines: mean over {seeds} seeds{without}, until fewer than half of the runs still train. \
             Bands: one standard deviation."
        )
    }

    fn note_on_training(&self) -> String {
        let has_single_runs = self.runs.iter().any(|run| !run.is_mean());
        let loss = match (window_steps(self), has_single_runs, self.has_means()) {
            (1, ..) => "every step".to_owned(),
            (window, true, false) => {
                format!("mean of {window} consecutive steps, with a band of one standard deviation")
            }
            (window, true, true) => {
                format!("mean of {window} consecutive steps; within these is the band of a single run")
            }
            (window, false, _) => format!("mean of {window} consecutive steps of every run"),
        };
        format!("Training loss: {loss}. Training accuracy: dashed.")
    }

    fn has_means(&self) -> bool {
        self.runs.iter().any(RunCurves::is_mean)
    }
}

/// Whether a run saw the made-up digits, which are not a dataset.
fn is_made_up(records: &[&RunRecord]) -> bool {
    records.iter().any(|record| record.dataset.is_made_up())
}

#[cfg(test)]
mod tests;
