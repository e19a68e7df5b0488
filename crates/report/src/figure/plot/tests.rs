//! What every plot must hold.

use super::{LinePlot, PlotAxis, PlotPanel, PlotPoint, PlotSeries};
use crate::FigureError;
use crate::figure::{Numbers, Scale, to_png};

const LINEAR: PlotAxis = PlotAxis { scale: Scale::Linear, numbers: Numbers::Plain };
const LOGARITHMIC: PlotAxis = PlotAxis { scale: Scale::Logarithmic, numbers: Numbers::Plain };
const WHOLE: PlotAxis = PlotAxis { scale: Scale::Linear, numbers: Numbers::Whole };

fn plot(x: PlotAxis, y: PlotAxis, points: &[(f64, f64)]) -> LinePlot {
    let points = points.iter().map(|&(x, y)| PlotPoint { interval: Some((y, 2.0 * y)), ..PlotPoint::new(x, y) });
    let series =
        PlotSeries { label: "a <b>\u{1b}".to_owned(), points: points.collect(), has_line: true, has_marks: true };
    let (heading, x_label) = ("<heading>\u{7}".to_owned(), "x & y".to_owned());
    LinePlot {
        title: "<script>\u{0}".to_owned(),
        subtitle: "a & b".to_owned(),
        is_made_up: true,
        panels: vec![PlotPanel { heading, x_label, x, y, series: vec![series] }],
        notes: vec!["<note>\u{8}".to_owned()],
    }
}

#[test]
fn every_plot_is_well_formed_and_escaped() {
    for (x, y, points) in [
        (WHOLE, LOGARITHMIC, &[(1.0, 1e-5), (2.0, 1e-2)][..]),
        (LINEAR, LINEAR, &[(0.0, -1.0), (2.0, 1.0)]),
        (LOGARITHMIC, LOGARITHMIC, &[(0.0, 1.0), (1.0, 0.0), (-1.0, -1.0), (1.0, 1.0)]),
        (LINEAR, LOGARITHMIC, &[(f64::NAN, 1.0), (1.0, f64::INFINITY)]),
        (LINEAR, LINEAR, &[]),
    ] {
        let drawn = plot(x, y, points).to_svg().unwrap();
        assert!(to_png(&drawn, 92).is_ok() && drawn == plot(x, y, points).to_svg().unwrap());
        assert!(!drawn.contains("NaN") && !drawn.contains("inf") && !drawn.contains("<script"), "{points:?}");
        assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'));
        assert_eq!(drawn.contains("no values"), !points.iter().any(|(x, y)| x.is_finite() && y.is_finite()));
        for text in ["a &lt;b&gt;", "&lt;heading&gt;", "x &amp; y", "&lt;note&gt;", "Made-up digits"] {
            assert!(drawn.contains(text), "{text}");
        }
    }
}

#[test]
fn whole_numbers_have_a_tick_each() {
    let points: Vec<(f64, f64)> = (1..=11).map(|layer| (f64::from(layer), 1.0)).collect();
    let drawn = plot(WHOLE, LINEAR, &points).to_svg().unwrap();
    for layer in 1..=11 {
        assert!(drawn.contains(&format!("\n{layer}\n")), "{layer}");
    }
}

#[test]
fn a_plot_without_a_panel_is_refused() {
    let plot = LinePlot { panels: Vec::new(), ..plot(LINEAR, LINEAR, &[]) };
    assert!(matches!(plot.to_svg(), Err(FigureError::NoPanels)));
}
