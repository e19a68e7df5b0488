//! The legend: below the panels, an entry for every series, in as many columns as fit.

use maud::{Markup, html};

use super::panel::sample;
use super::plot::{Panel, Series};
use super::svg::{Anchor, INK, Place, TextStyle, fitted, middle_text, text_width};
use crate::format::{plain_text, whole};

/// Pixels between the panels and the first row.
const TOP_GAP: f64 = 12.0;
const ROW_HEIGHT: f64 = 19.0;
/// Pixels of the samples of an entry.
const SAMPLE_WIDTH: f64 = 40.0;
/// Pixels between two samples of an entry.
const SAMPLE_GAP: f64 = 4.0;
/// Pixels between the samples and their text.
const TEXT_GAP: f64 = 8.0;
/// Pixels between two columns at least.
const COLUMN_GAP: f64 = 24.0;
const LABEL: TextStyle = TextStyle { size: 11.5, colour: INK };

/// Entries in rows.
pub(super) struct Legend<'a> {
    /// A series as it looks in every panel; once if it looks the same in all.
    entries: Vec<Vec<&'a Series>>,
    columns: usize,
    column_width: f64,
    width: f64,
}

impl<'a> Legend<'a> {
    /// The entries of these panels in columns, those of a run in one row.
    pub(super) fn new(panels: &'a [Panel], width: f64) -> Self {
        let labelled = |panel: &'a Panel| panel.series.iter().filter(|series| !series.label.is_empty());
        let mut entries: Vec<Vec<&Series>> =
            vec![Vec::new(); panels.first().map_or(0, |panel| labelled(panel).count())];
        for panel in panels {
            entries.iter_mut().zip(labelled(panel)).for_each(|(entry, series)| entry.push(series));
        }
        for entry in &mut entries {
            entry.dedup_by_key(|series| (series.line, series.has_band(), series.marks.is_empty()));
        }
        let widest =
            entries.iter().map(|entry| text_width(&plain_text(&entry[0].label), LABEL.size)).fold(0.0, f64::max);
        let column_width = SAMPLE_WIDTH + TEXT_GAP + widest + COLUMN_GAP;
        let of_a_run = entries.iter().take_while(|entry| entry[0].colour == entries[0][0].colour).count().max(1);
        let fitting = whole(((width + COLUMN_GAP) / column_width).floor()).min(entries.len());
        Self { columns: (fitting / of_a_run * of_a_run).max(1), entries, column_width, width }
    }

    /// Pixels from the panels to the bottom of the last row.
    pub(super) fn height(&self) -> f64 {
        match self.entries.len().div_ceil(self.columns) {
            0 => 0.0,
            rows => TOP_GAP + ROW_HEIGHT * rows as f64,
        }
    }

    /// Draws the rows from this place on.
    pub(super) fn draw(&self, (left, top): Place) -> Markup {
        html! {
            @for (index, entry) in self.entries.iter().enumerate() {
                @let offset = self.column_width * (index % self.columns) as f64;
                @let row = (index / self.columns) as f64;
                (draw_entry(entry, (left + offset, top + TOP_GAP + ROW_HEIGHT * (row + 0.5)), self.width - offset))
            }
        }
    }
}

fn draw_entry(entry: &[&Series], (left, middle): Place, width: f64) -> Markup {
    let step = (SAMPLE_WIDTH + SAMPLE_GAP) / entry.len() as f64;
    let text_offset = SAMPLE_WIDTH + TEXT_GAP;
    let label = fitted(&entry[0].label, LABEL.size, width - text_offset);
    html! {
        @for (index, series) in entry.iter().enumerate() {
            (sample(series, (left + step * index as f64, middle), step - SAMPLE_GAP))
        }
        (middle_text((left + text_offset, middle), Anchor::Start, LABEL, &label))
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::{Axis, Numbers, Scale};
    use super::super::plot::{Intervals, Line, PlotPoint};
    use super::*;

    fn panel(labels: &[(&str, &'static str)], line: Line) -> Panel {
        let axis = || Axis::around("", Scale::Linear, Numbers::Plain, std::iter::empty());
        let series = labels.iter().map(|&(label, colour)| Series {
            run: colour.to_owned(),
            label: label.to_owned(),
            colour,
            line,
            intervals: Intervals::Band,
            points: vec![PlotPoint::new(0.0, 0.0)],
            marks: Vec::new(),
        });
        Panel { x: axis(), y: axis(), series: series.collect() }
    }

    #[test]
    fn a_series_has_a_sample_of_each_of_its_looks() {
        let runs = [("One", "red"), ("Two", "blue"), ("", "black")];
        for (lines, samples) in [([Line::Solid, Line::Solid], 1), ([Line::Faint, Line::Dashed], 2)] {
            let panels = lines.map(|line| panel(&runs, line));
            let legend = Legend::new(&panels, 880.0);
            assert_eq!(legend.entries.iter().map(Vec::len).collect::<Vec<_>>(), [samples; 2]);
        }
    }

    #[test]
    fn columns_are_as_many_as_fit() {
        let long =
            "a label that is so long that a page is not wide enough for two of them side by side, and then some more";
        let cases: [(&[(&str, &str)], usize); 4] = [
            (&[("One, train", "red"), ("One, validation", "red")], 2),
            (&[("One", "red"), ("Two", "blue"), ("Three", "green")], 3),
            (
                &[
                    ("A run of some length, train", "red"),
                    ("A run of some length, validation", "red"),
                    ("B, train", "blue"),
                    ("B, validation", "blue"),
                ],
                2,
            ),
            (&[(long, "red"), (long, "red")], 1),
        ];
        for (labels, columns) in cases {
            assert_eq!(Legend::new(&[panel(labels, Line::Solid)], 880.0).columns, columns, "{labels:?}");
        }
    }
}
