//! Reports of runs made for the tests: whole, with runs missing, and without any.

use std::collections::HashSet;

use record::{StopReason, TestScores};
use spec::{Claim, Expectation, Metric};

use super::*;
use crate::document::{Block, Inline, Section, words};
use test_support::synthetic::{Curve, crossed_records, hidden_units_of, record, with_probes};

/// Seeds of every experiment.
const SEEDS: u64 = 9;

/// Replicates of an experiment of this name; the differences between two experiments vary from seed to seed.
fn replicates(name: &str, hidden_units: &[usize], curve: &Curve) -> Replicates {
    let letters: u64 = name.bytes().map(u64::from).sum();
    let of_seed = |seed: u64| {
        let mut record = record(name, &format!("Title of {name}"), 1_250, curve);
        record.seed = seed;
        *hidden_units_of(&mut record) = hidden_units.to_vec();
        for validation in &mut record.history.validations {
            validation.validation_accuracy -= 0.001 * seed as f64 + 0.0001 * (seed * letters % 5) as f64;
        }
        record
    };
    let records: Vec<_> = (1..=SEEDS).map(of_seed).collect();
    Replicates { spec: records[0].spec.clone(), records }
}

pub(crate) fn material() -> Material {
    let networks: [(&str, &[usize], Curve); 12] = [
        ("task2c", &[64], Curve::BASELINE),
        ("task3a", &[64], Curve::FAN_IN),
        ("task3b", &[64], Curve::IMPROVED),
        ("task3c", &[64], Curve::STANDARD),
        ("task4a", &[32], Curve::IMPROVED),
        ("task4b", &[128], Curve::STANDARD),
        ("task4d", &[60, 60], Curve::STANDARD),
        ("task4e", &[64; 10], Curve::DEEP),
        ("task4f", &[64], Curve::IMPROVED),
        ("improved_sigmoid_alone", &[64], Curve::BASELINE),
        ("momentum_alone", &[64], Curve::BASELINE),
        ("relu_deep", &[64; 10], Curve::DEEP),
    ];
    let mut experiments: Vec<Replicates> =
        networks.iter().map(|(name, units, curve)| replicates(name, units, curve)).collect();
    experiments[7].spec.claims = vec![Claim {
        says: "the accuracy is a bit lower".to_owned(),
        source: None,
        metric: Metric::BestValidationAccuracy,
        expect: Expectation::Lower,
        margin: 0.002,
        against: "task3c".to_owned(),
    }];
    let first = experiments[0].records[0].clone();
    Material {
        experiments,
        seeds: (1..=SEEDS).collect(),
        adds_seeds: false,
        crossed: Vec::new(),
        elsewhere: Vec::new(),
        sweeps: crate::figure::tests::sweeps::sweeps(),
        dataset: first.dataset,
        gradient_checks: vec![CheckedNetwork {
            task: "2b".to_owned(),
            hidden_layers: "64".to_owned(),
            activation: "sigmoid".to_owned(),
            checked: 600,
            parameters: 50_880,
            largest_difference: 1.4e-7,
            tolerance: 1e-6,
            smaller_steps: 0,
        }],
        close_up: None,
    }
}

fn sections(document: &Document) -> Vec<&Section> {
    fn within(section: &Section) -> Vec<&Section> {
        std::iter::once(section).chain(section.sections.iter().flat_map(within)).collect()
    }
    document.sections.iter().flat_map(within).collect()
}

/// All text of a document, in order.
fn text(document: &Document) -> String {
    let blocks = document.summary.iter().chain(sections(document).into_iter().flat_map(|section| &section.blocks));
    blocks.map(|block| text_of(block) + "\n").collect()
}

fn text_of(block: &Block) -> String {
    let line = |text: &Vec<Inline>| words(text);
    match block {
        Block::Paragraph(text) | Block::Note(text) => line(text),
        Block::List(items) => items.iter().map(line).collect::<Vec<_>>().join("; "),
        Block::Table(table) => table.rows.iter().flatten().map(line).collect::<Vec<_>>().join(" | "),
        Block::Figure(figure) => line(&figure.caption),
        Block::Code(text) => text.clone(),
        Block::Equation(_) => String::new(),
    }
}

#[test]
fn every_task_has_its_section_and_every_anchor_is_its_own() {
    let document = compose(material()).expect("a report");
    let ids: Vec<&str> = sections(&document).iter().map(|section| section.id.as_str()).collect();
    for task in ["1a", "1b", "2a", "2b", "2c", "2d", "3", "4ab", "4c", "4d", "4e", "4f"] {
        assert!(ids.contains(&format!("task-{task}").as_str()), "{task}");
    }
    let figures = sections(&document).into_iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Figure(figure) => Some(figure.id.as_str()),
        _ => None,
    });
    let all: Vec<&str> = ids.into_iter().chain(figures).collect();
    let distinct: HashSet<&str> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
}

