//! `experiments plan`: the runs of a command or of one share of them, and which are missing. It trains nothing.

use serde::Serialize;

use crate::command_line::arguments::Plan;
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::plan::{self, PlannedRun};
use crate::workspace::Workspace;

/// A run and whether it is finished.
#[derive(Serialize)]
struct Planned<'a> {
    experiment: &'a str,
    seed: u64,
    overrides: &'a [String],
    is_finished: bool,
}

pub(super) fn plan(workspace: &Workspace, arguments: &Plan) -> Result<(), Failure> {
    let groups = plan::groups(&workspace.catalog, &arguments.selection)?;
    let runs = plan::share_of(plan::runs(&groups), arguments.shard);
    let records = workspace.known();
    let planned: Vec<(&PlannedRun, bool)> = runs.iter().map(|&run| (run, records.find(run).is_some())).collect();
    let missing: Vec<&PlannedRun> =
        planned.iter().filter(|(_, is_finished)| !is_finished).map(|(run, _)| *run).collect();
    if arguments.json.json {
        let runs = planned.iter().map(|&(run, is_finished)| Planned {
            experiment: &run.spec.name,
            seed: run.seed,
            overrides: &run.overrides,
            is_finished,
        });
        let runs: Vec<Planned> = runs.collect();
        let shard = arguments.shard.map(|shard| shard.to_string());
        return print_json(&serde_json::json!({ "shard": shard, "runs": runs, "missing": missing.len() }));
    }
    for run in &missing {
        let overrides = run.overrides.iter().flat_map(|given| [" --set ", given]).collect::<String>();
        print(&format!("{}{overrides}\n", run.label()))?;
    }
    workspace.terminal.note(&format!("{} of {} runs are missing", missing.len(), runs.len()));
    Ok(())
}
