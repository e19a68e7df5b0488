//! Which trials continue: decided between rounds, from results only.

use spec::{Pruning, PruningKind};

use crate::{Task, Trial};

/// One in this many continues, where the file does not say.
const USUAL_FACTOR: usize = 3;
/// Trials that are not pruned, where the file does not say.
const USUAL_STARTUP: usize = 5;

/// The trials that continue.
pub(crate) fn continued(pruning: &Pruning, trials: &[Trial]) -> Vec<Task> {
    match pruning.kind {
        PruningKind::Median => median(pruning, trials),
        PruningKind::SuccessiveHalving => halving(pruning, trials),
    }
}

/// The trials that are not worse than the median of the earlier ones at their last comparison: Vizier's rule (Golovin et al.
/// 2017), in rounds. A trial that has stopped stays so, because the earlier ones do not change any more.
fn median(pruning: &Pruning, trials: &[Trial]) -> Vec<Task> {
    let startup = pruning.startup.unwrap_or(USUAL_STARTUP);
    let continues = |(index, trial): &(usize, &Trial)| {
        let rung = trial.losses.len().saturating_sub(1);
        let mut earlier: Vec<f64> = trials[..*index].iter().filter_map(|other| other.at(rung)).collect();
        earlier.sort_by(f64::total_cmp);
        let median = earlier.get(earlier.len() / 2).copied().unwrap_or(f64::INFINITY);
        !trial.is_complete && trial.loss().is_finite() && (*index < startup || trial.loss() <= median)
    };
    let next = |(trial, of): (usize, &Trial)| Task { trial, until: Some(validations(pruning, of.losses.len())) };
    trials.iter().enumerate().filter(continues).map(next).collect()
}

/// The trials that are promoted: the best `1 / factor` of every rung that have not been, on whatever round they reached it.
/// Successive halving (Jamieson and Talwalkar 2016) with the promotions of ASHA (Li et al. 2020), in rounds.
fn halving(pruning: &Pruning, trials: &[Trial]) -> Vec<Task> {
    let factor = pruning.factor.unwrap_or(USUAL_FACTOR);
    let rungs = trials.iter().map(|trial| trial.losses.len()).max().unwrap_or(0);
    let promoted = |rung: usize| {
        let reached = best_at(rung, trials);
        let count = trials.iter().filter(|trial| trial.at(rung).is_some()).count() / factor;
        let waits = |index: &usize| trials[*index].losses.len() == rung + 1 && !trials[*index].is_complete;
        let next = validations(pruning, rung + 1);
        reached
            .into_iter()
            .take(count)
            .filter(waits)
            .map(move |trial| Task { trial, until: Some(next) })
            .collect::<Vec<_>>()
    };
    (0..rungs).rev().flat_map(promoted).collect()
}

/// The trial that is trained further although too few are left to promote one: the best of the highest rung, until one is
/// complete.
pub(crate) fn last_resort(pruning: &Pruning, trials: &[Trial]) -> Option<Task> {
    let is_halving = pruning.kind == PruningKind::SuccessiveHalving;
    if !is_halving || trials.iter().any(|trial| trial.is_complete && trial.loss().is_finite()) {
        return None;
    }
    let rungs = trials.iter().map(|trial| trial.losses.len()).max().unwrap_or(0);
    let waits = |index: &usize| !trials[*index].is_complete;
    let (rung, trial) =
        (0..rungs).rev().find_map(|rung| Some((rung, best_at(rung, trials).into_iter().find(waits)?)))?;
    Some(Task { trial, until: Some(validations(pruning, rung + 1)) })
}

/// Validations until a rung: equally many between two of them, or `factor` times as many to each as to the one before.
fn validations(pruning: &Pruning, rung: usize) -> usize {
    let factor = pruning.factor.unwrap_or(USUAL_FACTOR);
    pruning.validations.saturating_mul(match pruning.kind {
        PruningKind::Median => rung + 1,
        PruningKind::SuccessiveHalving => factor.saturating_pow(u32::try_from(rung).unwrap_or(u32::MAX)),
    })
}

/// Rungs after the first, the end of the training included.
pub(crate) fn rungs_after_first(pruning: &Pruning, all: usize) -> usize {
    (0..all).take_while(|rung| validations(pruning, *rung) < all).count()
}

/// The trials that have a score at a rung, the best first; among equals the earlier one.
fn best_at(rung: usize, trials: &[Trial]) -> Vec<usize> {
    let scored = trials.iter().enumerate().filter_map(|(index, trial)| Some((trial.at(rung)?, index)));
    let mut scored: Vec<(f64, usize)> = scored.filter(|(loss, _)| loss.is_finite()).collect();
    scored.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    scored.into_iter().map(|(_, index)| index).collect()
}

impl Trial {
    /// Its loss at a rung; a training that ended earlier has its last one. None if it did not get there.
    fn at(&self, rung: usize) -> Option<f64> {
        self.losses.get(rung).or(self.losses.last().filter(|_| self.is_complete)).copied()
    }
}
