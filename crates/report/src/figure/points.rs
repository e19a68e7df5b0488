//! What curves are made of.

/// A value at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) step: f64,
    pub(super) value: f64,
}

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
    pub(super) fn point(&self) -> Point {
        Point { step: self.step, value: self.mean }
    }

    /// Lower and upper edge of the band.
    pub(super) fn band(&self) -> (f64, f64) {
        (self.mean - self.std, self.mean + self.std)
    }
}
