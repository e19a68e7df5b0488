//! New settings to try, none of them twice.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use spec::{MethodKind, Settings, SweepSpec};

use crate::space::{settled, value_at};
use crate::{Trial, grid, tpe};

/// Draws in a row that give known settings, after which a space counts as exhausted.
const MOST_TRIES: usize = 200;
/// Combinations that are listed to see when all have been tried.
const MOST_LISTED: usize = 10_000;

/// Proposes settings. It counts its draws, so that each has random numbers of its own.
#[derive(Debug)]
pub(crate) struct Proposer<'a> {
    sweep: &'a SweepSpec,
    /// All settings, if they can be listed.
    listed: Option<Vec<Settings>>,
    drawn: u64,
}

impl<'a> Proposer<'a> {
    pub(crate) fn new(sweep: &'a SweepSpec) -> Self {
        Self { sweep, listed: grid::combinations(&sweep.search, MOST_LISTED), drawn: 0 }
    }

    /// How many trials there will be at most.
    pub(crate) fn most_trials(&self) -> usize {
        let listed = self.listed.as_ref().map_or(usize::MAX, Vec::len);
        self.sweep.method.trials.unwrap_or(usize::MAX).min(listed)
    }

    /// The next batch.
    pub(crate) fn batch(&mut self, trials: &[Trial]) -> Vec<Settings> {
        let mut batch: Vec<Settings> = Vec::new();
        let left = self.most_trials() - trials.len();
        for _ in 0..if self.sweep.has_feedback() { left.min(self.sweep.method.batch) } else { left } {
            match self.propose(trials, &batch) {
                Some(settings) => batch.push(settings),
                None => break,
            }
        }
        batch
    }

    /// New settings, from the trials and from what the batch has already.
    fn propose(&mut self, trials: &[Trial], batch: &[Settings]) -> Option<Settings> {
        if self.sweep.method.kind == MethodKind::Grid {
            return self.listed.as_ref()?.get(trials.len() + batch.len()).cloned();
        }
        let is_known =
            |settings: &Settings| batch.contains(settings) || trials.iter().any(|trial| trial.settings == *settings);
        let drawn = (0..MOST_TRIES).map(|_| self.draw(trials, batch)).find(|settings| !is_known(settings));
        // In a small space the last settings are rarely drawn.
        drawn.or_else(|| self.listed.iter().flatten().find(|settings| !is_known(settings)).cloned())
    }

    fn draw(&mut self, trials: &[Trial], batch: &[Settings]) -> Settings {
        let SweepSpec { search, method, .. } = self.sweep;
        let mut rng = ChaCha8Rng::seed_from_u64(method.seed as u64);
        rng.set_stream(self.drawn);
        self.drawn += 1;
        match method.kind {
            MethodKind::Tpe if trials.len() >= tpe::STARTUP => tpe::propose(search, trials, batch, &mut rng),
            MethodKind::QuasiRandom | MethodKind::Tpe => self.evenly_spread(),
            MethodKind::Random | MethodKind::Grid => {
                let values = search.iter().map(|one| value_at(&one.domain, rng.random()));
                settled(search, values.collect::<Vec<Value>>())
            }
        }
    }

    /// The next point of Roberts' sequence (2018), which fills the space evenly: `frac(start + n / phi^j)` for coordinate j, where
    /// `phi^(d + 1) = phi + 1`. The start depends on the seed.
    fn evenly_spread(&self) -> Settings {
        let SweepSpec { search, method, .. } = self.sweep;
        let mut start = ChaCha8Rng::seed_from_u64(method.seed as u64);
        start.set_stream(u64::MAX);
        let power = 1.0 / (search.len() as f64 + 1.0);
        let phi = (0..64).fold(2.0_f64, |phi, _| (1.0 + phi).powf(power));
        let mut step = 1.0;
        let values = search.iter().map(|one| {
            step /= phi;
            value_at(&one.domain, (start.random::<f64>() + self.drawn as f64 * step).fract())
        });
        settled(search, values.collect::<Vec<Value>>())
    }
}
