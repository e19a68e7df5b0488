//! The legend: below the panels, an entry per curve, in as many columns as fit.

use plotters::prelude::{Circle, Color, PathElement, RGBColor, Rectangle, ShapeStyle};
use plotters::style::text_anchor::HPos;

use super::CurveSets;
use super::panel::{BAND_OPACITY, DASH, DASHED_STROKE, TRAIN_OPACITY, TRAIN_STROKE, VALIDATION_STROKE};
use super::series::RunSeries;
use super::style::{
    Area, Drawn, INK, PAGE_MARGIN, PAGE_WIDTH, TEXT_SIZE, fitted, run_colour, stroke, text_style, text_width, units,
    write_text,
};

const ROW_HEIGHT: f64 = 19.0;
const SAMPLE_WIDTH: f64 = 40.0;
/// Pixels between a sample and its text.
const SAMPLE_GAP: f64 = 8.0;
/// Pixels between two columns at least.
const COLUMN_GAP: f64 = 24.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Set {
    Train,
    Validation,
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
        }
    }
}

/// One curve by its run and its set.
#[derive(Debug)]
struct Entry {
    text: String,
    colour: RGBColor,
    set: Set,
}

/// Entries in rows.
#[derive(Debug)]
pub(super) struct Legend {
    entries: Vec<Entry>,
    columns: usize,
    column_width: f64,
}

impl Legend {
    /// The entries of these runs: the sets of a run side by side.
    pub(super) fn new(runs: &[RunSeries], sets: CurveSets) -> Self {
        let drawn: &[Set] = match sets {
            CurveSets::Train => &[Set::Train],
            CurveSets::Validation => &[Set::Validation],
            CurveSets::Both => &[Set::Train, Set::Validation],
        };
        let page = PAGE_WIDTH - 2.0 * PAGE_MARGIN;
        let mut entries: Vec<Entry> = Vec::new();
        for (index, run) in runs.iter().enumerate() {
            entries.extend(drawn.iter().map(|&set| Entry {
                text: entry_text(&run.label, set),
                colour: run_colour(index),
                set,
            }));
        }
        let widest = entries.iter().map(|entry| text_width(&entry.text, TEXT_SIZE)).fold(0.0, f64::max);
        let column_width = SAMPLE_WIDTH + SAMPLE_GAP + widest + COLUMN_GAP;
        // A multiple of the sets, so that those of a run stay in a row.
        let columns = whole((page + COLUMN_GAP) / column_width).min(entries.len()) / drawn.len() * drawn.len();
        Self { entries, columns: columns.max(1), column_width }
    }

    /// Pixels from the top of the first row to the bottom of the last.
    pub(super) fn height(&self) -> f64 {
        ROW_HEIGHT * self.entries.len().div_ceil(self.columns) as f64
    }

    /// Draws the rows from this pixel down.
    pub(super) fn draw(&self, page: &Area, top: f64) -> Drawn {
        for (index, entry) in self.entries.iter().enumerate() {
            let left = PAGE_MARGIN + self.column_width * (index % self.columns) as f64;
            entry.draw(page, (left, top + ROW_HEIGHT * (index / self.columns) as f64))?;
        }
        Ok(())
    }
}

impl Entry {
    fn draw(&self, page: &Area, (left, top): (f64, f64)) -> Drawn {
        let middle = top + ROW_HEIGHT / 2.0;
        match self.set {
            Set::Train => self.draw_train_sample(page, left, middle)?,
            Set::Validation => self.draw_validation_sample(page, left, middle)?,
        }
        let text_left = left + SAMPLE_WIDTH + SAMPLE_GAP;
        let text = fitted(&self.text, TEXT_SIZE, PAGE_WIDTH - PAGE_MARGIN - text_left);
        write_text(page, &text, (text_left, middle - 0.38 * TEXT_SIZE), HPos::Left, &text_style(TEXT_SIZE, INK))
    }

    /// The line in its band as in the left panel, then the dashes as in the right one.
    fn draw_train_sample(&self, page: &Area, left: f64, middle: f64) -> Drawn {
        let half = (SAMPLE_WIDTH - 4.0) / 2.0;
        let band = [(units(left), units(middle - 5.0)), (units(left + half), units(middle + 5.0))];
        page.draw(&Rectangle::new(band, self.colour.mix(BAND_OPACITY).filled()))?;
        page.draw(&sample_line((left, left + half), middle, stroke(&self.colour.mix(TRAIN_OPACITY), TRAIN_STROKE)))?;
        let mut dash = left + SAMPLE_WIDTH - half;
        while dash < left + SAMPLE_WIDTH {
            let end = (dash + DASH.0).min(left + SAMPLE_WIDTH);
            page.draw(&sample_line((dash, end), middle, stroke(&self.colour, DASHED_STROKE)))?;
            dash = end + DASH.1;
        }
        Ok(())
    }

    fn draw_validation_sample(&self, page: &Area, left: f64, middle: f64) -> Drawn {
        page.draw(&sample_line((left, left + SAMPLE_WIDTH), middle, stroke(&self.colour, VALIDATION_STROKE)))?;
        let centre = (units(left + SAMPLE_WIDTH / 2.0), units(middle));
        page.draw(&Circle::new(centre, units(3.0), self.colour.filled()))
    }
}

fn sample_line((from, to): (f64, f64), middle: f64, style: ShapeStyle) -> PathElement<(i32, i32)> {
    PathElement::new(vec![(units(from), units(middle)), (units(to), units(middle))], style)
}

fn entry_text(label: &str, set: Set) -> String {
    format!("{label}, {}", set.name())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page has few columns")]
fn whole(columns: f64) -> usize {
    columns as usize
}

#[cfg(test)]
mod tests {
    use super::super::series::Curves;
    use super::super::style::register_embedded_font;
    use super::*;

    fn legend(labels: &[&str], sets: CurveSets) -> Legend {
        register_embedded_font().unwrap();
        let run = |label: &&str| RunSeries {
            label: (*label).to_owned(),
            loss: Curves::default(),
            accuracy: Curves::default(),
            steps: 1.0,
            decides_ranges: true,
        };
        Legend::new(&labels.iter().map(run).collect::<Vec<_>>(), sets)
    }

    #[test]
    fn every_curve_has_an_entry_with_its_run_and_its_set() {
        let legend = legend(&["One", "Two"], CurveSets::Both);
        let texts: Vec<&str> = legend.entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["One, train", "One, validation", "Two, train", "Two, validation"]);
    }

    #[test]
    fn columns_are_as_many_as_fit() {
        let long =
            "a label that is so long that a page is not wide enough for two of them side by side, and then some more";
        let cases: [(&[&str], CurveSets, usize); 4] = [
            (&["One"], CurveSets::Both, 2),
            (&["One", "Two", "Three"], CurveSets::Validation, 3),
            (&["Ten hidden layers of 64 units", "The standard model"], CurveSets::Both, 2),
            (&[long, long], CurveSets::Both, 1),
        ];
        for (labels, sets, columns) in cases {
            assert_eq!(legend(labels, sets).columns, columns, "{labels:?}");
        }
    }
}
