//! The dataset that the options ask for.

use mnist::{Dataset, DatasetName, Request};
use spec::{ExperimentSpec, ImageShape};

use crate::command_line::Options;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The project's own data folder.
const PROJECT_DATA_DIR: &str = "data";

/// Finds the dataset for some experiments and reads only the training images that they need; warns if made-up digits replace
/// MNIST.
pub(crate) fn load_for<'s>(
    workspace: &Workspace,
    specs: impl IntoIterator<Item = &'s ExperimentSpec>,
) -> Result<Dataset, Failure> {
    // Test images are the last ones.
    let needed = |spec: &ExperimentSpec| if spec.data.test_images > 0 { usize::MAX } else { spec.data.train_images };
    load(workspace, specs.into_iter().map(needed).max())
}

/// Finds the dataset and reads only its first training images, or all; warns if made-up digits replace MNIST.
pub(crate) fn load(workspace: &Workspace, train_images: Option<usize>) -> Result<Dataset, Failure> {
    let terminal = &workspace.terminal;
    let request = Request { train_images, ..request(&workspace.options) };
    let dataset = mnist::load(&request, &mut terminal.data_listener())?;
    terminal.detail(&format!("{}: {}", dataset.name.title(), dataset.origin));
    if let Some(warning) = dataset.warning() {
        terminal.warning(&warning, dataset.hint().as_deref());
    }
    Ok(dataset)
}

/// The dataset that a training would use, judged by options and file names only; none if that depends on a download.
pub(crate) fn expected(options: &Options) -> Option<DatasetName> {
    let request = request(options);
    let names_folder = request.data_dir.is_some() || request.mnist_dir.is_some();
    let is_mnist = || names_folder || mnist::has_local_files(&request, DatasetName::Mnist);
    options.dataset.or_else(|| is_mnist().then_some(DatasetName::Mnist))
}

/// Whether a dataset can be read without a download, judged by options and file names only.
pub(crate) fn is_here(options: &Options, dataset: DatasetName) -> bool {
    mnist::has_local_files(&request(options), dataset)
}

/// The size of a dataset's images and the number of its classes, as networks need them.
pub(crate) fn shape(mnist::ImageShape { height, width, classes }: mnist::ImageShape) -> ImageShape {
    ImageShape { height, width, classes }
}

/// The same before a dataset is read: of the one that the options name, else MNIST's.
pub(crate) fn expected_shape(options: &Options) -> ImageShape {
    shape(mnist::shape(&request(options), options.dataset.unwrap_or(DatasetName::Mnist)))
}

/// The request of these options.
pub(crate) fn request(options: &Options) -> Request {
    Request {
        dataset: options.dataset,
        data_dir: options.data_dir.clone(),
        mnist_dir: std::env::var_os("MNIST_DIR").filter(|dir| !dir.is_empty()).map(Into::into),
        project_data_dir: Some(PROJECT_DATA_DIR.into()),
        cache_dir: mnist::default_cache_dir(),
        keras_dir: mnist::default_keras_dir(),
        offline: options.offline,
        ..Request::default()
    }
}
