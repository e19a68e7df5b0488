//! Pictures of made-up sweeps.

use serde_json::{Value, json};
use spec::{Direction, Domain, Method, MethodKind, Metric, Objective, Parameter, Settings, SweepSpec, Winner};
use test_support::synthetic::{Curve, record, replicates};

use crate::sweep::{Retrained, SweepResult, TrialResult, TrialState, trial_table, winner_table};
use crate::{to_markdown, to_png};
use evidence::Replicates;

fn range(key: &str, low: f64, high: f64, is_log: bool) -> Parameter {
    Parameter { key: key.to_owned(), domain: Domain::Range { low, high, is_log, is_whole: false }, when: None }
}

fn listed(key: &str, values: &[Value]) -> Parameter {
    Parameter { key: key.to_owned(), domain: Domain::Values(values.to_vec()), when: None }
}

/// A sweep with these trials, every third of which was stopped early.
fn result(name: &str, search: Vec<Parameter>, trials: Vec<(Settings, f64)>) -> SweepResult {
    let method = Method { kind: MethodKind::Random, trials: Some(trials.len()), batch: 4, seed: 1 };
    let objective = Objective { metric: Metric::BestValidationAccuracy, direction: Direction::Maximize };
    let spec = SweepSpec {
        name: name.to_owned(),
        title: format!("Sweep: {name}"),
        base: "task3c".to_owned(),
        seeds: 1,
        objective,
        search,
        method,
        pruning: None,
        winner: Winner::default(),
    };
    let trial = |(index, (settings, score)): (usize, (Settings, f64))| TrialResult {
        hidden_layers: settings.get("model.hidden_units").and_then(Value::as_array).map_or(1, Vec::len),
        parameters: 25_000 + 12_500 * (index % 4),
        settings,
        score: (score > 0.5).then_some(score),
        state: match index % 3 {
            _ if score < 0.5 => TrialState::Failed("seed 1: the loss became NaN or infinite at step 7".to_owned()),
            2 => TrialState::Stopped(10),
            _ => TrialState::Complete,
        },
        steps: 1_000,
    };
    let trials: Vec<TrialResult> = trials.into_iter().enumerate().map(trial).collect();
    let mut best: Vec<usize> = (0..trials.len()).filter(|index| trials[*index].state == TrialState::Complete).collect();
    best.sort_by(|one, other| trials[*other].score.partial_cmp(&trials[*one].score).expect("numbers"));
    let fresh = |settings: Option<Settings>, search_score, curve: &Curve| {
        let records = replicates("task3c", "The standard model", 1_250, curve, 5);
        Retrained { settings, search_score, fresh: Replicates { spec: records[0].spec.clone(), records } }
    };
    let retrained = best.first().map_or_else(Vec::new, |&first| {
        let winner = &trials[first];
        vec![fresh(Some(winner.settings.clone()), winner.score, &Curve::STANDARD), fresh(None, None, &Curve::IMPROVED)]
    });
    let sample = vec![record("task3c", "The standard model", 1_250, &Curve::STANDARD)];
    SweepResult { spec, most_trials: trials.len(), trials, best, retrained, sample }
}

/// Sweeps over numbers, words and layers.
pub(crate) fn sweeps() -> Vec<SweepResult> {
    let rates = (0_u32..40).map(|index| {
        let (rate, momentum) = (0.001 * 1.2_f64.powf(f64::from(index)), f64::from(index * 7 % 40) / 41.0);
        let settings =
            [("optimizer.learning_rate".to_owned(), json!(rate)), ("optimizer.momentum".to_owned(), json!(momentum))];
        let score = 0.96 - 0.01 * (rate.ln() + 3.0).powi(2) - 0.02 * (momentum - 0.8).powi(2);
        (settings.into(), if index == 39 { 0.1 } else { score })
    });
    let words = ["sigmoid", "improved_sigmoid", "relu"].into_iter().flat_map(|activation| {
        ["uniform", "fan_in_normal", "he_normal"].into_iter().map(move |weights| {
            let settings =
                [("model.activation".to_owned(), json!(activation)), ("model.weight_init".to_owned(), json!(weights))];
            (settings.into(), 0.9 + 0.005 * activation.len() as f64 - 0.002 * weights.len() as f64)
        })
    });
    let layers = [vec![32], vec![64], vec![31, 31], vec![60, 60], vec![30, 30, 30], vec![57, 57, 57]];
    let of_layers = layers
        .iter()
        .enumerate()
        .map(|(index, units)| ([("model.hidden_units".to_owned(), json!(units))].into(), 0.95 + 0.002 * index as f64));
    let two_numbers =
        vec![range("optimizer.learning_rate", 0.001, 1.5, true), range("optimizer.momentum", 0.0, 1.0, false)];
    let two_words = vec![
        listed("model.activation", &[json!("sigmoid"), json!("improved_sigmoid"), json!("relu")]),
        listed("model.weight_init", &[json!("uniform"), json!("fan_in_normal"), json!("he_normal")]),
    ];
    let units: Vec<Value> = layers.iter().map(|units| json!(units)).collect();
    vec![
        result("numbers", two_numbers, rates.collect()),
        result("words", two_words, words.collect()),
        result("layers", vec![listed("model.hidden_units", &units)], of_layers.collect()),
    ]
}

