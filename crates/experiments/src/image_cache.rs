//! `ImageCache`: the images on the device, prepared once for all runs that share them.

use burn::tensor::Device;
use inputs::ComputePath;
use mnist::{Dataset, MnistBatcher, Splits};
use parking_lot::Mutex;
use record::DatasetInfo;
use spec::DataSpec;
use training::Images;

use crate::failure::Failure;
use crate::{data, trained};

/// The images on the device, prepared once for all runs that share them.
#[derive(Default)]
pub(crate) struct ImageCache(Mutex<Vec<(DataSpec, DatasetInfo, Images)>>);

impl ImageCache {
    /// The images of a spec on the device, and their description in a record.
    pub(crate) fn get(
        &self,
        spec: &DataSpec,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<(DatasetInfo, Images), Failure> {
        // Locked while images are prepared, so that another run that needs the same ones waits for them.
        let mut cached = self.0.lock();
        if let Some((_, info, images)) = cached.iter().find(|(cached, ..)| cached == spec) {
            return Ok((info.clone(), images.clone()));
        }
        let (info, images) = prepare(spec, dataset, device)?;
        cached.push((spec.clone(), info.clone(), images.clone()));
        Ok((info, images))
    }
}

fn prepare(spec: &DataSpec, dataset: &Dataset, device: &Device) -> Result<(DatasetInfo, Images), Failure> {
    let splits = Splits::new(dataset, spec.train_images, spec.validation_images)?.with_test(dataset, spec.test_images);
    let shape = data::shape(dataset.shape);
    let info = DatasetInfo {
        name: dataset.name.to_string(),
        title: dataset.name.title().to_owned(),
        digest: dataset.digest.clone(),
        shape,
        pixel_mean: splits.normalization.mean,
        pixel_std: splits.normalization.std,
    };
    let normalization = trained::scaling(spec.pixel_scaling, splits.normalization);
    let batcher = |images| MnistBatcher::new(images, &normalization, device, ComputePath::of(device));
    let (train, others) = rayon::join(
        || batcher(&splits.train),
        || rayon::join(|| batcher(&splits.validation), || splits.test.as_ref().map(batcher)),
    );
    Ok((info, Images { shape, train, validation: others.0, test: others.1 }))
}
