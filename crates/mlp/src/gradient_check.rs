//! The gradient check of tasks 2b and 4c: Burn's gradients in double precision against central differences.

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::parameters;
use crate::reference::Reference;
use crate::{Examples, ImageShape, MlpConfig, Network, Tensors};

/// Step of the central differences, as the assignment sets it.
const EPSILON: f64 = 1e-3;
/// Below this step, rounding is the larger error.
const SMALLEST_EPSILON: f64 = 1e-7;

/// The result of a gradient check.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientCheck {
    /// Weights and biases that were checked.
    pub checked: usize,
    /// Largest `|dL/dw - (L(w + eps) - L(w - eps)) / (2 eps)|`.
    pub largest_difference: f64,
    /// Weights whose step shrank because a unit would have crossed the kink of its activation.
    pub smaller_steps: usize,
    /// `|Burn's loss - the reference's|` in double precision.
    pub loss_difference: f64,
}

/// Compares Burn's gradients in f64 with central differences, `(L(w + eps) - L(w - eps)) / (2 eps)`, eps = 1e-3.
///
/// The differences come from `Reference`, a second forward pass in double precision, so that a wrong formula in one of
/// the two shows. Where the network crosses a kink between `w - eps` and `w + eps`, the difference is not a derivative:
/// there the step shrinks until it crosses none.
///
/// Of every layer at most `most_per_layer` weights and biases are checked, evenly spread over it.
///
/// # Panics
/// If the device does not compute in f64.
#[must_use]
pub fn check_gradients(
    config: &MlpConfig,
    shape: ImageShape,
    weights: &Tensors,
    examples: &Examples,
    most_per_layer: usize,
    device: &Device,
) -> GradientCheck {
    let network = Network::Mlp(config.build(weights, &device.clone().autodiff(), DType::F64));
    compare(&network, &config.reference(shape, weights), shape, examples, most_per_layer)
}

/// Compares the gradients of a network in double precision with the differences of its reference.
pub(crate) fn compare(
    network: &Network,
    reference: &Reference,
    shape: ImageShape,
    examples: &Examples,
    most_per_layer: usize,
) -> GradientCheck {
    let (loss, gradients) = burn_gradients(network, shape, examples);
    let loss_difference = (loss - reference.loss_from(0, examples.inputs.clone(), &examples.targets).0).abs();
    let mut check = GradientCheck { checked: 0, largest_difference: 0.0, smaller_steps: 0, loss_difference };
    let (trace, targets) = (&reference.trace(examples), &examples.targets);
    let operations = (0..reference.0.len()).filter(|&operation| reference.0[operation].is_layer());
    for (operation, gradient) in operations.zip(&gradients) {
        CheckedLayer { reference, operation, trace, targets }.add_to(&mut check, gradient, most_per_layer);
    }
    check
}

/// Loss and gradients by Burn, layer by layer.
fn burn_gradients(network: &Network, shape: ImageShape, examples: &Examples) -> (f64, Vec<Vec<f64>>) {
    let device = parameters::device(network);
    let n = examples.targets.len();
    let inputs = TensorData::new(examples.inputs.clone(), [n, shape.pixels()]);
    let classes = |&class: &usize| u8::try_from(class).expect("a class is below 256");
    let inputs = Tensor::<2>::from_data(inputs, (&device, DType::F64));
    let targets: Vec<u8> = examples.targets.iter().map(classes).collect();
    let (loss, gradients) = network.gradients(inputs.into(), &targets, &mut |_| {});
    (loss, parameters::gradients(network, &gradients))
}

/// One layer with its inputs and outputs, from which the perturbation of a weight starts.
struct CheckedLayer<'a> {
    reference: &'a Reference,
    operation: usize,
    trace: &'a [Vec<f64>],
    targets: &'a [usize],
}

impl CheckedLayer<'_> {
    /// Adds the comparison of this layer's gradient with the differences.
    fn add_to(&self, check: &mut GradientCheck, gradient: &[f64], most: usize) {
        // An odd stride, so that it visits every unit of a layer with an even number of them.
        let stride = gradient.len().div_ceil(most) | 1;
        for (parameter, &gradient) in gradient.iter().enumerate().step_by(stride) {
            let (difference, epsilon) = self.central_difference(parameter);
            check.checked += 1;
            check.largest_difference = check.largest_difference.max((gradient - difference).abs());
            check.smaller_steps += usize::from(epsilon < EPSILON);
        }
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
        let check = compare(&network, &reference(&weights), shape, &examples(20, shape), usize::MAX);
        assert_eq!(check.checked, config.parameters(shape));
        assert!(check.largest_difference < 1e-6, "{config:?}: {check:?}");
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
        let mut check = GradientCheck { checked: 0, largest_difference: 0.0, smaller_steps: 0, loss_difference: 0.0 };
        gradients[1][0] += 1e-5;
        let (trace, targets) = (reference.trace(&examples), &examples.targets);
        let output = CheckedLayer { reference: &reference, operation: 2, trace: &trace, targets };
        output.add_to(&mut check, &gradients[1], usize::MAX);
        assert!(check.largest_difference > 9e-6);
    }
}
