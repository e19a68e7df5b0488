//! Replicates: runs that differ only in their seed are one curve, their mean.

use record::{RunRecord, StopReason};

use crate::format::{self, label, plain_text, seed_words};

/// The runs behind one curve.
#[derive(Debug, Clone)]
pub(crate) struct RunCurves<'a> {
    /// What the legend calls them.
    pub(crate) label: String,
    /// Where the numbers come from: one run, or several that differ only in their seed and are drawn as their mean.
    pub(crate) records: Vec<&'a RunRecord>,
}

impl<'a> RunCurves<'a> {
    /// Replicates together, in the order of their first; the label is title and overrides, with the seeds if these
    /// differ between the curves.
    pub(crate) fn of_records(records: &[&'a RunRecord]) -> Vec<Self> {
        let groups = format::grouped(records, are_replicates);
        let seeds: Vec<String> = groups.iter().map(|group| seed_words(group)).collect();
        let seeds_differ = seeds.windows(2).any(|pair| pair[0] != pair[1]);
        let labelled = |(records, seeds): (Vec<&'a RunRecord>, String)| {
            let label = label(&records[0].spec.title, records[0], false);
            Self { label: if seeds_differ { format!("{label}, {seeds}") } else { label }, records }
        };
        groups.into_iter().zip(seeds).map(labelled).collect()
    }

    /// Whether the curve is a mean over replicates.
    pub(super) fn is_mean(&self) -> bool {
        self.records.len() > 1
    }

    /// The runs whose mean is drawn: without those that diverged or were interrupted, unless all did.
    pub(super) fn averaged(&self) -> Vec<&'a RunRecord> {
        let sound: Vec<&RunRecord> =
            self.records.iter().copied().filter(|record| record.stop_reason.is_complete()).collect();
        if sound.is_empty() { self.records.clone() } else { sound }
    }

    /// The label, which names runs that diverged or were interrupted.
    pub(super) fn label_with_ends(&self) -> String {
        let count = |reason| self.records.iter().filter(|record| record.stop_reason == reason).count();
        let ends = [StopReason::Diverged, StopReason::Interrupted].map(|reason| (count(reason), reason));
        let words = ends.iter().filter(|(count, _)| *count > 0).map(|&(count, reason)| match self.records.len() {
            1 => format::stop_words(reason).to_owned(),
            all => format!("{count} of {all} {}", format::stop_words(reason)),
        });
        match words.collect::<Vec<_>>().join(", ") {
            words if words.is_empty() => plain_text(&self.label),
            words => format!("{} [{words}]", plain_text(&self.label)),
        }
    }
}

fn are_replicates(left: &RunRecord, right: &RunRecord) -> bool {
    left.overrides == right.overrides
        && left.dataset.digest == right.dataset.digest
        && left.backend.name == right.backend.name
        && left.spec.has_settings_of(&right.spec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{empty_record, with_units};

    fn labels(records: &[RunRecord]) -> Vec<(String, usize)> {
        let runs = RunCurves::of_records(&records.iter().collect::<Vec<_>>());
        runs.into_iter().map(|run| (run.label, run.records.len())).collect()
    }

    fn run(title: &str, units: usize, seed: u64) -> RunRecord {
        RunRecord { seed, ..with_units(&[units], empty_record("run", title)) }
    }

    #[test]
    fn runs_that_differ_in_their_seed_alone_are_one_curve() {
        let runs = [run("Narrow", 32, 1), run("Wide", 128, 1), run("Narrow", 32, 2), run("Wide", 128, 2)];
        assert_eq!(labels(&runs), [("Narrow".to_owned(), 2), ("Wide".to_owned(), 2)]);
    }

    #[test]
    fn runs_that_differ_in_anything_else_are_curves_of_their_own() {
        let one = run("Run", 64, 1);
        let changes: [fn(&mut RunRecord); 4] = [
            |run| run.spec.training.batch_size = 64,
            |run| run.overrides = vec!["training.max_epochs=2".to_owned()],
            |run| run.dataset.digest = "other".to_owned(),
            |run| run.backend.name = "wgpu".to_owned(),
        ];
        for change in changes {
            let mut other = RunRecord { seed: 2, ..one.clone() };
            change(&mut other);
            assert_eq!(labels(&[one.clone(), other]).len(), 2);
        }
    }

    #[test]
    fn seeds_are_named_where_the_curves_have_not_the_same() {
        let runs = [run("Narrow", 32, 1), run("Narrow", 32, 2), run("Narrow", 32, 3), run("Wide", 128, 1)];
        assert_eq!(labels(&runs), [("Narrow, seeds 1 to 3".to_owned(), 3), ("Wide, seed 1".to_owned(), 1)]);
    }

    #[test]
    fn what_did_not_end_well_is_named_and_left_out_of_the_mean() {
        use StopReason::{Diverged, EarlyStopping, Interrupted, MaxEpochs};
        let cases: [(&[StopReason], &str, usize); 8] = [
            (&[EarlyStopping], "run", 1),
            (&[MaxEpochs], "run", 1),
            (&[Interrupted], "run [interrupted]", 1),
            (&[Diverged], "run [diverged]", 1),
            (&[EarlyStopping, MaxEpochs], "run", 2),
            (&[EarlyStopping, Diverged, MaxEpochs], "run [1 of 3 diverged]", 2),
            (&[Interrupted, EarlyStopping, Diverged], "run [1 of 3 diverged, 1 of 3 interrupted]", 1),
            (&[Diverged, Diverged], "run [2 of 2 diverged]", 2),
        ];
        for (ends, label, averaged) in cases {
            let records: Vec<RunRecord> =
                ends.iter().map(|&stop_reason| RunRecord { stop_reason, ..run("run", 64, 1) }).collect();
            let curves = RunCurves { label: "run".to_owned(), records: records.iter().collect() };
            assert_eq!((curves.label_with_ends().as_str(), curves.averaged().len()), (label, averaged));
        }
    }
}
