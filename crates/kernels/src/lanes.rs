//! `Real`: single and double precision in vector registers of the processor's width.

use std::ops::{Add, AddAssign, Mul, Sub};

use bytemuck::Pod;
use pulp::Simd;

/// A floating-point type with the vector operations that the kernels need.
///
/// `Lanes<S>` is one register of the instruction set `S`. Methods are named after their effect on every lane.
pub trait Real:
    Pod + PartialOrd + Into<f64> + Send + Sync + Add<Output = Self> + AddAssign + Mul<Output = Self> + Sub<Output = Self>
{
    /// One vector register.
    type Lanes<S: Simd>: Pod;

    /// Numbers in a register.
    fn n_lanes<S: Simd>() -> usize;
    /// The same number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Lanes<S>;
    /// The first numbers of a slice that fills a register.
    fn load<S: Simd>(simd: S, slice: &[Self]) -> Self::Lanes<S>;
    /// Into the first numbers of a slice that holds a register.
    fn store<S: Simd>(simd: S, slice: &mut [Self], lanes: Self::Lanes<S>);
    /// `a + b`
    fn add_lanes<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `a b`
    fn mul_lanes<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `a / b`
    fn div_lanes<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `a b + c`, rounded once if the processor has such an instruction.
    fn mul_add<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>, c: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `value` where `sign > 0`, else 0; also 0 where `sign` is NaN.
    fn where_positive<S: Simd>(simd: S, sign: Self::Lanes<S>, value: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `exp(x)`, within 2 units in the last place for `-87 <= x <= 88` in single precision; outside, `x` is clamped. NaN
    /// stays NaN.
    fn exp<S: Simd>(simd: S, x: Self::Lanes<S>) -> Self::Lanes<S>;
    /// To single or double precision.
    fn from_f64(value: f64) -> Self;
}

/// The methods that call pulp's operation of the same meaning, which has the name of the registers in its own: `add_f32s`.
macro_rules! through_pulp {
    ($lanes:ident, $n_lanes:ident) => {
        pastey::paste! {
            type Lanes<S: Simd> = S::$lanes;

            #[inline(always)]
            fn n_lanes<S: Simd>() -> usize {
                S::$n_lanes
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$lanes {
                simd.[<splat_ $lanes>](value)
            }

            #[inline(always)]
            fn load<S: Simd>(_: S, slice: &[Self]) -> S::$lanes {
                S::[<as_simd_ $lanes>](&slice[..S::$n_lanes]).0[0]
            }

            #[inline(always)]
            fn store<S: Simd>(_: S, slice: &mut [Self], lanes: S::$lanes) {
                S::[<as_mut_simd_ $lanes>](&mut slice[..S::$n_lanes]).0[0] = lanes;
            }

            #[inline(always)]
            fn add_lanes<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.[<add_ $lanes>](a, b)
            }

            #[inline(always)]
            fn mul_lanes<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.[<mul_ $lanes>](a, b)
            }

            #[inline(always)]
            fn div_lanes<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.[<div_ $lanes>](a, b)
            }

            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes, c: S::$lanes) -> S::$lanes {
                simd.[<mul_add_e_ $lanes>](a, b, c)
            }

            #[inline(always)]
            fn where_positive<S: Simd>(simd: S, sign: S::$lanes, value: S::$lanes) -> S::$lanes {
                let zero = simd.[<splat_ $lanes>](0.0);
                simd.[<select_ $lanes>](simd.[<greater_than_ $lanes>](sign, zero), value, zero)
            }
        }
    };
}

impl Real for f32 {
    through_pulp!(f32s, F32_LANES);

    /// `exp(x) = 2^n exp(r)` with `n = round(x / ln 2)` and `|r| <= ln(2) / 2`, where the Taylor polynomial of degree 7 is
    /// off by `|r|^8 / 8! < 6e-9`.
    #[inline(always)]
    fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
        /// Added to a small number it leaves the nearest integer in the low bits.
        const ROUND: f32 = 12_582_912.0;
        /// `ln 2` in two parts, the first short enough that `n LN_2_HIGH` is exact.
        const LN_2_HIGH: f32 = 0.693_359_4;
        const LN_2_LOW: f32 = -2.121_944_4e-4;
        const ONE: u32 = 1_f32.to_bits();
        const MANTISSA_BITS: u32 = f32::MANTISSA_DIGITS - 1;

        // The number comes second: on x86 that operand is the result if one of them is NaN.
        let x = simd.min_f32s(simd.splat_f32s(88.0), simd.max_f32s(simd.splat_f32s(-87.0), x));
        let rounded = simd.mul_add_e_f32s(x, simd.splat_f32s(std::f32::consts::LOG2_E), simd.splat_f32s(ROUND));
        let n = simd.sub_f32s(rounded, simd.splat_f32s(ROUND));
        let r = simd.mul_add_e_f32s(n, simd.splat_f32s(-LN_2_HIGH), x);
        let r = simd.mul_add_e_f32s(n, simd.splat_f32s(-LN_2_LOW), r);
        // Pairs of terms side by side, and then by powers of r^2: half the operations wait for another one.
        let mut pairs = [simd.splat_f32s(0.0); 4];
        let terms = [(1.0, 1.0), (0.5, 1.0 / 6.0), (1.0 / 24.0, 1.0 / 120.0), (1.0 / 720.0, 1.0 / 5040.0)];
        for (pair, (low, high)) in pairs.iter_mut().zip(terms) {
            *pair = simd.mul_add_e_f32s(simd.splat_f32s(high), r, simd.splat_f32s(low));
        }
        let square = simd.mul_f32s(r, r);
        let mut sum = pairs[3];
        for pair in [2, 1, 0] {
            sum = simd.mul_add_e_f32s(sum, square, pairs[pair]);
        }
        let n = simd.transmute_u32s_f32s(rounded);
        let exponent = simd.wrapping_dyn_shl_u32s(n, simd.splat_u32s(MANTISSA_BITS));
        simd.mul_f32s(sum, simd.transmute_f32s_u32s(simd.add_u32s(exponent, simd.splat_u32s(ONE))))
    }

    #[expect(clippy::cast_possible_truncation, reason = "rounded to single precision")]
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as Self
    }
}

impl Real for f64 {
    through_pulp!(f64s, F64_LANES);

    /// The library's exponential, lane by lane: double precision is for checks, not for speed.
    #[inline(always)]
    fn exp<S: Simd>(_: S, x: S::f64s) -> S::f64s {
        let mut lanes = [x];
        for x in bytemuck::cast_slice_mut::<S::f64s, Self>(&mut lanes) {
            *x = x.exp();
        }
        lanes[0]
    }

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }
}
