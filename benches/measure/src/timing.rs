//! `Timing`: seconds of something, measured several times.

use std::time::Instant;

/// Seconds, one for every repetition, in ascending order.
#[derive(Debug, Clone)]
pub(crate) struct Timing(Vec<f64>);

impl Timing {
    /// Times `work`, which does `count` of the things, `repetitions` times after one that does not count.
    pub(crate) fn of(repetitions: usize, count: usize, mut work: impl FnMut()) -> Self {
        work();
        let seconds = (0..repetitions).map(|_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() / count as f64
        });
        Self::new(seconds.collect())
    }

    /// From measured seconds.
    pub(crate) fn new(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self(seconds)
    }

    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The smallest: what disturbs a measurement only ever makes it longer.
    pub(crate) fn fastest(&self) -> f64 {
        self.0[0]
    }

    /// `fastest (median)` in a unit.
    pub(crate) fn show(&self, scale: f64) -> String {
        format!("{:.1} ({:.1})", self.fastest() * scale, self.median() * scale)
    }
}
