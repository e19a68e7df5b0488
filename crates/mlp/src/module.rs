//! `Mlp`: the network as a Burn module.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use kernels::{Nonlinearity, Path, Rows, Scores};

use crate::{Activation, DenseWeights, MlpConfig, MlpWeights, cross_entropy, n_correct};

/// A multilayer perceptron: dense layers, an activation after every one but the last.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    path: Path,
}

impl Mlp {
    /// The network with these weights on this device, computed the fastest way that the device has.
    ///
    /// # Panics
    /// When the weights have not the shapes that they claim.
    #[must_use]
    pub fn new(config: &MlpConfig, weights: &MlpWeights, device: &Device) -> Self {
        Self::with_dtype(config, weights, device, DType::F32)
    }

    /// The same in another precision.
    pub(crate) fn with_dtype(config: &MlpConfig, weights: &MlpWeights, device: &Device, dtype: DType) -> Self {
        let layers = weights.layers.iter().map(|layer| dense(layer, device, dtype)).collect();
        Self { layers, activation: config.activation, path: Path::of(device) }
    }

    /// The same network, computed another way.
    #[must_use]
    pub fn with_path(self, path: Path) -> Self {
        Self { path, ..self }
    }

    /// Logits of a batch.
    ///
    /// # Shapes
    /// - `inputs`: `[batch_size, n_inputs]`
    /// - output: `[batch_size, n_classes]`
    #[must_use]
    pub fn forward(&self, inputs: impl Into<Rows>) -> Tensor<2> {
        let x = (0..self.layers.len()).fold(inputs.into(), |x, index| self.layer(index, x).into());
        x.to_tensor(&self.device())
    }

    /// The outputs of one layer, from 0, its activation included.
    pub(crate) fn layer(&self, index: usize, x: Rows) -> Tensor<2> {
        let (layer, is_last) = (&self.layers[index], index + 1 == self.layers.len());
        match self.path {
            Path::Fused => {
                let f = if is_last { Nonlinearity::Identity } else { self.activation.kernel() };
                kernels::linear(x, layer.weight.val(), layer.bias.as_ref().map(Param::val), f)
            }
            Path::Plain => {
                let z = layer.forward(x.to_tensor(&self.device()));
                if is_last { z } else { self.activation.forward(z) }
            }
        }
    }

    /// Mean softmax cross-entropy of a batch, to be differentiated.
    ///
    /// # Shapes
    /// - `inputs`: `[batch_size, n_inputs]`
    /// - `targets`: `[batch_size]`, classes from 0
    /// - output: `[1]`
    #[must_use]
    pub fn loss(&self, inputs: impl Into<Rows>, targets: Tensor<1, Int>) -> Tensor<1> {
        let logits = self.forward(inputs);
        match self.path {
            Path::Fused => kernels::cross_entropy(logits, targets),
            Path::Plain => cross_entropy(logits, targets),
        }
    }

    /// Sum of the cross-entropies and number of right answers over some images.
    ///
    /// # Shapes
    /// - `inputs`: `[n, n_inputs]`
    /// - `targets`: `[n]`, classes from 0
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[must_use]
    pub fn scores(&self, inputs: impl Into<Rows>, targets: Tensor<1, Int>) -> Scores {
        match self.path {
            Path::Fused => {
                let layer = |layer: &Linear| (layer.weight.val(), layer.bias.as_ref().map(Param::val));
                let layers = self.layers.iter().map(layer).collect();
                kernels::network_scores(layers, self.activation.kernel(), inputs.into(), targets)
            }
            Path::Plain => {
                let n_images = targets.dims()[0] as f64;
                let logits = self.forward(inputs);
                let correct = n_correct(logits.clone(), targets.clone()).into_scalar::<i64>();
                let loss = f64::from(cross_entropy(logits, targets).into_scalar::<f32>()) * n_images;
                Scores { loss, correct: usize::try_from(correct).expect("a count is not negative") }
            }
        }
    }

    fn device(&self) -> Device {
        self.layers[0].weight.val().device()
    }

    /// The weights as plain numbers.
    ///
    /// # Panics
    /// When the device cannot be read.
    #[must_use]
    pub fn weights(&self, config: &MlpConfig) -> MlpWeights {
        let read = |data: TensorData| data.convert::<f32>().try_into_vec().expect("a float tensor reads as f32");
        let layers = config.layers().into_iter().zip(&self.layers).map(|(shape, layer)| DenseWeights {
            shape,
            weight: read(layer.weight.val().into_data()),
            bias: layer.bias.as_ref().map_or_else(Vec::new, |bias| read(bias.val().into_data())),
        });
        MlpWeights { layers: layers.collect() }
    }

    pub(crate) fn layers(&self) -> &[Linear] {
        &self.layers
    }

    pub(crate) fn activation(&self) -> Activation {
        self.activation
    }
}

