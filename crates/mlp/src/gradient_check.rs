//! The gradient check of tasks 2b and 4c: Burn's gradients in double precision against central differences.

use burn::nn::Linear;
use burn::tensor::{DType, Device, Int, Tensor, TensorData};

use crate::{Examples, Mlp, MlpConfig, MlpWeights, ReferenceMlp};

/// Step of the central differences, as the assignment sets it.
const EPSILON: f64 = 1e-3;
/// Below this step, rounding costs more than the curvature does.
const SMALLEST_EPSILON: f64 = 1e-7;

/// Which weights are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightSelection {
    /// Every weight and bias.
    All,
    /// At most so many of every layer, evenly spread over it.
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
pub struct GradientCheck {
    /// Its layers, first to last.
    pub layers: Vec<LayerCheck>,
    /// `|Burn's loss - the reference's|` in double precision.
    pub loss_difference: f64,
}

impl GradientCheck {
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

/// Holds Burn's gradients in f64 against central differences, `(L(w + eps) - L(w - eps)) / (2 eps)`, eps = 1e-3.
///
/// The differences come from a forward pass of our own, so that a wrong formula in one of the two shows. Where a unit
/// crosses the kink of its activation between `w - eps` and `w + eps` the difference is no derivative: there the step
/// shrinks until none does.
///
/// # Panics
/// When the device does not compute in f64.
#[must_use]
pub fn check_gradients(
    config: &MlpConfig,
    weights: &MlpWeights,
    examples: &Examples,
    selection: WeightSelection,
    device: &Device,
) -> GradientCheck {
    let reference = ReferenceMlp::new(config, weights);
    let (loss, gradients) = burn_gradients(config, weights, examples, &device.clone().autodiff());
    let trace = reference.trace(examples);
    let layers = gradients.iter().enumerate().map(|(index, gradient)| {
        let (inputs, z) = &trace[index];
        LayerProbe { reference: &reference, index, inputs, z, targets: &examples.targets }.check(gradient, selection)
    });
    GradientCheck { layers: layers.collect(), loss_difference: (loss - reference.loss(examples)).abs() }
}

/// Loss and gradients of Burn's modules: for every layer its weights' row by row, then its biases'.
fn burn_gradients(
    config: &MlpConfig,
    weights: &MlpWeights,
    examples: &Examples,
    device: &Device,
) -> (f64, Vec<Vec<f64>>) {
    let mlp = Mlp::with_dtype(config, weights, device, DType::F64);
    let n = examples.targets.len();
    let inputs = TensorData::new(examples.inputs.clone(), [n, config.n_inputs]);
    let classes: Vec<i64> =
        examples.targets.iter().map(|&class| i64::try_from(class).expect("a class is small")).collect();
    let inputs = Tensor::<2>::from_data(inputs, (device, DType::F64));
    let targets = Tensor::<1, Int>::from_data(TensorData::new(classes, [n]), device);

    let loss = mlp.loss(inputs, targets);
    let value = read(loss.clone().into_data())[0];
    let gradients = loss.backward();
    let of_layer = |layer: &Linear| {
        let mut values = read(layer.weight.val().grad(&gradients).expect("every weight has a gradient").into_data());
        if let Some(bias) = &layer.bias {
            values.extend(read(bias.val().grad(&gradients).expect("every bias has a gradient").into_data()));
        }
        values
    };
    (value, mlp.layers().iter().map(of_layer).collect())
}

fn read(data: TensorData) -> Vec<f64> {
    data.try_into_vec().expect("the check computes in f64")
}

/// One layer with what enters and leaves it: a weight's perturbation starts from here.
struct LayerProbe<'a> {
    reference: &'a ReferenceMlp,
    index: usize,
    inputs: &'a [f64],
    z: &'a [f64],
    targets: &'a [usize],
}

impl LayerProbe<'_> {
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

    /// The loss with one parameter moved by `delta`, which moves one column of what leaves this layer; and the side of
    /// its kink that every unit is on then.
    fn perturbed(&self, parameter: usize, delta: f64) -> (f64, Vec<bool>) {
        let layer = &self.reference.layers[self.index];
        let column = parameter % layer.n_outputs;
        let row = parameter / layer.n_outputs;
        let mut z = self.z.to_vec();
        for (example, z) in z.chunks_exact_mut(layer.n_outputs).enumerate() {
            z[column] += delta * layer.input(self.inputs, example, row);
        }
        self.reference.loss_from(self.index, z, self.targets)
    }
}

#[cfg(all(test, feature = "burn"))]
mod tests {
    use super::*;
    use crate::{Activation, Bias, WeightInit};

    /// Inputs like normalised pixels, without a generator: a few fixed sines.
    fn examples(n: u32, n_inputs: u32) -> Examples {
        let inputs = (0..n * n_inputs).map(|i| 1.5 * (f64::from(i) * 0.37).sin()).collect();
        Examples { inputs, targets: (0..n).map(|i| (i * 7 % 4) as usize).collect() }
    }

    fn config(activation: Activation, hidden_units: &[usize], bias: Bias) -> MlpConfig {
        MlpConfig {
            n_inputs: 12,
            hidden_units: hidden_units.to_vec(),
            n_outputs: 4,
            activation,
            weight_init: WeightInit::FanInNormal,
            bias,
        }
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        for activation in Activation::ALL {
            for hidden_units in [&[][..], &[9], &[6, 5], &[5, 5, 5]] {
                for bias in [Bias::FirstLayer, Bias::All, Bias::None] {
                    let config = config(activation, hidden_units, bias);
                    let weights = config.initial_weights(3);
                    let check =
                        check_gradients(&config, &weights, &examples(20, 12), WeightSelection::All, &Device::flex());
                    assert_eq!(check.checked(), config.parameters());
                    assert!(check.largest_difference() < 1e-6, "{activation:?} {hidden_units:?} {bias:?}: {check:?}");
                    assert!(check.loss_difference < 1e-12, "{check:?}");
                }
            }
        }
    }

    #[test]
    fn a_wrong_gradient_is_seen() {
        let config = config(Activation::Sigmoid, &[9], Bias::FirstLayer);
        let (examples, weights) = (examples(20, 12), config.initial_weights(3));
        let reference = ReferenceMlp::new(&config, &weights);
        let (_, mut gradients) = burn_gradients(&config, &weights, &examples, &Device::flex().autodiff());
        gradients[1][0] += 1e-5;
        let (inputs, z) = &reference.trace(&examples)[1];
        let probe = LayerProbe { reference: &reference, index: 1, inputs, z, targets: &examples.targets };
        assert!(probe.check(&gradients[1], WeightSelection::All).largest_difference > 9e-6);
    }
}
