//! `Records`: the records that a command reads: those of one dataset and one backend.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use mnist::DatasetName;
use record::RunRecord;

use crate::host::NUMERICS_VERSION;
use crate::plan::PlannedRun;

/// Selects records; an option that is not given selects all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) dataset: Option<DatasetName>,
    pub(crate) backend: Option<&'a str>,
}

impl Filter<'_> {
    /// Whether a record is selected.
    pub(crate) fn selects(self, record: &RunRecord) -> bool {
        self.dataset.is_none_or(|dataset| record.dataset.name == dataset.as_str())
            && self.backend.is_none_or(|backend| record.backend.name == backend)
    }
}

/// The records of one dataset and one backend.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) all: Vec<RunRecord>,
    /// The places in `all` of every seed's records.
    by_seed: HashMap<u64, Vec<usize>>,
    /// A sentence about what was chosen and left out, if there was a choice.
    pub(crate) choice: Option<String>,
}

impl Records {
    /// Among the selected records that were computed with the current numerics, the largest group with the same dataset and
    /// backend. If groups are equally large, MNIST comes first, then the default backend, then the first name.
    pub(crate) fn choose(records: Vec<RunRecord>, filter: Filter<'_>, default_backend: Option<&str>) -> Self {
        let mut groups: BTreeMap<[String; 3], Vec<RunRecord>> = BTreeMap::new();
        for record in records.into_iter().filter(is_current).filter(|record| filter.selects(record)) {
            let (dataset, backend) = (&record.dataset, &record.backend);
            let group = [&dataset.name, &dataset.digest, &backend.name].map(Clone::clone);
            groups.entry(group).or_default().push(record);
        }
        let mut groups: Vec<Vec<RunRecord>> = groups.into_values().collect();
        groups.sort_by_key(|group| {
            let is_mnist = group[0].dataset.name == DatasetName::Mnist.as_str();
            let is_default = Some(group[0].backend.name.as_str()) == default_backend;
            (Reverse(group.len()), !is_mnist, !is_default)
        });
        let choice = choice_in_words(&groups);
        Self { choice, ..Self::from(groups.into_iter().next().unwrap_or_default()) }
    }

    /// The record of a run that has all that was asked for, even if it was trained for another file with the same settings.
    pub(crate) fn find(&self, run: &PlannedRun) -> Option<&RunRecord> {
        let of_seed = self.by_seed.get(&run.seed)?.iter().map(|&at| &self.all[at]);
        of_seed.into_iter().find(|record| run.is_done_by(record) && run.is_that_of(record))
    }

    /// Dataset and backend of the records, `MNIST by flex`; none without records.
    pub(crate) fn origin(&self) -> Option<String> {
        self.all.first().map(origin)
    }
}

impl From<Vec<RunRecord>> for Records {
    fn from(all: Vec<RunRecord>) -> Self {
        let mut by_seed: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, record) in all.iter().enumerate() {
            by_seed.entry(record.seed).or_default().push(place);
        }
        Self { all, by_seed, choice: None }
    }
}

fn is_current(record: &RunRecord) -> bool {
    record.code.numerics == NUMERICS_VERSION
}

fn origin(record: &RunRecord) -> String {
    format!("{} by {}", record.dataset.title, record.backend.name)
}

/// Says that the first group is used and the others are left out.
fn choice_in_words(groups: &[Vec<RunRecord>]) -> Option<String> {
    let counted = |group: &Vec<RunRecord>| format!("{} on {}", group.len(), origin(&group[0]));
    let counted: Vec<String> = groups.iter().map(counted).collect();
    let (used, left_out) = counted.split_first().filter(|(_, left_out)| !left_out.is_empty())?;
    let left_out = left_out.join(", ");
    Some(format!("runs used: {used}; left out: {left_out} (choose with --dataset and --backend)"))
}

#[cfg(test)]
mod tests {
    use record::StopReason;
    use spec::ExperimentSpec;
    use test_support::spec;

    use super::*;

    const DEFAULT: Option<&str> = Some("flex");

    /// A record of the standard experiment.
    fn record(dataset: DatasetName, backend: &str, seed: u64) -> RunRecord {
        let mut record = test_support::record();
        record.dataset.name = dataset.to_string();
        record.dataset.title = dataset.title().into();
        record.dataset.digest = format!("digest of {dataset}");
        record.backend.name = backend.into();
        record.code.numerics = NUMERICS_VERSION;
        RunRecord { seed, ..record }
    }

