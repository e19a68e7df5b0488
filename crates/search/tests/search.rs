//! Sequences of trials: a function of the file and the results, and of nothing else.

use std::collections::BTreeSet;
use std::fs;

use search::{Outcome, Search, Task, Trial};
use spec::{Catalog, Settings, Sweep};
use test_support::{DECLARED, SHAPE};

/// A sweep of the standard model over these keys, by this method.
fn sweep(search: &str, method: &str) -> Sweep {
    let folder = tempfile::tempdir().expect("a folder");
    let base = DECLARED.replace("baseline = \"task3c\"\n", "");
    fs::write(folder.path().join("base.toml"), base.split("[[claim]]").next().expect("the settings")).expect("written");
    fs::create_dir(folder.path().join("sweeps")).expect("a folder");
    let objective = "[objective]\nmetric = \"best_validation_loss\"\ndirection = \"minimize\"";
    let file = format!("title = \"Test\"\nbase = \"base\"\n{objective}\n[search]\n{search}\n[method]\n{method}\n");
    fs::write(folder.path().join("sweeps/test.toml"), &file).expect("written");
    Catalog::new(folder.path(), SHAPE).sweep("test").unwrap_or_else(|error| panic!("{file}\n{error}"))
}

const TWO_KEYS: &str =
    "optimizer.learning_rate = { log_uniform = [0.0001, 1.0] }\noptimizer.momentum = { uniform = [0.0, 0.99] }";

fn number(settings: &Settings, key: &str) -> f64 {
    settings[key].as_f64().expect("a number")
}

/// A loss with its least value at learning rate 0.01 and momentum 0.9.
fn bowl(settings: &Settings) -> f64 {
    let rate = number(settings, "optimizer.learning_rate").log10() + 2.0;
    rate * rate + 4.0 * (number(settings, "optimizer.momentum") - 0.9).powi(2)
}

/// Runs a search to its end, in no more rounds than it announced. The loss after some validations is that of the settings plus
/// what is left to learn. Tasks are told in their order or in reverse.
fn run(
    sweep: &Sweep,
    total: usize,
    loss: impl Fn(&Settings) -> f64,
    is_reversed: bool,
) -> (Vec<Trial>, Vec<Vec<Task>>) {
    let mut search = Search::new(&sweep.spec);
    let (mut rounds, mut most) = (Vec::new(), usize::MAX);
    loop {
        let mut tasks = search.round();
        if tasks.is_empty() {
            assert!(rounds.len() <= most, "{} rounds instead of {most}", rounds.len());
            return (search.trials().to_vec(), rounds);
        }
        rounds.push(tasks.clone());
        most = most.min(rounds.len() + search.most_rounds_left(total));
        if is_reversed {
            tasks.reverse();
        }
        for task in tasks {
            let until = task.until.unwrap_or(total).min(total);
            let value = loss(&search.trials()[task.trial].settings) + 1.0 / until as f64;
            search.tell(task, Outcome { score: Some(value), is_complete: until == total });
        }
    }
}

fn best(trials: &[Trial]) -> f64 {
    trials.iter().filter(|trial| trial.is_complete).map(Trial::loss).fold(f64::INFINITY, f64::min)
}

#[test]
fn a_grid_has_every_combination_once_and_the_last_key_changes_fastest() {
    let sweep = sweep(
        "model.hidden_units = { values = [[8], [8, 8]] }\noptimizer.momentum = { values = [0, 0.9] }",
        "kind = \"grid\"",
    );
    let (trials, _) = run(&sweep, 1, |_| 0.0, false);
    let shown: Vec<String> =
        trials.iter().map(|trial| sweep.experiment(&trial.settings).unwrap().1.join(" ")).collect();
    assert_eq!(
        shown,
        [
            "model.hidden_units=[8] optimizer.momentum=0",
            "model.hidden_units=[8] optimizer.momentum=0.9",
            "model.hidden_units=[8,8] optimizer.momentum=0",
            "model.hidden_units=[8,8] optimizer.momentum=0.9"
        ]
    );
}

