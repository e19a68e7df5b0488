//! Whole figures of made-up records: what each must hold, and all of them to look at.

mod gallery;
mod samples;

use gallery::{deep, gallery, ladder};
use record::RunRecord;

use super::{CurveSets, Figure, to_png};
use crate::FigureError;
use test_support::synthetic::{Curve, replicates};

/// Bytes of an SVG at most.
const MOST_BYTES: usize = 600_000;
/// The same where curves are means.
const MOST_BYTES_OF_MEANS: usize = 300_000;

fn svg(title: &str, runs: &[RunRecord], sets: CurveSets) -> String {
    Figure::of_records(title, &runs.iter().collect::<Vec<_>>(), sets).to_svg().unwrap()
}

#[test]
fn every_figure_is_small_repeatable_and_well_formed() {
    for (name, title, runs, sets) in gallery() {
        let drawn = svg(title, &runs, sets);
        let most_bytes = if name.starts_with("seeds") { MOST_BYTES_OF_MEANS } else { MOST_BYTES };
        assert!(drawn.len() < most_bytes, "{name}: {} bytes", drawn.len());
        assert!(drawn == svg(title, &runs, sets), "{name} differs when it is drawn again");
        assert!(to_png(&drawn, 92).is_ok(), "{name} is not well formed");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{name} has a coordinate that is no number");
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
        "mean of 10 consecutive steps of every run",
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
    assert!(matches!(Figure::of_records("x", &[], CurveSets::Both).to_svg(), Err(FigureError::NoRuns)));
}