#[test]
fn every_sweep_has_a_picture_per_key_its_progress_a_map_and_its_lines() {
    let names: Vec<Vec<String>> = sweeps()
        .iter()
        .map(|sweep| sweep.pictures().expect("pictures").into_iter().map(|picture| picture.name).collect())
        .collect();
    let expected = [
        vec!["slice-optimizer-learning-rate", "slice-optimizer-momentum", "progress", "map", "parallel"],
        vec!["slice-model-activation", "slice-model-weight-init", "progress", "map", "parallel"],
        vec!["slice-model-hidden-units", "progress"],
    ];
    assert_eq!(names, expected);
    for sweep in sweeps() {
        for picture in sweep.pictures().expect("pictures") {
            let drawn = &picture.svg;
            assert!(to_png(drawn, 92).is_ok(), "{} is not well formed", picture.name);
            assert!(
                !drawn.contains("NaN") && !drawn.contains("inf"),
                "{} has a coordinate that is not finite",
                picture.name
            );
            assert_eq!(
                picture.chart.is_some(),
                !["map", "parallel"].contains(&picture.name.as_str()),
                "{}",
                picture.name
            );
        }
    }
}

#[test]
fn a_sweep_without_a_score_has_no_picture() {
    let mut sweep = sweeps().remove(0);
    sweep.trials.iter_mut().for_each(|trial| trial.score = None);
    assert!(sweep.pictures().expect("none").is_empty());
    (sweep.trials, sweep.best, sweep.sample) = (Vec::new(), Vec::new(), Vec::new());
    assert!(sweep.pictures().expect("none").is_empty());
    assert_eq!(sweep.in_words(), "0 of 40 trials");
}

#[test]
fn a_picture_names_keys_values_and_what_lies_outside() {
    let pictures = |index: usize| sweeps().remove(index).pictures().expect("pictures");
    let [rate, momentum, progress, map, parallel] = <[_; 5]>::try_from(pictures(0)).expect("five").map(|one| one.svg);
    for (svg, texts) in [
        (
            &rate,
            &[
                "Learning rate",
                "Best validation accuracy",
                "trained to the end",
                "stopped early",
                "lie outside",
                ">0.01<",
            ][..],
        ),
        (&momentum, &["Momentum", "the best"]),
        (&progress, &["the best so far", "Trial"]),
        (&map, &["Learning rate", "Momentum", ">0.001<"]),
        (&parallel, &["Learning rate", "Momentum", "Best validation accuracy", "39 trials"]),
    ] {
        for text in texts {
            assert!(svg.contains(text), "{text}");
        }
    }
    let words = pictures(1);
    assert!(words[0].svg.contains(">improved sigmoid<") && words[3].svg.contains(">fan in normal<"));
    let layers = pictures(2);
    assert!(
        layers[0].svg.contains("1 hidden layer")
            && layers[0].svg.contains("3 hidden layers")
            && layers[0].svg.contains("Parameters")
    );
}

#[test]
fn points_at_one_place_are_all_in_the_chart() {
    let words = sweeps().remove(1).pictures().expect("pictures");
    let chart = words[0].chart.as_ref().expect("a chart");
    let panel = &chart["panels"][0];
    assert_eq!(panel["x_names"], json!(["sigmoid", "improved sigmoid", "relu"]));
    let count = |series: &Value| {
        series["values"].as_str().expect("a list").split(',').filter(|value| !value.is_empty()).count()
    };
    let counts: Vec<usize> = panel["series"].as_array().expect("a list").iter().map(count).collect();
    assert_eq!(counts, [3, 6, 1], "stopped early, trained to the end, the best");
}

#[test]
fn the_tables_show_the_best_trials_and_how_much_was_luck() {
    let sweep = sweeps().remove(0);
    let trials = to_markdown(&trial_table(&sweep));
    assert!(
        trials.contains("| Trial | Learning rate | Momentum | Best validation accuracy | Validations |"),
        "{trials}"
    );
    assert!(trials.contains("The best 10 of 40 trials, seed 1; 13 stopped early, 1 failed."), "{trials}");
    let winner = to_markdown(&winner_table(&sweep));
    assert!(winner.contains("| those of task3c | - | "), "{winner}");
    assert!(winner.contains("with fresh seeds 2 to 6"), "{winner}");
    assert!(winner.contains("| Difference | Test images |"), "{winner}");
    assert!(sweep.luck_in_words().expect("a sentence").contains("the search made a difference of"));
}
