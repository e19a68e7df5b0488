//! An axis: a range, linear or logarithmic, with ticks at round numbers and how these are written.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use crate::format::whole;

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally wide.
    Linear,
    /// Equal ratios are equally wide; values that are not above 0 have no place.
    Logarithmic,
}

/// How the numbers of an axis are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// With as many decimals as they need.
    Plain,
    /// Whole, with thousands set apart; no ticks between whole numbers.
    Whole,
    /// Shares as percentages.
    Percent,
}

/// A range with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    pub(super) numbers: Numbers,
    scale: Scale,
    /// Decimals that tell the ticks apart.
    decimals: usize,
}

impl Axis {
    /// A linear axis.
    pub(super) fn linear((low, high): (f64, f64), most_ticks: usize, numbers: Numbers) -> Self {
        let (mut ticks, decimals) = nice_ticks(low, high, most_ticks);
        if numbers == Numbers::Whole {
            ticks.retain(|tick| tick.fract() == 0.0);
        }
        Self { low, high, ticks, numbers, scale: Scale::Linear, decimals }
    }

    /// A logarithmic axis from a low end above 0: ticks at powers of ten, in a narrow range between them too.
    pub(super) fn logarithmic((low, high): (f64, f64), numbers: Numbers) -> Self {
        Self { low, high, ticks: logarithmic_ticks(low, high), numbers, scale: Scale::Logarithmic, decimals: 0 }
    }

    /// A value as it is written at its tick.
    pub(super) fn label(&self, value: f64) -> String {
        match (self.numbers, self.scale) {
            (Numbers::Percent, _) => format!("{:.*} %", self.decimals.saturating_sub(2), 100.0 * value),
            (Numbers::Whole, _) => spec::thousands(whole(value)),
            (Numbers::Plain, Scale::Linear) => format!("{value:.*}", self.decimals),
            (Numbers::Plain, Scale::Logarithmic) => shortest(value),
        }
    }

    /// Where a value lies between the low end, 0, and the high end, 1.
    fn share(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }
}

/// How the drawing library finds a value's place and the ticks.
impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "a page is some thousand units across")]
        let offset = (self.share(*value) * f64::from(limit.1 - limit.0)).round() as i32;
        limit.0 + offset
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// Round multiples of 1, 2 or 5 times a power of ten, and the decimals that write them.
fn nice_ticks(low: f64, high: f64, most: usize) -> (Vec<f64>, usize) {
    let rough = (high - low) / most as f64;
    let power = rough.log10().floor();
    let unit = 10_f64.powf(power);
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * unit >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
    let spacing = factor * unit;
    #[expect(clippy::cast_possible_truncation, reason = "ticks are few")]
    let (from, to) = ((low / spacing - 1e-9).ceil() as i64, (high / spacing + 1e-9).floor() as i64);
    let decimals = whole((-spacing.log10() - 1e-9).ceil().clamp(0.0, 12.0));
    ((from..=to).map(|index| index as f64 * spacing).collect(), decimals)
}

/// Powers of ten where at least three are in the range, else some multiples of these, else as on a linear axis.
fn logarithmic_ticks(low: f64, high: f64) -> Vec<f64> {
    let multiples = |factors: &[f64]| -> Vec<f64> {
        let powers = exponent(low)..=exponent(high);
        let ticks = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
        ticks.filter(|tick| (low..=high).contains(tick)).collect()
    };
    let candidates = [multiples(&[1.0]), multiples(&[1.0, 2.0, 5.0]), multiples(&[1.0, 2.0, 3.0, 5.0, 7.0])];
    candidates.into_iter().find(|ticks| ticks.len() >= 3).unwrap_or_else(|| nice_ticks(low, high, 6).0)
}

/// The value with at most three significant digits, `0.005`; far from 1 with an exponent, `1e-7`.
fn shortest(value: f64) -> String {
    match exponent(value) {
        power @ -4..6 => {
            let decimals = usize::try_from(2 - power).unwrap_or(0);
            let text = format!("{value:.decimals$}");
            if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
        }
        _ => format!("{value:.0e}"),
    }
}

/// The power of ten at or below a value above 0.
#[expect(clippy::cast_possible_truncation, reason = "a float's exponent is small")]
fn exponent(value: f64) -> i32 {
    (value.log10() + 1e-9).floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_range() {
        let cases: [(f64, f64, &[f64], usize); 4] = [
            (0.0, 31_250.0, &[0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0, 30_000.0], 0),
            (0.11, 0.42, &[0.15, 0.2, 0.25, 0.3, 0.35, 0.4], 2),
            (0.931, 0.967, &[0.935, 0.94, 0.945, 0.95, 0.955, 0.96, 0.965], 3),
            (0.0, 1.0, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1),
        ];
        for (low, high, expected, decimals) in cases {
            let (ticks, found) = nice_ticks(low, high, 8);
            assert!(
                ticks.len() == expected.len() && ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9),
                "{ticks:?}"
            );
            assert_eq!(found, decimals);
        }
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_unless_the_range_is_narrow() {
        let cases: [(f64, f64, &[&str]); 5] = [
            (0.000_002, 0.5, &["1e-5", "0.0001", "0.001", "0.01", "0.1"]),
            (24_000.0, 105_000.0, &["30000", "50000", "70000", "100000"]),
            (0.015, 0.3, &["0.02", "0.05", "0.1", "0.2"]),
            (0.31, 0.38, &["0.32", "0.34", "0.36", "0.38"]),
            (2e-9, 5e-6, &["1e-8", "1e-7", "1e-6"]),
        ];
        for (low, high, labels) in cases {
            let axis = Axis::logarithmic((low, high), Numbers::Plain);
            assert_eq!(axis.ticks.iter().map(|&tick| axis.label(tick)).collect::<Vec<_>>(), labels);
        }
    }

    #[test]
    fn equal_ratios_are_equally_wide_on_a_logarithmic_axis() {
        let axis = Axis::logarithmic((0.01, 100.0), Numbers::Plain);
        assert_eq!([0.01, 0.1, 1.0, 10.0, 100.0].map(|value| axis.map(&value, (0, 1_000))), [0, 250, 500, 750, 1_000]);
    }

    #[test]
    fn whole_numbers_have_no_ticks_between_them() {
        assert_eq!(Axis::linear((0.0, 3.0), 8, Numbers::Whole).ticks, [0.0, 1.0, 2.0, 3.0]);
    }
}
