//! How much accuracy parameters buy: every experiment a point.

use super::axis::{Numbers, Scale};
use super::plot::{LinePlot, PlotAxis, PlotPanel, PlotPoint, PlotSeries};

/// The largest network over the smallest from which parameters are spread by their ratios.
const WIDE: f64 = 3.0;

/// One experiment among networks of different sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterPoint {
    /// What stands beside the mark.
    pub label: String,
    /// Weights and biases of the network.
    pub parameters: usize,
    /// Best validation accuracy, a share; the mean over replicates.
    pub accuracy: f64,
    /// Lower end of its interval, a share; whoever has computed it says in a note what it is.
    pub low: f64,
    /// Upper end; without an interval both ends are the accuracy.
    pub high: f64,
}

/// Best validation accuracy over the number of parameters, every experiment with its label.
///
/// The caller sets subtitle, notes and whether the digits are made up, which the points do not know.
#[must_use]
pub fn accuracy_over_parameters(points: &[ParameterPoint]) -> LinePlot {
    let sizes = || points.iter().map(|point| point.parameters as f64);
    let is_wide = sizes().fold(0.0, f64::max) > WIDE * sizes().fold(f64::INFINITY, f64::min);
    let scale = if is_wide { Scale::Logarithmic } else { Scale::Linear };
    let plotted = points.iter().map(|point| PlotPoint {
        x: point.parameters as f64,
        y: point.accuracy,
        interval: (point.low < point.high).then_some((point.low, point.high)),
        label: Some(point.label.clone()),
    });
    let series = PlotSeries { label: String::new(), points: plotted.collect(), has_line: false, has_marks: true };
    LinePlot {
        title: "Accuracy over the number of parameters".to_owned(),
        subtitle: String::new(),
        is_made_up: false,
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
        let point =
            |parameters| ParameterPoint { label: "x".to_owned(), parameters, accuracy: 0.9, low: 0.9, high: 0.9 };
        for (sizes, scale) in [
            (&[25_440, 101_760][..], Scale::Logarithmic),
            (&[50_386, 51_300], Scale::Linear),
            (&[50_880], Scale::Linear),
            (&[], Scale::Linear),
        ] {
            let points: Vec<ParameterPoint> = sizes.iter().map(|&parameters| point(parameters)).collect();
            assert_eq!(accuracy_over_parameters(&points).panels[0].x.scale, scale, "{sizes:?}");
        }
    }
}
