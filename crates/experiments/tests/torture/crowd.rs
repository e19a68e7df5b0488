//! Many processes for one run: one trains it, the others wait; when the owner dies, another one takes over.

use std::time::{Duration, Instant};

use test_support::{Scale, row};

use crate::common::{Scratch, failures};
use crate::process::{Ended, PATIENCE, Process, until};
use crate::readers::{PARTIAL, Readers};
use crate::reference::{LONG, Reference};

/// The message of a process that waits for another one.
const WAITS: &str = "another process is training it";
/// The message of the process that trained to the end.
const SAVED: &str = "saved in";
/// Time limit for taking over a dead owner's run.
const TAKEOVER: Duration = Duration::from_secs(2);
/// The result of a round.
struct Round {
    takeover: Option<Duration>,
    reads: usize,
}

#[test]
fn torture_of_many_processes_one_trains_a_run_and_another_takes_over() {
    let (processes, rounds) = (Scale::chosen().of(6, 32, 32), Scale::chosen().of(1, 20, 200));
    let reads_asked_for = Scale::chosen().of(20, 500, 500);
    // The quick form kills the owner of its only round, the others kill that of every second round.
    let outcomes: Vec<Result<Round, String>> =
        (0..rounds).map(|number| round(&LONG, processes, number % 2 == 0, reads_asked_for)).collect();

    let failures = failures(&outcomes);
    let mut takeovers: Vec<Duration> = outcomes.iter().flatten().filter_map(|round| round.takeover).collect();
    takeovers.sort();
    let reads: usize = outcomes.iter().flatten().map(|round| round.reads).sum();
    row(
        &format!("{processes} processes for one run, {rounds} rounds, the owner killed in half of them"),
        format!(
            "{} of {rounds} trained once and byte-identical; {} takeovers, in {:.2?} (median), {:.2?} (longest)",
            rounds - failures,
            takeovers.len(),
            takeovers.get(takeovers.len() / 2).copied().unwrap_or_default(),
            takeovers.last().copied().unwrap_or_default()
        ),
    );
    let partial = outcomes.iter().filter(|outcome| outcome.as_ref().is_err_and(|what| what.contains(PARTIAL))).count();
    row("reads of the records meanwhile", format!("{reads}, rounds with a partial one: {partial}"));
    assert_eq!(failures, 0);
    assert!(takeovers.iter().all(|takeover| *takeover < TAKEOVER), "{takeovers:?}");
}

fn round(reference: &Reference, processes: usize, is_killed: bool, reads: usize) -> Result<Round, String> {
    let scratch = Scratch::new();
    let readers = Readers::start(&scratch.runs());
    let mut crowd: Vec<Process> =
        (0..processes).map(|_| Process::start(scratch.program(&reference.arguments))).collect();
    let waiting = || crowd.iter().filter(|process| process.said(WAITS).is_some()).count();
    let is_saved = || crowd.iter().any(|process| process.said(SAVED).is_some());
    until(PATIENCE, || waiting() == processes - 1 && scratch.newest_step() > 0 || is_saved());
    let takeover = if is_killed { Some(kill_the_owner(&mut crowd)?) } else { None };

    let ended: Vec<Ended> = crowd.into_iter().map(Process::ended).collect::<Result<_, _>>()?;
    let trained = ended.iter().filter(|ended| ended.said.contains(SAVED)).count();
    if trained != 1 {
        return Err(format!("{trained} processes trained to the end: {ended:?}"));
    }
    for ended in &ended {
        reference.check(&scratch, ended)?;
        if !ended.said.contains(SAVED) && !ended.said.contains("finished already") {
            return Err(format!("a process neither trained nor found the record: {ended:?}"));
        }
    }
    Ok(Round { takeover, reads: readers.stop_after(reads)? })
}

/// Kills the only process that does not wait; returns the time until another one resumes its run.
fn kill_the_owner(crowd: &mut Vec<Process>) -> Result<Duration, String> {
    let owner = crowd.iter().position(|process| process.said(WAITS).is_none()).ok_or("no process trains")?;
    let mut owner = crowd.swap_remove(owner);
    if owner.has_ended() {
        return Err("the owner finished before the kill: the run is too short".to_owned());
    }
    let killed = Instant::now();
    drop(owner);
    until(PATIENCE, || crowd.iter().any(|process| process.said("resumes from step").is_some()));
    let heirs: Vec<Instant> = crowd.iter().filter_map(|process| process.said("resumes from step")).collect();
    match heirs.as_slice() {
        [moment] => Ok(moment.duration_since(killed)),
        heirs => Err(format!("{} processes took over", heirs.len())),
    }
}
