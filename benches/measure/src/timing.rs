//! `Timing`: the duration of something, measured several times.

use std::time::Instant;

/// The seconds of every repetition, in ascending order.
#[derive(Debug, Clone)]
pub(crate) struct Timing(Vec<f64>);

impl Timing {
    /// Times `work`, which does the same thing `count` times, `repetitions` times after one that is not timed.
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

    /// How much longer this takes than something shorter, divided by `count`: fastest less fastest, median less median. Not
    /// the differences, pair by pair: the smallest of them is where something disturbed the shorter one.
    pub(crate) fn less(&self, shorter: &Self, count: usize) -> Self {
        Self(self.0.iter().zip(&shorter.0).map(|(long, short)| (long - short) / count as f64).collect())
    }

    /// The median.
    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The minimum: disturbances only ever make a measurement longer.
    pub(crate) fn fastest(&self) -> f64 {
        self.0[0]
    }

    /// `fastest (median)` in a unit.
    pub(crate) fn show(&self, scale: f64) -> String {
        format!("{:.1} ({:.1})", self.fastest() * scale, self.median() * scale)
    }
}
