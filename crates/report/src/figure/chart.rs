//! The same curves as numbers: what an interactive page draws where the SVG is a picture.

use plotters::prelude::RGBColor;

use super::mesh::STEPS_LABEL;
use super::panel;
use super::points::Spread;
use super::series::{RunSeries, all_series, window_steps, window_steps_of_each};
use super::style::run_colour;
use super::{Figure, Set};
use crate::document::{Chart, Panel, Series};

/// Points of a series at most, so that a page stays small.
const MOST_POINTS: usize = 600;

impl Figure<'_> {
    /// The curves as numbers: two panels, a series per run and set, training dashed, thinned to about 600 points each.
    ///
    /// Colours, bands and ranges are those of the drawing; values have five significant digits.
    #[must_use]
    pub fn chart(&self) -> Chart {
        let drawn = panel::Panel::of_runs(&all_series(self, window_steps(self)));
        let runs = all_series(self, window_steps_of_each(self, MOST_POINTS));
        let panels = drawn.iter().map(|panel| self.chart_panel(panel, &runs));
        Chart { x_label: STEPS_LABEL.to_owned(), panels: panels.collect() }
    }

    fn chart_panel(&self, panel: &panel::Panel, runs: &[RunSeries]) -> Panel {
        let sets = self.sets.drawn().iter().copied();
        let points = |run: usize, set: Set| {
            let curves = (panel.curves)(&runs[run]);
            thinned(if set == Set::Train { &curves.train } else { &curves.validation })
        };
        let curves: Vec<(usize, Set, Vec<&Spread>)> = (0..runs.len())
            .flat_map(|run| sets.clone().map(move |set| (run, set)))
            .map(|(run, set)| (run, set, points(run, set)))
            .collect();
        let mut x: Vec<f64> = curves.iter().flat_map(|(_, _, points)| points.iter().map(|point| point.step)).collect();
        x.sort_by(f64::total_cmp);
        x.dedup();
        let series =
            curves.iter().map(|(run, set, points)| series(&runs[*run].label, *run, *set, &spread_over(&x, points)));
        Panel {
            y_label: panel.heading.to_owned(),
            is_share: panel.is_share(),
            y_range: (rounded(panel.axis.low), rounded(panel.axis.high)),
            series: series.collect(),
            x,
        }
    }
}

/// Every n-th point and the last, so that they are few.
fn thinned(points: &[Spread]) -> Vec<&Spread> {
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let is_kept = |index: usize| index.is_multiple_of(every) || index + 1 == points.len();
    points.iter().enumerate().filter(|(index, _)| is_kept(*index)).map(|(_, point)| point).collect()
}

/// The points at their places among all x values; both ascend.
fn spread_over<'s>(x: &[f64], points: &[&'s Spread]) -> Vec<Option<&'s Spread>> {
    let mut rest = points.iter().copied().peekable();
    x.iter().map(|x| rest.next_if(|point| point.step.total_cmp(x).is_eq())).collect()
}

fn series(label: &str, run: usize, set: Set, points: &[Option<&Spread>]) -> Series {
    let has_band = points.iter().flatten().any(|point| point.std > 0.0);
    let edges = |point: &Spread| (rounded(point.band().0), rounded(point.band().1));
    let band = points.iter().map(|point| point.map(edges));
    let RGBColor(red, green, blue) = run_colour(run);
    Series {
        run: label.to_owned(),
        label: set.curve_label(label),
        colour: format!("#{red:02x}{green:02x}{blue:02x}"),
        is_dashed: set == Set::Train,
        values: points.iter().map(|point| point.map(|point| rounded(point.mean))).collect(),
        band: if has_band { band.collect() } else { Vec::new() },
    }
}

/// The value with five significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().expect("a float as it is written can be read")
}

#[cfg(test)]
mod tests {
    use super::super::CurveSets;
    use super::*;
    use test_support::synthetic::{Curve, record, replicates};

    fn chart(sets: CurveSets) -> Chart {
        let mut runs = replicates("task3c", "Standard", 9_000, &Curve::STANDARD, 3);
        runs.push(record("task2c", "Baseline", 31_250, &Curve::BASELINE));
        Figure::of_records("", &runs.iter().collect::<Vec<_>>(), sets).chart()
    }

    #[test]
    fn every_run_and_set_is_a_series_in_both_panels() {
        let chart = chart(CurveSets::Both);
        for panel in &chart.panels {
            let labels: Vec<&str> = panel.series.iter().map(|series| series.label.as_str()).collect();
            assert_eq!(
                labels,
                [
                    "Standard, seeds 1 to 3, train",
                    "Standard, seeds 1 to 3, validation",
                    "Baseline, seed 1, train",
                    "Baseline, seed 1, validation"
                ]
            );
            let looks: Vec<(&str, bool)> = panel.series.iter().map(|s| (s.colour.as_str(), s.is_dashed)).collect();
            assert_eq!(looks, [("#0072b2", true), ("#0072b2", false), ("#d55e00", true), ("#d55e00", false)]);
        }
        assert_eq!(chart.panels.iter().map(|panel| panel.is_share).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn series_share_ascending_x_values_and_have_few_points() {
        for panel in chart(CurveSets::Both).panels {
            assert!(panel.x.windows(2).all(|pair| pair[0] < pair[1]) && panel.y_range.0 < panel.y_range.1);
            for series in &panel.series {
                assert_eq!(series.values.len(), panel.x.len());
                assert!(series.band.is_empty() || series.band.len() == panel.x.len());
                let n_points = series.values.iter().flatten().count();
                assert!((60..=MOST_POINTS + 1).contains(&n_points), "{}: {n_points}", series.label);
            }
        }
    }

    #[test]
    fn what_scatters_has_a_band() {
        let chart = chart(CurveSets::Both);
        let has_band = |panel: usize| chart.panels[panel].series.iter().map(|s| !s.band.is_empty()).collect::<Vec<_>>();
        assert_eq!((has_band(0), has_band(1)), (vec![true, true, true, false], vec![true, true, false, false]));
    }

    #[test]
    fn a_chart_without_runs_is_empty() {
        let chart = Figure::of_records("", &[], CurveSets::Both).chart();
        assert!(chart.panels.iter().all(|panel| panel.x.is_empty() && panel.series.is_empty()));
    }

    #[test]
    fn values_have_five_significant_digits() {
        for (value, expected) in [(0.123_456_7, 0.12346), (31_250.4, 31_250.0), (-2.0, -2.0), (1.0 / 3e9, 3.3333e-10)] {
            assert!((rounded(value) - expected).abs() <= f64::EPSILON * expected.abs(), "{value}");
        }
    }
}
