//! Task 4: other topologies beside the standard model.

use record::Metric;

use super::context::Context;
use super::parts::{curves, layers, results, settings, statements};
use super::prose::{paragraph, said, sentences};
use super::task2::check_table;
use super::task4e;
use crate::document::{Block, Section};
use crate::{CurveSets, FigureError};

/// What every experiment of task 4 is compared with.
pub(super) const STANDARD: &str = "task3c";

pub(super) fn section(context: &Context) -> Result<Section, FigureError> {
    let width = Chapter {
        id: "task-4ab",
        heading: "4a and 4b: 32 and 128 hidden units",
        title: "32, 64 and 128 hidden units",
        names: &["task4a", STANDARD, "task4b"],
        sets: CurveSets::Both,
    };
    let two = Chapter {
        id: "task-4d",
        heading: "4d: two hidden layers of 60",
        title: "One and two hidden layers",
        names: &[STANDARD, "task4d"],
        sets: CurveSets::Both,
    };
    let relu = Chapter {
        id: "task-4f",
        heading: "4f: ReLU in place of the improved sigmoid",
        title: "Improved sigmoid and ReLU",
        names: &[STANDARD, "task4f"],
        sets: CurveSets::Both,
    };
    let count = context.spec("task4d").map(|spec| layers(&spec.model));
    Ok(Section {
        id: "task-4".to_owned(),
        heading: "Task 4: the topology of the network".to_owned(),
        blocks: vec![paragraph(
            "Each network is trained as the standard model is, and differs from it in what is named alone.",
        )],
        sections: vec![
            width.section(context, vec![versus(context, "task4a"), versus(context, "task4b")], None)?,
            deep_gradients(context),
            two.section(context, vec![versus(context, "task4d")], count)?,
            task4e::section(context)?,
            relu.section(context, vec![versus(context, "task4f")], None)?,
        ],
    })
}

/// Some experiments beside the standard model.
pub(super) struct Chapter<'a> {
    pub(super) id: &'a str,
    pub(super) heading: &'a str,
    pub(super) title: &'a str,
    pub(super) names: &'a [&'a str],
    pub(super) sets: CurveSets,
}

impl Chapter<'_> {
    /// Settings, curves, results, statements, discussion; `extra` stands below the settings.
    pub(super) fn section(
        &self,
        context: &Context,
        discussion: Vec<Option<String>>,
        extra: Option<Block>,
    ) -> Result<Section, FigureError> {
        let own: Vec<&str> = self.names.iter().copied().filter(|&name| name != STANDARD).collect();
        let mut blocks = vec![settings(context, self.names)];
        blocks.extend(extra);
        blocks.extend(curves(context, &format!("figure-{}", self.id), self.title, self.names, self.sets)?);
        blocks.extend(results(context, self.names));
        blocks.extend(statements(context, &own));
        blocks.extend(sentences(discussion));
        Ok(Section { id: self.id.to_owned(), heading: self.heading.to_owned(), blocks, sections: Vec::new() })
    }
}

/// An experiment beside the standard model, in a sentence.
fn versus(context: &Context, name: &str) -> Option<String> {
    let compared = |metric| context.compared(name, STANDARD, metric);
    let accuracy = compared(Metric::BestValidationAccuracy)?;
    let (loss, early) = (compared(Metric::BestValidationLoss)?, compared(Metric::EarlyTrainLoss)?);
    let title = said(&context.spec(name)?.title);
    Some(format!(
        "{title}: the best validation accuracy is {}, the best validation loss {}, the training loss over the first five \
         epochs, which says how fast it converges, {}.",
        accuracy.words(),
        loss.words(),
        early.words()
    ))
}

/// Task 4c.
fn deep_gradients(context: &Context) -> Section {
    let mut blocks = vec![paragraph(
        "The network has any number of hidden layers: a file names the units of each. The gradients are checked as in task \
         2b, with two hidden layers of 60 units.",
    )];
    blocks.extend(check_table(context, "4c"));
    Section {
        id: "task-4c".to_owned(),
        heading: "4c: any number of hidden layers".to_owned(),
        blocks,
        sections: Vec::new(),
    }
}
