//! The legend: below the panels, an entry for every series, in as many columns as fit.

use maud::{Markup, html};

use super::panel::sample;
use super::plot::{Panel, Series};
use super::svg::{INK, Place, TextStyle, fitted, middle_text, text_width};
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
const LABEL: TextStyle = TextStyle { size: 11.5, colour: INK, anchor: "start" };

/// A series as it looks in every panel; once if it looks the same in all.
type Entry<'a> = Vec<&'a Series>;

/// The legend of these panels from this place down, and its height in pixels: 0 without a label.
pub(super) fn draw(panels: &[Panel], (left, top): Place, width: f64) -> (Markup, f64) {
    let entries = entries(panels);
    if entries.is_empty() {
        return (Markup::default(), 0.0);
    }
    let (columns, column_width) = columns(&entries, width);
    let drawn = html! {
        @for (index, entry) in entries.iter().enumerate() {
            @let offset = column_width * (index % columns) as f64;
            @let middle = top + TOP_GAP + ROW_HEIGHT * ((index / columns) as f64 + 0.5);
            (draw_entry(entry, (left + offset, middle), width - offset))
        }
    };
    (drawn, TOP_GAP + ROW_HEIGHT * entries.len().div_ceil(columns) as f64)
}

fn entries(panels: &[Panel]) -> Vec<Entry<'_>> {
    let n_series = panels.first().map_or(0, |panel| panel.series.len());
    let entry = |index: usize| -> Entry {
        let mut looks: Vec<&Series> = panels.iter().map(|panel| &panel.series[index]).collect();
        looks.dedup_by_key(|series| (series.line, series.has_band(), series.marks.is_empty()));
        looks
    };
    (0..n_series).map(entry).filter(|entry| !entry[0].label.is_empty()).collect()
}

/// How many columns fit, and pixels from one to the next; a row holds all entries of a run or of several.
fn columns(entries: &[Entry], width: f64) -> (usize, f64) {
    let widths = entries.iter().map(|entry| text_width(&plain_text(&entry[0].label), LABEL.size));
    let column_width = SAMPLE_WIDTH + TEXT_GAP + widths.fold(0.0, f64::max) + COLUMN_GAP;
    let of_a_run = entries.iter().take_while(|entry| entry[0].colour == entries[0][0].colour).count();
    let fitting = whole(((width + COLUMN_GAP) / column_width).floor()).min(entries.len());
    ((fitting / of_a_run * of_a_run).max(1), column_width)
}

fn draw_entry(entry: &[&Series], (left, middle): Place, width: f64) -> Markup {
    let step = (SAMPLE_WIDTH + SAMPLE_GAP) / entry.len() as f64;
    let text_offset = SAMPLE_WIDTH + TEXT_GAP;
    let label = fitted(&entry[0].label, LABEL.size, width - text_offset);
    html! {
        @for (index, series) in entry.iter().enumerate() {
            (sample(series, (left + step * index as f64, middle), step - SAMPLE_GAP))
        }
        (middle_text((left + text_offset, middle), LABEL, &label))
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::{Numbers, Scale};
    use super::super::plot::{Line, PlotPoint};
    use super::*;

    fn panel(labels: &[(&str, &'static str)], line: Line) -> Panel {
        let axis = ("", Scale::Linear, Numbers::Plain);
        let series = labels.iter().map(|&(label, colour)| {
            let points = vec![PlotPoint::new(0.0, 0.0)];
            Series { colour, line, ..Series::with_dots(0, label.to_owned(), points) }
        });
        Panel::around(axis, axis, series.collect())
    }

    #[test]
    fn a_series_has_a_sample_of_each_of_its_looks() {
        let runs = [("One", "red"), ("Two", "blue"), ("", "black")];
        for (lines, samples) in [([Line::Solid, Line::Solid], 1), ([Line::Faint, Line::Dashed], 2)] {
            let panels = lines.map(|line| panel(&runs, line));
            assert_eq!(entries(&panels).iter().map(Vec::len).collect::<Vec<_>>(), [samples; 2]);
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
            let panels = [panel(labels, Line::Solid)];
            assert_eq!(super::columns(&entries(&panels), 880.0).0, columns, "{labels:?}");
        }
    }
}
