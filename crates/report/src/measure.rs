//! How values of metrics are written: by the kind of number that a metric is.

use evidence::{Centre, Interval, Replicates, SeedSummary};
use spec::{Metric, MetricKind, thousands};

use crate::format::{NOTHING, accuracy, loss, whole};

/// A value of a metric: `96.11 %`, `0.1342`, `9,000`, `0.21`.
pub(crate) fn value(metric: Metric, value: f64) -> String {
    match metric.kind() {
        _ if !value.is_finite() => NOTHING.to_owned(),
        MetricKind::Share => accuracy(value),
        MetricKind::Loss => loss(value),
        MetricKind::Steps => thousands(whole(value)),
        MetricKind::Ratio => ratio(value),
    }
}

/// A difference of two values, with its sign: `+0.81 points`, `-0.0105`, `+2,125`.
pub(crate) fn difference(metric: Metric, value: f64) -> String {
    let unit = if metric.kind() == MetricKind::Share { " points" } else { "" };
    signed(metric, value) + unit
}

/// The size of a difference: `0.81 points`, `125`.
pub(crate) fn unsigned_difference(metric: Metric, size: f64) -> String {
    let words = difference(metric, size.abs());
    words.trim_start_matches('+').to_owned()
}

/// An interval of a difference: `+0.70 to +0.92`; of shares in percentage points.
pub(crate) fn difference_interval(metric: Metric, interval: Interval) -> String {
    format!("{} to {}", signed(metric, interval.low), signed(metric, interval.high))
}

/// A mean with its interval, `96.11 % ± 0.09`, or `9,000 (8,750 to 9,375)` where that is not symmetric; with the number of
/// censored values, if there are any.
pub(crate) fn summary(metric: Metric, summary: &SeedSummary) -> String {
    let censored = format!(" ({} of {} never)", summary.n_censored, summary.n);
    match (summary.centre, summary.interval) {
        (Centre::Mean(mean), Some(interval)) if is_symmetric(mean, interval) => {
            format!("{} ± {}", value(metric, mean), bare(metric, (interval.high - interval.low) / 2.0))
        }
        (Centre::Mean(mean), Some(interval)) => {
            format!("{} ({} to {})", value(metric, mean), bare(metric, interval.low), bare(metric, interval.high))
        }
        (Centre::Mean(mean), None) => value(metric, mean),
        (Centre::Median(median), _) => format!("median {}{censored}", value(metric, median)),
        (Centre::MoreThan(steps), _) => format!("more than {}{censored}", value(metric, steps)),
    }
}

/// A metric over the complete runs, mean and interval; none where no run has it.
pub(crate) fn of(replicates: &Replicates, metric: Metric) -> Option<String> {
    replicates.summary(metric).map(|of_metric| summary(metric, &of_metric))
}

/// Whether the ends of an interval are equally far from the mean, as those of Student's interval are.
fn is_symmetric(mean: f64, interval: Interval) -> bool {
    let (below, above) = (mean - interval.low, interval.high - mean);
    (above - below).abs() <= 1e-9 * (above + below)
}

/// A value without its unit.
fn bare(metric: Metric, number: f64) -> String {
    value(metric, number).trim_end_matches(" %").to_owned()
}

/// A difference with its sign and without its unit; of shares in percentage points.
fn signed(metric: Metric, number: f64) -> String {
    match metric.kind() {
        MetricKind::Share if number.is_finite() => format!("{:+.2}", 100.0 * number),
        MetricKind::Share => NOTHING.to_owned(),
        _ => format!("{}{}", if number < 0.0 { "-" } else { "+" }, value(metric, number.abs())),
    }
}

/// A ratio can have any size: `0.213`, `21.3`, `2.1e-5`.
fn ratio(value: f64) -> String {
    match value.abs() {
        size if size != 0.0 && size < 1e-3 => format!("{value:.1e}"),
        size if size < 10.0 => format!("{value:.3}"),
        _ => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_by_their_kind() {
        for (written, expected) in [
            (value(Metric::BestValidationAccuracy, 0.9611), "96.11 %"),
            (value(Metric::BestValidationLoss, 0.134_23), "0.1342"),
            (value(Metric::Steps, 9_000.4), "9,000"),
            (value(Metric::GRADIENT_RATIO, 0.2134), "0.213"),
            (value(Metric::GRADIENT_RATIO, 0.000_021_34), "2.1e-5"),
            (value(Metric::GRADIENT_RATIO, 21.34), "21.3"),
            (value(Metric::Steps, f64::NAN), "-"),
            (difference(Metric::BestValidationAccuracy, 0.0081), "+0.81 points"),
            (difference(Metric::BestValidationLoss, -0.0105), "-0.0105"),
            (difference(Metric::Steps, 2_125.0), "+2,125"),
        ] {
            assert_eq!(written, expected);
        }
        let interval = Interval { low: -0.0012, high: 0.0092 };
        assert_eq!(difference_interval(Metric::LastTrainAccuracy, interval), "-0.12 to +0.92");
    }

    #[test]
    fn what_is_censored_has_no_mean() {
        let of = |centre, n_censored| SeedSummary { n: 5, n_censored, centre, interval: None };
        let metric = Metric::STEPS_TO_90_PERCENT;
        for (summary, expected) in [
            (of(Centre::Mean(1_000.0), 0), "1,000"),
            (of(Centre::Median(1_000.0), 1), "median 1,000 (1 of 5 never)"),
            (of(Centre::MoreThan(8_000.0), 5), "more than 8,000 (5 of 5 never)"),
        ] {
            assert_eq!(super::summary(metric, &summary), expected);
        }
        let known =
            SeedSummary { interval: Some(Interval { low: 900.0, high: 1_125.0 }), ..of(Centre::Mean(1_000.0), 0) };
        assert_eq!(super::summary(metric, &known), "1,000 (900 to 1,125)");
        let symmetric = SeedSummary { interval: Some(Interval { low: 0.95, high: 0.97 }), ..of(Centre::Mean(0.96), 0) };
        assert_eq!(super::summary(Metric::BestValidationAccuracy, &symmetric), "96.00 % ± 1.00");
    }
}
