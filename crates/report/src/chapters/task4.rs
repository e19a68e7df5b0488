//! Task 4: other topologies beside the standard model.

use spec::Metric;

use super::context::{Context, STANDARD};
use super::parts::{layers, leaf, parent, versus};
use super::prose::{sentences, text, written};
use super::task2::check_table;
use super::task4e;
use crate::Result;
use crate::document::Section;

pub(super) fn section(context: &Context) -> Result<Section> {
    let (heading, title) = ("4d: two hidden layers of 60", "One and two hidden layers");
    let mut two = topology(context, "task-4d", heading, title, &[STANDARD, "task4d"])?;
    if let Some(spec) = context.spec("task4d") {
        two.blocks.insert(1, layers(&spec.model, context.material.dataset.shape));
    }
    let (relu, relu_names) = ("4f: ReLU in place of the improved sigmoid", [STANDARD, "task4f"]);
    let (width, width_names) = ("4a and 4b: 32 and 128 hidden units", ["task4a", STANDARD, "task4b"]);
    let checks = vec![text("deep gradient check"), check_table(context, "4c")];
    let sections = vec![
        topology(context, "task-4ab", width, "32, 64 and 128 hidden units", &width_names)?,
        leaf("task-4c", "4c: any number of hidden layers", checks),
        two,
        task4e::section(context)?,
        topology(context, "task-4f", relu, "Improved sigmoid and ReLU", &relu_names)?,
    ];
    Ok(parent("task-4", "Task 4: the topology of the network", vec![text("topology")], sections))
}

/// Some experiments beside the standard model, each in a sentence too.
fn topology(context: &Context, id: &str, heading: &str, title: &str, names: &[&str]) -> Result<Section> {
    let mut section = versus(context, id, heading, title, names)?;
    section
        .blocks
        .extend(sentences(names.iter().filter(|name| **name != STANDARD).map(|name| difference(context, name))));
    Ok(section)
}

/// An experiment beside the standard model, in a sentence.
fn difference(context: &Context, name: &str) -> Option<String> {
    let compared = |metric| Some(context.compared(name, STANDARD, metric)?.words());
    let values = [
        ("title", &*context.title(name)),
        ("accuracy", &compared(Metric::BestValidationAccuracy)?),
        ("loss", &compared(Metric::BestValidationLoss)?),
        ("early", &compared(Metric::EarlyTrainLoss)?),
    ];
    Some(written("versus", &values))
}
