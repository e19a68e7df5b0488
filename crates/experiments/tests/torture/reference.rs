//! `Reference`: a run that nobody disturbed, and whether a disturbed one came to the same end.

use std::sync::LazyLock;
use std::time::Duration;

use record::RunStore;
use test_support::Scale;

use crate::common::{Scratch, Size, names_in, two_seeds};
use crate::files::Files;
use crate::process::{Ended, Process};

/// The small run, undisturbed.
pub(crate) static SMALL: LazyLock<Reference> = LazyLock::new(|| Reference::of(&Size::SMALL.arguments()));
/// The small run twice side by side, undisturbed.
pub(crate) static TWO_SEEDS: LazyLock<Reference> = LazyLock::new(|| Reference::of(&two_seeds()));
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

/// A disturbed run that came to the same end.
pub(crate) struct Recovered {
    /// How many runs went on from a checkpoint.
    pub(crate) resumed: usize,
}

impl Reference {
    /// Trains undisturbed, in the full form twice, which must agree; the time is the first one's.
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

    /// Gives the same command again in a folder where it was disturbed, and holds the outcome against this one.
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

    /// Whether a run that ended well left what this one left, and nothing beside it.
    pub(crate) fn check(&self, scratch: &Scratch, ended: &Ended) -> Result<(), String> {
        let Ended { code, signal, said, .. } = ended;
        if *code != Some(0) {
            return Err(format!("it ended with code {code:?}, signal {signal:?}: {said}"));
        }
        // A checkpoint appears at once or not at all: no disturbance but of its bytes damages one.
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

/// What the next run must say: from where it goes on, for every run with a checkpoint that is not finished.
fn resumptions(scratch: &Scratch) -> Vec<String> {
    let finished = RunStore::new(scratch.runs()).list().into_iter().flatten();
    let finished: Vec<String> =
        finished.filter(|record| record.stop_reason.is_finished()).map(|record| record.id).collect();
    let checkpoints = scratch.checkpoints();
    // Sorted: the last of a run is its newest.
    let newest = checkpoints.iter().enumerate().filter(|(index, (run, _))| {
        checkpoints.get(index + 1).is_none_or(|(next, _)| next != run)
            && !finished.iter().any(|id| id.starts_with(run.as_str()))
    });
    newest.map(|(_, (_, steps))| format!("resumes from step {steps}\n")).collect()
}

/// What lies hidden among the records when all runs are finished: nothing, if all is well.
fn what_is_left(scratch: &Scratch) -> Vec<String> {
    let mut hidden = names_in(&scratch.runs());
    hidden.retain(|name| name.starts_with('.') && name != ".checkpoints");
    [names_in(&scratch.runs().join(".checkpoints")), hidden].concat()
}
