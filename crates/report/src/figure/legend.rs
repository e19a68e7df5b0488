//! The legend: below the panels, an entry per curve, in as many columns as fit.

mod sample;

use plotters::prelude::RGBColor;
use plotters::style::text_anchor::HPos;
use sample::SAMPLE_WIDTH;
pub(super) use sample::Sample;

use super::series::RunSeries;
use super::style::{Area, Drawn, INK, PAGE_MARGIN, PAGE_WIDTH, TEXT_SIZE, fitted, run_colour, text_width, write_text};
use super::{CurveSets, Set};
use crate::format::whole;

const ROW_HEIGHT: f64 = 19.0;
/// Pixels between a sample and its text.
const SAMPLE_GAP: f64 = 8.0;
/// Pixels between two columns at least.
const COLUMN_GAP: f64 = 24.0;

/// One curve: how it is drawn and what it is called.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) colour: RGBColor,
    pub(super) sample: Sample,
}

/// Entries in rows.
#[derive(Debug)]
pub(super) struct Legend {
    entries: Vec<Entry>,
    /// Pixels of the page across.
    page_width: f64,
    columns: usize,
    column_width: f64,
}

impl Legend {
    /// The entries of these runs: the sets of a run side by side.
    pub(super) fn of_runs(runs: &[RunSeries], sets: CurveSets) -> Self {
        let entry = |(index, run): (usize, &RunSeries), set: Set| Entry {
            text: set.curve_label(&run.label),
            colour: run_colour(index),
            sample: Sample::of_run(set, run.is_mean),
        };
        let entries = runs.iter().enumerate().flat_map(|run| sets.drawn().iter().map(move |&set| entry(run, set)));
        Self::new(entries.collect(), sets.drawn().len(), PAGE_WIDTH)
    }

    /// Entries in columns; a row holds a multiple of `together`, so that those of a run stay in a row.
    pub(super) fn new(entries: Vec<Entry>, together: usize, page_width: f64) -> Self {
        let page = page_width - 2.0 * PAGE_MARGIN;
        let widest = entries.iter().map(|entry| text_width(&entry.text, TEXT_SIZE)).fold(0.0, f64::max);
        let column_width = SAMPLE_WIDTH + SAMPLE_GAP + widest + COLUMN_GAP;
        let columns = whole(((page + COLUMN_GAP) / column_width).floor()).min(entries.len()) / together * together;
        Self { entries, page_width, columns: columns.max(1), column_width }
    }

    /// Pixels from the top of the first row to the bottom of the last.
    pub(super) fn height(&self) -> f64 {
        ROW_HEIGHT * self.entries.len().div_ceil(self.columns) as f64
    }

    /// Draws the rows from this pixel down.
    pub(super) fn draw(&self, page: &Area, top: f64) -> Drawn {
        for (index, entry) in self.entries.iter().enumerate() {
            let left = PAGE_MARGIN + self.column_width * (index % self.columns) as f64;
            let top = top + ROW_HEIGHT * (index / self.columns) as f64;
            entry.draw(page, (left, top), self.page_width - PAGE_MARGIN)?;
        }
        Ok(())
    }
}

impl Entry {
    fn draw(&self, page: &Area, (left, top): (f64, f64), right: f64) -> Drawn {
        let middle = top + ROW_HEIGHT / 2.0;
        self.sample.draw(page, (left, middle), self.colour)?;
        let text_left = left + SAMPLE_WIDTH + SAMPLE_GAP;
        let text = fitted(&self.text, TEXT_SIZE, right - text_left);
        write_text(page, &text, (text_left, middle - 0.38 * TEXT_SIZE), HPos::Left, TEXT_SIZE, INK)
    }
}

#[cfg(test)]
mod tests {
    use super::super::series::Curves;
    use super::*;

    fn legend(labels: &[&str], sets: CurveSets) -> Legend {
        let run = |label: &&str| RunSeries {
            label: (*label).to_owned(),
            loss: Curves::default(),
            accuracy: Curves::default(),
            steps: 1.0,
            decides_ranges: true,
            is_mean: false,
        };
        Legend::of_runs(&labels.iter().map(run).collect::<Vec<_>>(), sets)
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