#[test]
fn a_whole_report_misses_nothing_and_judges_every_claim() {
    let document = compose(material()).expect("a report");
    let text = text(&document);
    assert!(!text.contains("Missing"), "{text}");
    assert!(text.contains("1 of 1 statements hold, 0 do not, and 0 are undecided."), "{text}");
    assert_eq!(document.warning, None);
    assert_eq!(document.subtitle, "MNIST, seeds 1 to 9");
    let adds_seeds = compose(Material { adds_seeds: true, ..material() }).expect("a report").subtitle;
    assert_eq!(adds_seeds, "MNIST, seeds 1 to 9, and more where a statement needs them");
}

#[test]
fn verdicts_by_other_weights_and_on_other_datasets_are_in_one_table() {
    let mut material = material();
    let mut elsewhere = material.experiments.clone();
    for record in &mut elsewhere[7].records {
        record.history.validations.iter_mut().for_each(|validation| validation.validation_accuracy = 0.99);
    }
    material.elsewhere = vec![("Fashion-MNIST".to_owned(), elsewhere)];
    let document = compose(material).expect("a report");
    let section = sections(&document).into_iter().find(|section| section.id == "elsewhere").expect("a section");
    let table =
        section.blocks.iter().find_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    let table = table.expect("a table");
    let headings: Vec<&str> = table.header.iter().map(|column| &*column.heading).collect();
    assert_eq!(headings, ["Statement", "As stated", "Other weights", "Fashion-MNIST"]);
    let row: Vec<String> = table.rows[0].iter().map(|cell| words(cell)).collect();
    assert_eq!(row[1..], ["holds", "holds", "does not hold"]);
}

/// The material after its runs were scored on test images, where ten layers do better than they should.
fn tested_material() -> Material {
    let mut material = material();
    for replicates in &mut material.experiments {
        replicates.spec.data.test_images = 10_000;
        let is_deep = replicates.spec.name == "task4e";
        for record in &mut replicates.records {
            record.spec.data.test_images = 10_000;
            let [best, last] = [record.history.best(), record.history.last()].map(|one| *one.expect("a validation"));
            let accuracy = |validation: f64| if is_deep { 0.999 } else { validation - 0.01 };
            record.test = Some(TestScores {
                images: 10_000,
                best_loss: best.validation_loss,
                best_accuracy: accuracy(best.validation_accuracy),
                last_loss: last.validation_loss,
                last_accuracy: accuracy(last.validation_accuracy),
            });
        }
    }
    material
}

#[test]
fn clean_test_results_stand_next_to_those_on_the_validation_images() {
    let document = compose(tested_material()).expect("a report");
    let section = sections(&document).into_iter().find(|section| section.id == "test").expect("a section");
    let said: String = section.blocks.iter().map(|block| text_of(block) + "\n").collect();
    assert!(said.contains("1.00 points better on the validation images"), "{said}");
    assert!(said.contains("holds by validation images, does not hold by test images"), "{said}");
    let whole = text(&document);
    assert!(whole.contains("Clean test results are those") && !whole.contains("is a clean test"), "{whole}");
    let untested = compose(material()).expect("a report");
    assert!(sections(&untested).iter().all(|section| section.id != "test"));
}

#[test]
fn the_sources_of_variation_are_explained_where_runs_cross_their_seeds() {
    let records = crossed_records(3, 3);
    let mut material = material();
    material.crossed = Crossed::among(&records[0].spec, &records).into_iter().collect();
    let document = compose(material).expect("a report");
    let section = sections(&document).into_iter().find(|section| section.id == "variance").expect("a section");
    let said: String = section.blocks.iter().map(|block| text_of(block) + "\n").collect();
    assert!(said.contains("9 runs of the standard model cross 3 seeds of one with 3 of the other"), "{said}");
}

#[test]
fn statements_of_other_reports_are_judged_apart_with_their_source() {
    let mut material = material();
    let of_other = Claim {
        says: "ten layers are more accurate".to_owned(),
        source: Some("https://example.org/report.md".to_owned()),
        expect: Expectation::Higher,
        ..material.experiments[7].spec.claims[0].clone()
    };
    material.experiments[7].spec.claims.push(of_other);
    let document = compose(material).expect("a report");
    let said_in = |id: &str| {
        let section = sections(&document).into_iter().find(|section| section.id == id).expect("a section");
        section.blocks.iter().map(|block| text_of(block) + "\n").collect::<String>()
    };
    let others = said_in("others");
    assert!(others.contains("ten layers are more accurate | ") && others.contains("does not hold"), "{others}");
    assert!(others.contains("https://example.org/report.md: “ten layers are more accurate”"), "{others}");
    assert!(!said_in("task-4e").contains("ten layers are more accurate"));
    assert!(text(&document).contains("1 of 1 statements hold"), "the original's statements are counted by themselves");
}

