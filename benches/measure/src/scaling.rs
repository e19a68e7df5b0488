//! `make bench-scaling`: how the cost of a step grows with width, depth and batch size, and where the fused path pays.

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use inputs::ComputePath;
use spec::ExperimentSpec;

use crate::ours;
use crate::setting::{Digits, SHAPE, experiment};

/// Least number of floating-point operations to time.
const WORK: f64 = 2e9;

/// Measures and prints.
pub(crate) fn print(digits: &Digits) {
    println!(
        "{}, bare steps. GFLOP/s count the whole dense products, although the fused path skips background pixels.\n",
        digits.title
    );
    let widths = [16, 32, 64, 128, 256, 512, 1024].map(|width| (format!("784-{width}-10"), vec![width]));
    let depths = [1, 2, 5, 10, 20].map(|depth| (format!("784-{depth}x64-10"), vec![64; depth]));
    let batches = [8, 32, 128, 512, 1024];
    let by_width = widths.iter().flat_map(|network| batches.map(|batch_size| (network, batch_size)));
    let by_depth = depths.iter().map(|network| (network, 32));
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["network", "batch", "fused, us", "GFLOP/s", "Burn's modules, us", "GFLOP/s", "ratio"]);
    for ((name, hidden_units), batch_size) in by_width.chain(by_depth) {
        let spec = experiment(hidden_units, batch_size);
        let work = operations(&spec);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of some hundreds")]
        let count = (WORK / work).clamp(3.0, 500.0) as usize;
        let [fused, plain] =
            [ComputePath::Fused, ComputePath::Plain].map(|path| ours::bare_steps(digits, &spec, path, count).fastest());
        let figures = [fused, plain].into_iter().flat_map(|seconds| [seconds * 1e6, work / seconds / 1e9]);
        let mut row = vec![name.clone(), batch_size.to_string()];
        row.extend(figures.map(|figure| format!("{figure:.0}")));
        row.push(format!("{:.2}", plain / fused));
        table.add_row(row);
    }
    println!("{table}");
}

/// Multiplications and additions of a step's dense products: forward, gradient at the weights, and except for the first
/// layer the gradient at the inputs.
fn operations(spec: &ExperimentSpec) -> f64 {
    let weights: Vec<usize> = spec.model.layers(SHAPE).iter().map(|layer| layer.n_inputs * layer.n_outputs).collect();
    let products = 2 * weights[0] + 3 * weights[1..].iter().sum::<usize>();
    2.0 * (spec.training.batch_size * products) as f64
}
