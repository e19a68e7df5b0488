//! `experiments data`: find or fetch the dataset, verify it, describe it (task 2a).

use mnist::Splits;

use super::{print, write};
use crate::args::{self, Global};
use crate::console::Console;
use crate::data;
use crate::failure::Failure;

/// The images of the report: task 2a's mean and standard deviation are those of the training images.
const REPORT_IMAGES: (usize, usize) = (20_000, 10_000);
/// Images of every class on a contact sheet.
const PREVIEW_COLUMNS: usize = 20;

pub(super) fn data(global: &Global, args: &args::Data, console: Console) -> Result<(), Failure> {
    let dataset = data::find(global, None, console)?;
    let mut text = format!("{}, {}\n", dataset.name.title(), dataset.source);
    for file in &dataset.files {
        text += &format!("{}  {}\n", file.sha256, file.name);
    }
    let (train, validation) = REPORT_IMAGES;
    let splits = Splits::new(&dataset, train, validation)?;
    text += &format!("{} training images, {} test images\n", dataset.train.len(), dataset.test.len());
    text += &format!(
        "mean {:.4}, standard deviation {:.4} of the first {train} training images' pixels\n",
        splits.normalization.mean, splits.normalization.std
    );
    print(&text)?;
    if let Some(path) = &args.preview {
        write(path, &mnist::contact_sheet(&dataset.train, PREVIEW_COLUMNS))?;
        console.note(&format!("contact sheet: {}", path.display()));
    }
    Ok(())
}
