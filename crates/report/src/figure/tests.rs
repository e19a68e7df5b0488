//! Whole figures of made-up records: what each must hold, and all of them to look at.

mod gallery;
mod samples;
pub(crate) mod sweeps;

use gallery::{deep, diverged, gallery, ladder};
use record::RunRecord;

use super::axis::{Numbers, Scale};
use super::plot::{Panel, Series};
use super::{CurveSets, Plot, PlotPoint, to_png};
use crate::FigureError;
use test_support::synthetic::{Curve, replicates, with_units};

/// Bytes of an SVG at most.
const MOST_BYTES: usize = 600_000;
/// The same where curves are means.
const MOST_BYTES_OF_MEANS: usize = 300_000;

fn svg(title: &str, runs: &[RunRecord], sets: CurveSets) -> String {
    Plot::of_records(title, &runs.iter().collect::<Vec<_>>(), sets).to_svg().unwrap()
}

#[test]
fn every_figure_is_small_repeatable_and_well_formed() {
    for (name, title, runs, sets) in gallery() {
        let drawn = svg(title, &runs, sets);
        let most_bytes = if name.starts_with("seeds") { MOST_BYTES_OF_MEANS } else { MOST_BYTES };
        assert!(drawn.len() < most_bytes, "{name}: {} bytes", drawn.len());
        assert!(drawn == svg(title, &runs, sets), "{name} differs when it is drawn again");
        assert!(to_png(&drawn, 92).is_ok(), "{name} is not well formed");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{name} has a coordinate that is not finite");
    }
}

#[test]
fn a_figure_names_every_curve_its_dataset_and_its_caveat() {
    let drawn = svg("Task 4e", &[deep(), ladder().remove(3)], CurveSets::Both);
    for text in [
        "Task 4e",
        "MNIST, 20,000 training and 10,000 validation images, seed 1",
        "Ten hidden layers of 64 units, train",
        "+ momentum (the standard model), validation",
        "Gradient steps",
        "8,000",
        "mean of 10 consecutive steps",
        "no number here is a clean test result",
        "sans-serif",
    ] {
        assert!(drawn.contains(text), "{text}");
    }
    assert!(!drawn.contains("Made-up"));
}

#[test]
fn a_figure_of_replicates_says_what_lines_and_bands_are() {
    let runs = replicates("task3c", "The standard model", 9_000, &Curve::STANDARD, 5);
    let drawn = svg("Task 3c", &runs, CurveSets::Both);
    for text in [
        "seeds 1 to 5",
        "The standard model, train",
        "Lines: mean over 5 seeds, until fewer than half of the runs still train.",
        "Bands: one standard deviation.",
        "Training loss: mean of 10 consecutive steps. Training accuracy: dashed.",
    ] {
        assert!(drawn.contains(text), "{text}");
    }
    assert!(!drawn.contains("Dots"));
}

#[test]
fn made_up_digits_are_named_as_such() {
    let mut run = deep();
    run.dataset.name = "made-up".to_owned();
    assert!(svg("Task 4e", &[run], CurveSets::Both).contains("Made-up digits"));
}

#[test]
fn markup_and_control_characters_do_not_reach_the_svg() {
    let mut run = deep();
    run.spec.title = "<b>\u{0}&\u{1b}".to_owned();
    let drawn = svg("<script>\u{7}", &[run], CurveSets::Both);
    assert!(
        !drawn.contains("<script") && !drawn.contains("<b>") && !drawn.chars().any(|c| c.is_control() && c != '\n')
    );
    assert!(drawn.contains("&lt;b&gt;&amp;, train"));
}

#[test]
fn a_figure_without_a_run_is_refused() {
    assert!(matches!(Plot::of_records("x", &[], CurveSets::Both).to_svg(), Err(FigureError::NoRuns)));
}

#[test]
fn a_run_that_diverged_leaves_the_ranges_to_the_others() {
    let standard = ladder().remove(3);
    let [with, without] = [vec![&with_units(&[7], diverged()), &standard], vec![&standard]].map(|runs| {
        let plot = Plot::of_records("", &runs, CurveSets::Both);
        plot.panels.into_iter().map(|panel| panel.y).collect::<Vec<_>>()
    });
    assert_eq!(with, without);
}

/// A panel of one series whose texts are hostile.
fn hostile_plot(x: (Scale, Numbers), y: Scale, points: &[(f64, f64)]) -> Plot {
    let point = |&(x, y): &(f64, f64)| PlotPoint { interval: Some((y, 2.0 * y)), ..PlotPoint::new(x, y) };
    let series = Series::with_dots(0, "a <b>\u{1b}".to_owned(), points.iter().map(point).collect());
    let panel = Panel::around(("x & y", x.0, x.1), ("<heading>\u{7}", y, Numbers::Plain), vec![series]);
    Plot {
        title: "<script>\u{0}".to_owned(),
        subtitle: "a & b".to_owned(),
        is_made_up: true,
        panels: vec![panel],
        notes: vec!["<note>\u{8}".to_owned()],
    }
}

#[test]
fn every_plot_is_well_formed_and_escaped() {
    let (linear, logarithmic) = ((Scale::Linear, Numbers::Plain), (Scale::Logarithmic, Numbers::Plain));
    for (x, y, points) in [
        ((Scale::Linear, Numbers::Whole), Scale::Logarithmic, &[(1.0, 1e-5), (2.0, 1e-2)][..]),
        (linear, Scale::Linear, &[(0.0, -1.0), (2.0, 1.0)]),
        (logarithmic, Scale::Logarithmic, &[(0.0, 1.0), (1.0, 0.0), (-1.0, -1.0), (1.0, 1.0)]),
        (linear, Scale::Logarithmic, &[(f64::NAN, 1.0), (1.0, f64::INFINITY)]),
        (linear, Scale::Linear, &[]),
    ] {
        let drawn = hostile_plot(x, y, points).to_svg().unwrap();
        assert!(to_png(&drawn, 92).is_ok() && drawn == hostile_plot(x, y, points).to_svg().unwrap());
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
    let drawn = hostile_plot((Scale::Linear, Numbers::Whole), Scale::Linear, &points).to_svg().unwrap();
    for layer in 1..=11 {
        assert!(drawn.contains(&format!(">{layer}<")), "{layer}");
    }
}

#[test]
fn a_plot_without_a_series_is_refused() {
    let plot = Plot { panels: Vec::new(), ..hostile_plot((Scale::Linear, Numbers::Plain), Scale::Linear, &[]) };
    assert!(matches!(plot.to_svg(), Err(FigureError::NoRuns)));
}
