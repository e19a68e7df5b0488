//! `experiments show`: an experiment in full.

use clap::Args;
use spec::{Comparison, Declaration, Experiment, ImageShape, differing_keys, thousands};

use crate::command_line::Json;
use crate::completion;
use crate::failure::Failure;
use crate::output::{in_words, print, print_json, print_table};
use crate::plan::parse_overrides;
use crate::workspace::Workspace;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared experiment by name, or a TOML file by path
    #[arg(add = completion::experiments())]
    experiment: String,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    overrides: Vec<String>,

    #[command(flatten)]
    json: Json,
}

pub(super) fn show(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let overrides = parse_overrides(&arguments.overrides)?;
    let shape = workspace.shape;
    match workspace.catalog.load(&arguments.experiment, &overrides)? {
        Declaration::Experiment(experiment) if arguments.json.json => print_json(&experiment.spec),
        Declaration::Comparison(comparison) if arguments.json.json => {
            print_json(&comparison.runs.iter().map(|run| &run.spec).collect::<Vec<_>>())
        }
        Declaration::Experiment(experiment) => describe(&experiment, shape),
        Declaration::Comparison(comparison) => describe_comparison(&comparison, shape),
    }
}

fn describe_comparison(comparison: &Comparison, shape: ImageShape) -> Result<(), Failure> {
    print(&format!("{}: {}\n", comparison.spec.name, comparison.spec.title))?;
    comparison.runs.iter().try_for_each(|run| {
        print("\n")?;
        describe(run, shape)
    })
}

fn describe(experiment: &Experiment, shape: ImageShape) -> Result<(), Failure> {
    let spec = &experiment.spec;
    let mut text = format!("{}: {}\n", spec.name, spec.title);
    if let Some(baseline) = &experiment.baseline {
        let differing = differing_keys(spec, baseline).join(", ");
        text += &format!("compared with {}, from which it differs in {differing}\n", baseline.name);
    }
    let (data, training) = (&spec.data, &spec.training);
    let left_out = match spec.images_left_out() {
        0 => String::new(),
        images => format!(" ({} images do not fill a batch and are left out)", thousands(images)),
    };
    let tested = match data.test_images {
        0 => String::new(),
        images => format!(", {} test images", thousands(images)),
    };
    text += &format!(
        "data       {} training images, {} validation images{tested}, pixels scaled by {}\n\
         model      {}\n\
         optimizer  {}\n\
         training   batches of {}, shuffled {}, at most {} epochs of {} steps{left_out}\n\
         validation every {} steps, early stopping after {} without a new lowest loss\n\
         checkpoint every {} validations\n",
        thousands(data.train_images),
        thousands(data.validation_images),
        in_words(&data.pixel_scaling),
        in_words(&spec.model),
        in_words(&spec.optimizer),
        training.batch_size,
        in_words(&training.shuffle),
        training.max_epochs,
        spec.steps_per_epoch(),
        spec.steps_per_validation(),
        training.patience_validations,
        spec.checkpoint.every_validations,
    );
    print(&text)?;
    print_table(&report::layer_table(&spec.model, shape))
}
