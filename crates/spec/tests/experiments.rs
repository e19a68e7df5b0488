//! The declared experiments of this repository: every file is valid, its settings are the assignment's, and it differs from
//! its baseline only in what it studies.

use std::path::Path;

use spec::{
    Activation, Bias, Catalog, Declaration, Experiment, MlpConfig, OptimizerConfig, PixelScaling, SgdConfig, Shuffle,
    WeightInit, differing_keys,
};
use test_support::SHAPE;

fn catalog() -> Catalog {
    Catalog::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments"), SHAPE)
}

fn experiment(name: &str) -> Experiment {
    match catalog().load(name, &[]) {
        Ok(Declaration::Experiment(experiment)) => *experiment,
        Ok(Declaration::Comparison(_)) => panic!("{name} is a comparison"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_declared_file_is_valid() {
    for name in catalog().names().expect("the folder of experiments") {
        if let Err(error) = catalog().load(&name, &[]) {
            panic!("{error}");
        }
    }
}

#[test]
fn every_task_is_declared() {
    let names = catalog().names().expect("the folder of experiments");
    let tasks = [
        "task2c", "task3", "task3a", "task3b", "task3c", "task4", "task4a", "task4ab", "task4b", "task4d", "task4e",
        "task4f",
    ];
    for task in tasks {
        assert!(names.iter().any(|name| name == task), "{task}");
    }
}

#[test]
fn settings_are_those_of_the_assignment() {
    use Activation::{ImprovedSigmoid, Relu, Sigmoid};
    use WeightInit::{FanInNormal, Uniform};
    type Row = (&'static str, &'static [usize], Activation, WeightInit, f64, f64, usize);
    #[rustfmt::skip]
    let tasks: [Row; 9] = [
        ("task2c", &[64],     Sigmoid,         Uniform,     0.1,  0.0,  50_880),
        ("task3a", &[64],     Sigmoid,         FanInNormal, 0.1,  0.0,  50_880),
        ("task3b", &[64],     ImprovedSigmoid, FanInNormal, 0.1,  0.0,  50_880),
        ("task3c", &[64],     ImprovedSigmoid, FanInNormal, 0.02, 0.9,  50_880),
        ("task4a", &[32],     ImprovedSigmoid, FanInNormal, 0.02, 0.9,  25_440),
        ("task4b", &[128],    ImprovedSigmoid, FanInNormal, 0.02, 0.9, 101_760),
        ("task4d", &[60, 60], ImprovedSigmoid, FanInNormal, 0.02, 0.9,  51_300),
        ("task4e", &[64; 10], ImprovedSigmoid, FanInNormal, 0.02, 0.9,  87_744),
        ("task4f", &[64],     Relu,            FanInNormal, 0.02, 0.9,  50_880),
    ];
    for (name, hidden_units, activation, weight_init, learning_rate, momentum, parameters) in tasks {
        let spec = experiment(name).spec;
        let model = MlpConfig { hidden_units: hidden_units.to_vec(), activation, weight_init, bias: Bias::FirstLayer };
        assert_eq!(spec.model.as_mlp(), Some(&model), "{name}");
        assert_eq!(spec.optimizer, OptimizerConfig::Sgd(SgdConfig { learning_rate, momentum }), "{name}");
        assert_eq!(spec.model.parameters(SHAPE), parameters, "{name}");
    }
}

#[test]
fn the_protocol_is_common_to_every_run() {
    for name in catalog().names().expect("the folder of experiments") {
        let Ok(Declaration::Experiment(experiment)) = catalog().load(&name, &[]) else { continue };
        let spec = experiment.spec;
        let data = &spec.data;
        assert_eq!((data.train_images, data.validation_images, data.test_images), (20_000, 10_000, 10_000), "{name}");
        assert_eq!(spec.data.pixel_scaling, PixelScaling::TrainMeanStd, "{name}");
        assert_eq!(spec.model.as_mlp().map(|model| model.bias), Some(Bias::FirstLayer), "{name}");
        assert_eq!((spec.training.batch_size, spec.training.shuffle), (32, Shuffle::EveryEpoch), "{name}");
        assert_eq!(
            (spec.steps_per_epoch(), spec.steps_per_validation(), spec.max_steps()),
            (625, 125, 31_250),
            "{name}"
        );
        assert_eq!(spec.training.patience_validations, 50, "{name}");
    }
}

#[test]
fn an_ablation_changes_only_what_it_studies() {
    for (name, baseline, keys) in [
        ("task3a", "task2c", vec!["model.weight_init"]),
        ("task3b", "task3a", vec!["model.activation"]),
        ("task3c", "task3b", vec!["optimizer.learning_rate", "optimizer.momentum"]),
        ("task4a", "task3c", vec!["model.hidden_units"]),
        ("task4b", "task3c", vec!["model.hidden_units"]),
        ("task4d", "task3c", vec!["model.hidden_units"]),
        ("task4e", "task3c", vec!["model.hidden_units"]),
        ("task4f", "task3c", vec!["model.activation"]),
    ] {
        let experiment = experiment(name);
        let compared_with = experiment.baseline.expect("a baseline");
        assert_eq!(compared_with.name, baseline, "{name}");
        assert_eq!(differing_keys(&compared_with, &experiment.spec), keys, "{name}");
    }
    assert_eq!(experiment("task2c").baseline, None);
}

/// Every extra experiment differs from its baseline only in what its name says.
#[test]
fn extras_change_only_what_their_name_says() {
    let extras = [
        (
            "adam",
            "task3c",
            vec![
                "optimizer.beta_1",
                "optimizer.beta_2",
                "optimizer.epsilon",
                "optimizer.kind",
                "optimizer.learning_rate",
                "optimizer.momentum",
            ],
        ),
        ("improved_sigmoid_alone", "task2c", vec!["model.activation"]),
        (
            "lenet",
            "task3c",
            vec![
                "model.activation",
                "model.bias",
                "model.first_maps",
                "model.hidden_units",
                "model.kind",
                "model.second_maps",
                "model.weight_init",
                "optimizer.learning_rate",
                "training.max_epochs",
                "training.patience_validations",
                "training.validations_per_epoch",
            ],
        ),
        ("momentum_alone", "task2c", vec!["optimizer.learning_rate", "optimizer.momentum"]),
        ("no_normalization", "task3c", vec!["data.pixel_scaling"]),
        ("no_shuffling", "task3c", vec!["training.shuffle"]),
        ("relu_deep", "task4e", vec!["model.activation"]),
        ("relu_he", "task4f", vec!["model.weight_init"]),
        ("sigmoid_deep", "task4e", vec!["model.activation"]),
        ("two_layers_59", "task4d", vec!["model.hidden_units"]),
    ];
    let (names, all) = (catalog().names().expect("the report's"), catalog().all_names().expect("and the extra ones"));
    assert_eq!(all[names.len()..], extras.each_ref().map(|(name, ..)| *name));
    for (name, baseline, keys) in extras {
        let experiment = experiment(name);
        let compared_with = experiment.baseline.expect("a baseline");
        assert_eq!(compared_with.name, baseline, "{name}");
        assert_eq!(differing_keys(&compared_with, &experiment.spec), keys, "{name}");
        assert!(!experiment.spec.claims.is_empty(), "{name}");
    }
}

#[test]
fn comparisons_are_in_the_order_of_the_legend() {
    for (name, expected) in
        [("task3", vec!["task2c", "task3a", "task3b", "task3c"]), ("task4ab", vec!["task4a", "task3c", "task4b"])]
    {
        let Ok(Declaration::Comparison(comparison)) = catalog().load(name, &[]) else {
            panic!("{name} is not a comparison")
        };
        let runs: Vec<_> = comparison.runs.iter().map(|run| run.spec.name.as_str()).collect();
        assert_eq!(runs, expected, "{name}");
    }
}

#[test]
fn every_experiment_but_the_first_baseline_makes_claims() {
    for name in catalog().names().expect("the folder of experiments") {
        let Ok(Declaration::Experiment(experiment)) = catalog().load(&name, &[]) else { continue };
        assert_eq!(experiment.spec.claims.is_empty(), name == "task2c", "{name}");
    }
}
