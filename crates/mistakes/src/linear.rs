//! Quadratic forms of symmetric matrices.

/// The lower triangle `L` of a matrix `L L^T`, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky(Vec<Vec<f64>>);

impl Cholesky {
    /// Of a positive definite matrix.
    pub(crate) fn of(matrix: &[Vec<f64>]) -> Self {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, row) in matrix.iter().enumerate() {
            let mut values = Vec::with_capacity(i + 1);
            for j in 0..=i {
                let before = if j == i { &values } else { &lower[j] };
                let sum: f64 = values.iter().zip(before).take(j).map(|(one, other): (&f64, &f64)| one * other).sum();
                values.push(if j == i { (row[i] - sum).sqrt() } else { (row[j] - sum) / lower[j][j] });
            }
            lower.push(values);
        }
        Self(lower)
    }

    /// `x^T A^-1 x`.
    pub(crate) fn quadratic(&self, x: &[f64]) -> f64 {
        let mut solved: Vec<f64> = Vec::with_capacity(x.len());
        for (row, x) in self.0.iter().zip(x) {
            let sum: f64 = row.iter().zip(&solved).map(|(one, other)| one * other).sum();
            solved.push((x - sum) / row[solved.len()]);
        }
        solved.iter().map(|value| value * value).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_form_is_that_of_the_inverse() {
        // The inverse of [[4, 2], [2, 3]] is [[3, -2], [-2, 4]] / 8.
        let cholesky = Cholesky::of(&[vec![4.0, 2.0], vec![2.0, 3.0]]);
        for [x, y] in [[1.0, 0.0], [0.0, 1.0], [2.0, -3.0]] {
            let expected = (3.0 * x * x - 4.0 * x * y + 4.0 * y * y) / 8.0;
            assert!((cholesky.quadratic(&[x, y]) - expected).abs() < 1e-12);
        }
    }
}
