//! A training that was interrupted, at any step and any number of times, ends with the bits of one that was not; and
//! every part of its state is needed for that.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use mlp::{AdamConfig, LenetConfig, OptimizerState, WeightInit};
use record::TrainingState;
use test_support::{Scale, Tamper, row};

use super::*;

fn run(spec: &ExperimentSpec, path: ComputePath, resume: Option<&TrainingState>, interrupter: &Interrupter) -> Outcome {
    let (images, device) = (images_for(path), Device::flex());
    let training = Training { path, resume, ..Training::new(spec, 1, &images, &device) };
    training.run(Renderer::silent(), interrupter).unwrap()
}

/// The states that a training hands over, and its result.
fn states_until(spec: &ExperimentSpec, path: ComputePath, interrupter: &Interrupter) -> (Vec<TrainingState>, Outcome) {
    let (images, device) = (images_for(path), Device::flex());
    let (sender, receiver) = sync_channel(1000);
    let training = Training { path, checkpoints: Some(&sender), ..Training::new(spec, 1, &images, &device) };
    let outcome = training.run(Renderer::silent(), interrupter).unwrap();
    drop(sender);
    (receiver.into_iter().collect(), outcome)
}

/// The same for an uninterrupted training.
fn states(spec: &ExperimentSpec, path: ComputePath) -> (Vec<TrainingState>, Outcome) {
    states_until(spec, path, &Interrupter::new())
}

/// Equal except for the times.
fn is_same(a: &Outcome, b: &Outcome) -> bool {
    let timeless = |outcome: &Outcome| {
        let state = outcome.state.clone();
        (outcome.stop_reason, TrainingState { wall: Duration::ZERO, cpu: Duration::ZERO, ..state })
    };
    timeless(a) == timeless(b)
}

/// A spec that hands its state over after every validation and that early stopping ends, after its best validation.
fn stopped_early() -> ExperimentSpec {
    let mut spec = spec();
    spec.checkpoint.every_validations = 1;
    sgd(&mut spec).learning_rate = 0.5;
    spec.training.max_epochs = 100;
    spec.training.patience_validations = 7;
    spec
}

#[test]
fn a_training_goes_on_from_every_checkpoint_with_the_same_bits() {
    for (momentum, path) in
        [(0.9, ComputePath::Fused), (0.0, ComputePath::Fused), (0.9, ComputePath::Plain), (0.0, ComputePath::Plain)]
    {
        let mut spec = spec();
        (sgd(&mut spec).momentum, spec.checkpoint.every_validations) = (momentum, 1);
        let (states, whole) = states(&spec, path);
        assert_eq!(states.len(), 10);
        for state in &states {
            let resumed = run(&spec, path, Some(state), &Interrupter::new());
            assert!(
                is_same(&resumed, &whole),
                "momentum {momentum}, {path:?}, step {}",
                state.history.step_losses.len()
            );
            assert!(resumed.state.wall > state.wall && resumed.state.cpu >= state.cpu, "times add up");
        }
    }
}

/// The small experiment, trained with Adam.
fn adam() -> ExperimentSpec {
    let mut spec = spec();
    spec.optimizer =
        OptimizerConfig::Adam(AdamConfig { learning_rate: 0.005, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 });
    spec.checkpoint.every_validations = 1;
    spec
}

#[test]
fn a_training_by_adam_resumes_from_every_checkpoint_with_the_same_bits() {
    for path in [ComputePath::Fused, ComputePath::Plain] {
        let (states, whole) = states(&adam(), path);
        assert_eq!(states.len(), 10);
        for state in &states {
            assert!(is_same(&run(&adam(), path, Some(state), &Interrupter::new()), &whole), "{path:?}");
        }
    }
}

