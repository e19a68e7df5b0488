//! `ImageCache`: the images on the device, prepared once for all runs that share them.

use burn::tensor::Device;
use kernels::ComputePath;
use mnist::{Dataset, MnistBatcher, Normalization, Splits};
use parking_lot::Mutex;
use record::DatasetInfo;
use spec::{DataSpec, PixelScaling};
use training::Images;

use crate::data;
use crate::failure::Failure;

/// The images on the device, prepared once for all runs that share them.
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

    /// The images of a spec on the device, and their description in a record.
    pub(crate) fn get(&self, spec: &DataSpec) -> Result<(DatasetInfo, Images), Failure> {
        // Locked while images are prepared, so that another run that needs the same ones waits for them.
        let mut cached = self.cached.lock();
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

/// The description of the dataset in a record.
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
