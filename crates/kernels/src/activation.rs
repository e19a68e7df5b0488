//! Activations and their slopes, one register at a time.

use pulp::Simd;

use crate::Real;

/// The function that is applied to every output of a linear layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nonlinearity {
    /// `f(x) = x`
    Identity,
    /// `f(x) = 1 / (1 + exp(-x))`
    Sigmoid,
    /// `f(x) = amplitude tanh(slope x)`
    ScaledTanh {
        /// The limit for large `x`.
        amplitude: f64,
        /// Factor of `x`.
        slope: f64,
    },
    /// `f(x) = max(0, x)`
    Relu,
}

/// A [`Nonlinearity`] with its constants in the precision of the network.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Activation<T> {
    Identity,
    /// `y = height / (1 + exp(steepness x)) + shift`, with the slope `a + b y + c y^2`.
    Logistic {
        steepness: T,
        height: T,
        shift: T,
        slope: [T; 3],
    },
    Relu,
}

impl Nonlinearity {
    pub(crate) fn in_precision<T: Real>(self) -> Activation<T> {
        let logistic = |steepness, height, shift, slope: [f64; 3]| Activation::Logistic {
            steepness: T::from_f64(steepness),
            height: T::from_f64(height),
            shift: T::from_f64(shift),
            slope: slope.map(T::from_f64),
        };
        match self {
            Self::Identity => Activation::Identity,
            // f' = y (1 - y)
            Self::Sigmoid => logistic(-1.0, 1.0, 0.0, [0.0, 1.0, -1.0]),
            // a tanh(b x) = 2 a / (1 + exp(-2 b x)) - a, and f' = a b (1 - (y / a)^2)
            Self::ScaledTanh { amplitude: a, slope: b } => logistic(-2.0 * b, 2.0 * a, -a, [a * b, 0.0, -b / a]),
            Self::Relu => Activation::Relu,
        }
    }
}

impl<T: Real> Activation<T> {
    /// Replaces every `x` by `f(x)`.
    ///
    /// In single precision within `2e-7` times the activation's range of the exact value.
    #[inline(always)]
    pub(crate) fn apply<S: Simd, const N: usize>(self, simd: S, x: &mut [T::Lanes<S>; N]) {
        match self {
            Self::Identity => {}
            Self::Logistic { steepness, height, shift, .. } => {
                let [steepness, height, shift] = splat(simd, [steepness, height, shift]);
                let one = T::splat(simd, T::from_f64(1.0));
                for x in x {
                    let power = T::exp(simd, T::mul_lanes(simd, *x, steepness));
                    *x = T::add_lanes(simd, T::div_lanes(simd, height, T::add_lanes(simd, power, one)), shift);
                }
            }
            Self::Relu => {
                for x in x {
                    *x = T::where_positive(simd, *x, *x);
                }
            }
        }
    }

    /// Replaces every `y = f(x)` by `dy f'(x)`: every slope here is a function of the output.
    #[inline(always)]
    pub(crate) fn backward<S: Simd, const N: usize>(self, simd: S, y: &mut [T::Lanes<S>; N], dy: &[T::Lanes<S>; N]) {
        match self {
            Self::Identity => *y = *dy,
            Self::Logistic { slope, .. } => {
                let [a, b, c] = splat(simd, slope);
                for (y, dy) in y.iter_mut().zip(dy) {
                    let slope = T::mul_add(simd, T::mul_add(simd, c, *y, b), *y, a);
                    *y = T::mul_lanes(simd, slope, *dy);
                }
            }
            Self::Relu => {
                for (y, dy) in y.iter_mut().zip(dy) {
                    *y = T::where_positive(simd, *y, *dy);
                }
            }
        }
    }
}

#[inline(always)]
fn splat<T: Real, S: Simd>(simd: S, values: [T; 3]) -> [T::Lanes<S>; 3] {
    [T::splat(simd, values[0]), T::splat(simd, values[1]), T::splat(simd, values[2])]
}
