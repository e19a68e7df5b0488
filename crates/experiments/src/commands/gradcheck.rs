//! `experiments gradcheck`: tasks 2b and 4c, Burn's gradients against central differences in double precision.

use mlp::{Activation, Bias, Examples, GradientCheck, MlpConfig, WeightInit, WeightSelection, check_gradients};
use mnist::{IMAGE_PIXELS, N_CLASSES, Splits};

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
const SOME_WEIGHTS: usize = 300;

pub(super) fn gradcheck(global: &Global, args: &args::Gradcheck, console: Console) -> Result<(), Failure> {
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    if !backend.is_cpu() {
        return Err(Failure::bad_input("the check needs double precision, which this backend does not compute in")
            .with_hint("use `--backend flex`"));
    }
    let dataset = data::find(global, Some(TRAIN_IMAGES), console)?;
    let examples = examples(&Splits::new(&dataset, TRAIN_IMAGES, 1)?);
    let selection = if args.all_weights { WeightSelection::All } else { WeightSelection::PerLayer(SOME_WEIGHTS) };

    let mut rows = table(&["Task", "Hidden units", "Activation", "Weights checked", "Largest difference", "Kinks"]);
    let mut largest: f64 = 0.0;
    for (task, hidden_units) in NETWORKS {
        for activation in Activation::ALL {
            let config = config(hidden_units, activation);
            let weights = config.initial_weights(args.seed);
            let check = check_gradients(&config, &weights, &examples, selection, &backend.device);
            rows.add_row(row(task, &config, &check));
            largest = largest.max(check.largest_difference());
        }
    }
    let verdict = if largest < TOLERANCE { "below" } else { "NOT below" };
    print(&format!(
        "{}\nLargest difference {largest:.1e}, {verdict} {TOLERANCE:.0e}. {N_IMAGES} images of {}, f64, eps 1e-3.\n\
         Kinks: weights with a smaller eps, because a unit crossed the kink of ReLU within 1e-3.\n",
        rows.trim_fmt(),
        dataset.name.title(),
    ))?;
    if largest < TOLERANCE { Ok(()) } else { Err(Failure::outside("the gradients are wrong")) }
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

fn row(task: &str, config: &MlpConfig, check: &GradientCheck) -> Vec<String> {
    let kinks: usize = check.layers.iter().map(|layer| layer.smaller_steps).sum();
    vec![
        task.to_owned(),
        format!("{:?}", config.hidden_units),
        super::words(&config.activation),
        format!("{} of {}", report::thousands(check.checked()), report::thousands(config.parameters())),
        format!("{:.1e}", check.largest_difference()),
        kinks.to_string(),
    ]
}
