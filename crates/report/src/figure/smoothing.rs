//! The training loss of single steps, smoothed: the mean of consecutive windows of steps.

use super::points::Spread;

/// Steps of the assignment's smoothing window.
pub(super) const SMOOTHED_STEPS: usize = 10;

/// Steps per window: 10, or the lowest multiple of 10 with which curves of so many steps together have at most so many
/// windows.
pub(super) fn window_steps(steps: usize, most_windows: usize) -> usize {
    SMOOTHED_STEPS * steps.div_ceil(SMOOTHED_STEPS * most_windows).max(1)
}

/// Mean and standard deviation of consecutive windows, at the middle of each.
///
/// A last window that is not full is left out unless it is the only one; a window with a value that is not finite too.
pub(super) fn smoothed(losses: &[f32], window: usize) -> Vec<Spread> {
    let window = window.min(losses.len()).max(1);
    let spread = |(index, values): (usize, &[f32])| {
        let (mean, std) = mean_and_std(values);
        Spread { step: (index * window) as f64 + window as f64 / 2.0, mean, std }
    };
    losses.chunks_exact(window).enumerate().map(spread).filter(|spread| spread.std.is_finite()).collect()
}

fn mean_and_std(values: &[f32]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().copied().map(f64::from).sum::<f64>() / count;
    let variance = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_its_mean_and_standard_deviation_at_its_middle() {
        let spreads = smoothed(&[1.0, 3.0, 5.0, 5.0, 9.0], 2);
        let expected = [Spread { step: 1.0, mean: 2.0, std: 1.0 }, Spread { step: 3.0, mean: 5.0, std: 0.0 }];
        assert_eq!(spreads, expected);
    }

    #[test]
    fn a_run_shorter_than_a_window_is_one_window() {
        assert_eq!(smoothed(&[1.0, 3.0], 10), [Spread { step: 1.0, mean: 2.0, std: 1.0 }]);
        assert_eq!(smoothed(&[], 10), []);
    }

    #[test]
    fn a_window_with_a_value_that_is_not_finite_is_left_out() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert_eq!(smoothed(&[1.0, 1.0, bad, 1.0], 2).len(), 1);
        }
    }

    #[test]
    fn windows_hold_ten_steps_until_there_are_too_many() {
        for (steps, most_windows, window) in
            [(0, 100, 10), (20, 100, 10), (1_000, 100, 10), (1_001, 100, 20), (250_000, 12_500, 20)]
        {
            assert_eq!(window_steps(steps, most_windows), window, "{steps} steps");
        }
    }
}
