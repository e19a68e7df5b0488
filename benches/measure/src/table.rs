//! `make bench`: steps and validations of the report's networks, and a whole run.

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use kernels::Path;

use crate::setting::{Digits, Setting};
use crate::{bound, ours};

/// Steps of a timing.
const STEPS: usize = 500;

/// Measures and prints.
pub(crate) fn print(digits: &Digits) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}, batch 32, {cores} cores; fastest (median)\n", digits.title);
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["", "784-64-10", "784-10x64-10"]);
    let settings = [1, 10].map(Setting::report);
    let mut add = |name: &str, cells: [String; 2]| {
        table.add_row([name.to_owned()].into_iter().chain(cells));
    };
    add(
        "hand-written step, one thread, us",
        settings.each_ref().map(|setting| bound::steps(digits, setting).show(1e6)),
    );
    add(
        "hand-written validation of 30,000 images, one thread, ms",
        settings.each_ref().map(|setting| bound::validations(digits, setting).show(1e3)),
    );
    for (name, path) in [("fused", Path::Fused), ("Burn's modules", Path::Plain)] {
        let bare = settings.each_ref().map(|setting| ours::bare_steps(digits, setting, path, STEPS).show(1e6));
        add(&format!("step, {name}, bare loop, us"), bare);
        let through = settings.each_ref().map(|setting| ours::through_the_learner(digits, setting, path));
        add(&format!("step, {name}, through the learner, us"), through.each_ref().map(|(step, _)| step.show(1e6)));
        let bare = settings.each_ref().map(|setting| ours::bare_validations(digits, setting, path).show(1e3));
        add(&format!("validation, {name}, ms"), bare);
        add(
            &format!("validation, {name}, through the learner, ms"),
            through.each_ref().map(|(_, validation)| validation.show(1e3)),
        );
    }
    println!("{table}\n");
    for path in [Path::Fused, Path::Plain] {
        let spec = Setting { max_epochs: 10, validations_per_epoch: 5, ..Setting::report(1) }.spec();
        let run = ours::train(&spec, digits, path);
        let (wall, cpu) = (run.state.wall.as_secs_f64(), run.state.cpu.as_secs_f64());
        let (steps, validations) = (run.state.step_losses.len(), run.state.validations.len());
        println!(
            "{path:?}: 10 epochs, {steps} steps and {validations} validations, in {wall:.2} s, {cpu:.2} s of processor time"
        );
    }
}
