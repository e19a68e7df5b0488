//! Replicates as a table for the terminal: a line an experiment, means with their intervals.

use comfy_table::CellAlignment;
use evidence::Replicates;
use record::RunRecord;
use spec::Metric;

use super::table;
use crate::format::{NOTHING, grouped, label};
use crate::measure;

/// What the table says of every experiment.
const METRICS: [(&str, Metric); 6] = [
    ("Best accuracy", Metric::BestValidationAccuracy),
    ("Best loss", Metric::BestValidationLoss),
    ("Last accuracy", Metric::LastValidationAccuracy),
    ("Training accuracy", Metric::LastTrainAccuracy),
    ("Steps", Metric::Steps),
    ("Steps to 90 %", Metric::StepsTo90PercentAccuracy),
];

/// Means over the seeds with 95 % confidence intervals, a line an experiment; empty where no experiment has two seeds.
#[must_use]
pub fn replicates_table(records: &[&RunRecord], width: Option<u16>) -> String {
    let groups = grouped(records, |one, other| spec::differing_keys(&one.spec, &other.spec).is_empty());
    let of_group = |group: Vec<&RunRecord>| Replicates {
        spec: group[0].spec.clone(),
        records: group.into_iter().cloned().collect(),
    };
    let replicates: Vec<Replicates> = groups.into_iter().map(of_group).collect();
    if replicates.iter().all(|replicates| replicates.records.len() < 2) {
        return String::new();
    }
    let mut rows = table(["Run", "Seeds"].into_iter().chain(METRICS.map(|(heading, _)| heading)), width);
    rows.add_rows(replicates.iter().map(row));
    rows.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    format!("\n{}\nMeans over the seeds with their 95 % confidence intervals.\n", rows.trim_fmt())
}

fn row(replicates: &Replicates) -> Vec<String> {
    let complete = replicates.complete().count();
    let seeds = match replicates.records.len() {
        all if all == complete => all.to_string(),
        all => format!("{complete} of {all}"),
    };
    let metric = |(_, metric): (&str, Metric)| measure::of(replicates, metric).unwrap_or_else(|| NOTHING.to_owned());
    let name = label(&replicates.spec.title, &replicates.records[0], false);
    [name, seeds].into_iter().chain(METRICS.map(metric)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let text = replicates_table(&records.iter().collect::<Vec<_>>(), None);
        let line = text.lines().find(|line| line.contains("Standard model")).unwrap();
        assert!(line.contains(" 3 ") && line.contains("1,250 ("), "{text}");
        assert_eq!(replicates_table(&[&records[0]], None), "");
    }
}
