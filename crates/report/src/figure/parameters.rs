//! How much accuracy parameters buy: every experiment a point.

use super::axis::{Numbers, Scale, extent};
use super::plot::{Line, Panel, Plot, PlotPoint, Series};

/// The ratio of the largest network to the smallest from which on the axis is logarithmic.
const WIDE: f64 = 3.0;

/// Best validation accuracy, a share, over the number of parameters; every point is an experiment with its label.
///
/// `subtitle` names dataset and seeds; `is_made_up` says whether the digits are made up.
pub(crate) fn accuracy_over_parameters(points: Vec<PlotPoint>, subtitle: String, is_made_up: bool) -> Plot {
    let x = ("Parameters", spread_of(&points), Numbers::Whole);
    let y = ("Best validation accuracy", Scale::Linear, Numbers::Percent);
    let series = Series { line: Line::None, ..Series::with_dots(0, String::new(), points) };
    Plot {
        title: "Accuracy over the number of parameters".to_owned(),
        subtitle,
        is_made_up,
        panels: vec![Panel::around(x, y, vec![series])],
        notes: Vec::new(),
    }
}

fn spread_of(points: &[PlotPoint]) -> Scale {
    let (smallest, largest) = extent(points.iter().map(|point| point.x));
    if largest > WIDE * smallest { Scale::Logarithmic } else { Scale::Linear }
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
            let points: Vec<_> = sizes.iter().map(|&parameters| PlotPoint::new(f64::from(parameters), 0.9)).collect();
            assert_eq!(spread_of(&points), scale, "{sizes:?}");
        }
    }
}
