//! `Stopwatch`: wall and processor time of a training, including the time before it was resumed.

use std::time::{Duration, Instant};

/// Time since the start, plus the time of earlier parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch {
    began: Instant,
    cpu_began: Duration,
    cpu_time: fn() -> Duration,
    before: (Duration, Duration),
}

impl Stopwatch {
    /// Starts now, with this clock for processor time; `before` is wall and processor time of earlier parts.
    pub(crate) fn start(cpu_time: fn() -> Duration, before: (Duration, Duration)) -> Self {
        Self { began: Instant::now(), cpu_began: cpu_time(), cpu_time, before }
    }

    /// Wall and processor time.
    pub(crate) fn read(&self) -> (Duration, Duration) {
        let (wall, cpu) = self.before;
        (wall + self.began.elapsed(), cpu + (self.cpu_time)().saturating_sub(self.cpu_began))
    }
}
