//! `experiments trace`: the first steps of a training in double precision, every array of them, as a file for NumPy.

use std::path::PathBuf;

use arrays::{Array, Arrays};
use clap::Args;
use mlp::{Examples, ImageShape, MlpConfig, Traced};
use mnist::{BatchOrder, ImageSet, Splits};
use spec::{ExperimentSpec, OptimizerConfig, Shuffle, thousands};

use crate::completion;
use crate::failure::Failure;
use crate::output::write_file;
use crate::workspace::Workspace;
use crate::{data, trained};

/// Steps of a trace at most: of the report's networks about 150 MB.
const MOST_TRACED_STEPS: usize = 100;

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared experiment by name, or a TOML file by path
    #[arg(add = completion::experiments())]
    experiment: String,

    /// Steps from the beginning
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = traced_steps)]
    steps: usize,

    /// The file to write, which ends in .npz or .safetensors
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    /// Seed of the weights and the batch order
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Change a setting: `--set training.batch_size=8`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    overrides: Vec<String>,
}

/// Steps of a trace.
fn traced_steps(text: &str) -> Result<usize, String> {
    let steps = text.parse().ok().filter(|steps| (1..=MOST_TRACED_STEPS).contains(steps));
    steps.ok_or_else(|| format!("must be a number of steps from 1 to {MOST_TRACED_STEPS}"))
}

/// Validation images whose inputs are in the file.
const SHOWN_IMAGES: usize = 32;
/// Losses to try early stopping on: a tie is not a new lowest loss.
const LOSSES: [f64; 12] = [1.0, 0.8, 0.6, 0.7, 0.6, 0.65, 0.62, 0.61, 0.63, 0.64, 0.55, 0.5];
/// The patience for these losses, and the validation after which it is over.
const PATIENCE: [usize; 2] = [5, 7];

pub(super) fn trace(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.to;
    let wrong_name = |error| Failure::bad_input(format!("{} {error}", path.display()));
    Arrays::check_name(path).map_err(wrong_name)?;
    let spec = trained::one_experiment(workspace, &arguments.experiment, &arguments.overrides)?;
    let Some(mlp) = spec.model.as_mlp() else {
        let hint = "a trace holds the arrays of dense layers: choose an experiment with `kind = \"mlp\"`";
        return Err(Failure::bad_input(format!("the network of {} has convolutions", spec.name)).with_hint(hint));
    };
    let steps = arguments.steps.min(spec.max_steps());
    let dataset = data::load_for(workspace, [&spec])?;
    let splits = Splits::new(&dataset, spec.data.train_images, spec.data.validation_images)?;
    let arrays = arrays((&spec, mlp), &splits, data::shape(dataset.shape), arguments.seed, steps);
    write_file(path, &arrays.encode(path).map_err(|error| Failure::outside(format!("{}: {error}", path.display())))?)?;
    let count = thousands(arrays.0.len());
    let name = &spec.name;
    workspace.terminal.note(&format!(
        "{name}, seed {}: {count} arrays of {steps} steps: {}",
        arguments.seed,
        path.display()
    ));
    Ok(())
}

/// The arrays of the first steps.
fn arrays(
    (spec, mlp): (&ExperimentSpec, &MlpConfig),
    splits: &Splits,
    shape: ImageShape,
    seed: u64,
    steps: usize,
) -> Arrays {
    let normalization = trained::scaling(spec.data.pixel_scaling, splits.normalization);
    let mut arrays = Arrays::default();
    let mut add = |name: &str, array: Array| drop(arrays.0.insert(name.to_owned(), array));
    let number = |value: f64| Array::new(&[], &[value]);

    add("settings/batch_size", number(spec.training.batch_size as f64));
    add("settings/learning_rate", number(spec.optimizer.learning_rate()));
    if let OptimizerConfig::Sgd(sgd) = &spec.optimizer {
        add("settings/momentum", number(sgd.momentum));
    }
    add("normalization/mean", number(normalization.mean));
    add("normalization/std", number(normalization.std));
    add("early_stopping/losses", Array::new(&[LOSSES.len()], &LOSSES));
    add("early_stopping/patience", Array { shape: Vec::new(), ..Array::whole([PATIENCE[0]]) });
    add("early_stopping/stops_after", Array { shape: Vec::new(), ..Array::whole([PATIENCE[1]]) });

    let examples = |images: &ImageSet, indices: &[usize]| {
        let scaled = |&pixel: &u8| (f64::from(pixel) - normalization.mean) / normalization.std;
        let inputs = indices.iter().flat_map(|&index| images.image(index)).map(scaled).collect();
        Examples { inputs, targets: indices.iter().map(|&index| images.labels[index].into()).collect() }
    };
    let validation = examples(&splits.validation, &(0..splits.validation.len()).collect::<Vec<_>>());
    let shown = SHOWN_IMAGES.min(splits.validation.len());
    add("validation/inputs", Array::new(&[shown, shape.pixels()], &validation.inputs[..shown * shape.pixels()]));

    let mut traced = Traced::new(mlp, shape, &spec.model.initial_weights(shape, seed), &spec.optimizer);
    traced.weights(&mut |name, shape, values| add(&format!("initial/{name}"), Array::new(shape, values)));
    let validate = |step: usize, traced: &Traced, add: &mut dyn FnMut(&str, Array)| {
        let (loss, accuracy) = traced.scores(&validation);
        add(&format!("step_{step:04}/validation_loss"), number(loss));
        add(&format!("step_{step:04}/validation_accuracy"), number(accuracy));
    };
    validate(0, &traced, &mut add);
    let order = match spec.training.shuffle {
        Shuffle::EveryEpoch => BatchOrder::Shuffled { seed },
        Shuffle::Never => BatchOrder::AsStored,
    };
    let (batch_size, per_epoch) = (spec.training.batch_size, spec.steps_per_epoch());
    let mut epoch = Vec::new();
    for step in 1..=steps {
        let in_epoch = (step - 1) % per_epoch;
        if in_epoch == 0 {
            epoch = order.of_epoch((step - 1) / per_epoch + 1, splits.train.len());
        }
        let indices = &epoch[in_epoch * batch_size..][..batch_size];
        let batch = examples(&splits.train, indices);
        let own = |name: &str| format!("step_{step:04}/{name}");
        add(&own("indices"), Array::whole(indices.iter().copied()));
        add(&own("inputs"), Array::new(&[batch_size, shape.pixels()], &batch.inputs));
        add(&own("targets"), Array::whole(batch.targets.iter().copied()));
        traced.step(&batch, &mut |name, shape, values| add(&own(name), Array::new(shape, values)));
    }
    validate(steps, &traced, &mut add);
    arrays
}