fn dense(weights: &DenseWeights, device: &Device, dtype: DType) -> Linear {
    let shape = weights.shape;
    let weight = TensorData::new(weights.weight.clone(), [shape.n_inputs, shape.n_outputs]);
    let bias = || TensorData::new(weights.bias.clone(), [shape.n_outputs]);
    Linear {
        weight: Param::from_tensor(Tensor::from_data(weight, (device, dtype))),
        bias: shape.has_bias.then(|| Param::from_tensor(Tensor::from_data(bias(), (device, dtype)))),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Tolerance;

    use super::*;
    use crate::{Bias, WeightInit};

    /// Gradients of every parameter, layer by layer.
    fn gradients(mlp: &Mlp, inputs: &Tensor<2>, targets: &Tensor<1, Int>, scale: f64) -> Vec<TensorData> {
        let gradients = mlp.loss(inputs.clone(), targets.clone()).mul_scalar(scale).backward();
        let of = |layer: &Linear| {
            let weight = layer.weight.val().grad(&gradients).expect("weights have a gradient").into_data();
            let bias = layer.bias.as_ref().map(|bias| bias.val().grad(&gradients).expect("so have biases").into_data());
            [Some(weight), bias]
        };
        mlp.layers.iter().flat_map(of).flatten().collect()
    }

    fn numbers(count: usize) -> Vec<f64> {
        (0_u32..).take(count).map(|i| 1.5 * (f64::from(i) * 0.37).sin()).collect()
    }

    #[test]
    fn fused_and_plain_networks_agree_in_loss_gradients_and_scores() {
        let device = Device::flex().autodiff();
        let depths: [&[usize]; 5] = [&[], &[1], &[64], &[17, 60], &[20, 20, 20, 20, 20, 20]];
        for (activation, hidden_units) in Activation::ALL.into_iter().flat_map(|a| depths.map(|depth| (a, depth))) {
            for (batch_size, bias, dtype) in [
                (1, Bias::FirstLayer, DType::F32),
                (32, Bias::FirstLayer, DType::F32),
                (75, Bias::All, DType::F32),
                (32, Bias::None, DType::F64),
                (7, Bias::All, DType::F64),
            ] {
                let config = MlpConfig {
                    n_inputs: 30,
                    hidden_units: hidden_units.to_vec(),
                    n_outputs: 10,
                    activation,
                    weight_init: WeightInit::FanInNormal,
                    bias,
                };
                let weights = config.initial_weights(5);
                let fused = Mlp::with_dtype(&config, &weights, &device, dtype);
                let plain = fused.clone().with_path(Path::Plain);
                assert_eq!((fused.path, plain.path), (Path::Fused, Path::Plain));

                let inputs = TensorData::new(numbers(batch_size * 30), [batch_size, 30]);
                let inputs = Tensor::<2>::from_data(inputs, (&device, dtype));
                let classes: Vec<i32> = (0..).take(batch_size).map(|i| i * 7 % 10).collect();
                let targets = Tensor::<1, Int>::from_data(TensorData::new(classes, [batch_size]), &device);

                let tolerance = if dtype == DType::F64 { 1e-10 } else { 1e-5 };
                // Relative to the largest number of a gradient: a small one is a difference of large ones.
                let agree = |fused: TensorData, plain: TensorData| {
                    let [fused, plain] =
                        [fused, plain].map(|data| data.convert::<f64>().try_into_vec::<f64>().unwrap());
                    let largest = plain.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
                    for (fused, plain) in fused.iter().zip(&plain) {
                        let what = format!("{config:?}, batch {batch_size}: {fused} and {plain}");
                        assert!((fused - plain).abs() <= tolerance * largest, "{what}");
                    }
                };
                let loss = |mlp: &Mlp| mlp.loss(inputs.clone(), targets.clone()).into_data();
                agree(loss(&fused), loss(&plain));
                // A loss that is scaled, or is a part of another, has scaled gradients.
                for scale in [1.0, -2.5] {
                    let [fused, plain] = [&fused, &plain].map(|mlp| gradients(mlp, &inputs, &targets, scale));
                    assert_eq!(fused.len(), plain.len());
                    fused.into_iter().zip(plain).for_each(|(fused, plain)| agree(fused, plain));
                }
                if dtype == DType::F32 {
                    let [fused, plain] =
                        [&fused, &plain].map(|mlp| mlp.valid().scores(inputs.clone(), targets.clone()));
                    assert_eq!(fused.correct, plain.correct);
                    assert!((fused.loss - plain.loss).abs() < 1e-5 * plain.loss, "{fused:?} {plain:?}");
                }
            }
        }
    }

    /// The gradient at the inputs is formed where somebody asks for it.
    #[test]
    fn inputs_have_a_gradient_too() {
        let device = Device::flex().autodiff();
        let config = MlpConfig {
            n_inputs: 12,
            hidden_units: vec![9],
            n_outputs: 4,
            activation: Activation::Sigmoid,
            weight_init: WeightInit::FanInNormal,
            bias: Bias::FirstLayer,
        };
        let fused = Mlp::new(&config, &config.initial_weights(1), &device);
        let plain = fused.clone().with_path(Path::Plain);
        let [fused, plain] = [fused, plain].map(|mlp| {
            let inputs = TensorData::new(numbers(5 * 12), [5, 12]).convert::<f32>();
            let inputs = Tensor::<2>::from_data(inputs, &device).require_grad();
            let targets = Tensor::<1, Int>::from_data([0, 1, 2, 3, 0], &device);
            let gradients = mlp.loss(inputs.clone(), targets).backward();
            inputs.grad(&gradients).expect("it was asked for").into_data()
        });
        fused.assert_approx_eq(&plain, Tolerance::<f32>::rel_abs(1e-5, 1e-7));
    }
}
