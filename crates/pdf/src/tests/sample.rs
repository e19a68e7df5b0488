//! The report of made-up records: to look at, and to time.

use evidence::Replicates;
use report::document::Document;
use report::{CheckedNetwork, Material};
use test_support::synthetic::{Curve, hidden_units_of, replicates};

/// Experiment, title, units of its hidden layers.
const EXPERIMENTS: [(&str, &str, &[usize]); 9] = [
    ("task2c", "Baseline: sigmoid, uniform weights", &[64]),
    ("task3a", "+ fan-in weights", &[64]),
    ("task3b", "+ improved sigmoid", &[64]),
    ("task3c", "Standard model (+ momentum)", &[64]),
    ("task4a", "32 hidden units", &[32]),
    ("task4b", "128 hidden units", &[128]),
    ("task4d", "Two hidden layers of 60", &[60, 60]),
    ("task4e", "Ten hidden layers of 64", &[64; 10]),
    ("task4f", "ReLU", &[64]),
];

fn experiment((name, title, hidden_units): (&str, &str, &[usize])) -> Replicates {
    let mut records = replicates(name, title, 9_000, &Curve::STANDARD, 5);
    for record in &mut records {
        *hidden_units_of(record) = hidden_units.to_vec();
    }
    Replicates { spec: records[0].spec.clone(), records }
}

pub(super) fn document() -> Document {
    let experiments: Vec<Replicates> = EXPERIMENTS.into_iter().map(experiment).collect();
    let check = |task: &str, hidden_layers: &str, activation: &str| CheckedNetwork {
        task: task.to_owned(),
        hidden_layers: hidden_layers.to_owned(),
        activation: activation.to_owned(),
        checked: 600,
        parameters: 50_880,
        largest_difference: 1.4e-7,
        tolerance: 1e-6,
        smaller_steps: 0,
    };
    let dataset = experiments[0].records[0].dataset.clone();
    let gradient_checks = vec![check("2b", "64", "sigmoid"), check("4c", "60, 60", "improved sigmoid")];
    report::compose(Material {
        experiments,
        seeds: (1..=5).collect(),
        adds_seeds: true,
        dataset,
        gradient_checks,
        close_up: None,
        crossed: Vec::new(),
        elsewhere: Vec::new(),
        sweeps: Vec::new(),
    })
    .unwrap()
}
