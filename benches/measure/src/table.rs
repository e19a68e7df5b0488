//! `make bench`: steps and validations of the report's networks, and a whole run.

use std::collections::BTreeSet;

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use inputs::ComputePath;
use kernels::Instructions;

use crate::setting::{Digits, lasting, report};
use crate::timing::Timing;
use crate::{bound, checkpoints, ours};

/// Steps per timing.
const STEPS: usize = 500;

/// Measures and prints.
pub(crate) fn print(digits: &Digits) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}, batch 32, {cores} cores; fastest (median)\n", digits.title);
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["", "784-64-10", "784-10x64-10"]);
    let specs = [1, 10].map(report);
    let mut add = |name: &str, scale: f64, timings: [Timing; 2]| {
        table.add_row([name.to_owned()].into_iter().chain(timings.map(|timing| timing.show(scale))));
    };
    add("hand-written step, one thread, us", 1e6, specs.each_ref().map(|spec| bound::steps(digits, spec)));
    let validations = specs.each_ref().map(|spec| bound::validations(digits, spec));
    add("hand-written validation of 30,000 images, one thread, ms", 1e3, validations);
    let widest = Instructions::in_use();
    let sets = BTreeSet::from([widest, Instructions::Avx2.min(widest), Instructions::Scalar]);
    let fused = sets.into_iter().rev().map(|set| (format!("fused, {set}"), ComputePath::Fused, set));
    for (name, path, instructions) in fused.chain([("Burn's modules".to_owned(), ComputePath::Plain, widest)]) {
        Instructions::limit(instructions);
        let bare_steps = specs.each_ref().map(|spec| ours::bare_steps(digits, spec, path, STEPS));
        let bare_validations = specs.each_ref().map(|spec| ours::bare_validations(digits, spec, path));
        let through_the_learner = specs.each_ref().map(|spec| ours::steps_through_the_learner(digits, spec, path));
        add(&format!("step, {name}, bare loop, us"), 1e6, bare_steps);
        add(&format!("step, {name}, through the learner, us"), 1e6, through_the_learner);
        add(&format!("validation, {name}, ms"), 1e3, bare_validations);
    }
    let saves = specs.each_ref().map(|spec| checkpoints::saves(digits, spec));
    add("checkpoint of a run of 10 epochs, on the disk, ms", 1e3, saves);
    println!("{table}\n");
    for path in [ComputePath::Fused, ComputePath::Plain] {
        let spec = lasting(&report(1), 10, 5);
        let state = ours::train(&ours::training(&spec, digits, path));
        let (wall, cpu) = (state.wall.as_secs_f64(), state.cpu.as_secs_f64());
        let (steps, validations) = (state.history.step_losses.len(), state.history.validations.len());
        println!(
            "{path:?}: 10 epochs, {steps} steps and {validations} validations, in {wall:.2} s, {cpu:.2} s of processor time"
        );
    }
}
