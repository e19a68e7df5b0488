//! The images of the runs: the dataset found once, its images put on the device once for all runs that share them.

use std::sync::{Mutex, PoisonError};

use burn::tensor::Device;
use kernels::Path;
use mnist::{Dataset, MnistBatcher, Normalization, Request, Splits};
use record::{DataSpec, DatasetInfo, PixelScaling};
use training::Images;

use crate::args::Global;
use crate::console::Console;
use crate::failure::Failure;

/// Where the project keeps data of its own.
const PROJECT_DATA_DIR: &str = "data";

/// Finds the dataset that the options ask for, reading no more images than are needed; warns of a stand-in.
pub(crate) fn find(global: &Global, train_images: Option<usize>, console: Console) -> Result<Dataset, Failure> {
    let request = Request {
        dataset: global.dataset,
        data_dir: global.data_dir.clone(),
        mnist_dir: std::env::var_os("MNIST_DIR").filter(|dir| !dir.is_empty()).map(Into::into),
        project_data_dir: Some(PROJECT_DATA_DIR.into()),
        cache_dir: mnist::default_cache_dir(),
        offline: global.offline,
        train_images,
        ..Request::default()
    };
    let dataset = mnist::load(&request, &mut console.data_listener())?;
    console.detail(&format!("{}: {}", dataset.name.title(), dataset.source));
    if let Some(warning) = dataset.warning() {
        Console::warning(&warning, dataset.hint().as_deref());
    }
    Ok(dataset)
}

/// The images on the device, put there once for all runs that ask for the same.
pub(crate) struct Shelf<'a> {
    dataset: &'a Dataset,
    device: &'a Device,
    shelved: Mutex<Vec<(DataSpec, DatasetInfo, Images)>>,
}

impl<'a> Shelf<'a> {
    /// An empty shelf.
    pub(crate) fn new(dataset: &'a Dataset, device: &'a Device) -> Self {
        Self { dataset, device, shelved: Mutex::default() }
    }

    /// The images of a spec on the device, with what a record says about them.
    pub(crate) fn images(&self, spec: &DataSpec) -> Result<(DatasetInfo, Images), Failure> {
        // Held while images are prepared: who needs the same waits for them instead of preparing them again.
        let mut shelved = self.shelved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, info, images)) = shelved.iter().find(|(shelved, ..)| shelved == spec) {
            return Ok((info.clone(), images.clone()));
        }
        let (info, images) = self.prepare(spec)?;
        shelved.push((spec.clone(), info.clone(), images.clone()));
        Ok((info, images))
    }

    fn prepare(&self, spec: &DataSpec) -> Result<(DatasetInfo, Images), Failure> {
        let splits = Splits::new(self.dataset, spec.train_images, spec.validation_images)?;
        let info = info(self.dataset, &splits.normalization);
        let splits = match spec.pixel_scaling {
            PixelScaling::TrainMeanStd => splits,
            PixelScaling::None => splits.with_normalization(Normalization::identity()),
        };
        let batcher = |images| MnistBatcher::new(images, &splits.normalization, self.device, Path::of(self.device));
        let (train, validation) = rayon::join(|| batcher(&splits.train), || batcher(&splits.validation));
        Ok((info, Images { train, validation }))
    }
}

/// What a record says about the dataset.
pub(crate) fn info(dataset: &Dataset, normalization: &Normalization) -> DatasetInfo {
    DatasetInfo {
        name: dataset.name.to_string(),
        title: dataset.name.title().to_owned(),
        digest: dataset.digest.clone(),
        pixel_mean: normalization.mean,
        pixel_std: normalization.std,
    }
}
