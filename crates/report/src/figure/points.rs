//! Points of curves from the values of runs: windows of consecutive steps, means over replicates.

use super::plot::PlotPoint;

/// Mean and standard deviation of consecutive windows, at the middle of each.
///
/// A last window that is not full is left out unless it is the only one; so is a window with a value that is not finite.
pub(super) fn smoothed(losses: &[f32], window: usize) -> Vec<PlotPoint> {
    let window = window.min(losses.len()).max(1);
    let point = |(index, losses): (usize, &[f32])| {
        let losses: Vec<f64> = losses.iter().copied().map(f64::from).collect();
        mean_at((index * window) as f64 + window as f64 / 2.0, &losses, losses.len() as f64)
    };
    losses.chunks_exact(window).enumerate().map(point).filter(|point| point.y.is_finite()).collect()
}

/// Mean and standard deviation (`n - 1`) of several curves at every x where at least half of them have a point.
pub(super) fn mean_over_runs(runs: &[Vec<PlotPoint>]) -> Vec<PlotPoint> {
    let mut points: Vec<(f64, f64)> = runs.iter().flatten().map(|point| (point.x, point.y)).collect();
    points.sort_by(|left, right| left.0.total_cmp(&right.0));
    let same_x = points.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq());
    let over_runs = |points: &[(f64, f64)]| {
        let values: Vec<f64> = points.iter().map(|point| point.1).collect();
        mean_at(points[0].0, &values, (values.len() as f64 - 1.0).max(1.0))
    };
    same_x.filter(|points| 2 * points.len() >= runs.len()).map(over_runs).collect()
}

/// Steps after which fewer than half of the runs still train.
pub(super) fn steps_of_half(mut steps: Vec<usize>) -> usize {
    steps.sort_unstable_by(|left, right| right.cmp(left));
    steps.get(steps.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// The mean of some values and their standard deviation with these degrees of freedom.
fn mean_at(x: f64, values: &[f64], degrees_of_freedom: f64) -> PlotPoint {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    PlotPoint::with_deviation(x, mean, (squares / degrees_of_freedom).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Vec<PlotPoint> {
        values.iter().enumerate().map(|(step, &mean)| PlotPoint::with_deviation(step as f64, mean, 9.0)).collect()
    }

    #[test]
    fn a_mean_has_the_standard_deviation_over_runs_and_ends_where_fewer_than_half_continue() {
        let runs = [curve(&[1.0, 2.0, 4.0, 4.0]), curve(&[3.0, 2.0, 6.0]), curve(&[2.0, 2.0])];
        let means = mean_over_runs(&runs);
        let expected = [
            PlotPoint::with_deviation(0.0, 2.0, 1.0),
            PlotPoint::with_deviation(1.0, 2.0, 0.0),
            PlotPoint::with_deviation(2.0, 5.0, 2.0_f64.sqrt()),
        ];
        assert_eq!(means, expected);
    }

    #[test]
    fn a_mean_of_one_or_of_none_is_no_failure() {
        assert_eq!(mean_over_runs(&[curve(&[1.0])]), [PlotPoint::with_deviation(0.0, 1.0, 0.0)]);
        assert_eq!(mean_over_runs(&[]), []);
    }

    #[test]
    fn a_mean_ends_with_the_last_half_of_its_runs() {
        let cases: [(&[usize], usize); 5] = [(&[], 0), (&[7], 7), (&[5, 9], 9), (&[5, 9, 1], 5), (&[5, 4, 1, 2, 3], 3)];
        for (steps, end) in cases {
            assert_eq!(steps_of_half(steps.to_vec()), end, "{steps:?}");
        }
    }

    #[test]
    fn a_window_is_its_mean_and_standard_deviation_at_its_middle() {
        let spreads = smoothed(&[1.0, 3.0, 5.0, 5.0, 9.0], 2);
        let expected = [PlotPoint::with_deviation(1.0, 2.0, 1.0), PlotPoint::with_deviation(3.0, 5.0, 0.0)];
        assert_eq!(spreads, expected);
    }

    #[test]
    fn a_run_shorter_than_a_window_is_one_window() {
        assert_eq!(smoothed(&[1.0, 3.0], 10), [PlotPoint::with_deviation(1.0, 2.0, 1.0)]);
        assert_eq!(smoothed(&[], 10), []);
    }

    #[test]
    fn a_window_with_a_value_that_is_not_finite_is_left_out() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert_eq!(smoothed(&[1.0, 1.0, bad, 1.0], 2).len(), 1);
        }
    }
}
