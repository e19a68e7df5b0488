//! `Linear`: a linear layer with its activation, with one call for forward and one for backward.

use pulp::{Arch, Simd, WithSimd};

use crate::slices::product::{AsStored, Transposed, add_column_sums, product, transpose};
use crate::slices::sparse::{self, SparseRows};
use crate::slices::{Nonlinearity, Real};

/// The input of a layer: `[n, n_inputs]`.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a, T> {
    /// Row-major.
    Dense(&'a [T]),
    /// These rows of a set.
    Sparse(&'a SparseRows<T>, &'a [u32]),
}

/// A layer `y = f(x W + b)`.
#[derive(Debug, Clone, Copy)]
pub struct Linear<'a, T> {
    /// Row-major `[n_inputs, n_outputs]`.
    pub weight: &'a [T],
    /// `[n_outputs]`, or empty for none.
    pub bias: &'a [T],
    /// Columns of `weight`.
    pub n_outputs: usize,
    /// What is applied to every output.
    pub nonlinearity: Nonlinearity,
}

/// The gradients of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearGradients<T> {
    /// Row-major `[n_inputs, n_outputs]`.
    pub weight: Vec<T>,
    /// `[n_outputs]`
    pub bias: Vec<T>,
    /// `[n, n_inputs]`, if it was wanted.
    pub input: Option<Vec<T>>,
}

impl<T: Real> Linear<'_, T> {
    /// `f(x W + b)`, row-major `[n, n_outputs]`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[must_use]
    pub fn forward(&self, input: Input<'_, T>) -> Vec<T> {
        let mut y = vec![T::from_f64(0.0); self.n_rows(input) * self.n_outputs];
        Arch::new().dispatch(Forward { layer: *self, input, y: &mut y });
        y
    }

    /// The gradients of a loss, where `dy`, `[n, n_outputs]`, is its gradient at the outputs `y = f(x W + b)`.
    ///
    /// The gradient at the inputs is computed only for dense inputs, and only if it is wanted.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[must_use]
    pub fn backward(&self, input: Input<'_, T>, y: &[T], dy: &[T], wants_input: bool) -> LinearGradients<T> {
        let n = self.n_rows(input) * self.n_outputs;
        assert!(y.len() == n && dy.len() == n, "a layer's outputs and their gradient have one shape");
        Arch::new().dispatch(Backward { layer: *self, input, y, dy, wants_input })
    }

    /// Rows of `weight`.
    pub(crate) fn n_inputs(&self) -> usize {
        self.weight.len() / self.n_outputs
    }

    fn n_rows(&self, input: Input<'_, T>) -> usize {
        let n_inputs = self.n_inputs();
        assert_eq!(self.weight.len(), n_inputs * self.n_outputs, "a weight matrix is whole");
        assert!(self.bias.is_empty() || self.bias.len() == self.n_outputs, "a bias has a number for every output");
        match input {
            Input::Dense(values) => {
                assert!(values.len().is_multiple_of(n_inputs), "dense inputs have {n_inputs} columns");
                values.len() / n_inputs
            }
            Input::Sparse(set, rows) => {
                assert_eq!(set.n_columns(), n_inputs, "sparse inputs have as many columns as the weights rows");
                rows.len()
            }
        }
    }

    /// The output of a sparse row without entries, before the activation; empty for dense inputs.
    #[inline(always)]
    pub(crate) fn background<S: Simd>(&self, simd: S, input: Input<'_, T>) -> Vec<T> {
        match input {
            Input::Dense(_) => Vec::new(),
            Input::Sparse(set, _) => sparse::background_product(simd, set, self.weight, self.bias, self.n_outputs),
        }
    }

    /// `y = f(x W + b)`.
    #[inline(always)]
    pub(crate) fn forward_into<S: Simd>(&self, simd: S, input: Input<'_, T>, background: &[T], y: &mut [T]) {
        match input {
            Input::Dense(values) => {
                product(simd, AsStored { values }, self.weight, self.bias, self.n_outputs, y);
            }
            Input::Sparse(set, rows) => sparse::product(simd, set, rows, self.weight, background, y),
        }
        self.nonlinearity.apply(simd, y);
    }
}

pub(super) struct Forward<'a, T> {
    pub(super) layer: Linear<'a, T>,
    pub(super) input: Input<'a, T>,
    pub(super) y: &'a mut [T],
}

impl<T: Real> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let background = self.layer.background(simd, self.input);
        self.layer.forward_into(simd, self.input, &background, self.y);
    }
}

pub(super) struct Backward<'a, T> {
    pub(super) layer: Linear<'a, T>,
    pub(super) input: Input<'a, T>,
    pub(super) y: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) wants_input: bool,
}

impl<T: Real> WithSimd for Backward<'_, T> {
    type Output = LinearGradients<T>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> LinearGradients<T> {
        let Self { layer, input, y, dy, wants_input } = self;
        let zero = T::from_f64(0.0);
        let (n_inputs, n_outputs) = (layer.n_inputs(), layer.n_outputs);

        let mut through = Vec::new();
        let dz = if layer.nonlinearity == Nonlinearity::Identity {
            dy
        } else {
            through.resize(dy.len(), zero);
            layer.nonlinearity.through(simd, y, dy, &mut through);
            &through
        };

        let mut bias = vec![zero; n_outputs];
        add_column_sums(simd, dz, n_outputs, &mut bias);
        let values = match input {
            Input::Sparse(set, rows) => {
                let weight = sparse::transposed_product(simd, set, rows, dz, &bias);
                return LinearGradients { weight, bias, input: None };
            }
            Input::Dense(values) => values,
        };
        let mut weight = vec![zero; layer.weight.len()];
        let left = Transposed { values, n_columns: n_inputs };
        product(simd, left, dz, &[], n_outputs, &mut weight);
        if !wants_input {
            return LinearGradients { weight, bias, input: None };
        }
        let mut gradient = vec![zero; values.len()];
        let right = transpose(layer.weight, n_outputs);
        product(simd, AsStored { values: dz }, &right, &[], n_inputs, &mut gradient);
        LinearGradients { weight, bias, input: Some(gradient) }
    }
}
