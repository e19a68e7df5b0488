//! The images of a training, with or without a slip in how they are prepared.

use burn::tensor::{Device, Int, Tensor, TensorData};
use mlp::ImageShape;
use mnist::{Dataset, ImageSet, Normalization, Splits};
use spec::{ExperimentSpec, PixelScaling, Slip};

/// Images on a device, with or without a slip in their normalisation.
#[derive(Debug, Clone)]
pub struct PreparedImages {
    pub(crate) shape: ImageShape,
    pub(crate) train: Labelled,
    pub(crate) validation: Labelled,
}

#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    /// `[n, pixels]`
    pub(crate) inputs: Tensor<2>,
    /// `[n, classes]`
    pub(crate) one_hot: Tensor<2>,
}

impl PreparedImages {
    /// The images of an experiment.
    ///
    /// # Errors
    /// The dataset has fewer images, or they are blank.
    pub fn new(
        spec: &ExperimentSpec,
        slip: Option<Slip>,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<Self, mnist::DataError> {
        let splits = Splits::new(dataset, spec.data.train_images, spec.data.validation_images)?;
        let own = match (slip, spec.data.pixel_scaling) {
            (Some(Slip::PixelsBy255), _) => Normalization { mean: 0.0, std: 255.0 },
            (Some(Slip::MeanOfAllImages), _) => Normalization::of(&dataset.train)?,
            (_, PixelScaling::TrainMeanStd) => splits.normalization,
            (_, PixelScaling::None) => Normalization::identity(),
        };
        let (of_validation, normalization) = match slip {
            Some(Slip::EverySetByItself) => (&splits.validation, Normalization::of(&splits.validation)?),
            Some(Slip::ValidationOnTraining) => (&splits.train.first(spec.data.validation_images), own),
            _ => (&splits.validation, own),
        };
        let mnist::ImageShape { height, width, classes } = dataset.shape;
        Ok(Self {
            shape: ImageShape { height, width, classes },
            train: Labelled::new(&splits.train, &own, device),
            validation: Labelled::new(of_validation, &normalization, device),
        })
    }
}

impl Labelled {
    fn new(images: &ImageSet, normalization: &Normalization, device: &Device) -> Self {
        let table = normalization.table();
        let pixels: Vec<f32> = images.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
        let n_classes = images.shape.classes;
        let is_class = |&label: &u8| (0..n_classes).map(move |class| f32::from(u8::from(class == usize::from(label))));
        let one_hot: Vec<f32> = images.labels.iter().flat_map(is_class).collect();
        Self {
            inputs: Tensor::from_data(TensorData::new(pixels, [images.len(), images.shape.pixels()]), device),
            one_hot: Tensor::from_data(TensorData::new(one_hot, [images.len(), n_classes]), device),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.one_hot.dims()[0]
    }

    /// The inputs at these places, and the classes at those.
    pub(crate) fn batch(&self, images: &[usize], labels: &[usize]) -> [Tensor<2>; 2] {
        [(&self.inputs, images), (&self.one_hot, labels)].map(|(tensor, places)| {
            let places: Vec<i32> = places.iter().map(|&place| i32::try_from(place).expect("few images")).collect();
            let n = places.len();
            tensor.clone().select(0, Tensor::<1, Int>::from_data(TensorData::new(places, [n]), &tensor.device()))
        })
    }
}
