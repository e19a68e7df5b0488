//! The gradient check of LeNet-5, against its operations in double precision.

use super::*;
use crate::gradient_check::tests::assert_agrees;
use crate::reference::{Dense, Operation, Reference, widened};
use crate::{Activation, NetworkConfig, Tensors};

/// The same network without tensors.
fn reference(config: &LenetConfig, shape: ImageShape, weights: &Tensors) -> Reference {
    let mut operations: Vec<Box<dyn Operation>> = Vec::new();
    for (index, size) in map_sizes(shape).into_iter().enumerate() {
        operations.push(Box::new(Convolution::new(weights, index, size)));
        operations.push(Box::new(config.activation));
        operations.push(Box::new(MaxPool { size }));
    }
    for index in 0..=config.hidden_units.len() {
        operations.push(Dense::boxed(weights, &format!("dense.{index}")));
        operations.push(Box::new(config.activation));
    }
    // The output layer is linear.
    operations.pop();
    Reference(operations)
}

#[test]
fn gradients_agree_with_central_differences() {
    for activation in Activation::ALL {
        let (hidden_units, weight_init) = (vec![5], WeightInit::FanInNormal);
        let config = LenetConfig { first_maps: 2, second_maps: 3, hidden_units, activation, weight_init };
        let shape = ImageShape { height: 12, width: 14, classes: 4 };
        let reference = |weights: &Tensors| reference(&config, shape, weights);
        assert_agrees(&NetworkConfig::Lenet(config.clone()), reference, shape);
    }
}

/// The convolution in double precision: the maps of one example after those of another, row-major.
struct Convolution {
    /// Rows and columns of the output maps.
    size: [usize; 2],
    padding: usize,
    maps: usize,
    maps_before: usize,
    /// Row-major `[maps, maps_before, KERNEL, KERNEL]`.
    weight: Vec<f64>,
    bias: Vec<f64>,
}

impl Convolution {
    fn new(weights: &Tensors, index: usize, size: [usize; 2]) -> Self {
        let [weight, bias] = ["weight", "bias"].map(|what| widened(weights, &format!("convolutions.{index}.{what}")));
        let (maps, padding) = (bias.len(), padding(index));
        Self { size, padding, maps, maps_before: weight.len() / (maps * KERNEL * KERNEL), weight, bias }
    }

    /// Adds `factor` times one map, shifted by a kernel's row and column, to another.
    fn add_shifted(&self, factor: f64, [row, column]: [usize; 2], input: &[f64], output: &mut [f64]) {
        let [height, width] = self.size_before();
        for (y, output) in output.chunks_exact_mut(self.size[1]).enumerate() {
            let Some(y) = (y + row).checked_sub(self.padding).filter(|&y| y < height) else { continue };
            for (x, output) in output.iter_mut().enumerate() {
                if let Some(x) = (x + column).checked_sub(self.padding).filter(|&x| x < width) {
                    *output += factor * input[y * width + x];
                }
            }
        }
    }

    fn size_before(&self) -> [usize; 2] {
        self.size.map(|side| side + KERNEL - 1 - 2 * self.padding)
    }

    fn pixels(size: [usize; 2]) -> usize {
        size[0] * size[1]
    }

    /// The map before, row and column of a weight within the kernels of one map.
    fn place(weight: usize) -> (usize, [usize; 2]) {
        let within = weight % (KERNEL * KERNEL);
        (weight / (KERNEL * KERNEL), [within / KERNEL, within % KERNEL])
    }
}

impl Operation for Convolution {
    fn apply(&self, inputs: &[f64], _: &mut Vec<u8>) -> Vec<f64> {
        let (before, after) = (Self::pixels(self.size_before()), Self::pixels(self.size));
        let n = inputs.len() / (before * self.maps_before);
        let mut outputs = vec![0.0; n * self.maps * after];
        let kernel = self.maps_before * KERNEL * KERNEL;
        for (inputs, outputs) in
            inputs.chunks_exact(before * self.maps_before).zip(outputs.chunks_exact_mut(self.maps * after))
        {
            for (map, output) in outputs.chunks_exact_mut(after).enumerate() {
                output.fill(self.bias[map]);
                for (index, &weight) in self.weight[map * kernel..][..kernel].iter().enumerate() {
                    let (map_before, shift) = Self::place(index);
                    self.add_shifted(weight, shift, &inputs[map_before * before..][..before], output);
                }
            }
        }
        outputs
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn nudge(&self, parameter: usize, delta: f64, inputs: &[f64], outputs: &mut [f64]) {
        let (before, after) = (Self::pixels(self.size_before()), Self::pixels(self.size));
        let kernel = self.maps_before * KERNEL * KERNEL;
        let examples = inputs.chunks_exact(before * self.maps_before).zip(outputs.chunks_exact_mut(self.maps * after));
        for (inputs, outputs) in examples {
            if let Some(map) = parameter.checked_sub(self.weight.len()) {
                outputs[map * after..][..after].iter_mut().for_each(|output| *output += delta);
            } else {
                let (map_before, shift) = Self::place(parameter % kernel);
                let output = &mut outputs[parameter / kernel * after..][..after];
                self.add_shifted(delta, shift, &inputs[map_before * before..][..before], output);
            }
        }
    }
}

/// The maximum of every two by two values.
struct MaxPool {
    /// Rows and columns of the input maps.
    size: [usize; 2],
}

impl Operation for MaxPool {
    fn apply(&self, inputs: &[f64], sides: &mut Vec<u8>) -> Vec<f64> {
        let [height, width] = self.size;
        let mut outputs = Vec::with_capacity(inputs.len() / 4);
        for map in inputs.chunks_exact(height * width) {
            for (y, x) in (0..height / 2).flat_map(|y| (0..width / 2).map(move |x| (2 * y, 2 * x))) {
                let values = [0, 1, width, width + 1].map(|offset| map[y * width + x + offset]);
                let largest = (1..4).fold(0, |best, index| if values[index] > values[best] { index } else { best });
                sides.push(u8::try_from(largest).expect("0 to 3"));
                outputs.push(values[largest]);
            }
        }
        outputs
    }
}
