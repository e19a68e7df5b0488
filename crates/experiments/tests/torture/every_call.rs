//! SIGKILL at every call of the system that a run makes on its files: no moment is the wrong one.

use rayon::prelude::*;
use torture::{Scale, row};

use crate::calls::{Call, of_a_run, traced};
use crate::common::{Scratch, failures, works};
use crate::process::Process;
use crate::reference::{Reference, TINY};

/// What the row is about.
const WHAT: &str = "SIGKILL at every call on the files of a run, then the same command again";

#[test]
fn torture_a_run_killed_at_any_call_on_its_files_ends_as_if_it_had_not_been() {
    if !works(&["strace", "-f", "-o", "/dev/null", "-e", "trace=openat", "true"]) {
        row(WHAT, "not run: needs strace");
        return;
    }
    let calls = of_a_run(&Scratch::new(), &TINY.arguments).expect("a traced run ends");
    let every = Scale::chosen().of(calls.len().div_ceil(8), 1, 1);
    let chosen: Vec<&Call> = calls.iter().step_by(every).collect();
    let outcomes: Vec<_> = chosen.par_iter().map(|call| kill_at(call, &TINY)).collect();

    let failures = failures(&outcomes);
    let resumed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
    let (tried, all) = (chosen.len(), calls.len());
    row(
        WHAT,
        format!("{} of {tried} byte-identical, {all} calls in all; {resumed} from a checkpoint", tried - failures),
    );
    assert_eq!(failures, 0);
}

/// Kills a run at this call, gives the command again, and says whether that went on from a checkpoint.
fn kill_at(call: &Call, reference: &Reference) -> Result<bool, String> {
    let about = |what: String| format!("{}: {what}", call.to_text());
    let scratch = Scratch::new();
    let (trace, number) = (format!("trace={}", call.name), call.number);
    let inject = format!("inject={}:signal=SIGKILL:when={number}", call.name);
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
    let ended = Process::start(traced(&scratch, &options, &TINY.arguments)).ended().map_err(about)?;
    if ended.signal != Some(9) {
        return Err(about(format!("it was not hit: {ended:?}")));
    }
    reference.recover(&scratch).map(|recovered| recovered.resumed > 0).map_err(about)
}
