//! Images that the user names: files and folders, as the networks of a dataset expect them.

use std::fs;
use std::path::{Path, PathBuf};

use mnist::{GreyImage, Prepared, read_labels, read_pictures};
use rayon::prelude::*;
use record::DatasetInfo;

use crate::demo;
use crate::failure::Failure;

/// An image to classify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    /// Its path; with the position from 0 if the file holds several: `digits-idx3-ubyte[12]`.
    pub(crate) name: String,
    /// Its class, if it is known.
    pub(crate) label: Option<u8>,
    pub(crate) image: Prepared,
}

/// A file that holds images, and their class if its folder is named after one.
struct File {
    path: PathBuf,
    label: Option<u8>,
}

/// The images of these files and folders, in order, with the labels of a file, if there is one.
pub(crate) fn examples(
    paths: &[PathBuf],
    labels: Option<&Path>,
    dataset: &DatasetInfo,
) -> Result<Vec<Example>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(in_folder(path, dataset.shape.classes)?);
        } else {
            files.push(File { path: path.clone(), label: None });
        }
    }
    let examples: Result<Vec<_>, Failure> = files.par_iter().map(|file| read(file, dataset)).collect();
    let mut examples: Vec<Example> = examples?.into_iter().flatten().collect();
    if let Some(file) = labels {
        label(&mut examples, file, dataset.shape.classes)?;
    }
    Ok(examples)
}

/// The images in a folder and in its subfolders that are named after a class, by name.
fn in_folder(folder: &Path, classes: usize) -> Result<Vec<File>, Failure> {
    let mut files = images_in(folder, None)?;
    for label in (0..=u8::MAX).take(classes) {
        let of_class = folder.join(label.to_string());
        if of_class.is_dir() {
            files.extend(images_in(&of_class, Some(label))?);
        }
    }
    if files.is_empty() {
        let message = format!(
            "{}: has no images, neither in it nor in subfolders named 0 to {}",
            folder.display(),
            classes.saturating_sub(1)
        );
        return Err(Failure::bad_input(message).with_hint("name files whose names end in .png, .jpg, .jpeg or -ubyte"));
    }
    Ok(files)
}

fn images_in(folder: &Path, label: Option<u8>) -> Result<Vec<File>, Failure> {
    let unreadable = |error| Failure::io(folder, "read the folder", &error);
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    paths.retain(|path| is_named_like_an_image(path) && !path.is_dir());
    paths.sort();
    Ok(paths.into_iter().map(|path| File { path, label }).collect())
}

/// Whether the name of a file in a folder, where there may be any others, ends like that of an image.
fn is_named_like_an_image(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let ends = [".png", ".jpg", ".jpeg", "idx3-ubyte"];
    !name.starts_with('.') && ends.iter().any(|end| name.ends_with(end))
}

fn read(file: &File, dataset: &DatasetInfo) -> Result<Vec<Example>, Failure> {
    let images = read_pictures(&file.path)?;
    let (path, count) = (file.path.display(), images.len());
    let example = |(index, image): (usize, GreyImage)| {
        let name = if count == 1 { path.to_string() } else { format!("{path}[{index}]") };
        let image = prepare(image, dataset).map_err(|problem| Failure::bad_input(format!("{name}: {problem}")))?;
        Ok(Example { name, label: file.label, image })
    };
    images.into_iter().enumerate().map(example).collect()
}

/// An image by the conventions of a dataset. Only those of MNIST's digits are known; an image of another dataset must have them.
fn prepare(image: GreyImage, dataset: &DatasetInfo) -> Result<Prepared, String> {
    if demo::digits_of(&dataset.name).is_some() {
        return Ok(image.prepare());
    }
    let shape = dataset.shape;
    if (image.width, image.height) == (shape.width, shape.height) {
        return Ok(Prepared { pixels: image.pixels, doubt: None });
    }
    Err(format!(
        "has {} x {} pixels, but the network was trained on {}: expected {} x {}, light on dark",
        image.width, image.height, dataset.title, shape.width, shape.height
    ))
}

/// Gives the images the labels of a file.
fn label(examples: &mut [Example], file: &Path, classes: usize) -> Result<(), Failure> {
    let labels = read_labels(file)?;
    let wrong = |problem: String| Err(Failure::bad_input(format!("{}: {problem}", file.display())));
    if labels.len() != examples.len() {
        let (found, expected) = (spec::thousands(labels.len()), spec::thousands(examples.len()));
        return wrong(format!("holds {found} labels, expected one for each of the {expected} images"));
    }
    if let Some((index, label)) = labels.iter().enumerate().find(|(_, label)| usize::from(**label) >= classes) {
        return wrong(format!("label {index} (from 0) is {label}, expected 0 to {}", classes - 1));
    }
    examples.iter_mut().zip(labels).for_each(|(example, label)| example.label = Some(label));
    Ok(())
}
