//! `make bench-scaling`: how the cost of a step grows with width, depth and batch size, and where the fused path pays.

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use kernels::Path;

use crate::ours;
use crate::setting::{Digits, Setting};

/// Floating-point operations that are timed at least.
const WORK: f64 = 2e9;

/// Measures and prints.
pub(crate) fn print(digits: &Digits) {
    println!(
        "{}, bare steps. GFLOP/s count the dense products, also where pixels of background are passed over.\n",
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
        let setting = Setting { hidden_units: hidden_units.clone(), batch_size, ..Setting::report(1) };
        let work = operations(&setting);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of some hundreds")]
        let count = (WORK / work).clamp(3.0, 500.0) as usize;
        let [fused, plain] =
            [Path::Fused, Path::Plain].map(|path| ours::bare_steps(digits, &setting, path, count).fastest());
        let rate = |seconds: f64| format!("{:.0}", work / seconds / 1e9);
        table.add_row([
            name.clone(),
            batch_size.to_string(),
            format!("{:.0}", fused * 1e6),
            rate(fused),
            format!("{:.0}", plain * 1e6),
            rate(plain),
            format!("{:.2}", plain / fused),
        ]);
    }
    println!("{table}");
}

/// Multiplications and additions of a step's dense products: forward, gradient of the weights, and but for the first layer
/// the gradient of the inputs.
fn operations(setting: &Setting) -> f64 {
    let sizes: Vec<usize> = [784].iter().chain(&setting.hidden_units).chain(&[10]).copied().collect();
    let weights: Vec<usize> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
    let products = 2 * weights[0] + 3 * weights[1..].iter().sum::<usize>();
    2.0 * (setting.batch_size * products) as f64
}
