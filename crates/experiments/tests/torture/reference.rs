//! `Reference`: an undisturbed run, to compare with disturbed ones.

use std::sync::LazyLock;
use std::time::Duration;

use record::RunStore;
use test_support::Scale;

use crate::common::{Scratch, Size, names_in};
use crate::files::Files;
use crate::process::{Ended, Process};

/// The small run, undisturbed.
pub(crate) static SMALL: LazyLock<Reference> = LazyLock::new(|| Reference::of(&Size::SMALL.arguments()));
/// The small run twice side by side, undisturbed.
pub(crate) static TWO_SEEDS: LazyLock<Reference> =
    LazyLock::new(|| Reference::of(&Size::SMALL.arguments_of("task3c", "--seed 1..2 --jobs 2")));
/// Adam, a convolutional network and a share of four runs, undisturbed.
pub(crate) static OTHERS: [LazyLock<Reference>; 3] = [
    LazyLock::new(|| Reference::of(&Size::SMALL.arguments_of("adam", ""))),
    LazyLock::new(|| Reference::of(&Size::SHORT.arguments_of("lenet", "--set training.validations_per_epoch=5"))),
    LazyLock::new(|| Reference::of(&Size::SMALL.arguments_of("task3c", "--seeds 4 --shard 2/2"))),
];
/// The tiny run, undisturbed.
pub(crate) static TINY: LazyLock<Reference> = LazyLock::new(|| Reference::of(&Size::TINY.arguments()));
/// The short run, undisturbed.
pub(crate) static SHORT: LazyLock<Reference> = LazyLock::new(|| Reference::of(&Size::SHORT.arguments()));
/// The long run, undisturbed.
pub(crate) static LONG: LazyLock<Reference> = LazyLock::new(|| Reference::of(&Size::LONG.arguments()));

/// An undisturbed run: its arguments, what it left on disk, and how long it took.
pub(crate) struct Reference {
    pub(crate) arguments: Vec<String>,
    pub(crate) files: Files,
    pub(crate) lasted: Duration,
}

/// A disturbed run that ended with the same bytes.
pub(crate) struct Recovered {
    /// Number of runs that resumed from a checkpoint.
    pub(crate) resumed: usize,
}

impl Reference {
    /// Trains undisturbed; in the full form twice, which must agree. The time is that of the first training.
    fn of(arguments: &[String]) -> Self {
        let first = Self::once(arguments);
        if Scale::chosen() != Scale::Quick {
            assert_eq!(first.files.difference(&Self::once(arguments).files), None);
        }
        first
    }

    fn once(arguments: &[String]) -> Self {
        let scratch = Scratch::new();
        let ended = Process::start(scratch.program(arguments)).ended().expect("an undisturbed run ends");
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        assert_eq!(what_is_left(&scratch), Vec::<String>::new(), "{}", ended.said);
        Self { arguments: arguments.to_vec(), files: Files::of(&scratch.runs()), lasted: ended.lasted }
    }

    /// Repeats the command in a folder where it was disturbed, and compares the outcome with this one.
    pub(crate) fn recover(&self, scratch: &Scratch) -> Result<Recovered, String> {
        let expected = resumptions(scratch);
        let before = format!("{:?}", scratch.checkpoints());
        let ended = Process::start(scratch.program(&self.arguments)).ended()?;
        self.check(scratch, &ended).map_err(|what| format!("{what}; the checkpoints were {before}"))?;
        match expected.iter().find(|expected| !ended.said.contains(expected.as_str())) {
            Some(missing) => Err(format!("it did not say `{missing}`: {}", ended.said)),
            None => Ok(Recovered { resumed: expected.len() }),
        }
    }

    /// Checks that a run that ended well left the same files as this one, and no others.
    pub(crate) fn check(&self, scratch: &Scratch, ended: &Ended) -> Result<(), String> {
        let Ended { code, signal, said, .. } = ended;
        if *code != Some(0) {
            return Err(format!("it ended with code {code:?}, signal {signal:?}: {said}"));
        }
        // A checkpoint appears at once or not at all, so only a change of its bytes can damage it.
        if let Some(warning) = said.lines().find(|line| line.contains("warning") && line.contains(".checkpoint")) {
            return Err(warning.to_owned());
        }
        if let Some(difference) = self.files.difference(&Files::of(&scratch.runs())) {
            return Err(difference);
        }
        match what_is_left(scratch).first() {
            Some(left) => Err(format!("{left} is left after the run has finished: {said}")),
            None => Ok(()),
        }
    }
}

/// The messages of the next command: where it resumes every unfinished run with a checkpoint.
fn resumptions(scratch: &Scratch) -> Vec<String> {
    let finished = RunStore::new(scratch.runs()).list().into_iter().flatten();
    let finished: Vec<String> =
        finished.filter(|record| record.stop_reason.is_finished()).map(|record| record.id).collect();
    let checkpoints = scratch.checkpoints();
    // Sorted, so the last one of a run is its newest.
    let newest = checkpoints.iter().enumerate().filter(|(index, (run, _))| {
        checkpoints.get(index + 1).is_none_or(|(next, _)| next != run)
            && !finished.iter().any(|id| id.starts_with(run.as_str()))
    });
    newest.map(|(_, (_, steps))| format!("resumes from step {}\n", spec::thousands(steps))).collect()
}

/// The hidden files among the records; there must be none when all runs are finished.
fn what_is_left(scratch: &Scratch) -> Vec<String> {
    let mut hidden = names_in(&scratch.runs());
    hidden.retain(|name| name.starts_with('.') && name != ".checkpoints");
    [names_in(&scratch.runs().join(".checkpoints")), hidden].concat()
}
