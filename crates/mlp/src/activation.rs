//! The activations of the hidden layers. A new one is a variant, a formula and a row of the tests, all in this file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Activation of the hidden layers, applied to every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Logistic function, `f(x) = 1 / (1 + exp(-x))`.
    Sigmoid,
    /// Scaled hyperbolic tangent, `f(x) = 1.7159 tanh(2x / 3)`, so that `f(±1) = ±1`.
    ///
    /// Source: LeCun, Bottou, Orr and Müller, "Efficient BackProp" (2012), section 4.4.
    ImprovedSigmoid,
    /// Hyperbolic tangent, `f(x) = tanh(x)`.
    Tanh,
    /// Rectified linear unit, `f(x) = max(0, x)`.
    Relu,
}

/// A step of an activation's formula, in terms that other frameworks have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Elementary {
    /// Multiplies by this factor.
    Times(f64),
    /// Applies a function, by its ONNX name; PyTorch's is the same in lower case.
    Function(&'static str),
}

impl Activation {
    /// Every activation, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Sigmoid, Self::ImprovedSigmoid, Self::Tanh, Self::Relu];

    /// The name in tables and figures.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::ImprovedSigmoid => "improved sigmoid",
            Self::Tanh => "tanh",
            Self::Relu => "ReLU",
        }
    }

    /// `f(x)` in double precision: the reference that the tensor versions are tested against.
    #[must_use]
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::ImprovedSigmoid => 1.7159 * (2.0 / 3.0 * x).tanh(),
            Self::Tanh => x.tanh(),
            Self::Relu => x.max(0.0),
        }
    }

    /// `f(x)` as elementary steps, the first one first.
    #[must_use]
    pub fn elementary(self) -> Vec<Elementary> {
        use Elementary::{Function, Times};
        match self {
            Self::Sigmoid => vec![Function("Sigmoid")],
            Self::ImprovedSigmoid => vec![Times(2.0 / 3.0), Function("Tanh"), Times(1.7159)],
            Self::Tanh => vec![Function("Tanh")],
            Self::Relu => vec![Function("Relu")],
        }
    }

    /// `f'(x)` as a function of the output `y = f(x)`: `y (1 - y)`, `2/3 (1.7159 - y^2 / 1.7159)`, `1 - y^2`, and for ReLU
    /// 1 if `y` is above 0, else 0.
    #[cfg(feature = "burn")]
    pub(crate) fn slope_at_output(self, y: f64) -> f64 {
        match self {
            Self::Sigmoid => y * (1.0 - y),
            Self::ImprovedSigmoid => 2.0 / 3.0 * (1.7159 - y * y / 1.7159),
            Self::Tanh => 1.0 - y * y,
            Self::Relu => f64::from(u8::from(y > 0.0)),
        }
    }

    /// The maximum of `f'(x)`.
    #[cfg(feature = "burn")]
    pub(crate) fn greatest_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 0.25,
            Self::ImprovedSigmoid => 1.7159 * (2.0 / 3.0),
            Self::Tanh | Self::Relu => 1.0,
        }
    }

    /// Whether the derivative jumps at 0.
    #[cfg(feature = "burn")]
    pub(crate) fn has_kink(self) -> bool {
        self == Self::Relu
    }

    /// The same function for the fused kernels.
    #[cfg(feature = "burn")]
    pub(crate) fn kernel(self) -> kernels::Nonlinearity {
        use kernels::Nonlinearity;
        match self {
            Self::Sigmoid => Nonlinearity::Sigmoid,
            Self::ImprovedSigmoid => Nonlinearity::ScaledTanh { amplitude: 1.7159, slope: 2.0 / 3.0 },
            Self::Tanh => Nonlinearity::ScaledTanh { amplitude: 1.0, slope: 1.0 },
            Self::Relu => Nonlinearity::Relu,
        }
    }

    /// The activation on a tensor.
    ///
    /// # Shapes
    /// - input and output: any, `[batch_size, n_units]` of a dense layer
    #[cfg(feature = "burn")]
    #[must_use]
    pub fn forward<const D: usize>(self, x: burn::tensor::Tensor<D>) -> burn::tensor::Tensor<D> {
        use burn::tensor::activation;
        match self {
            Self::Sigmoid => activation::sigmoid(x),
            // tanh(y) = 2 sigmoid(2y) - 1: on the CPU, the library's tanh is far slower than an exponential.
            Self::ImprovedSigmoid => {
                activation::sigmoid(x.mul_scalar(4.0 / 3.0)).mul_scalar(2.0 * 1.7159).sub_scalar(1.7159)
            }
            Self::Tanh => activation::sigmoid(x.mul_scalar(2.0)).mul_scalar(2.0).sub_scalar(1.0),
            Self::Relu => activation::relu(x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn improved_sigmoid_maps_one_to_one() {
        for x in [-1.0, 1.0] {
            assert!((Activation::ImprovedSigmoid.value(x) - x).abs() < 1e-4);
        }
    }

    #[test]
    fn elementary_steps_are_the_formula() {
        let step = |x: f64, step: &Elementary| match *step {
            Elementary::Times(factor) => factor * x,
            Elementary::Function("Tanh") => x.tanh(),
            Elementary::Function("Sigmoid") => 1.0 / (1.0 + (-x).exp()),
            Elementary::Function("Relu") => x.max(0.0),
            Elementary::Function(other) => panic!("{other} is not a function of this test"),
        };
        for activation in Activation::ALL {
            for x in [-3.0, -0.1, 0.0, 0.7, 5.0] {
                let y = activation.elementary().iter().fold(x, step);
                assert!((y - activation.value(x)).abs() < 1e-12, "{activation:?} at {x}");
            }
        }
    }

    #[cfg(feature = "burn")]
    #[test]
    fn tensors_agree_with_the_formula() {
        use burn::tensor::{Device, Tensor, TensorData};
        let inputs: Vec<f32> = (-400..=400).map(|i| i as f32 / 20.0).collect();
        for activation in Activation::ALL {
            let x = Tensor::<2>::from_data(TensorData::new(inputs.clone(), [1, inputs.len()]), &Device::flex());
            let outputs: Vec<f32> = activation.forward(x).into_data().try_into_vec().unwrap();
            for (&x, &y) in inputs.iter().zip(&outputs) {
                let difference = (f64::from(y) - activation.value(f64::from(x))).abs();
                assert!(difference < 4e-7 * activation.value(f64::from(x)).abs().max(1.0), "{activation:?} at {x}");
            }
        }
    }

    #[cfg(feature = "burn")]
    #[test]
    fn the_slope_is_known_by_the_output() {
        let step = 1e-6;
        for activation in Activation::ALL {
            let by_output = |x| activation.slope_at_output(activation.value(x));
            for x in [-4.0, -1.0, -0.1, 0.3, 1.0, 5.0] {
                let slope = (activation.value(x + step) - activation.value(x - step)) / (2.0 * step);
                assert!((slope - by_output(x)).abs() < 1e-8, "{activation:?} at {x}: {slope}, {}", by_output(x));
                assert!(slope <= activation.greatest_slope() + 1e-8);
            }
            let steepest = if activation == Activation::Relu { 1.0 } else { 0.0 };
            assert!((by_output(steepest) - activation.greatest_slope()).abs() < 1e-12);
        }
        assert!(Activation::Relu.slope_at_output(0.0).abs() < f64::EPSILON, "at its kink the slope of ReLU is 0");
    }
}
