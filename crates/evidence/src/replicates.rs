//! `Replicates`: the runs of one experiment, which differ only in their seed.

use record::RunRecord;
use spec::ExperimentSpec;

/// The runs of one experiment, one a seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// The experiment.
    pub spec: ExperimentSpec,
    /// Its records by seed, ascending, those that were interrupted or diverged included.
    pub records: Vec<RunRecord>,
}

impl Replicates {
    /// The runs of an experiment among some records, in the order of their seeds.
    ///
    /// A run that was trained for another file, or with overrides, is one of them if the settings are the same.
    #[must_use]
    pub fn among<'a>(spec: &ExperimentSpec, records: impl IntoIterator<Item = &'a RunRecord>) -> Self {
        // A run with split seeds is not a further replicate: it shares a seed with others.
        let is_same = |record: &&RunRecord| record.order_seed.is_none() && record.spec.has_settings_of(spec);
        let named = |record: &RunRecord| RunRecord { spec: spec.clone(), overrides: Vec::new(), ..record.clone() };
        let mut records: Vec<RunRecord> = records.into_iter().filter(is_same).map(named).collect();
        // Of two records of a seed the finished one counts.
        records.sort_by_key(|record| (record.seed, !record.stop_reason.is_finished()));
        records.dedup_by_key(|record| record.seed);
        Self { spec: spec.clone(), records }
    }

    /// The runs that ended as they should: by early stopping or after the last epoch.
    pub fn complete(&self) -> impl Iterator<Item = &RunRecord> {
        self.records.iter().filter(|record| record.stop_reason.is_complete())
    }
}