    /// A record per seed.
    fn records(dataset: DatasetName, backend: &str, seeds: u64) -> Vec<RunRecord> {
        (1..=seeds).map(|seed| record(dataset, backend, seed)).collect()
    }

    #[test]
    fn the_largest_group_is_chosen_and_the_choice_is_reported() {
        use DatasetName::{MadeUp, Mnist};
        let all = [records(MadeUp, "flex", 2), records(Mnist, "cuda", 3), records(Mnist, "flex", 1)].concat();
        let chosen = Records::choose(all, Filter::default(), DEFAULT);
        assert_eq!((chosen.all.len(), chosen.origin().as_deref()), (3, Some("MNIST by cuda")));
        let choice = "runs used: 3 on MNIST by cuda; left out: 2 on made-up digits by flex, 1 on MNIST by flex \
                      (choose with --dataset and --backend)";
        assert_eq!(chosen.choice.as_deref(), Some(choice));
    }

    #[test]
    fn of_equally_large_groups_mnist_comes_first_then_the_default_backend_then_the_name() {
        use DatasetName::{FashionMnist, MadeUp, Mnist};
        let group = |dataset, backend| records(dataset, backend, 1);
        let all = [
            group(MadeUp, "flex"),
            group(FashionMnist, "wgpu"),
            group(FashionMnist, "cuda"),
            group(Mnist, "cuda"),
            group(Mnist, "flex"),
        ];
        let chosen = |first: usize| {
            Records::choose(all[..first].concat(), Filter::default(), DEFAULT).origin().expect("a group")
        };
        assert_eq!(chosen(5), "MNIST by flex");
        assert_eq!(chosen(4), "MNIST by cuda");
        assert_eq!(chosen(3), "made-up digits by flex");
        let others = Records::choose(all[1..3].concat(), Filter::default(), DEFAULT);
        assert_eq!(others.origin().as_deref(), Some("Fashion-MNIST by cuda"));
    }

    #[test]
    fn options_select_by_the_names_in_the_records() {
        use DatasetName::{MadeUp, Mnist};
        let all = [records(MadeUp, "flex", 3), records(Mnist, "cuda", 2), records(Mnist, "flex", 1)].concat();
        let chosen = |dataset, backend| {
            let chosen = Records::choose(all.clone(), Filter { dataset, backend }, DEFAULT);
            (chosen.all.len(), chosen.origin(), chosen.choice.is_some())
        };
        assert_eq!(chosen(Some(Mnist), None), (2, Some("MNIST by cuda".into()), true));
        assert_eq!(chosen(Some(Mnist), Some("flex")), (1, Some("MNIST by flex".into()), false));
        assert_eq!(chosen(None, Some("cuda")), (2, Some("MNIST by cuda".into()), false));
        assert_eq!(chosen(None, Some("wgpu")), (0, None, false));
    }

    #[test]
    fn records_of_other_numerics_are_left_out() {
        let mut old = records(DatasetName::Mnist, "flex", 3);
        for record in &mut old {
            record.code.numerics = NUMERICS_VERSION - 1;
        }
        let all = [old, records(DatasetName::MadeUp, "flex", 1)].concat();
        let chosen = Records::choose(all, Filter::default(), DEFAULT);
        assert_eq!((chosen.origin().as_deref(), chosen.choice), (Some("made-up digits by flex"), None));
    }

    #[test]
    fn a_run_is_found_by_its_seed_and_settings_whatever_its_name() {
        let mut all = records(DatasetName::Mnist, "flex", 3);
        all[2].stop_reason = StopReason::Interrupted;
        let records = Records::choose(all, Filter::default(), DEFAULT);
        let mine = ExperimentSpec { name: "mine".into(), title: "Mine".into(), ..spec() };
        let run = |spec: &ExperimentSpec, seed| PlannedRun {
            spec: spec.clone(),
            overrides: Vec::new(),
            seed,
            order_seed: None,
            trial: None,
        };
        let found = records.find(&run(&mine, 2)).expect("the same settings");
        assert_eq!((found.seed, &found.spec.name), (2, &spec().name));
        assert_eq!(records.find(&run(&mine, 3)), None, "it was interrupted");
        assert_eq!(records.find(&run(&mine, 4)), None);
        let mut other = spec();
        other.training.batch_size = 64;
        assert_eq!(records.find(&run(&other, 2)), None);
    }
}
