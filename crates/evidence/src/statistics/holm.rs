//! Holm's correction: with several tests, the chance of any false finding is still at most α.

/// The p-values in their order, adjusted for their number: a test has a finding where its own is below α.
///
/// The k-th smallest of m (from 1) becomes the largest of `(m - j + 1) p_j` for `j <= k`, at most 1. The tests need not
/// be independent. `None` where a p-value is outside `[0, 1]`.
///
/// Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
pub(crate) fn holm(p_values: &[f64]) -> Option<Vec<f64>> {
    if !p_values.iter().all(|p| (0.0..=1.0).contains(p)) {
        return None;
    }
    let mut ascending: Vec<usize> = (0..p_values.len()).collect();
    ascending.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, index) in ascending.into_iter().enumerate() {
        largest = largest.max((p_values.len() - rank) as f64 * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    Some(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_values_keep_their_places_and_their_order() {
        assert_eq!(holm(&[0.5, 0.125, 0.25]), Some(vec![0.5, 0.375, 0.5]));
        assert_eq!(holm(&[0.0, 0.75, 0.75]), Some(vec![0.0, 1.0, 1.0]));
        assert_eq!(holm(&[]), Some(vec![]));
    }

    #[test]
    fn only_probabilities_are_adjusted() {
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(holm(&[0.5, p]), None);
        }
    }
}
