//! `experiments plan`: the runs of a command or of one share of them, and which are missing. It trains nothing.

use clap::Args;
use serde::Serialize;

use crate::command_line::{Json, Selection, Shard};
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::work::Work;
use crate::workspace::Workspace;

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,

    /// One of several equal shares, as `run --shard` takes it
    #[arg(long, value_name = "SHARE")]
    shard: Option<Shard>,

    #[command(flatten)]
    json: Json,
}

/// A run and whether it is finished.
#[derive(Serialize)]
struct Planned<'a> {
    experiment: &'a str,
    seed: u64,
    overrides: &'a [String],
    is_finished: bool,
}

pub(super) fn plan(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let work = Work::selected(workspace, &arguments.selection)?;
    let runs = work.share(arguments.shard);
    let planned = runs.iter().map(|run| Planned {
        experiment: &run.spec.name,
        seed: run.seed,
        overrides: &run.overrides,
        is_finished: work.is_finished(run),
    });
    let missing = work.missing(&runs);
    if arguments.json.json {
        let (shard, runs) = (arguments.shard.map(|shard| shard.to_string()), planned.collect::<Vec<_>>());
        return print_json(&serde_json::json!({ "shard": shard, "runs": runs, "missing": missing }));
    }
    for run in runs.iter().filter(|run| !work.is_finished(run)) {
        let overrides = run.overrides.iter().flat_map(|given| [" --set ", given]).collect::<String>();
        print(&format!("{}{overrides}\n", run.label()))?;
    }
    workspace.terminal.note(&format!("{missing} of {} runs are missing", runs.len()));
    Ok(())
}
