//! Activations and their slopes, one register at a time.

use pulp::Simd;

use crate::slices::Real;

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

impl Nonlinearity {
    /// `f(x)` for all values, in place.
    ///
    /// In single precision within `2e-7` times the activation's range of the exact value.
    #[inline(always)]
    pub(crate) fn apply<T: Real, S: Simd>(self, simd: S, values: &mut [T]) {
        match self {
            Self::Identity => {}
            Self::Sigmoid => map(
                simd,
                values,
                #[inline(always)]
                |x| logistic::<T, S>(simd, x, -1.0, 1.0),
            ),
            // a tanh(b x) = 2 a / (1 + exp(-2 b x)) - a
            Self::ScaledTanh { amplitude, slope } => {
                let shift = splat::<T, S>(simd, -amplitude);
                map(
                    simd,
                    values,
                    #[inline(always)]
                    |x| T::add_lanes(simd, logistic::<T, S>(simd, x, -2.0 * slope, 2.0 * amplitude), shift),
                );
            }
            Self::Relu => map(
                simd,
                values,
                #[inline(always)]
                |x| T::where_positive(simd, x, x),
            ),
        }
    }

    /// Writes `dy f'(x)` for all values into `out`, where `y = f(x)`: every slope here is a function of the output.
    #[inline(always)]
    pub(crate) fn through<T: Real, S: Simd>(self, simd: S, y: &[T], dy: &[T], out: &mut [T]) {
        match self {
            Self::Identity => out.copy_from_slice(dy),
            // f' = y (1 - y)
            Self::Sigmoid => {
                let minus_one = splat::<T, S>(simd, -1.0);
                zip(
                    simd,
                    y,
                    dy,
                    out,
                    #[inline(always)]
                    |y, dy| {
                        let slope = T::mul_add(simd, y, T::mul_lanes(simd, y, minus_one), y);
                        T::mul_lanes(simd, slope, dy)
                    },
                );
            }
            // f' = a b (1 - (y / a)^2) = a b - (b / a) y^2
            Self::ScaledTanh { amplitude, slope } => {
                let (at_zero, bend) = (splat::<T, S>(simd, amplitude * slope), splat::<T, S>(simd, -slope / amplitude));
                zip(
                    simd,
                    y,
                    dy,
                    out,
                    #[inline(always)]
                    |y, dy| {
                        let slope = T::mul_add(simd, y, T::mul_lanes(simd, y, bend), at_zero);
                        T::mul_lanes(simd, slope, dy)
                    },
                );
            }
            Self::Relu => zip(
                simd,
                y,
                dy,
                out,
                #[inline(always)]
                |y, dy| T::where_positive(simd, y, dy),
            ),
        }
    }
}

/// `height / (1 + exp(steepness x))`
#[inline(always)]
fn logistic<T: Real, S: Simd>(simd: S, x: T::Lanes<S>, steepness: f64, height: f64) -> T::Lanes<S> {
    let power = T::exp(simd, T::mul_lanes(simd, x, splat::<T, S>(simd, steepness)));
    T::div_lanes(simd, splat::<T, S>(simd, height), T::add_lanes(simd, power, splat::<T, S>(simd, 1.0)))
}

#[inline(always)]
fn splat<T: Real, S: Simd>(simd: S, value: f64) -> T::Lanes<S> {
    T::splat(simd, T::from_f64(value))
}

#[inline(always)]
fn map<T: Real, S: Simd>(simd: S, values: &mut [T], f: impl Fn(T::Lanes<S>) -> T::Lanes<S>) {
    let mut chunks = values.chunks_exact_mut(T::n_lanes::<S>());
    for chunk in &mut chunks {
        let x = T::load(simd, chunk);
        T::store(simd, chunk, f(x));
    }
    let rest = chunks.into_remainder();
    if !rest.is_empty() {
        let x = T::load_part(simd, rest);
        T::store_part(simd, rest, f(x));
    }
}

#[inline(always)]
fn zip<T: Real, S: Simd>(
    simd: S,
    a: &[T],
    b: &[T],
    out: &mut [T],
    f: impl Fn(T::Lanes<S>, T::Lanes<S>) -> T::Lanes<S>,
) {
    let lanes = T::n_lanes::<S>();
    let whole = out.len() / lanes * lanes;
    let (out, out_rest) = out.split_at_mut(whole);
    let ((a, a_rest), (b, b_rest)) = (a.split_at(whole), b.split_at(whole));
    for ((out, a), b) in out.chunks_exact_mut(lanes).zip(a.chunks_exact(lanes)).zip(b.chunks_exact(lanes)) {
        T::store(simd, out, f(T::load(simd, a), T::load(simd, b)));
    }
    if !out_rest.is_empty() {
        T::store_part(simd, out_rest, f(T::load_part(simd, a_rest), T::load_part(simd, b_rest)));
    }
}
