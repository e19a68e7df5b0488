//! `experiments gradcheck`: tasks 2b and 4c, Burn's gradients against central differences in double precision.

use mlp::{Activation, Bias, Examples, MlpConfig, WeightInit, WeightSelection, check_gradients};
use mnist::{Dataset, IMAGE_PIXELS, N_CLASSES, Splits};
use report::GradientCheck;

use super::{print, table};
use crate::args::{self, Global};
use crate::backend::Backend;
use crate::console::Console;
use crate::data;
use crate::failure::Failure;

/// Images of the check, as the assignment sets it.
const N_IMAGES: usize = 100;
/// Images whose mean and standard deviation scale the pixels.
const TRAIN_IMAGES: usize = 20_000;
/// Largest difference that passes, as the assignment sets it.
const TOLERANCE: f64 = 1e-6;
/// The networks of task 2b and of task 4c.
const NETWORKS: [(&str, &[usize]); 2] = [("2b", &[64]), ("4c", &[60, 60])];
/// Weights of every layer that are checked unless all are asked for.
pub(super) const SOME_WEIGHTS: WeightSelection = WeightSelection::PerLayer(300);

/// Seed of the weights unless another is asked for.
pub(super) const USUAL_SEED: u64 = 1;

pub(super) fn gradcheck(global: &Global, args: &args::Gradcheck, console: Console) -> Result<(), Failure> {
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    if !backend.is_cpu() {
        return Err(Failure::bad_input("the check needs double precision, which this backend does not compute in")
            .with_hint("use `--backend flex`"));
    }
    let dataset = data::find(global, Some(TRAIN_IMAGES), console)?;
    let selection = if args.all_weights { WeightSelection::All } else { SOME_WEIGHTS };
    let checks = checks(&dataset, &backend, selection, args.seed)?;

    let mut rows = table(&["Task", "Hidden units", "Activation", "Weights checked", "Largest difference", "Kinks"]);
    rows.add_rows(checks.iter().map(row));
    let largest = checks.iter().map(|check| check.largest_difference).fold(0.0, f64::max);
    let verdict = if largest < TOLERANCE { "below" } else { "NOT below" };
    print(&format!(
        "{}\nLargest difference {largest:.1e}, {verdict} {TOLERANCE:.0e}. {N_IMAGES} images of {}, f64, eps 1e-3.\n\
         Kinks: weights with a smaller eps, because a unit crossed the kink of ReLU within 1e-3.\n",
        rows.trim_fmt(),
        dataset.name.title(),
    ))?;
    if largest < TOLERANCE { Ok(()) } else { Err(Failure::outside("the gradients are wrong")) }
}

/// The checks of tasks 2b and 4c, with every activation, on a backend that computes in double precision.
pub(super) fn checks(
    dataset: &Dataset,
    backend: &Backend,
    selection: WeightSelection,
    seed: u64,
) -> Result<Vec<GradientCheck>, Failure> {
    let examples = examples(&Splits::new(dataset, TRAIN_IMAGES.min(dataset.train.len()), 1)?);
    let check = |(task, hidden_units): (&str, &[usize]), activation| {
        let config = config(hidden_units, activation);
        let weights = config.initial_weights(seed);
        let check = check_gradients(&config, &weights, &examples, selection, &backend.device);
        GradientCheck {
            task: task.to_owned(),
            hidden_units: hidden_units.to_vec(),
            activation: super::words(&activation),
            checked: check.checked(),
            parameters: config.parameters(),
            largest_difference: check.largest_difference(),
            tolerance: TOLERANCE,
            smaller_steps: check.layers.iter().map(|layer| layer.smaller_steps).sum(),
        }
    };
    let networks = NETWORKS.into_iter().flat_map(|network| Activation::ALL.map(|activation| (network, activation)));
    Ok(networks.map(|(network, activation)| check(network, activation)).collect())
}

fn config(hidden_units: &[usize], activation: Activation) -> MlpConfig {
    MlpConfig {
        n_inputs: IMAGE_PIXELS,
        hidden_units: hidden_units.to_vec(),
        n_outputs: N_CLASSES.into(),
        activation,
        weight_init: WeightInit::FanInNormal,
        bias: Bias::FirstLayer,
    }
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

fn row(check: &GradientCheck) -> Vec<String> {
    vec![
        check.task.clone(),
        format!("{:?}", check.hidden_units),
        check.activation.clone(),
        format!("{} of {}", report::thousands(check.checked), report::thousands(check.parameters)),
        format!("{:.1e}", check.largest_difference),
        check.smaller_steps.to_string(),
    ]
}
