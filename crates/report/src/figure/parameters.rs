//! How much accuracy parameters buy: every experiment a point.

use super::axis::{Numbers, Scale};
use super::plot::{LinePlot, PlotAxis, PlotPanel, PlotPoint, PlotSeries};

/// The largest network over the smallest from which parameters are spread by their ratios.
const WIDE: f64 = 3.0;

/// Best validation accuracy, a share, over the number of parameters; every point is an experiment with its label.
///
/// Dataset and seeds are the `subtitle`; whether the digits are made up, the points do not know.
#[must_use]
pub fn accuracy_over_parameters(points: Vec<PlotPoint>, subtitle: String, is_made_up: bool) -> LinePlot {
    let sizes = || points.iter().map(|point| point.x);
    let is_wide = sizes().fold(0.0, f64::max) > WIDE * sizes().fold(f64::INFINITY, f64::min);
    let scale = if is_wide { Scale::Logarithmic } else { Scale::Linear };
    let series = PlotSeries { label: String::new(), points, has_line: false, has_marks: true };
    LinePlot {
        title: "Accuracy over the number of parameters".to_owned(),
        subtitle,
        is_made_up,
        panels: vec![PlotPanel {
            heading: "Best validation accuracy".to_owned(),
            x_label: "Parameters".to_owned(),
            x: PlotAxis { scale, numbers: Numbers::Whole },
            y: PlotAxis { scale: Scale::Linear, numbers: Numbers::Percent },
            series: vec![series],
        }],
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_spread_by_their_ratios_where_these_are_large() {
        for (sizes, scale) in [
            (&[25_440_u32, 101_760][..], Scale::Logarithmic),
            (&[50_386, 51_300], Scale::Linear),
            (&[50_880], Scale::Linear),
            (&[], Scale::Linear),
        ] {
            let points = sizes.iter().map(|&parameters| PlotPoint::new(f64::from(parameters), 0.9)).collect();
            assert_eq!(accuracy_over_parameters(points, String::new(), false).panels[0].x.scale, scale, "{sizes:?}");
        }
    }
}
