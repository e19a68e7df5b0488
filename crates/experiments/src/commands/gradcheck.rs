//! `experiments gradcheck`: compares Burn's gradients with central differences in double precision (tasks 2b and 4c).

use clap::Args;
use mlp::{Activation, Bias, Examples, MlpConfig, NetworkConfig, WeightInit, check_gradients};
use mnist::{Dataset, Splits};
use report::{CheckedNetwork, Columns, Table};
use spec::thousands;

use crate::backend::Backend;
use crate::data;
use crate::failure::Failure;
use crate::output::print_table;
use crate::workspace::Workspace;

/// Arguments of `gradcheck`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Check every weight instead of 300 per layer
    #[arg(long)]
    all_weights: bool,

    /// Seed of the weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Images of the check, from the assignment.
const N_IMAGES: usize = 100;
/// Images whose mean and standard deviation scale the pixels.
const TRAIN_IMAGES: usize = 20_000;
/// Largest difference that passes, from the assignment.
const TOLERANCE: f64 = 1e-6;
/// The networks of task 2b and of task 4c.
const NETWORKS: [(&str, &[usize]); 2] = [("2b", &[64]), ("4c", &[60, 60])];
/// Weights to check per layer, unless the user wants all.
pub(super) const SOME_WEIGHTS: usize = 300;

/// Default seed of the weights.
pub(super) const USUAL_SEED: u64 = 1;

pub(super) fn gradcheck(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let backend = Backend::open(workspace.options.backend.as_deref())?;
    if !backend.is_cpu() {
        let message = "the gradient check needs double precision, which this backend does not support";
        return Err(Failure::bad_input(message).with_hint("use `--backend flex`"));
    }
    let dataset = data::load(workspace, Some(TRAIN_IMAGES))?;
    let most_per_layer = if arguments.all_weights { usize::MAX } else { SOME_WEIGHTS };
    let checks = checks(&dataset, &backend, most_per_layer, arguments.seed)?;

    let largest = checks.iter().map(|check| check.largest_difference).fold(0.0, f64::max);
    print_table(&table(&checks, largest, dataset.name.title()))?;
    if largest < TOLERANCE { Ok(()) } else { Err(Failure::outside("the gradients are wrong")) }
}

/// The checks of tasks 2b and 4c, with every activation, on a backend that computes in double precision.
pub(super) fn checks(
    dataset: &Dataset,
    backend: &Backend,
    most_per_layer: usize,
    seed: u64,
) -> Result<Vec<CheckedNetwork>, Failure> {
    let examples = examples(&Splits::new(dataset, TRAIN_IMAGES.min(dataset.train.len()), 1)?);
    let (shape, weight_init, bias) = (data::shape(dataset.shape), WeightInit::FanInNormal, Bias::FirstLayer);
    let check = |(task, hidden_units): (&str, &[usize]), activation| {
        let mlp = MlpConfig { hidden_units: hidden_units.to_vec(), activation, weight_init, bias };
        let config = NetworkConfig::Mlp(mlp.clone());
        let weights = config.initial_weights(shape, seed);
        let check = check_gradients(&mlp, shape, &weights, &examples, most_per_layer, &backend.device);
        CheckedNetwork {
            task: task.to_owned(),
            hidden_layers: config.hidden_layers(),
            activation: activation.title().to_owned(),
            checked: check.checked,
            parameters: config.parameters(shape),
            largest_difference: check.largest_difference,
            tolerance: TOLERANCE,
            smaller_steps: check.smaller_steps,
        }
    };
    let networks = NETWORKS.into_iter().flat_map(|network| Activation::ALL.map(|activation| (network, activation)));
    Ok(networks.map(|(network, activation)| check(network, activation)).collect())
}

/// The first images, scaled as in training, in double precision.
fn examples(splits: &Splits) -> Examples {
    let images = splits.train.first(N_IMAGES);
    let scale = |&pixel: &u8| (f64::from(pixel) - splits.normalization.mean) / splits.normalization.std;
    Examples {
        inputs: images.pixels.iter().map(scale).collect(),
        targets: images.labels.iter().copied().map(usize::from).collect(),
    }
}

fn table(checks: &[CheckedNetwork], largest: f64, dataset: &str) -> Table {
    let verdict = if largest < TOLERANCE { "below" } else { "NOT below" };
    let columns = Columns::of(checks)
        .words("Task", |check| check.task.clone())
        .words("Hidden layers", |check| check.hidden_layers.clone())
        .words("Activation", |check| check.activation.clone())
        .numbers("Weights checked", |check| format!("{} of {}", thousands(check.checked), thousands(check.parameters)))
        .numbers("Largest difference", |check| format!("{:.1e}", check.largest_difference))
        .numbers("Kinks", |check| check.smaller_steps.to_string());
    columns.table(&format!(
        "Largest difference {largest:.1e}, {verdict} {TOLERANCE:.0e}. {N_IMAGES} images of {dataset}, f64, eps 1e-3.\n\
         Kinks: weights with a smaller eps, because a unit crossed the kink of ReLU within 1e-3.",
    ))
}
