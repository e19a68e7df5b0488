//! Replicates as a table: one row per experiment, means with their intervals.

use evidence::Replicates;
use record::RunRecord;
use spec::Metric;

use super::Columns;
use crate::document::Table;
use crate::format::{NOTHING, capitalized, grouped, label};
use crate::measure;

/// What the table says of every experiment, if any run has it.
const METRICS: [Metric; 8] = [
    Metric::BestValidationAccuracy,
    Metric::BestTestAccuracy,
    Metric::BestValidationLoss,
    Metric::LastValidationAccuracy,
    Metric::LastTestAccuracy,
    Metric::LastTrainAccuracy,
    Metric::Steps,
    Metric::STEPS_TO_90_PERCENT,
];

/// Means over the seeds with 95 % confidence intervals, one row per experiment; none where no experiment has two seeds.
#[must_use]
pub fn replicates_table(records: &[&RunRecord]) -> Option<Table> {
    let groups = grouped(records, |one, other| one.spec.has_settings_of(&other.spec));
    let of_group = |group: Vec<&RunRecord>| Replicates {
        spec: group[0].spec.clone(),
        records: group.into_iter().cloned().collect(),
    };
    let replicates: Vec<Replicates> = groups.into_iter().map(of_group).collect();
    let has_two_seeds = replicates.iter().any(|replicates| replicates.records.len() > 1);
    has_two_seeds.then(|| means(&replicates))
}

fn means(replicates: &[Replicates]) -> Table {
    let name = |replicates: &Replicates| label(&replicates.spec.title, &replicates.records[0], false);
    let mut columns = Columns::of(replicates).words("Run", name).numbers("Seeds", seeds);
    let is_measured = |metric: &Metric| replicates.iter().any(|one| one.summary(*metric).is_some());
    for metric in METRICS.into_iter().filter(is_measured) {
        let mean = |replicates: &Replicates| measure::of(replicates, metric).unwrap_or_else(|| NOTHING.to_owned());
        columns = columns.numbers(&capitalized(&metric.title()), mean);
    }
    columns.table("Means over the seeds with their 95 % confidence intervals.")
}

/// How many runs ended as they should, `3`, or `2 of 3`.
fn seeds(replicates: &Replicates) -> String {
    let complete = replicates.complete().count();
    match replicates.records.len() {
        all if all == complete => all.to_string(),
        all => format!("{complete} of {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::to_terminal;
    use test_support::synthetic::{Curve, record};

    #[test]
    fn seeds_of_an_experiment_are_one_line() {
        let of_seed = |seed| {
            let mut record = record("task3c", "Standard model", 1_250, &Curve::STANDARD);
            record.seed = seed;
            record.steps = 1_000 + 125 * usize::try_from(seed).unwrap();
            record
        };
        let records = [of_seed(1), of_seed(2), of_seed(3)];
        let table = replicates_table(&records.iter().collect::<Vec<_>>()).unwrap();
        let text = to_terminal(&table, None);
        let line = text.lines().find(|line| line.contains("Standard model")).unwrap();
        assert!(line.contains(" 3 ") && line.contains("1,250 ("), "{text}");
        assert_eq!(replicates_table(&[&records[0]]), None);
    }
}
