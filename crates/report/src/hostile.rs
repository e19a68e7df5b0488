//! Reports and tables of runs whose every text is hostile: the same structure as with harmless ones.

use evidence::judge;
use record::{Predictions, RunRecord};
use spec::{Claim, Expectation, Metric};
use test_support::{Scale, hostile_texts};

use crate::chapters::tests::material;
use crate::html::tests::{outline, tags};
use crate::{
    CloseUp, CurveSets, Material, Plot, compose, replicates_table, run_table, runs_in_rows, to_markdown, to_terminal,
    verdict_table,
};

/// Every text of a record that comes from people or systems, the name aside, which is checked where it is read.
fn say_everywhere(record: &mut RunRecord, text: &str) {
    let said = |known: &str| format!("{known}{text}");
    record.spec.title = said("title");
    record.overrides = vec![said("title=")];
    record.dataset.title = said("MNIST");
    record.backend.name = said("flex");
    record.backend.device = said("cpu");
    record.code.version = said("0.1.0");
    record.code.burn = said("0.22.1");
    record.code.git_commit = Some(said("0123abc"));
    record.host.name = said("host");
    record.host.system = said("linux");
    record.host.processor = said("processor");
    record.started_at = said("2026-01-01T00:00:00Z");
}

/// The report's material with a text in every text of it.
fn material_that_says(text: &str) -> Material {
    let mut material = material();
    for replicates in &mut material.experiments {
        replicates.records.iter_mut().for_each(|record| say_everywhere(record, text));
        replicates.spec.title = format!("title{text}");
        replicates.spec.claims = vec![Claim {
            says: format!("says{text}"),
            source: Some(format!("source{text}")),
            metric: Metric::BestValidationAccuracy,
            expect: Expectation::Lower,
            margin: 0.002,
            against: "task3c".to_owned(),
        }];
    }
    material.elsewhere = vec![(format!("dataset{text}"), material.experiments.clone())];
    material.dataset = material.experiments[0].records[0].dataset.clone();
    material.close_up = Some(CloseUp {
        experiment: "task3c".to_owned(),
        seed: 1,
        first_layer: (0_u16..784 * 4).map(|weight| f32::from(weight % 7) - 3.0).collect(),
        n_units: 4,
        predictions: Some(Predictions { confusion: vec![vec![1; 10]; 10], mistakes: Vec::new() }),
    });
    for check in &mut material.gradient_checks {
        check.activation = format!("sigmoid{text}");
    }
    material
}

/// Everything that is printed or drawn of the runs.
fn printed(material: &Material) -> Vec<String> {
    let records: Vec<&RunRecord> = material.experiments.iter().flat_map(|replicates| &replicates.records).collect();
    let judged = judge(&material.experiments);
    let plot = Plot::of_records(&material.experiments[0].spec.title, &records[..3], CurveSets::Both);
    vec![
        to_terminal(&run_table(&records[..4]), Some(100)),
        to_terminal(&run_table(&records), Some(100)),
        to_terminal(&replicates_table(&records).expect("replicates"), Some(100)),
        to_terminal(&verdict_table(&judged), Some(100)),
        to_markdown(&runs_in_rows(&records)),
        to_markdown(&verdict_table(&judged)),
        plot.to_svg().expect("a figure"),
    ]
}

/// Cells of every line of a Markdown table.
fn cells(table: &str) -> Vec<usize> {
    let unescaped = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    table.lines().map(unescaped).collect()
}

#[test]
fn torture_texts_leave_pages_tables_and_terminals_as_they_are() {
    let texts = hostile_texts();
    let texts: Vec<&String> = texts.iter().map(|(text, _)| text).step_by(Scale::chosen().of(9, 1, 1)).collect();
    let harmless = material_that_says("");
    let (page, printed_harmless) = (tags(&outline(&compose(harmless.clone()).expect("a report"))), printed(&harmless));
    for text in &texts {
        let hostile = material_that_says(text);
        let document = compose(hostile.clone()).expect("a report");
        assert_eq!(tags(&outline(&document)), page, "{text:?}");
        assert!(
            crate::to_html(&document, None).expect("a page").chars().all(|c| spec::is_plain(c) || "\n\t".contains(c)),
            "{text:?}"
        );
        for (hostile, harmless) in printed(&hostile).iter().zip(&printed_harmless) {
            assert!(hostile.chars().all(|c| spec::is_plain(c) || c == '\n'), "{text:?}: {hostile}");
            if harmless.starts_with('|') {
                assert_eq!(cells(hostile), cells(harmless), "{text:?}: {hostile}");
            }
            if harmless.starts_with('<') {
                assert_eq!(tags(&hostile.replace('<', "\n<")).len(), tags(&harmless.replace('<', "\n<")).len());
            }
        }
    }
    let count = texts.len();
    test_support::row(
        "texts in every field of a report, of its tables and figures",
        format!("{count} texts, {count} with the same structure, 0 control characters"),
    );
}
