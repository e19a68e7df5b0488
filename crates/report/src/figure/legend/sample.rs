//! What stands before an entry of the legend: a piece of its curve, drawn as in the panels.

use plotters::prelude::{Circle, Color, PathElement, RGBColor, Rectangle, ShapeStyle};

use super::super::Set;
use super::super::panel::{
    BAND_OPACITY, DASH, DASHED_STROKE, MARK_RADIUS, TRAIN_OPACITY, TRAIN_STROKE, VALIDATION_STROKE,
};
use super::super::style::{Area, Drawn, stroke, units};

/// Pixels across.
pub(super) const SAMPLE_WIDTH: f64 = 40.0;
/// Pixels between the two halves of a sample of training curves.
const HALVES_GAP: f64 = 4.0;

/// The looks of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sample {
    /// A run's training loss and training accuracy.
    Train,
    /// The means of both training curves.
    MeanTrain,
    /// The mean of validation curves.
    MeanValidation,
    /// A line with marks, as a run's validation curve.
    Marked,
    /// A line.
    Plain,
}

impl Sample {
    pub(super) fn of_run(set: Set, is_mean: bool) -> Self {
        match (set, is_mean) {
            (Set::Train, false) => Self::Train,
            (Set::Validation, false) => Self::Marked,
            (Set::Train, true) => Self::MeanTrain,
            (Set::Validation, true) => Self::MeanValidation,
        }
    }

    /// Draws the sample from this left end and about this middle.
    pub(super) fn draw(self, page: &Area, (left, middle): (f64, f64), colour: RGBColor) -> Drawn {
        let (right, half) = (left + SAMPLE_WIDTH, (SAMPLE_WIDTH - HALVES_GAP) / 2.0);
        let bands: &[(f64, f64)] = match self {
            Self::Train => &[(left, left + half)],
            Self::MeanTrain => &[(left, left + half), (right - half, right)],
            Self::MeanValidation => &[(left, right)],
            Self::Marked | Self::Plain => &[],
        };
        bands.iter().try_for_each(|band| draw_band(page, *band, middle, colour))?;
        if matches!(self, Self::Train | Self::MeanTrain) {
            return draw_train(page, (left, right), middle, colour);
        }
        page.draw(&line((left, right), middle, stroke(&colour, VALIDATION_STROKE)))?;
        if self == Self::Marked {
            let centre = (units(left + SAMPLE_WIDTH / 2.0), units(middle));
            page.draw(&Circle::new(centre, units(MARK_RADIUS - 0.6), colour.filled()))?;
        }
        Ok(())
    }
}

fn draw_band(page: &Area, (left, right): (f64, f64), middle: f64, colour: RGBColor) -> Drawn {
    let band = [(units(left), units(middle - 5.0)), (units(right), units(middle + 5.0))];
    page.draw(&Rectangle::new(band, colour.mix(BAND_OPACITY).filled()))
}

/// The line as in the left panel, then the dashes as in the right one.
fn draw_train(page: &Area, (left, right): (f64, f64), middle: f64, colour: RGBColor) -> Drawn {
    let half = (right - left - HALVES_GAP) / 2.0;
    page.draw(&line((left, left + half), middle, stroke(&colour.mix(TRAIN_OPACITY), TRAIN_STROKE)))?;
    let mut dash = right - half;
    while dash < right {
        let end = (dash + DASH.0).min(right);
        page.draw(&line((dash, end), middle, stroke(&colour, DASHED_STROKE)))?;
        dash = end + DASH.1;
    }
    Ok(())
}

fn line((from, to): (f64, f64), middle: f64, style: ShapeStyle) -> PathElement<(i32, i32)> {
    PathElement::new(vec![(units(from), units(middle)), (units(to), units(middle))], style)
}
