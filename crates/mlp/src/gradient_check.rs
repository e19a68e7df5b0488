//! The gradient check of tasks 2b and 4c: Burn's gradients in double precision against central differences.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};

use crate::parameters;
use crate::reference::Reference;
use crate::{Examples, ImageShape, MlpConfig, Network, Tensors};

/// Step of the central differences, as the assignment sets it.
const EPSILON: f64 = 1e-3;
/// Below this step, rounding costs more than the curvature does.
const SMALLEST_EPSILON: f64 = 1e-7;

/// Which weights are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightSelection {
    /// Every weight and bias.
    All,
    /// At most this many of every layer, evenly spread over it.
    PerLayer(usize),
}

/// The check of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerCheck {
    /// Weights and biases that were checked.
    pub checked: usize,
    /// Largest `|dL/dw - (L(w + eps) - L(w - eps)) / (2 eps)|`.
    pub largest_difference: f64,
    /// Weights whose step had to shrink because a unit crossed the kink of its activation within it.
    pub smaller_steps: usize,
}

/// The check of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkCheck {
    /// Its layers, first to last.
    pub layers: Vec<LayerCheck>,
    /// `|Burn's loss - the reference's|` in double precision.
    pub loss_difference: f64,
}

impl NetworkCheck {
    /// The largest difference of all layers.
    #[must_use]
    pub fn largest_difference(&self) -> f64 {
        self.layers.iter().map(|layer| layer.largest_difference).fold(0.0, f64::max)
    }

    /// Weights and biases that were checked.
    #[must_use]
    pub fn checked(&self) -> usize {
        self.layers.iter().map(|layer| layer.checked).sum()
    }
}

/// Compares Burn's gradients in f64 with central differences, `(L(w + eps) - L(w - eps)) / (2 eps)`, eps = 1e-3.
///
/// The differences come from `Reference`, a second forward pass in double precision, so that a wrong formula in one of
/// the two shows. Where the network crosses a kink between `w - eps` and `w + eps` the difference is not a derivative: there the step
/// shrinks until it does not.
///
/// # Panics
/// If the device does not compute in f64.
#[must_use]
pub fn check_gradients(
    config: &MlpConfig,
    shape: ImageShape,
    weights: &Tensors,
    examples: &Examples,
    selection: WeightSelection,
    device: &Device,
) -> NetworkCheck {
    let network = Network::Mlp(config.build(weights, &device.clone().autodiff(), DType::F64));
    compare(&network, &config.reference(shape, weights), shape, examples, selection)
}

/// The gradients of a network in double precision against the differences of its reference.
pub(crate) fn compare(
    network: &Network,
    reference: &Reference,
    shape: ImageShape,
    examples: &Examples,
    selection: WeightSelection,
) -> NetworkCheck {
    let (loss, gradients) = burn_gradients(network, shape, examples);
    let trace = reference.trace(examples);
    let operations = (0..reference.0.len()).filter(|&operation| reference.0[operation].is_layer());
    let check = |(operation, gradient): (usize, &Vec<f64>)| {
        let targets = &examples.targets;
        CheckedLayer { reference, operation, trace: &trace, targets }.check(gradient, selection)
    };
    let layers = operations.zip(&gradients).map(check).collect();
    NetworkCheck { layers, loss_difference: (loss - reference.loss(examples)).abs() }
}

/// Loss and gradients by Burn: for every layer its weights' row by row, then its biases'.
fn burn_gradients(network: &Network, shape: ImageShape, examples: &Examples) -> (f64, Vec<Vec<f64>>) {
    let device = parameters::device(network);
    let n = examples.targets.len();
    let inputs = TensorData::new(examples.inputs.clone(), [n, shape.pixels()]);
    let classes: Vec<i64> =
        examples.targets.iter().map(|&class| i64::try_from(class).expect("a class is small")).collect();
    let inputs = Tensor::<2>::from_data(inputs, (&device, DType::F64));
    let targets = Tensor::<1, Int>::from_data(TensorData::new(classes, [n]), &device);

    let loss = network.loss(inputs.into(), targets);
    let value = loss.clone().into_scalar::<f64>();
    let gradients = parameters::gradients(network, &loss.backward());
    let by_layer = gradients.chunk_by(|(layer, _), (next, _)| layer == next);
    (value, by_layer.map(|parameters| parameters.iter().flat_map(|(_, values)| values.clone()).collect()).collect())
}

/// One layer with what enters and leaves it: a weight's perturbation starts from here.
struct CheckedLayer<'a> {
    reference: &'a Reference,
    operation: usize,
    trace: &'a [Vec<f64>],
    targets: &'a [usize],
}

