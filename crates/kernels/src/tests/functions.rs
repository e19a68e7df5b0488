//! The exponential and the activations, compared with the library's in double precision.

use super::*;

/// A kernel that applies a function to every register.
struct Map<'a, F>(&'a mut [f32], F);

/// A function on a register.
trait OnLanes {
    fn apply<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s;
}

impl<F: OnLanes> WithSimd for Map<'_, F> {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        for part in self.0.chunks_exact_mut(S::F32_LANES) {
            let x = <f32 as Real>::load(simd, part);
            <f32 as Real>::store(simd, part, self.1.apply(simd, x));
        }
    }
}

fn map(inputs: &[f32], f: impl OnLanes) -> Vec<f32> {
    let mut outputs = inputs.to_vec();
    // Whole registers.
    outputs.resize(inputs.len().next_multiple_of(16), 0.0);
    pulp::Arch::new().dispatch(Map(&mut outputs, f));
    outputs.truncate(inputs.len());
    outputs
}

struct Exponential;

impl OnLanes for Exponential {
    fn apply<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
        <f32 as Real>::exp(simd, x)
    }
}

impl OnLanes for Nonlinearity {
    fn apply<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
        let mut registers = [x];
        self.in_precision::<f32>().apply(simd, &mut registers);
        registers[0]
    }
}

/// The bound that `Real::exp` promises, over every 64th number of its range.
#[test]
fn the_exponential_is_right_to_two_units_in_the_last_place() {
    let range = || (0..f32::to_bits(88.0)).step_by(64).map(f32::from_bits);
    let inputs: Vec<f32> = range().chain(range().map(|x| -x).filter(|x| *x >= -87.0)).collect();
    let mut worst = 0.0_f64;
    for (&x, y) in inputs.iter().zip(map(&inputs, Exponential)) {
        let exact = f64::from(x).exp();
        let unit = f64::from(f32::from_f64(exact).next_up()) - f64::from(f32::from_f64(exact));
        worst = worst.max((f64::from(y) - exact).abs() / unit);
    }
    assert!(worst < 2.0, "{worst} units in the last place");
}

#[test]
fn activations_are_right_to_their_bound_and_keep_what_is_not_a_number() {
    let inputs: Vec<f32> = (-4000..=4000).map(|i| i as f32 / 40.0).collect();
    for f in ACTIVATIONS {
        for (&x, y) in inputs.iter().zip(map(&inputs, f)) {
            let (exact, _) = activate(f, f64::from(x));
            assert!((f64::from(y) - exact).abs() <= 4e-7 * exact.abs().max(1.0), "{f:?} at {x}: {y} and {exact}");
        }
        if f != Nonlinearity::Relu {
            assert!(map(&[f32::NAN], f)[0].is_nan(), "{f:?}");
        }
    }
}