#[test]
fn a_lenet_resumes_from_every_checkpoint_with_the_same_bits() {
    let mut spec = spec();
    spec.model = NetworkConfig::Lenet(LenetConfig {
        first_maps: 2,
        second_maps: 3,
        hidden_units: vec![8],
        activation: Activation::Relu,
        weight_init: WeightInit::HeNormal,
    });
    spec.checkpoint.every_validations = 4;
    let (states, whole) = states(&spec, ComputePath::Fused);
    assert_eq!(states.len(), 2);
    for state in &states {
        assert!(is_same(&run(&spec, ComputePath::Fused, Some(state), &Interrupter::new()), &whole));
    }
}

#[test]
fn torture_every_part_of_adams_state_is_needed() {
    let parts: [Mutant; 3] = [
        ("the first moment", |state| values(&mut state.optimizer.tensors, "layers.0.weight.moment_1").fill(0.0)),
        ("the second moment", |state| {
            for moment in values(&mut state.optimizer.tensors, "layers.0.weight.moment_2") {
                *moment += 1.0;
            }
        }),
        ("the time", |state| {
            state.optimizer.counters.insert("layers.0.weight.time".to_owned(), 1);
        }),
    ];
    let (states, whole) = states(&adam(), ComputePath::Fused);
    for (part, change) in parts {
        let mut mutant = states[4].clone();
        change(&mut mutant);
        let resumed = run(&adam(), ComputePath::Fused, Some(&mutant), &Interrupter::new());
        assert!(!is_same(&resumed, &whole), "nothing shows whether this part is kept: {part}");
    }
    row("a part of Adam's state dropped", format!("{} of {} caught", parts.len(), parts.len()));
}

#[test]
fn early_stopping_counts_on_over_interruptions() {
    let spec = stopped_early();
    let (states, whole) = states(&spec, ComputePath::Fused);
    assert_eq!(whole.stop_reason, StopReason::EarlyStopping);
    for state in &states {
        assert!(is_same(&run(&spec, ComputePath::Fused, Some(state), &Interrupter::new()), &whole));
    }
}

#[test]
fn a_checkpoint_comes_after_every_so_many_validations() {
    let mut spec = spec();
    for (every, steps) in [(1, vec![5, 10, 15, 20, 25, 30, 35, 40, 45, 50]), (4, vec![20, 40]), (11, vec![])] {
        spec.checkpoint.every_validations = every;
        let (states, _) = states(&spec, ComputePath::Fused);
        assert_eq!(states.iter().map(|state| state.history.step_losses.len()).collect::<Vec<_>>(), steps);
    }
}

#[test]
fn an_interrupted_training_hands_over_where_it_stopped() {
    let interrupter = Interrupter::new();
    interrupter.stop(None);
    let (states, outcome) = states_until(&spec(), ComputePath::Fused, &interrupter);
    assert_eq!(states, [outcome.state]);
}

#[test]
fn a_long_run_is_kept_less_often_than_it_asks_for() {
    let mut spec = spec();
    (spec.checkpoint.every_validations, spec.training.max_epochs) = (1, 24);
    let (states, _) = states(&spec, ComputePath::Fused);
    let steps: Vec<usize> = states.iter().map(|state| state.history.step_losses.len()).collect();
    // A fiftieth of 255 steps is more than the five between two validations.
    assert!(steps.contains(&250) && !steps.contains(&255) && steps.contains(&260), "{steps:?}");
}

/// Interruptions at random moments, also between two steps that are not next to a validation.
#[test]
fn torture_a_training_interrupted_again_and_again_ends_with_the_same_bits() {
    let spec = spec();
    let whole = run(&spec, ComputePath::Fused, None, &Interrupter::new());
    let chains = Scale::chosen().of(5, 100, 1_000);
    let mut tamper = Tamper::new(3);
    let (mut interruptions, mut between_validations) = (0, 0);
    for chain in 0..chains {
        let mut outcome = interrupted_after(&spec, None, tamper.below(6_000));
        while outcome.stop_reason == StopReason::Interrupted {
            interruptions += 1;
            between_validations += usize::from(!outcome.state.history.step_losses.len().is_multiple_of(5));
            outcome = interrupted_after(&spec, Some(&outcome.state), tamper.below(6_000));
        }
        assert!(is_same(&outcome, &whole), "chain {chain}");
    }
    let figure = format!(
        "{chains} of {chains} with the same bits; {interruptions} interruptions, {between_validations} of them between two validations"
    );
    row("trainings interrupted again and again", figure);
}

