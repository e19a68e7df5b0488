//! An axis: a range, linear or logarithmic, with ticks at round numbers and how these are written.

use crate::format::whole;

/// Whole numbers up to this many have a tick each.
const MOST_WHOLE_TICKS: f64 = 12.0;
const MOST_TICKS: usize = 8;
/// Share of the range left free above and below.
const MARGIN: f64 = 0.04;

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Equal differences are equally wide.
    Linear,
    /// Equal ratios are equally wide; only values above 0 have a place.
    Logarithmic,
}

impl Scale {
    /// Whether a value has a place on an axis, within its range or outside.
    pub(super) fn has_place(self, value: f64) -> bool {
        value.is_finite() && (self == Self::Linear || value > 0.0)
    }
}

/// How the numbers of an axis are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// With as many decimals as they need.
    Plain,
    /// Whole, with thousands set apart; no ticks between whole numbers.
    Whole,
    /// Shares as percentages; no ticks above 100 %.
    Percent,
}

/// An axis without its range: label, how values are spread, how numbers are written.
pub(super) type Look<'a> = (&'a str, Scale, Numbers);

/// A range with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) numbers: Numbers,
    pub(super) ticks: Vec<f64>,
    pub(super) scale: Scale,
    /// Decimals that tell the ticks apart.
    decimals: usize,
    /// The words that the whole numbers from 0 represent, if they represent words.
    pub(crate) names: Vec<String>,
}

impl Axis {
    /// A linear axis.
    pub(crate) fn linear(label: &str, (low, high): (f64, f64), most_ticks: usize, numbers: Numbers) -> Self {
        let (mut ticks, decimals) = nice_ticks(low, high, most_ticks);
        ticks.retain(|&tick| match numbers {
            Numbers::Plain => true,
            Numbers::Whole => tick.fract() == 0.0,
            Numbers::Percent => tick <= 1.0,
        });
        Self { label: label.to_owned(), low, high, numbers, ticks, scale: Scale::Linear, decimals, names: Vec::new() }
    }

    /// A logarithmic axis from a low end above 0: ticks at powers of ten, in a narrow range between them too.
    pub(super) fn logarithmic(label: &str, (low, high): (f64, f64), numbers: Numbers) -> Self {
        let ticks = logarithmic_ticks(low, high);
        Self {
            label: label.to_owned(),
            low,
            high,
            numbers,
            ticks,
            scale: Scale::Logarithmic,
            decimals: 0,
            names: Vec::new(),
        }
    }

    /// An axis of words: the first is at 0, the second at 1.
    pub(super) fn named(label: &str, names: Vec<String>) -> Self {
        let ticks = (0..names.len()).map(|index| index as f64).collect();
        let (low, high) = (-0.5, names.len() as f64 - 0.5);
        let (numbers, scale) = (Numbers::Whole, Scale::Linear);
        Self { label: label.to_owned(), low, high, numbers, ticks, scale, decimals: 0, names }
    }

    /// An axis on which all these values have a place, with a margin; below 0 only if a value is.
    pub(super) fn around((label, scale, numbers): Look, values: impl Iterator<Item = f64>) -> Self {
        let placed = values.filter(|&value| scale.has_place(value));
        let (low, high) = extent(placed.map(|value| if scale == Scale::Linear { value } else { value.ln() }));
        let range = padded(low, high);
        if scale == Scale::Logarithmic {
            return Self::logarithmic(label, (range.0.exp(), range.1.exp()), numbers);
        }
        let range = (if low >= 0.0 { range.0.max(0.0) } else { range.0 }, range.1);
        let span = range.1 - range.0;
        let is_short = numbers == Numbers::Whole && span <= MOST_WHOLE_TICKS;
        Self::linear(label, range, if is_short { whole(span.ceil()) } else { MOST_TICKS }, numbers)
    }

    /// A value as it is written at its tick.
    pub(super) fn tick_label(&self, value: f64) -> String {
        if let Some(name) = self.names.get(whole(value.max(0.0))) {
            return name.clone();
        }
        match (self.numbers, self.scale) {
            (Numbers::Percent, _) => format!("{:.*} %", self.decimals.saturating_sub(2), 100.0 * value),
            (Numbers::Whole, _) => spec::thousands(whole(value)),
            (Numbers::Plain, Scale::Linear) => format!("{value:.*}", self.decimals),
            (Numbers::Plain, Scale::Logarithmic) => shortest(value),
        }
    }

    /// Where a value lies between the low end, 0, and the high end, 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }

    pub(super) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The lowest and the highest value; infinite without one.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// The range with a margin; around the value if both ends are the same but for rounding, `0..1` without a value.
pub(super) fn padded(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let span = high - low;
    let margin = if span > 1e-4 * high.abs() { MARGIN * span } else { (0.1 * high.abs()).max(0.01) };
    (low - margin, high + margin)
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
            let axis = Axis::logarithmic("", (low, high), Numbers::Plain);
            assert_eq!(axis.ticks.iter().map(|&tick| axis.tick_label(tick)).collect::<Vec<_>>(), labels);
        }
    }

    #[test]
    fn equal_ratios_are_equally_wide_on_a_logarithmic_axis() {
        let axis = Axis::logarithmic("", (0.01, 100.0), Numbers::Plain);
        for (value, share) in [(0.01, 0.0), (0.1, 0.25), (1.0, 0.5), (10.0, 0.75), (100.0, 1.0)] {
            assert!((axis.share(value) - share).abs() < 1e-12, "{value}");
        }
    }

    #[test]
    fn whole_numbers_have_no_ticks_between_them() {
        assert_eq!(
            Axis::around(("", Scale::Linear, Numbers::Whole), [0.0, 3.0].into_iter()).ticks,
            [0.0, 1.0, 2.0, 3.0]
        );
        assert_eq!(Axis::linear("", (0.0, 3.0), 8, Numbers::Whole).ticks, [0.0, 1.0, 2.0, 3.0]);
    }
}
