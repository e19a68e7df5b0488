//! Whole figures of made-up records: what each must hold, and a gallery to look at.

use record::{RunRecord, StopReason};

use super::CurveSets::{self, Both, Train, Validation};
use super::{Figure, to_png};
use crate::FigureError;
use crate::synthetic::{Curve, empty_record, record};

/// Bytes of an SVG at most.
const MOST_BYTES: usize = 600_000;

fn ladder() -> Vec<RunRecord> {
    vec![
        record("task2c", "Baseline: sigmoid, uniform weights", 31_250, &Curve::BASELINE),
        record("task3a", "+ improved weight init", 26_000, &Curve::FAN_IN),
        record("task3b", "+ improved sigmoid", 12_000, &Curve::IMPROVED),
        record("task3c", "+ momentum (the standard model)", 9_000, &Curve::STANDARD),
    ]
}

fn deep() -> RunRecord {
    record("task4e", "Ten hidden layers of 64 units", 9_375, &Curve::DEEP)
}

fn diverged() -> RunRecord {
    let mut wild = record("wild", "Learning rate 10", 400, &Curve::STANDARD);
    wild.stop_reason = StopReason::Diverged;
    for (step, loss) in wild.step_losses.iter_mut().enumerate().skip(20) {
        *loss = if step < 380 { 1e3 * 1.05_f32.powf(step as f32) } else { f32::NAN };
    }
    wild.validations.iter_mut().skip(1).for_each(|v| v.validation_loss = 1e9);
    wild
}

fn flat() -> RunRecord {
    let mut flat = record("flat", "Nothing learned", 2_000, &Curve::STANDARD);
    flat.step_losses.fill(2.3);
    for v in &mut flat.validations {
        (v.validation_loss, v.train_loss, v.validation_accuracy, v.train_accuracy) = (2.3, 2.3, 0.1, 0.1);
    }
    flat
}

/// Name, title, runs, sets of every figure that must come out well.
fn gallery() -> Vec<(&'static str, &'static str, Vec<RunRecord>, CurveSets)> {
    let [baseline, fan_in, improved, standard] = ladder().try_into().unwrap();
    let mut made_up = deep();
    (made_up.dataset.name, made_up.dataset.title) = ("made-up".to_owned(), "made-up digits".to_owned());
    let mut unvalidated = record("short", "Stopped before its first validation", 90, &Curve::STANDARD);
    unvalidated.validations.clear();
    let units = |name, title, curve: &Curve, steps| record(name, title, steps, curve);
    let widths = vec![
        units(
            "task4a",
            "32 hidden units",
            &Curve { ceiling: 0.951, validation_floor: 0.17, ..Curve::STANDARD },
            10_250,
        ),
        units("task3c", "64 hidden units", &Curve::STANDARD, 9_000),
        units(
            "task4b",
            "128 hidden units",
            &Curve { ceiling: 0.967, validation_floor: 0.12, ..Curve::STANDARD },
            9_625,
        ),
    ];
    let eight = (1..=8).map(|seed| {
        let mut run =
            record(&format!("task{seed}"), "The standard model of task 3", 8_000 + 500 * seed, &Curve::STANDARD);
        run.seed = seed as u64;
        run
    });
    let long = (1..=8).map(|seed| record(&format!("long{seed}"), "A run of all epochs", 31_250, &Curve::BASELINE));
    let hostile = record(
        "x",
        "a <b> & \"c\" \u{1b}[31m with a title that is much too long to fit into a single line of the legend",
        2_000,
        &Curve::DEEP,
    );
    vec![
        ("one", "Task 2c: the baseline", vec![baseline.clone()], Both),
        ("two", "Task 4e: ten hidden layers of 64 units", vec![deep(), standard.clone()], Both),
        ("three", "Tasks 4a and 4b: width of the hidden layer", widths, Validation),
        ("ladder", "Task 3: tricks of the trade, one added at a time", ladder(), Validation),
        ("ladder-both", "Task 3: tricks of the trade, one added at a time", ladder(), Both),
        ("train", "Task 3a against 3b, training only", vec![fan_in, improved], Train),
        ("made-up", "Task 4e: ten hidden layers of 64 units", vec![made_up], Both),
        ("eight", "Eight replicates of the standard model", eight.collect(), Both),
        ("eight-long", "Eight runs of all epochs", long.collect(), Both),
        ("diverged", "A learning rate that is too high", vec![diverged(), standard], Both),
        ("diverged-alone", "A learning rate that is too high", vec![diverged()], Both),
        ("unvalidated", "A run that was stopped at once", vec![unvalidated], Both),
        ("few-steps", "Three steps", vec![record("three", "Three steps", 3, &Curve::STANDARD)], Both),
        ("empty", "No step", vec![empty_record("none", "Not begun")], Both),
        ("flat", "A loss that never moves", vec![flat()], Both),
        (
            "hostile",
            "<script> & \"quotes\" \u{0}\u{7} and a title far too long for the page, as somebody will write one day",
            vec![hostile.clone(), hostile],
            Both,
        ),
    ]
}

fn svg(title: &str, runs: &[RunRecord], sets: CurveSets) -> String {
    Figure::of_records(title, &runs.iter().collect::<Vec<_>>(), sets).to_svg().unwrap()
}

#[test]
fn every_figure_is_small_repeatable_and_well_formed() {
    for (name, title, runs, sets) in gallery() {
        let drawn = svg(title, &runs, sets);
        assert!(drawn.len() < MOST_BYTES, "{name}: {} bytes", drawn.len());
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

/// `cargo test -p report gallery -- --ignored` writes every figure for a look; nothing is checked.
#[test]
#[ignore = "writes pictures for people"]
fn gallery_is_written_for_a_look() {
    let folder = std::env::temp_dir().join("report-gallery");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, title, runs, sets) in gallery() {
        let drawn = svg(title, &runs, sets);
        println!("{}: {} bytes", folder.join(name).display(), drawn.len());
        std::fs::write(folder.join(name).with_extension("png"), to_png(&drawn, 1_840).unwrap()).unwrap();
        std::fs::write(folder.join(name).with_extension("svg"), drawn).unwrap();
    }
}