/// A training that is interrupted after this many microseconds.
fn interrupted_after(spec: &ExperimentSpec, resume: Option<&TrainingState>, micros: usize) -> Outcome {
    let interrupter = Interrupter::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_micros(micros as u64));
            interrupter.stop(None);
        });
        run(spec, ComputePath::Fused, resume, &interrupter)
    })
}

/// A change to one part of a state.
type Mutant = (&'static str, fn(&mut TrainingState));

/// Each drops or disturbs one part of the state. If a resumed training did not need the part, it would end with the same
/// bits, and no test would show whether the part is kept.
const MUTANTS: [Mutant; 9] = [
    ("weights", |state| values(&mut state.last, "layers.0.weight")[400] += 1e-3),
    ("a bias", |state| values(&mut state.last, "layers.0.bias")[3] += 1e-3),
    ("the optimizer's state", |state| state.optimizer = OptimizerState::default()),
    ("the optimizer's state of a bias", |state| {
        values(&mut state.optimizer.tensors, "layers.0.bias.velocity").fill(0.0);
    }),
    ("best weights", |state| state.best = Some(state.last.clone())),
    ("a loss", |state| state.history.step_losses[0] += 1.0),
    ("position in the shuffle", |state| state.history.step_losses.push(1.0)),
    ("what early stopping has counted", |state| {
        state.history.validations.iter_mut().for_each(|v| v.validation_loss = 1e9);
    }),
    ("probes", |state| state.history.probes.clear()),
];

fn values<'a>(tensors: &'a mut Tensors, name: &str) -> &'a mut Vec<f32> {
    tensors.values_mut(name).expect("a parameter of that name")
}

#[test]
fn torture_every_part_of_the_state_is_needed() {
    let spec = stopped_early();
    let (states, whole) = states(&spec, ComputePath::Fused);
    // Beyond the best validation: the best weights are not the current ones.
    let state = states.last().expect("there were validations");
    assert_ne!(state.best.as_ref(), Some(&state.last));
    assert!(is_same(&run(&spec, ComputePath::Fused, Some(state), &Interrupter::new()), &whole));
    let mut caught = 0;
    for (part, change) in MUTANTS {
        let mut mutant = state.clone();
        change(&mut mutant);
        let resumed = run(&spec, ComputePath::Fused, Some(&mutant), &Interrupter::new());
        assert!(!is_same(&resumed, &whole), "nothing shows whether this part is kept: {part}");
        caught += 1;
    }
    row("a part of the state dropped", format!("{caught} of {} caught", MUTANTS.len()));
}

#[test]
fn a_training_that_is_paused_at_validations_ends_with_the_same_bits() {
    let (images, device) = (images_for(ComputePath::Fused), Device::flex());
    let spec = stopped_early();
    let train = |resume: Option<&TrainingState>, until| {
        let training = Training { resume, until, ..Training::new(&spec, 1, &images, &device) };
        training.run(Renderer::silent(), &Interrupter::new()).unwrap()
    };
    let whole = train(None, None);
    let mut paused = train(None, Some(1));
    for until in [2, 3, 3, 6] {
        paused = train(Some(&paused.state), Some(until));
        let history = &paused.state.history;
        assert_eq!(paused.stop_reason, StopReason::Interrupted);
        assert_eq!(
            (history.validations.len(), history.step_losses.len()),
            (until + 1, until * spec.steps_per_validation())
        );
    }
    // One that is further already takes no step.
    assert!(is_same(&train(Some(&paused.state), Some(5)), &paused));
    assert!(is_same(&train(Some(&paused.state), None), &whole));
    let validations = whole.state.history.validations.len();
    assert_eq!(train(None, Some(validations + 5)).stop_reason, StopReason::EarlyStopping);
}