#[test]
fn a_key_whose_condition_does_not_hold_is_left_out() {
    let keys = "optimizer.kind = { values = [\"sgd\", \"adam\"] }
optimizer.momentum = { values = [0, 0.5, 0.9], when = { optimizer.kind = \"sgd\" } }
optimizer.beta_1 = { values = [0.9], when = { optimizer.kind = \"adam\" } }
optimizer.beta_2 = { values = [0.999], when = { optimizer.kind = [\"adam\"] } }
optimizer.epsilon = { values = [1e-8], when = { optimizer.kind = \"adam\" } }";
    for method in ["kind = \"grid\"", "kind = \"random\"\ntrials = 50", "kind = \"tpe\"\ntrials = 50"] {
        let sweep = sweep(keys, method);
        let (trials, _) = run(&sweep, 1, |_| 0.0, false);
        assert_eq!(trials.len(), 4, "{method}");
        for trial in &trials {
            let is_sgd = trial.settings["optimizer.kind"] == "sgd";
            assert_eq!(trial.settings.len(), if is_sgd { 2 } else { 4 }, "{trial:?}");
            sweep.experiment(&trial.settings).expect("a valid experiment");
        }
    }
}

#[test]
fn the_sequence_does_not_depend_on_the_order_of_the_results() {
    let halving = "\n[pruning]\nkind = \"successive_halving\"\nvalidations = 5";
    let median = "\n[pruning]\nkind = \"median\"\nvalidations = 5";
    for kind in ["random", "quasi_random", "tpe"] {
        for pruning in ["", halving, median] {
            let sweep = sweep(TWO_KEYS, &format!("kind = \"{kind}\"\ntrials = 30\nbatch = 4{pruning}"));
            let [one, other] = [false, true].map(|is_reversed| run(&sweep, 250, bowl, is_reversed));
            assert_eq!(one, other, "{kind}{pruning}");
            assert_eq!(one.0.len(), 30, "{kind}{pruning}");
        }
    }
}

#[test]
fn no_setting_is_tried_twice_and_a_small_space_ends_the_search() {
    for kind in ["random", "quasi_random", "tpe"] {
        let sweep = sweep(
            "training.batch_size = { values = [10, 20, 40] }\nmodel.hidden_units = { values = [[4], [8]] }",
            &format!("kind = \"{kind}\"\ntrials = 100"),
        );
        let (trials, _) = run(&sweep, 1, |settings| number(settings, "training.batch_size"), false);
        let distinct: BTreeSet<String> = trials.iter().map(|trial| format!("{:?}", trial.settings)).collect();
        assert_eq!((trials.len(), distinct.len()), (6, 6), "{kind}");
    }
}

#[test]
fn draws_stay_within_their_bounds_and_have_four_digits() {
    let keys = format!(
        "{TWO_KEYS}\nmodel.hidden_units = {{ values = [[3], [5]] }}\ntraining.max_epochs = {{ integers = [1, 4] }}\ntraining.patience_validations = {{ log_integers = [1, 1000] }}"
    );
    for kind in ["random", "quasi_random", "tpe"] {
        let sweep = sweep(&keys, &format!("kind = \"{kind}\"\ntrials = 200\nbatch = 20"));
        let (trials, _) = run(&sweep, 1, bowl, false);
        assert_eq!(trials.len(), 200);
        let range = |key: &str| {
            let values: Vec<f64> = trials.iter().map(|trial| number(&trial.settings, key)).collect();
            (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max))
        };
        let (low, high) = range("optimizer.learning_rate");
        assert!((0.0001..0.001).contains(&low) && high <= 1.0 && high > 0.1, "{kind}: {low} {high}");
        let (low, high) = range("optimizer.momentum");
        assert!((0.0..0.2).contains(&low) && high <= 0.99 && high > 0.9, "{kind}: {low} {high}");
        assert_eq!(range("training.max_epochs"), (1.0, 4.0), "{kind}");
        let (low, high) = range("training.patience_validations");
        assert!((1.0..10.0).contains(&low) && high <= 1000.0 && high > 300.0, "{kind}: {low} {high}");
        for trial in &trials {
            let text = format!("{:e}", number(&trial.settings, "optimizer.learning_rate"));
            assert!(text.split('e').next().is_some_and(|digits| digits.len() <= 5), "{text}");
        }
    }
}

#[test]
fn tpe_finds_better_settings_than_random_draws() {
    let median_of_best = |kind: &str| {
        let of_seed = |seed: usize| {
            let sweep = sweep(TWO_KEYS, &format!("kind = \"{kind}\"\ntrials = 40\nseed = {seed}"));
            best(&run(&sweep, 1, bowl, false).0)
        };
        let mut found: Vec<f64> = (1..=11).map(of_seed).collect();
        found.sort_by(f64::total_cmp);
        found[5] - 1.0
    };
    let (random, quasi_random, tpe) = (median_of_best("random"), median_of_best("quasi_random"), median_of_best("tpe"));
    assert!(tpe < 0.5 * random && tpe < 0.5 * quasi_random, "random {random}, quasi-random {quasi_random}, TPE {tpe}");
}

#[test]
fn failed_trials_are_not_repeated_nearby() {
    let sweep = sweep(TWO_KEYS, "kind = \"tpe\"\ntrials = 60");
    let mut search = Search::new(&sweep.spec);
    loop {
        let tasks = search.round();
        if tasks.is_empty() {
            break;
        }
        for task in tasks {
            let settings = &search.trials()[task.trial].settings;
            let has_diverged = number(settings, "optimizer.learning_rate") > 0.1;
            let score = if has_diverged { None } else { Some(bowl(settings)) };
            search.tell(task, Outcome { score, is_complete: true });
        }
    }
    let diverged = search.trials()[30..].iter().filter(|trial| trial.loss().is_infinite()).count();
    assert!(diverged <= 4, "{diverged} of the last 30 trials diverged");
    assert!(search.best().len() > 40);
}

#[test]
fn successive_halving_trains_one_in_three_further_and_the_best_to_the_end() {
    let sweep = sweep(
        TWO_KEYS,
        "kind = \"random\"\ntrials = 27\nbatch = 9\n[pruning]\nkind = \"successive_halving\"\nvalidations = 10\nfactor = 3",
    );
    let (trials, rounds) = run(&sweep, 250, bowl, false);
    let reached = |rung: usize| trials.iter().filter(|trial| trial.losses.len() > rung).count();
    assert_eq!((reached(0), reached(1)), (27, 9), "every batch of nine promotes three");
    assert!((3..=5).contains(&reached(2)) && (1..=2).contains(&reached(3)), "{} {}", reached(2), reached(3));
    let least = trials.iter().map(|trial| bowl(&trial.settings)).fold(f64::INFINITY, f64::min);
    assert!((best(&trials) - least - 1.0 / 250.0).abs() < 1e-12, "the best settings are trained to the end");
    let until: BTreeSet<Option<usize>> = rounds.iter().flatten().map(|task| task.until).collect();
    assert_eq!(until, [10, 30, 90, 270].map(Some).into());
}

#[test]
fn a_trial_that_stopped_at_a_rung_is_promoted_when_later_ones_make_room() {
    let sweep = sweep(
        "optimizer.momentum = { values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] }",
        "kind = \"grid\"\nbatch = 3\n[pruning]\nkind = \"successive_halving\"\nvalidations = 1",
    );
    // The two best are both in the first batch, which promotes only one of them.
    let (trials, rounds) = run(&sweep, 4, |settings| number(settings, "optimizer.momentum"), false);
    assert_eq!(trials.iter().map(|trial| trial.losses.len()).collect::<Vec<_>>(), [3, 2, 1, 1, 1, 1]);
    assert_eq!(rounds[1], [Task { trial: 0, until: Some(3) }]);
    assert_eq!(rounds[3], [Task { trial: 1, until: Some(3) }]);
}

#[test]
fn too_few_trials_for_a_promotion_still_give_a_complete_one() {
    let sweep =
        sweep(TWO_KEYS, "kind = \"random\"\ntrials = 2\n[pruning]\nkind = \"successive_halving\"\nvalidations = 5");
    let (trials, _) = run(&sweep, 250, bowl, false);
    assert_eq!(trials.iter().filter(|trial| trial.is_complete).count(), 1);
}

#[test]
fn the_median_stops_the_worse_half_after_the_first_trials() {
    let sweep =
        sweep(TWO_KEYS, "kind = \"random\"\ntrials = 40\n[pruning]\nkind = \"median\"\nvalidations = 50\nstartup = 8");
    let (trials, _) = run(&sweep, 250, bowl, false);
    assert!(trials[..8].iter().all(|trial| trial.is_complete));
    let stopped = trials.iter().filter(|trial| !trial.is_complete).count();
    assert!((10..=25).contains(&stopped), "{stopped}");
    let least = trials.iter().map(|trial| bowl(&trial.settings)).fold(f64::INFINITY, f64::min);
    assert!((best(&trials) - least - 1.0 / 250.0).abs() < 1e-12, "the best settings are trained to the end");
}

#[test]
fn the_sequence_of_a_seed_is_pinned() {
    let first = |kind: &str| {
        let sweep = sweep(TWO_KEYS, &format!("kind = \"{kind}\"\ntrials = 16\nbatch = 4\nseed = 7"));
        let (trials, _) = run(&sweep, 1, bowl, false);
        let shown = |trial: &Trial| {
            format!(
                "{} {}",
                number(&trial.settings, "optimizer.learning_rate"),
                number(&trial.settings, "optimizer.momentum")
            )
        };
        [0, 1, 15].map(|index| shown(&trials[index]))
    };
    assert_eq!(
        [first("random"), first("quasi_random"), first("tpe")],
        [
            ["0.0004277 0.1663", "0.9299 0.008961", "0.8304 0.06765"],
            ["0.0002387 0.3056", "0.2496 0.8697", "0.004682 0.8477"],
            ["0.0002387 0.3056", "0.2496 0.8697", "0.1435 0.6587"]
        ]
    );
}
