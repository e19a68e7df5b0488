//! The numbers of an interactive figure as JSON, small and safe within a script element.
//!
//! `assets/chart.js` reads it. A list of numbers is one string with commas: between its points, a curve has nothing
//! for most x values, and nothing takes one character there.

use serde_json::{Value, json};

use crate::document::{Chart, Panel, Series};
use crate::format::plain_text;

/// The chart as JSON in which no character can end the element around it; none where a panel has nothing to look into.
pub(super) fn json(chart: &Chart) -> Option<String> {
    if chart.panels.is_empty() || !chart.panels.iter().all(has_extent) {
        return None;
    }
    let panels: Vec<Value> = chart.panels.iter().map(panel_json).collect();
    let json = json!({ "x_label": plain_text(&chart.x_label), "panels": panels }).to_string();
    // These occur in strings alone, where an escape means the same.
    Some(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

/// Whether both axes of the panel have a length.
fn has_extent(panel: &Panel) -> bool {
    let (low, high) = panel.y_range;
    panel.x.len() > 1 && low.is_finite() && high.is_finite() && low < high
}

fn panel_json(panel: &Panel) -> Value {
    json!({
        "y_label": plain_text(&panel.y_label),
        "is_share": panel.is_share,
        "y_range": panel.y_range,
        "x": list(panel.x.iter().map(|x| Some(x.to_string()))),
        "series": panel.series.iter().map(series_json).collect::<Vec<_>>(),
    })
}

/// A curve with the lower and the upper edge of its band, which are empty without one.
fn series_json(series: &Series) -> Value {
    let edge = |of: fn((f64, f64)) -> f64| list(series.band.iter().map(|edges| edges.map(of).and_then(number)));
    json!({
        "run": plain_text(&series.run),
        "label": plain_text(&series.label),
        "colour": plain_text(&series.colour),
        "is_dashed": series.is_dashed,
        "values": list(series.values.iter().map(|value| value.and_then(number))),
        "low": edge(|(low, _)| low),
        "high": edge(|(_, high)| high),
    })
}

/// Numbers as one string.
fn list(numbers: impl Iterator<Item = Option<String>>) -> String {
    numbers.map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")
}

/// A value with five digits, which is finer than a screen and than what is read; none where it is not finite.
fn number(value: f64) -> Option<String> {
    let rounded: f64 = format!("{value:.4e}").parse().ok()?;
    let (plain, exponential) = (format!("{rounded}"), format!("{rounded:e}"));
    let shorter = if plain.len() <= exponential.len() { plain } else { exponential };
    rounded.is_finite().then_some(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_five_digits_in_its_shorter_form() {
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
    fn a_panel_without_extent_is_not_written() {
        let panel = |x: &[f64], y_range| Panel {
            y_label: String::new(),
            is_share: false,
            y_range,
            x: x.to_vec(),
            series: Vec::new(),
        };
        let cases = [
            (vec![panel(&[0.0, 1.0], (0.0, 1.0))], true),
            (vec![panel(&[0.0], (0.0, 1.0))], false),
            (vec![panel(&[0.0, 1.0], (0.0, f64::NAN))], false),
            (Vec::new(), false),
        ];
        for (panels, is_written) in cases {
            assert_eq!(json(&Chart { x_label: String::new(), panels }).is_some(), is_written);
        }
    }

    #[test]
    fn what_is_missing_is_nothing_between_commas() {
        assert_eq!(list([Some("1".to_owned()), None, None, Some("2".to_owned())].into_iter()), "1,,,2");
    }
}
