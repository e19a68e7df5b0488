//! The figure of one or several runs: loss left, accuracy right, over gradient steps.
//!
//! Here is what a figure holds; `series` says which points, `axes` which ranges, `draw` and the modules it calls put
//! them on the page, `raster` makes the PNG.

mod axes;
mod clip;
mod draw;
mod legend;
mod panel;
mod raster;
mod series;
mod style;

pub use raster::to_png;
use record::RunRecord;

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
}

/// The curves of one run.
#[derive(Debug, Clone)]
pub struct RunCurves<'a> {
    /// What the legend calls the run.
    pub label: String,
    /// Where its numbers come from.
    pub record: &'a RunRecord,
}

/// Two panels over gradient steps, loss and accuracy, a colour per run and a kind of line per set.
///
/// The training loss is the mean of 10 consecutive steps with a band of one standard deviation; of a larger multiple of
/// 10 where the runs have more than 125,000 steps together, and the figure says of how many. The training accuracy is
/// that of the validations. Both panels are zoomed to what follows the first epoch; curves that leave a panel are cut
/// at its edge.
#[derive(Debug, Clone)]
pub struct Figure<'a> {
    /// First line.
    pub title: String,
    /// Second line: dataset, seed.
    pub subtitle: String,
    /// The runs, in the order of the legend.
    pub runs: Vec<RunCurves<'a>>,
    /// Which sets have curves.
    pub sets: CurveSets,
}

impl<'a> Figure<'a> {
    /// The figure of these records: labelled with their titles, subtitled with their dataset and seeds.
    #[must_use]
    pub fn of_records(title: &str, records: &[&'a RunRecord], sets: CurveSets) -> Self {
        let labels = format::run_labels(records);
        let runs = labels.into_iter().zip(records).map(|(label, &record)| RunCurves { label, record }).collect();
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
        self.runs.iter().any(|run| run.record.dataset.name == "made-up")
    }
}

#[cfg(test)]
mod tests;