#[test]
fn tables_have_a_cell_for_every_column() {
    let mut material = tested_material();
    material.elsewhere = vec![("Fashion-MNIST".to_owned(), material.experiments.clone())];
    let document = compose(material).expect("a report");
    for section in sections(&document) {
        for block in &section.blocks {
            if let Block::Table(table) = block {
                assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{}", section.id);
            }
        }
    }
}

#[test]
fn runs_that_are_missing_or_ended_badly_are_named() {
    let mut material = material();
    material.experiments[4].records.remove(0);
    material.experiments[8].records[1].stop_reason = StopReason::Diverged;
    material.experiments[8].records[2].stop_reason = StopReason::Interrupted;
    let text = text(&compose(material.clone()).expect("a report"));
    assert!(text.contains("task4a (seed 1 not trained)"), "{text}");
    assert!(text.contains("task4f (seed 2 diverged, seed 3 interrupted)"), "{text}");
}

#[test]
fn a_report_without_runs_is_a_report() {
    let mut material = material();
    for replicates in &mut material.experiments {
        replicates.records.clear();
    }
    material.dataset.name = "made-up".to_owned();
    let document = compose(material.clone()).expect("a report");
    assert!(text(&document).contains("seeds 1 to 9 not trained"));
    assert!(document.warning.expect("a warning").starts_with("Made-up digits"));
    material.experiments.clear();
    assert!(text(&compose(material.clone()).expect("a report")).contains("task2c (not declared)"));
}

/// The report's text on ten layers: `ratio` is the gradient of the first layer over that of the output layer; `train` and
/// `gap` say whether training accuracy and gap are higher (1), lower (-1) or not clearly different (0) from the standard
/// model's.
fn on_ten_layers(ratio: f64, train: f64, gap: f64) -> String {
    let mut material = material();
    let standard = material.experiments[3].records.clone();
    for (record, standard) in material.experiments[7].records.iter_mut().zip(&standard) {
        // Eleven layers: ten equal factors from the last to the first.
        *record = with_probes(ratio.powf(0.1), record.clone());
        let last = record.history.validations.last_mut().expect("a validation");
        let other = standard.history.last().expect("a validation");
        // The spread over the seeds leaves a mean of 0 undecided and one of 0.01 clear.
        let differs = |direction: f64| 0.01 * direction + 0.001 * (record.seed as f64 - 5.0);
        last.train_accuracy = other.train_accuracy + differs(train);
        last.validation_accuracy = other.validation_accuracy + differs(train) - differs(gap);
    }
    text(&compose(material).expect("a report"))
}

#[test]
fn the_explanation_of_ten_layers_follows_the_measurements() {
    for (ratio, has_vanished) in [(0.9, false), (1e-4, true)] {
        for (train, gap) in [-1.0, 0.0, 1.0].into_iter().flat_map(|train| [-1.0, 0.0, 1.0].map(|gap| (train, gap))) {
            let text = on_ten_layers(ratio, train, gap);
            let is_too_complex = gap > 0.0 && train >= 0.0;
            let explanation = match (is_too_complex, has_vanished) {
                (true, true) => "support both explanations: the network overfits more",
                (true, false) => "support the original report's “too complex”: the network overfits more",
                (false, true) => "support vanishing gradients, not “too complex”",
                (false, false) => "support neither explanation",
            };
            let fits = match train {
                _ if is_too_complex => "",
                1.0 => {
                    "fits its training images better than the standard model does, but its gap is not clearly larger."
                }
                0.0 => "does not clearly fit its training images better than the standard model does.",
                _ => "fits its training images worse than the standard model does.",
            };
            for (sentence, is_said) in [
                (explanation, true),
                (fits, true),
                ("fits its training images better than the standard model does,", train > 0.0 && !is_too_complex),
                ("not clearly fit its training images better", train == 0.0 && !is_too_complex),
                ("fits its training images worse", train < 0.0),
                ("It is harder to optimise", train < 0.0 && !has_vanished),
            ] {
                assert_eq!(text.contains(sentence), is_said, "{train} {gap} {ratio} {sentence}: {text}");
            }
        }
    }
}
