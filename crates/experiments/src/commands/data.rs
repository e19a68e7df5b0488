//! `experiments data`: finds or downloads the dataset, verifies and describes it (task 2a).

use std::path::PathBuf;

use clap::Args;
use mnist::{ImageShape, Splits};

use crate::data;
use crate::failure::Failure;
use crate::output::{print, write_file};
use crate::workspace::Workspace;

/// Arguments of `data`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write a contact sheet of the images as PNG, one row per class
    #[arg(long, value_name = "FILE")]
    preview: Option<PathBuf>,
}

/// Training and validation images of the report; task 2a asks for the mean and standard deviation of the former.
const REPORT_IMAGES: (usize, usize) = (20_000, 10_000);
/// Images per class on a contact sheet.
const PREVIEW_COLUMNS: usize = 20;

pub(super) fn data(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let dataset = data::load(workspace, None)?;
    let mut text = format!("{}, {}\n", dataset.name.title(), dataset.origin);
    for file in &dataset.files {
        text += &format!("{}  {}\n", file.sha256, file.name);
    }
    // A dataset of the user may have fewer.
    let (train, validation) = (REPORT_IMAGES.0.min(dataset.train.len()), REPORT_IMAGES.1.min(dataset.test.len()));
    let splits = Splits::new(&dataset, train, validation)?;
    let ImageShape { height, width, classes } = dataset.shape;
    text += &format!(
        "{} training images, {} test images of {height} x {width} pixels in {classes} classes\n",
        dataset.train.len(),
        dataset.test.len()
    );
    text += &format!(
        "mean {:.4}, standard deviation {:.4} of the first {train} training images' pixels\n",
        splits.normalization.mean, splits.normalization.std
    );
    print(&text)?;
    if let Some(path) = &arguments.preview {
        write_file(path, &mnist::contact_sheet(&dataset.train, PREVIEW_COLUMNS))?;
        workspace.terminal.note(&format!("contact sheet: {}", path.display()));
    }
    Ok(())
}