impl CheckedLayer<'_> {
    fn check(&self, gradient: &[f64], selection: WeightSelection) -> LayerCheck {
        let stride = match selection {
            WeightSelection::All => 1,
            // An odd stride, so that it visits every unit of a layer with an even number of them.
            WeightSelection::PerLayer(most) => gradient.len().div_ceil(most) | 1,
        };
        let mut check = LayerCheck { checked: 0, largest_difference: 0.0, smaller_steps: 0 };
        for (parameter, &gradient) in gradient.iter().enumerate().step_by(stride) {
            let (difference, epsilon) = self.central_difference(parameter);
            check.checked += 1;
            check.largest_difference = check.largest_difference.max((gradient - difference).abs());
            check.smaller_steps += usize::from(epsilon < EPSILON);
        }
        check
    }

    /// The central difference of one parameter and the step it was taken with.
    fn central_difference(&self, parameter: usize) -> (f64, f64) {
        let mut epsilon = EPSILON;
        loop {
            let (above, sides_above) = self.perturbed(parameter, epsilon);
            let (below, sides_below) = self.perturbed(parameter, -epsilon);
            if sides_above == sides_below || epsilon <= SMALLEST_EPSILON {
                return ((above - below) / (2.0 * epsilon), epsilon);
            }
            epsilon /= 10.0;
        }
    }

    /// The loss with one parameter moved by `delta`, and the sides of the kinks.
    fn perturbed(&self, parameter: usize, delta: f64) -> (f64, Vec<u8>) {
        let mut outputs = self.trace[self.operation + 1].clone();
        self.reference.0[self.operation].nudge(parameter, delta, &self.trace[self.operation], &mut outputs);
        self.reference.loss_from(self.operation + 1, outputs, self.targets)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Activation, Bias, NetworkConfig, WeightInit};

    const SHAPE: ImageShape = ImageShape { height: 3, width: 4, classes: 4 };

    /// Inputs like normalised pixels, without a generator: a few fixed sines.
    fn examples(n: u32, shape: ImageShape) -> Examples {
        let n_inputs = u32::try_from(shape.pixels()).unwrap();
        let inputs = (0..n * n_inputs).map(|i| 1.5 * (f64::from(i) * 0.37).sin()).collect();
        Examples { inputs, targets: (0..n).map(|i| (i * 7 % 4) as usize).collect() }
    }

    fn config(activation: Activation, hidden_units: &[usize], bias: Bias) -> MlpConfig {
        let (hidden_units, weight_init) = (hidden_units.to_vec(), WeightInit::FanInNormal);
        MlpConfig { hidden_units, activation, weight_init, bias }
    }

    /// Checks every weight of a network.
    pub(crate) fn assert_agrees(
        config: &NetworkConfig,
        reference: impl FnOnce(&Tensors) -> Reference,
        shape: ImageShape,
    ) {
        let weights = config.initial_weights(shape, 3);
        let network = config.build(shape, &weights, &Device::flex().autodiff(), DType::F64);
        let check = compare(&network, &reference(&weights), shape, &examples(20, shape), WeightSelection::All);
        assert_eq!(check.checked(), config.parameters(shape));
        assert!(check.largest_difference() < 1e-6, "{config:?}: {check:?}");
        assert!(check.loss_difference < 1e-12, "{config:?}: {check:?}");
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        for activation in Activation::ALL {
            for hidden_units in [&[][..], &[9], &[6, 5], &[5, 5, 5]] {
                for bias in [Bias::FirstLayer, Bias::All, Bias::None] {
                    let mlp = config(activation, hidden_units, bias);
                    let reference = |weights: &Tensors| mlp.reference(SHAPE, weights);
                    assert_agrees(&NetworkConfig::Mlp(mlp.clone()), reference, SHAPE);
                }
            }
        }
    }

    #[test]
    fn a_wrong_gradient_is_seen() {
        let config = config(Activation::Sigmoid, &[9], Bias::FirstLayer);
        let (examples, weights) = (examples(20, SHAPE), NetworkConfig::Mlp(config.clone()).initial_weights(SHAPE, 3));
        let reference = config.reference(SHAPE, &weights);
        let network = Network::Mlp(config.build(&weights, &Device::flex().autodiff(), DType::F64));
        let (_, mut gradients) = burn_gradients(&network, SHAPE, &examples);
        gradients[1][0] += 1e-5;
        let (trace, targets) = (reference.trace(&examples), &examples.targets);
        let output = CheckedLayer { reference: &reference, operation: 2, trace: &trace, targets };
        assert!(output.check(&gradients[1], WeightSelection::All).largest_difference > 9e-6);
    }
}
