//! `Work`: runs that are divided into shares: those of a command, or those of a sweep, round after round.

use crate::command_line::{Seeds, Selection, Shard};
use crate::commands::Command;
use crate::failure::Failure;
use crate::plan::{self, PlannedRun};
use crate::records::Records;
use crate::sweep::Swept;
use crate::workspace::Workspace;

/// Seeds of every experiment in a report, before more are added where claims are undecided.
pub(crate) const FIRST_SEEDS: u64 = 3;

/// What is divided into shares, and how far it is.
pub(crate) struct Work {
    /// The command that does one share: `run task4 --seeds 100`, with `--shard`.
    pub(crate) command: Vec<String>,
    /// Runs that can be trained now, whether or not they are finished: all of a command, or the next round of a sweep.
    pub(crate) runs: Vec<PlannedRun>,
    /// Runs of a sweep's earlier rounds.
    pub(crate) earlier: usize,
    /// Runs of its later rounds, at most.
    pub(crate) later: usize,
    /// Rounds that are left, at most.
    pub(crate) rounds: usize,
    /// Runs of a round, at most.
    pub(crate) most_at_once: usize,
    /// The replicates that a report of it shows; none for its usual ones.
    pub(crate) seeds: Option<Seeds>,
    records: Records,
}

impl Work {
    /// What `submit` and `plan` select: experiments, `report` for all that it shows, or `sweep NAME`.
    pub(crate) fn selected(workspace: &Workspace, selection: &Selection) -> Result<Self, Failure> {
        match &selection.experiments[..] {
            [what, name] if what == "sweep" => match &selection.words()[2..] {
                [] => Self::of_sweep(workspace, name),
                options => {
                    let sentence =
                        format!("a sweep's file declares settings and seeds; remove `{}`", options.join(" "));
                    Err(Failure::bad_input(sentence))
                }
            },
            [what] if what == "report" => {
                let seeds = selection.seeds.clone().or_else(|| Some(Seeds((1..=FIRST_SEEDS).collect())));
                let all = Selection { experiments: Vec::new(), all: true, extras: true, seeds, ..selection.clone() };
                Self::of_runs(workspace, &all)
            }
            _ => Self::of_runs(workspace, selection),
        }
    }

    /// The work of a submitted command; none if it is another one.
    pub(crate) fn of_command(workspace: &Workspace, command: &Command) -> Option<Result<Self, Failure>> {
        match command {
            Command::Run(arguments) => Some(Self::of_runs(workspace, &arguments.selection)),
            Command::Sweep(arguments) => Some(Self::of_sweep(workspace, &arguments.name)),
            _ => None,
        }
    }

    fn of_runs(workspace: &Workspace, selection: &Selection) -> Result<Self, Failure> {
        let groups = plan::groups(&workspace.catalog, selection)?;
        let runs: Vec<PlannedRun> = plan::runs(&groups).into_iter().cloned().collect();
        let command = [vec!["run".to_owned()], selection.words(), vec!["--no-tui".to_owned()]].concat();
        let (most_at_once, seeds, records) = (runs.len(), selection.seeds.clone(), workspace.known());
        Ok(Self { command, runs, earlier: 0, later: 0, rounds: 1, most_at_once, seeds, records })
    }

    fn of_sweep(workspace: &Workspace, name: &str) -> Result<Self, Failure> {
        let sweep = workspace.catalog.sweep(name)?;
        let records = workspace.measurable(workspace.known().all, [sweep.spec.objective.metric]);
        let swept = Swept::among(&sweep, &workspace.catalog, workspace.shape, &records);
        let (earlier, later) = swept.other_runs();
        Ok(Self {
            command: ["sweep", name].map(str::to_owned).to_vec(),
            rounds: swept.most_rounds_left(),
            earlier,
            later,
            most_at_once: swept.pending.len().max(sweep.spec.method.batch * sweep.spec.seeds),
            runs: swept.pending,
            seeds: None,
            records,
        })
    }

    /// The runs that can be trained now, in this number of shares.
    pub(crate) fn shares(&self, count: usize) -> Vec<Vec<&PlannedRun>> {
        plan::shares(&self.runs.iter().collect::<Vec<_>>(), count)
    }

    /// Those of one share, or all of them.
    pub(crate) fn share(&self, shard: Option<Shard>) -> Vec<&PlannedRun> {
        plan::share_of(self.runs.iter().collect(), shard)
    }

    /// Whether the record of a run is there.
    pub(crate) fn is_finished(&self, run: &PlannedRun) -> bool {
        self.records.find(run).is_some()
    }

    /// How many of these runs are missing.
    pub(crate) fn missing(&self, runs: &[&PlannedRun]) -> usize {
        runs.iter().filter(|run| !self.is_finished(run)).count()
    }
}
