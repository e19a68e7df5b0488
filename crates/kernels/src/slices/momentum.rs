//! Gradient descent with momentum in one pass over the weights.

use pulp::{Arch, Simd, WithSimd};

use crate::slices::Real;

/// `velocity = gradient + momentum velocity`, in place; then `gradient = weight - learning_rate velocity`: the new weights
/// replace the gradient.
///
/// Without momentum, pass an empty velocity: `gradient = weight - learning_rate gradient`.
///
/// # Panics
/// If the lengths differ.
pub fn momentum_step<T: Real>(weight: &[T], velocity: &mut [T], gradient: &mut [T], learning_rate: T, momentum: T) {
    assert_eq!(weight.len(), gradient.len(), "every weight has a gradient");
    assert!(velocity.is_empty() || velocity.len() == weight.len(), "every weight has a velocity");
    Arch::new().dispatch(Step { weight, velocity, gradient, learning_rate, momentum });
}

struct Step<'a, T> {
    weight: &'a [T],
    velocity: &'a mut [T],
    gradient: &'a mut [T],
    learning_rate: T,
    momentum: T,
}

impl<T: Real> WithSimd for Step<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = T::n_lanes::<S>();
        let (rate, momentum) = (T::splat(simd, T::from_f64(0.0) - self.learning_rate), T::splat(simd, self.momentum));
        let gradients = self.gradient.chunks_mut(lanes).zip(self.weight.chunks(lanes));
        if self.velocity.is_empty() {
            for (gradient, weight) in gradients {
                let new = T::mul_add(simd, rate, load(simd, gradient), load(simd, weight));
                store(simd, gradient, new);
            }
        } else {
            for ((gradient, weight), velocity) in gradients.zip(self.velocity.chunks_mut(lanes)) {
                let moved = T::mul_add(simd, momentum, load(simd, velocity), load(simd, gradient));
                store(simd, velocity, moved);
                let new = T::mul_add(simd, rate, moved, load(simd, weight));
                store(simd, gradient, new);
            }
        }
    }
}

#[inline(always)]
fn load<T: Real, S: Simd>(simd: S, slice: &[T]) -> T::Lanes<S> {
    if slice.len() == T::n_lanes::<S>() { T::load(simd, slice) } else { T::load_part(simd, slice) }
}

#[inline(always)]
fn store<T: Real, S: Simd>(simd: S, slice: &mut [T], lanes: T::Lanes<S>) {
    if slice.len() == T::n_lanes::<S>() { T::store(simd, slice, lanes) } else { T::store_part(simd, slice, lanes) }
}
