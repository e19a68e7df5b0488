//! `experiments show`: one experiment, resolved.

use record::{Catalog, Comparison, Declaration, Experiment, differing_keys};

use super::{number, print, print_json, table, words};
use crate::args::{self, Global};
use crate::failure::Failure;
use crate::plan::parse_overrides;

pub(super) fn show(global: &Global, args: &args::Show) -> Result<(), Failure> {
    let overrides = parse_overrides(&args.overrides)?;
    match Catalog::new(&global.experiments_dir).load(&args.experiment, &overrides)? {
        Declaration::Experiment(experiment) if args.json.json => print_json(&experiment.spec),
        Declaration::Comparison(comparison) if args.json.json => {
            print_json(&comparison.runs.iter().map(|run| &run.spec).collect::<Vec<_>>())
        }
        Declaration::Experiment(experiment) => print(&describe(&experiment)),
        Declaration::Comparison(comparison) => print(&describe_comparison(&comparison)),
    }
}

fn describe_comparison(comparison: &Comparison) -> String {
    let runs: Vec<String> = comparison.runs.iter().map(describe).collect();
    format!("{}: {}\n\n{}", comparison.spec.name, comparison.spec.title, runs.join("\n"))
}

fn describe(experiment: &Experiment) -> String {
    let spec = &experiment.spec;
    let mut text = format!("{}: {}\n", spec.name, spec.title);
    if let Some(baseline) = &experiment.baseline {
        let differing = differing_keys(spec, baseline).join(", ");
        text += &format!("compared with {}, from which it differs in {differing}\n", baseline.name);
    }
    let (data, optimizer, training) = (&spec.data, &spec.optimizer, &spec.training);
    text += &format!(
        "data       {} training images, {} validation images, pixels scaled by {}\n\
         model      {} with {} weights, bias: {}\n\
         optimizer  learning rate {}, momentum {}\n\
         training   batches of {}, shuffled {}, at most {} epochs of {} steps\n\
         validation every {} steps, early stopping after {} without a new lowest loss\n\
         checkpoint every {} validations\n",
        report::thousands(data.train_images),
        report::thousands(data.validation_images),
        words(&data.pixel_scaling),
        words(&spec.model.activation),
        words(&spec.model.weight_init),
        words(&spec.model.bias),
        number(optimizer.learning_rate),
        number(optimizer.momentum),
        training.batch_size,
        words(&training.shuffle),
        training.max_epochs,
        spec.steps_per_epoch(),
        spec.steps_per_validation(),
        training.patience_validations,
        spec.checkpoint.every_validations,
    );
    text + &layers(experiment)
}

/// The layers with their shapes: the count of task 2d.
fn layers(experiment: &Experiment) -> String {
    let model = &experiment.spec.model;
    let mut rows = table(&["Layer", "Weights", "Biases", "Parameters"]);
    for (index, layer) in model.layers().iter().enumerate() {
        let is_last = index == model.hidden_units.len();
        rows.add_row([
            if is_last { "output".to_owned() } else { format!("hidden {}", index + 1) },
            format!("{} x {}", layer.n_inputs, layer.n_outputs),
            if layer.has_bias { layer.n_outputs.to_string() } else { "-".to_owned() },
            report::thousands(layer.parameters()),
        ]);
    }
    format!("{}\n{} parameters\n", rows.trim_fmt(), report::thousands(model.parameters()))
}
