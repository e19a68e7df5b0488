//! `ImageCache`: the images of the runs on the device, prepared once for all runs that share them.

use std::sync::{Mutex, PoisonError};

use burn::tensor::Device;
use kernels::ComputePath;
use mnist::{Dataset, MnistBatcher, Normalization, Splits};
use record::DatasetInfo;
use spec::{DataSpec, PixelScaling};
use training::Images;

use crate::data;
use crate::failure::Failure;

/// The images on the device, put there once for all runs that share them.
pub(crate) struct ImageCache<'a> {
    dataset: &'a Dataset,
    device: &'a Device,
    cached: Mutex<Vec<(DataSpec, DatasetInfo, Images)>>,
}

impl<'a> ImageCache<'a> {
    /// An empty cache.
    pub(crate) fn new(dataset: &'a Dataset, device: &'a Device) -> Self {
        Self { dataset, device, cached: Mutex::default() }
    }

    /// The images of a spec on the device, with what a record says about them.
    pub(crate) fn images(&self, spec: &DataSpec) -> Result<(DatasetInfo, Images), Failure> {
        // Locked while images are prepared: another run that needs the same ones waits for them.
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, info, images)) = cached.iter().find(|(cached, ..)| cached == spec) {
            return Ok((info.clone(), images.clone()));
        }
        let (info, images) = self.prepare(spec)?;
        cached.push((spec.clone(), info.clone(), images.clone()));
        Ok((info, images))
    }

    fn prepare(&self, spec: &DataSpec) -> Result<(DatasetInfo, Images), Failure> {
        let splits = Splits::new(self.dataset, spec.train_images, spec.validation_images)?;
        let info = info(self.dataset, &splits.normalization);
        let splits = match spec.pixel_scaling {
            PixelScaling::TrainMeanStd => splits,
            PixelScaling::None => Splits { normalization: Normalization::identity(), ..splits },
        };
        let batcher =
            |images| MnistBatcher::new(images, &splits.normalization, self.device, ComputePath::of(self.device));
        let (train, validation) = rayon::join(|| batcher(&splits.train), || batcher(&splits.validation));
        Ok((info, Images { shape: data::shape(self.dataset.shape), train, validation }))
    }
}

/// What a record says about the dataset.
fn info(dataset: &Dataset, normalization: &Normalization) -> DatasetInfo {
    DatasetInfo {
        name: dataset.name.to_string(),
        title: dataset.name.title().to_owned(),
        digest: dataset.digest.clone(),
        shape: data::shape(dataset.shape),
        pixel_mean: normalization.mean,
        pixel_std: normalization.std,
    }
}
