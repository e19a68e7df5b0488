//! How an array differs from another one: by a factor, by a shift, or otherwise.

use arrays::Array;

/// How one array becomes another.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// Its shape is another one.
    Shape {
        /// Whether it is the transposed shape.
        is_transposed: bool,
    },
    /// It has a value that is NaN or infinite.
    NotFinite,
    /// Every value is multiplied by this.
    Factor(f64),
    /// Every value is multiplied and shifted: `[factor, shift]`.
    Affine([f64; 2]),
    /// Every column is shifted by a number of its own.
    ColumnShift,
    /// The change by the step is multiplied by this.
    StepFactor(f64),
    /// Random numbers of the same spread.
    OtherDraw,
    /// Random numbers of other standard deviations: `[mine, ours]`.
    OtherSpread([f64; 2]),
    /// Consecutive whole numbers.
    Consecutive,
    /// None of these.
    Other,
}

/// Share of the largest value that a fit may leave.
const LEFT_OVER: f64 = 1e-4;
/// Standard deviations that differ by more than this factor are those of other distributions.
const SPREAD: f64 = 1.1;

/// How `mine` comes from `ours`, of the same shape.
pub(crate) fn relation(mine: &[f64], ours: &[f64], shape: &[usize]) -> Relation {
    if mine.iter().any(|value| !value.is_finite()) {
        return Relation::NotFinite;
    }
    // Two numbers have any relation.
    if mine.len() < 3 {
        return Relation::Other;
    }
    let rest = |fit: &dyn Fn(f64) -> f64| {
        mine.iter().zip(ours).map(|(mine, ours)| (mine - fit(*ours)).abs()).fold(0.0, f64::max)
    };
    let fits = |rest: f64| rest <= LEFT_OVER * largest(mine);
    let factor = dot(mine, ours) / dot(ours, ours);
    if fits(rest(&|ours| factor * ours)) {
        return Relation::Factor(factor);
    }
    let (mean_mine, mean_ours) = (mean(mine), mean(ours));
    let covariance = dot(mine, ours) / mine.len() as f64 - mean_mine * mean_ours;
    let slope = covariance / variance(ours);
    if fits(rest(&|ours| mean_mine + slope * (ours - mean_ours))) {
        return Relation::Affine([slope, mean_mine - slope * mean_ours]);
    }
    let differences: Vec<f64> = mine.iter().zip(ours).map(|(mine, ours)| mine - ours).collect();
    let n_columns = shape.last().copied().filter(|_| shape.len() == 2 && shape[0] > 1);
    let is_shift = n_columns.is_some_and(|columns| {
        let first = &differences[..columns];
        let moved = |row: &[f64]| row.iter().zip(first).all(|(one, first)| fits((one - first).abs()));
        differences.chunks_exact(columns).all(moved)
    });
    if is_shift { Relation::ColumnShift } else { Relation::Other }
}

/// Whether random numbers are of the same spread.
pub(crate) fn draw(mine: &[f64], ours: &[f64]) -> Relation {
    if mine.iter().any(|value| !value.is_finite()) {
        return Relation::NotFinite;
    }
    let spreads = [variance(mine).sqrt(), variance(ours).sqrt()];
    // The standard error of a ratio of standard deviations is about 1 / sqrt(n).
    let room = SPREAD.max(1.0 + 4.0 / (mine.len() as f64).sqrt());
    let ratio = spreads[0] / spreads[1];
    if (1.0 / room..room).contains(&ratio) { Relation::OtherDraw } else { Relation::OtherSpread(spreads) }
}

/// The largest absolute value.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().copied().map(f64::abs).fold(0.0, f64::max)
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

/// Whether whole numbers ascend one by one.
pub(crate) fn is_consecutive(array: &Array) -> bool {
    array.values.len() > 1 && array.values.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < f64::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_found() {
        let ours = [0.3, -1.0, 2.0, 0.7, 0.1, -0.4];
        let changed = |change: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
            ours.iter().enumerate().map(|(at, &value)| change(at, value)).collect()
        };
        let found = |mine: Vec<f64>| relation(&mine, &ours, &[3, 2]);
        assert!(matches!(found(changed(&|_, value| 1.5 * value)), Relation::Factor(f) if (f - 1.5).abs() < 1e-9));
        assert!(
            matches!(found(changed(&|_, v| 0.5 * v - 3.0)), Relation::Affine([a, b]) if (a - 0.5).abs() < 1e-9 && (b + 3.0).abs() < 1e-9)
        );
        assert_eq!(found(changed(&|at, value| value + [0.1, 0.7][at % 2])), Relation::ColumnShift);
        assert_eq!(found(changed(&|_, value| value * value)), Relation::Other);
        assert_eq!(found(changed(&|at, value| if at == 3 { f64::NAN } else { value })), Relation::NotFinite);
    }

    #[test]
    fn draws_are_told_by_their_spread() {
        let ours: Vec<f64> = (0..1000).map(|i| f64::from(i).sin()).collect();
        let other: Vec<f64> = (0..1000).map(|i| f64::from(i).cos()).collect();
        assert_eq!(draw(&other, &ours), Relation::OtherDraw);
        let wide: Vec<f64> = other.iter().map(|value| 2.0 * value).collect();
        assert!(matches!(draw(&wide, &ours), Relation::OtherSpread(_)));
    }
}
