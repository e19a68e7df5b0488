//! Figures. The one of runs is here: loss left, accuracy right, over gradient steps.
//!
//! Here is what it holds; `series` says which points, `ranges` which part of them, `draw` and the modules it calls put
//! them on the page, `chart` gives them as numbers, `raster` makes the PNG. `plot` is a general figure of lines, which
//! `gradients` and `parameters` fill from records; `pictures` are those of images.

mod axis;
mod chart;
mod clip;
mod draw;
mod gradients;
mod legend;
mod means;
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

pub use axis::{Numbers, Scale};
pub use gradients::{gradient_course, gradient_sizes};
pub use parameters::{ParameterPoint, accuracy_over_parameters};
pub use pictures::{Digit, confusion, digits, first_layer_weights};
pub use plot::{LinePlot, PlotAxis, PlotPanel, PlotPoint, PlotSeries};
pub use raster::to_png;
use record::RunRecord;
pub use replicates::RunCurves;
use replicates::all_records;
pub use style::FONT;

use crate::{FigureError, format};

/// Which sets have curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveSets {
    /// The training images alone.
    Train,
    /// The validation images alone.
    Validation,
    /// Both.
    Both,
}

impl CurveSets {
    fn has_train(self) -> bool {
        self != Self::Validation
    }

    fn has_validation(self) -> bool {
        self != Self::Train
    }

    fn drawn(self) -> &'static [Set] {
        match self {
            Self::Train => &[Set::Train],
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
    pub fn to_svg(&self) -> Result<String, FigureError> {
        if self.runs.is_empty() {
            return Err(FigureError::NoRuns);
        }
        draw::svg(self)
    }

    /// Whether a run saw the made-up digits, which nobody may take for a dataset.
    fn is_made_up(&self) -> bool {
        is_made_up(&all_records(&self.runs))
    }

    fn has_means(&self) -> bool {
        self.runs.iter().any(RunCurves::is_mean)
    }
}

fn is_made_up(records: &[&RunRecord]) -> bool {
    records.iter().any(|record| record.dataset.name == "made-up")
}

#[cfg(test)]
mod tests;
