//! The curves of a plot as JSON for the interactive page.
//!
//! `assets/chart.js` reads it. uPlot wants all curves of a panel over the same x values, and a curve has nothing for most
//! of those; a list of numbers is therefore one string with commas, in which nothing takes one character.

use serde_json::{Value, json};

use super::axis::{Numbers, Scale};
use super::plot::{Line, Panel, Plot, PlotPoint, Series};
use crate::format::plain_text;

/// Points of a series at most.
const MOST_POINTS: usize = 600;

impl Plot {
    /// The plot as JSON; none if a panel has fewer than two x values.
    pub(crate) fn to_json(&self) -> Option<Value> {
        let x_label = plain_text(&self.panels.first()?.x.label);
        let panels: Vec<Value> = self.panels.iter().map(panel_json).collect::<Option<_>>()?;
        Some(json!({ "x_label": x_label, "panels": panels }))
    }
}

fn panel_json(panel: &Panel) -> Option<Value> {
    let series: Vec<(&Series, Vec<PlotPoint>)> = panel.series.iter().map(|series| (series, shown(series))).collect();
    let mut x: Vec<f64> = series.iter().flat_map(|(_, points)| points.iter().map(|point| point.x)).collect();
    x.sort_by(f64::total_cmp);
    x.dedup();
    let has_extent = x.len() > 1;
    has_extent.then(|| {
        json!({
            "y_label": plain_text(&panel.y.label),
            "is_share": panel.y.numbers == Numbers::Percent,
            "y_range": [panel.y.low, panel.y.high],
            "x_range": [panel.x.low, panel.x.high],
            "x_is_log": panel.x.scale == Scale::Logarithmic,
            "x_is_whole": panel.x.numbers == Numbers::Whole,
            "x_names": panel.x.names.iter().map(|name| plain_text(name)).collect::<Vec<_>>(),
            "x": list(x.iter().map(|x| Some(x.to_string()))),
            "series": series.iter().map(|(series, points)| series_json(series, points, &x)).collect::<Vec<_>>(),
        })
    })
}

/// A curve with the lower and the upper edge of its band, which are empty without one.
fn series_json(series: &Series, points: &[PlotPoint], x: &[f64]) -> Value {
    let over_x = |value: fn(&PlotPoint) -> f64| {
        let mut points = points.iter().peekable();
        list(
            x.iter()
                .map(|x| points.next_if(|point| point.x.total_cmp(x).is_eq()).and_then(|point| number(value(point)))),
        )
    };
    let edge = |value| if series.has_band() { over_x(value) } else { String::new() };
    json!({
        "run": plain_text(&series.run),
        "label": plain_text(&series.label),
        "colour": series.colour,
        "line": match series.line {
            Line::Solid => "solid",
            Line::None => "points",
            Line::Dashed => "dashed",
            Line::Faint => "faint",
        },
        "values": over_x(|point| point.y),
        "low": edge(|point| point.ends().0),
        "high": edge(|point| point.ends().1),
    })
}

/// The points of a line, thinned; all of a cloud, each at an x of its own, because the page has one value of a series for each x.
fn shown(series: &Series) -> Vec<PlotPoint> {
    if series.line != Line::None {
        return thinned(&series.points);
    }
    let mut least = f64::NEG_INFINITY;
    let apart = |point: &PlotPoint| {
        let x = if point.x > least { point.x } else { least.next_up() };
        least = x;
        PlotPoint { x, ..point.clone() }
    };
    series.points.iter().map(apart).collect()
}

/// The points in groups of as many as make them few, each group its mean at its middle.
fn thinned(points: &[PlotPoint]) -> Vec<PlotPoint> {
    let mean = |group: &[PlotPoint]| {
        let mean = |value: fn(&PlotPoint) -> f64| group.iter().map(value).sum::<f64>() / group.len() as f64;
        let interval = Some((mean(|point| point.ends().0), mean(|point| point.ends().1)));
        let middle = f64::midpoint(group[0].x, group[group.len() - 1].x);
        PlotPoint { interval, ..PlotPoint::new(middle, mean(|point| point.y)) }
    };
    points.chunks(points.len().div_ceil(MOST_POINTS).max(1)).map(mean).collect()
}

/// Numbers as one string.
fn list(numbers: impl Iterator<Item = Option<String>>) -> String {
    numbers.map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")
}

