//! The logits of a trained network for test images, to compare other programs with: `measure logits RUN OUT`.

use std::fs;
use std::path::Path;

use arrays::{Array, Arrays};
use burn::tensor::Device;
use inputs::ComputePath;
use mlp::Network;
use mnist::{MnistBatcher, Normalization, Request};
use record::{RunStore, weights_file};
use spec::PixelScaling;

/// The first images of the test files.
const IMAGES: usize = 1_000;

/// Writes images (`[n, rows, columns]`, 0 to 255), their classes and the logits of the best weights of the run in this folder.
pub(crate) fn write(run: &Path, out: &Path) {
    let record = RunStore::load(run).expect("a folder with a record");
    let store = RunStore::new(run.parent().expect("a folder of runs"));
    let weights = store.tensors(&record, weights_file::BEST).expect("the best weights");
    let request = Request {
        dataset: Some(record.dataset.name.parse().expect("a dataset")),
        mnist_dir: std::env::var_os("MNIST_DIR").filter(|dir| !dir.is_empty()).map(Into::into),
        project_data_dir: Some("data".into()),
        cache_dir: mnist::default_cache_dir(),
        offline: true,
        ..Request::default()
    };
    let images = mnist::load(&request, &mut |_| {}).expect("the dataset is whole").test.first(IMAGES);
    let normalization = match record.spec.data.pixel_scaling {
        PixelScaling::TrainMeanStd => Normalization { mean: record.dataset.pixel_mean, std: record.dataset.pixel_std },
        PixelScaling::None => Normalization::identity(),
    };
    let device = Device::flex();
    let batch = MnistBatcher::new(&images, &normalization, &device, ComputePath::of(&device)).slice(0, images.len());
    let network = Network::new(&record.spec.model, record.dataset.shape, &weights, &device);
    let logits = network.forward(batch.images);
    let shape = logits.dims();
    let logits: Vec<f32> = logits.into_data().try_into_vec().expect("logits in single precision");
    let whole = |shape: &[usize], bytes: &[u8]| Array {
        shape: shape.to_vec(),
        ..Array::whole(bytes.iter().copied().map(usize::from))
    };
    let size = [images.len(), images.shape.height, images.shape.width];
    let arrays = [
        ("images", whole(&size, &images.pixels)),
        ("classes", whole(&size[..1], &images.labels)),
        ("logits", Array::single(&shape, &logits)),
    ];
    let arrays = Arrays(arrays.into_iter().map(|(name, array)| (name.to_owned(), array)).collect());
    fs::write(out, arrays.to_npz().expect("a small archive")).expect("a file that can be written");
}
