//! What curves are made of.

use super::style::Place;

/// The mean around a step and how far values scatter about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) step: f64,
    pub(super) mean: f64,
    /// Standard deviation within the window, or over runs; 0 for a single value.
    pub(super) std: f64,
}

impl Spread {
    /// The mean as a point.
    pub(super) fn point(&self) -> Place {
        (self.step, self.mean)
    }

    /// Lower and upper edge of the band.
    pub(super) fn band(&self) -> (f64, f64) {
        (self.mean - self.std, self.mean + self.std)
    }
}

/// Mean and standard deviation (`n - 1`) of several curves at every step where at least half of them have a value.
pub(super) fn mean_over_runs(runs: &[&[Spread]]) -> Vec<Spread> {
    let mut points: Vec<Place> = runs.iter().flat_map(|run| run.iter().map(Spread::point)).collect();
    points.sort_by(|left, right| left.0.total_cmp(&right.0));
    let same_step = |left: &Place, right: &Place| left.0.total_cmp(&right.0).is_eq();
    points.chunk_by(same_step).filter(|values| 2 * values.len() >= runs.len()).map(over_runs).collect()
}

/// Steps after which fewer than half of the runs still train.
pub(super) fn steps_of_half(mut steps: Vec<usize>) -> usize {
    steps.sort_unstable_by(|left, right| right.cmp(left));
    steps.get(steps.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

fn over_runs(values: &[Place]) -> Spread {
    let count = values.len() as f64;
    let mean = values.iter().map(|point| point.1).sum::<f64>() / count;
    let squares: f64 = values.iter().map(|point| (point.1 - mean).powi(2)).sum();
    Spread { step: values[0].0, mean, std: (squares / (count - 1.0).max(1.0)).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Vec<Spread> {
        values.iter().enumerate().map(|(step, &mean)| Spread { step: step as f64, mean, std: 9.0 }).collect()
    }

    #[test]
    fn a_mean_has_the_standard_deviation_over_runs_and_ends_where_fewer_than_half_go_on() {
        let runs = [curve(&[1.0, 2.0, 4.0, 4.0]), curve(&[3.0, 2.0, 6.0]), curve(&[2.0, 2.0])];
        let means = mean_over_runs(&[&runs[0], &runs[1], &runs[2]]);
        let expected = [
            Spread { step: 0.0, mean: 2.0, std: 1.0 },
            Spread { step: 1.0, mean: 2.0, std: 0.0 },
            Spread { step: 2.0, mean: 5.0, std: 2.0_f64.sqrt() },
        ];
        assert_eq!(means, expected);
    }

    #[test]
    fn a_mean_of_one_or_of_none_is_no_failure() {
        assert_eq!(mean_over_runs(&[&curve(&[1.0])]), [Spread { step: 0.0, mean: 1.0, std: 0.0 }]);
        assert_eq!(mean_over_runs(&[]), []);
    }

    #[test]
    fn a_mean_ends_with_the_last_half_of_its_runs() {
        let cases: [(&[usize], usize); 5] = [(&[], 0), (&[7], 7), (&[5, 9], 9), (&[5, 9, 1], 5), (&[5, 4, 1, 2, 3], 3)];
        for (steps, end) in cases {
            assert_eq!(steps_of_half(steps.to_vec()), end, "{steps:?}");
        }
    }
}
