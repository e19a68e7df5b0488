//! SIGKILL at every system call of a run on its files: it may come at any moment.

use rayon::prelude::*;
use test_support::{Scale, row};

use crate::calls::{Call, can_trace, of_two_runs};
use crate::common::{Scratch, failures};
use crate::process::Process;

/// The title of the row.
const WHAT: &str = "SIGKILL at every call on the files of a run, then the same command again";

#[test]
fn torture_a_run_killed_at_any_call_on_its_files_ends_with_the_same_bytes() {
    if !can_trace(WHAT) {
        return;
    }
    let calls = of_two_runs(Scale::chosen().of(1, 3, 20));
    let every = Scale::chosen().of(calls.len().div_ceil(8), 1, 1);
    let chosen: Vec<&Call> = calls.iter().step_by(every).collect();
    let outcomes: Vec<_> = chosen.par_iter().map(|call| kill_at(call)).collect();

    let failures = failures(&outcomes);
    let resumed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
    let tried = chosen.len();
    row(WHAT, format!("{} of {tried} byte-identical; {resumed} from a checkpoint", tried - failures));
    assert_eq!(failures, 0);
}

/// Kills a run at this call, repeats the command, and returns whether that resumed from a checkpoint.
fn kill_at(call: &Call) -> Result<bool, String> {
    let (scratch, about) = (Scratch::new(), |what: String| format!("{}: {what}", call.to_text()));
    let ended = Process::start(call.injected(&scratch, "signal=SIGKILL")).ended().map_err(about)?;
    if ended.signal != Some(9) {
        return Err(about(format!("the call did not occur: {ended:?}")));
    }
    call.run.recover(&scratch).map(|recovered| recovered.resumed > 0).map_err(about)
}
