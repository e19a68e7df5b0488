//! Figures of made-up runs that must come out well.

use record::{RunRecord, StopReason};

use super::CurveSets::{self, Both, Validation};
use test_support::synthetic::{Curve, empty_record, record, replicates, with_units};

pub(super) fn ladder() -> Vec<RunRecord> {
    vec![
        record("task2c", "Baseline: sigmoid, uniform weights", 31_250, &Curve::BASELINE),
        record("task3a", "+ improved weight init", 26_000, &Curve::FAN_IN),
        record("task3b", "+ improved sigmoid", 12_000, &Curve::IMPROVED),
        record("task3c", "+ momentum (the standard model)", 9_000, &Curve::STANDARD),
    ]
}

pub(super) fn deep() -> RunRecord {
    record("task4e", "Ten hidden layers of 64 units", 9_375, &Curve::DEEP)
}

pub(super) fn diverged() -> RunRecord {
    let mut wild = record("wild", "Learning rate 10", 400, &Curve::STANDARD);
    wild.stop_reason = StopReason::Diverged;
    for (step, loss) in wild.history.step_losses.iter_mut().enumerate().skip(20) {
        *loss = if step < 380 { 1e3 * 1.05_f32.powf(step as f32) } else { f32::NAN };
    }
    wild.history.validations.iter_mut().skip(1).for_each(|v| v.validation_loss = 1e9);
    wild
}

fn flat() -> RunRecord {
    let mut flat = record("flat", "Nothing learned", 2_000, &Curve::STANDARD);
    flat.history.step_losses.fill(2.3);
    for v in &mut flat.history.validations {
        (v.validation_loss, v.train_loss, v.validation_accuracy, v.train_accuracy) = (2.3, 2.3, 0.1, 0.1);
    }
    flat
}

/// Name, title, runs, sets of every figure that must come out well.
pub(super) fn gallery() -> Vec<(&'static str, &'static str, Vec<RunRecord>, CurveSets)> {
    let [baseline, .., standard]: [RunRecord; 4] = ladder().try_into().unwrap();
    let mut made_up = deep();
    (made_up.dataset.name, made_up.dataset.title) = ("made-up".to_owned(), "made-up digits".to_owned());
    let mut unvalidated = record("short", "Stopped before its first validation", 90, &Curve::STANDARD);
    unvalidated.history.validations.clear();
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
    let eight = (1..=8).map(|units| {
        let run =
            record(&format!("task{units}"), "The standard model of task 3", 8_000 + 500 * units, &Curve::STANDARD);
        with_units(&[units], run)
    });
    let long = (1..=8).map(|units| {
        with_units(&[units], record(&format!("long{units}"), "A run of all epochs", 31_250, &Curve::BASELINE))
    });
    let hostile = [1, 2].map(|units| {
        let title =
            "a <b> & \"c\" \u{1b}[31m with a title that is much too long to fit into a single line of the legend";
        with_units(&[units], record("x", title, 2_000, &Curve::DEEP))
    });
    let mut short_of_one = seeds("task3c", &Curve::STANDARD, 9_000, 5);
    short_of_one[2] = RunRecord { seed: 3, ..diverged() };
    short_of_one[2].spec = short_of_one[0].spec.clone();
    let with_seeds = |runs: &[(&str, Curve, usize)], count: u64| -> Vec<RunRecord> {
        runs.iter().flat_map(|(name, curve, steps)| seeds(name, curve, *steps, count)).collect()
    };
    let rungs = [
        ("task2c", Curve::BASELINE, 31_250),
        ("task3a", Curve::FAN_IN, 26_000),
        ("task3b", Curve::IMPROVED, 12_000),
        ("task3c", Curve::STANDARD, 9_000),
    ];
    let mut mixed = with_seeds(&rungs[3..], 5);
    mixed.push(deep());
    vec![
        ("seeds-one", "Task 2c: the baseline", with_seeds(&rungs[..1], 5), Both),
        (
            "seeds-two",
            "Task 4e: ten hidden layers of 64 units",
            with_seeds(&[("task4e", Curve::DEEP, 9_375), rungs[3]], 5),
            Both,
        ),
        ("seeds-ladder", "Task 3: tricks of the trade, one added at a time", with_seeds(&rungs, 5), Validation),
        ("seeds-ladder-both", "Task 3: tricks of the trade, one added at a time", with_seeds(&rungs, 5), Both),
        ("seeds-mixed", "Five seeds against one", mixed, Both),
        ("seeds-diverged", "A seed that diverged", short_of_one, Both),
        ("one", "Task 2c: the baseline", vec![baseline.clone()], Both),
        ("two", "Task 4e: ten hidden layers of 64 units", vec![deep(), standard.clone()], Both),
        ("three", "Tasks 4a and 4b: width of the hidden layer", widths, Validation),
        ("ladder", "Task 3: tricks of the trade, one added at a time", ladder(), Validation),
        ("ladder-both", "Task 3: tricks of the trade, one added at a time", ladder(), Both),
        ("made-up", "Task 4e: ten hidden layers of 64 units", vec![made_up], Both),
        ("eight", "Eight widths of the standard model", eight.collect(), Both),
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
            hostile.to_vec(),
            Both,
        ),
    ]
}

fn seeds(name: &str, curve: &Curve, steps: usize, count: u64) -> Vec<RunRecord> {
    let title = match name {
        "task2c" => "Baseline: sigmoid, uniform weights",
        "task3a" => "+ improved weight init",
        "task3b" => "+ improved sigmoid",
        "task4e" => "Ten hidden layers of 64 units",
        _ => "+ momentum (the standard model)",
    };
    replicates(name, title, steps, curve, count)
}