/// A value with five significant digits, finer than a screen or a reader needs; none if it is not finite.
fn number(value: f64) -> Option<String> {
    let rounded: f64 = format!("{value:.4e}").parse().ok()?;
    let (plain, exponential) = (format!("{rounded}"), format!("{rounded:e}"));
    let shorter = if plain.len() <= exponential.len() { plain } else { exponential };
    rounded.is_finite().then_some(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CurveSets;
    use test_support::synthetic::{Curve, record, replicates};

    /// The panels of a mean over three seeds next to a single run.
    fn panels() -> Vec<Value> {
        let mut runs = replicates("task3c", "Standard", 9_000, &Curve::STANDARD, 3);
        runs.push(record("task2c", "Baseline", 31_250, &Curve::BASELINE));
        let plot = Plot::of_records("", &runs.iter().collect::<Vec<_>>(), CurveSets::Both);
        let mut json = plot.to_json().unwrap();
        assert_eq!(json["x_label"], "Gradient steps");
        serde_json::from_value(json["panels"].take()).unwrap()
    }

    fn of_series(panel: &Value, key: &str) -> Vec<String> {
        panel["series"].as_array().unwrap().iter().map(|series| series[key].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_run_and_set_is_a_series_in_both_panels() {
        let panels = panels();
        for (panel, train) in panels.iter().zip(["faint", "dashed"]) {
            let labels = [
                "Standard, seeds 1 to 3, train",
                "Standard, seeds 1 to 3, validation",
                "Baseline, seed 1, train",
                "Baseline, seed 1, validation",
            ];
            assert_eq!(of_series(panel, "label"), labels);
            assert_eq!(of_series(panel, "colour"), ["#0072b2", "#0072b2", "#d55e00", "#d55e00"]);
            assert_eq!(of_series(panel, "line"), [train, "solid", train, "solid"]);
        }
        assert_eq!([&panels[0]["is_share"], &panels[1]["is_share"]], [false, true]);
    }

    #[test]
    fn series_share_ascending_x_values_and_have_few_points() {
        for panel in panels() {
            let x: Vec<f64> = panel["x"].as_str().unwrap().split(',').map(|x| x.parse().unwrap()).collect();
            assert!(x.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(panel["y_range"][0].as_f64() < panel["y_range"][1].as_f64());
            for values in of_series(&panel, "values") {
                let values: Vec<&str> = values.split(',').collect();
                assert_eq!(values.len(), x.len());
                let n_points = values.iter().filter(|value| !value.is_empty()).count();
                assert!((60..=MOST_POINTS).contains(&n_points), "{n_points}");
            }
        }
    }

    #[test]
    fn what_scatters_has_a_band() {
        let has_band = |panel: &Value| of_series(panel, "low").iter().map(|edge| !edge.is_empty()).collect::<Vec<_>>();
        let panels = panels();
        assert_eq!(
            (has_band(&panels[0]), has_band(&panels[1])),
            (vec![true, true, true, false], vec![true, true, false, false])
        );
    }

    #[test]
    fn a_group_of_points_is_its_mean_at_its_middle() {
        let points: Vec<PlotPoint> =
            (0..1_200).map(|x| PlotPoint::with_deviation(f64::from(x), f64::from(x % 2), 1.0)).collect();
        let thinned = thinned(&points);
        assert_eq!(thinned.len(), MOST_POINTS);
        assert_eq!(thinned[1], PlotPoint::with_deviation(2.5, 0.5, 1.0));
    }

    #[test]
    fn a_number_has_five_significant_digits_in_its_shorter_form() {
        let cases = [
            (0.287_149_31, Some("0.28715")),
            (0.000_012_345_67, Some("1.2346e-5")),
            (2.0, Some("2")),
            (7.228_7e39, Some("7.2287e39")),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (value, text) in cases {
            assert_eq!(number(value).as_deref(), text);
        }
    }

    #[test]
    fn a_plot_without_extent_is_not_written() {
        for steps in [0, 1] {
            let runs = [record("x", "X", steps, &Curve::STANDARD)];
            let mut plot = Plot::of_records("", &runs.iter().collect::<Vec<_>>(), CurveSets::Both);
            assert_eq!(plot.to_json(), None);
            plot.panels.clear();
            assert_eq!(plot.to_json(), None);
        }
    }

    #[test]
    fn what_is_missing_is_nothing_between_commas() {
        assert_eq!(list([Some("1".to_owned()), None, None, Some("2".to_owned())].into_iter()), "1,,,2");
    }
}
