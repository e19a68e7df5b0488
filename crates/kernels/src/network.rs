//! `Network`: dense layers with everything that a training step changes or needs, in buffers that stay.

use pulp::{Simd, WithSimd};

use crate::activation::Activation;
use crate::instructions::arch;
use crate::loss::{self, ScoreSums};
use crate::matrix::Matrix;
use crate::parameter::{Descent, Parameter, UpdateWeights};
use crate::product::{Activate, Backward, Left, product};
use crate::sparse::{self, Batch, SparseProduct, SparseRows};
use crate::tile::{ColumnSums, for_each_tile};
use crate::{Nonlinearity, Real};

mod evaluation;

pub(crate) use evaluation::Scores;

/// The input of a network: `[n, n_inputs]`.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a, T> {
    /// Row-major.
    Dense(&'a [T]),
    /// These rows of a set.
    Sparse(&'a SparseRows<T>, &'a [u32]),
}

/// The weights of a layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LayerWeights<T> {
    /// Row-major `[n_inputs, n_outputs]`.
    pub weight: Vec<T>,
    /// `[n_outputs]`, or empty for none.
    pub bias: Vec<T>,
}

/// A network of dense layers, `y = f(x W + b)`, whose last layer has no activation.
#[derive(Debug)]
pub struct Network<T> {
    layers: Vec<Layer<T>>,
    /// The rows of a dense input.
    inputs: Matrix<T>,
    /// The rows of a sparse input.
    batch: Batch<T>,
    /// The outputs of the first layer for a sparse row without entries, before the activation.
    background: Matrix<T>,
    /// The outputs of every layer.
    outputs: Vec<Matrix<T>>,
    /// The gradient of the loss at the outputs of every layer, before the activation.
    deltas: Vec<Matrix<T>>,
    /// The sums of these gradients over the rows.
    delta_sums: Vec<Matrix<T>>,
}

#[derive(Debug)]
struct Layer<T> {
    weight: Parameter<T>,
    /// The weights transposed, as the backward pass needs them: made by the first step, kept by the updates. None of the
    /// first layer.
    transposed: Option<Matrix<T>>,
    bias: Option<Parameter<T>>,
    activation: Activation<T>,
}

/// What a layer reads.
#[derive(Clone, Copy)]
enum LayerInput<'a, T> {
    Dense(&'a Matrix<T>),
    Sparse { set: &'a SparseRows<T>, rows: &'a [u32], background: &'a Matrix<T> },
}

impl<T: Real> Layer<T> {
    fn new(values: &LayerWeights<T>, n_outputs: usize, nonlinearity: Nonlinearity) -> Self {
        let weight = Parameter::new(&values.weight, n_outputs);
        let bias = (!values.bias.is_empty()).then(|| Parameter::new(&values.bias, n_outputs));
        Self { weight, transposed: None, bias, activation: nonlinearity.in_precision() }
    }

    fn n_outputs(&self) -> usize {
        self.weight.values.shape.n_columns
    }

    /// The output of a sparse row without entries, before the activation: `b (1 W) + bias`.
    #[inline(always)]
    fn background_outputs<S: Simd>(&self, simd: S, background: T, out: &mut Matrix<T>) {
        let (matrix, start) = (&self.weight.values, self.bias.as_ref().map(|bias| &bias.values));
        let mut sums = ColumnSums { matrix, n_rows: matrix.shape.n_rows, scale: background, start, out };
        for_each_tile(simd, matrix.shape, sparse::MOST_REGISTERS, &mut sums);
    }

    /// `out = f(x W + b)` for `n` rows.
    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, input: LayerInput<'_, T>, n: usize, out: &mut Matrix<T>) {
        let (weight, activation) = (&self.weight.values, self.activation);
        match input {
            LayerInput::Dense(left) => {
                let start = self.bias.as_ref().map(|bias| &bias.values);
                let shape = out.shape;
                product(simd, Left::Rows(left), weight, start, n, shape, &mut Activate { activation, out });
            }
            LayerInput::Sparse { set, rows, background } => {
                let mut product = SparseProduct { set, rows, weight, start: background, activation, out };
                for_each_tile(simd, weight.shape, sparse::MOST_REGISTERS, &mut product);
            }
        }
    }
}

impl<T: Real> Network<T> {
    /// A network with these weights, first layer to last, and velocities of 0.
    ///
    /// - `n_inputs`: columns of the input
    /// - `nonlinearity`: of every layer but the last
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[must_use]
    pub fn new(n_inputs: usize, weights: &[LayerWeights<T>], nonlinearity: Nonlinearity) -> Self {
        let mut width = n_inputs;
        let mut layers = Vec::with_capacity(weights.len());
        for (index, values) in weights.iter().enumerate() {
            let n_outputs = values.weight.len() / width;
            assert_eq!(values.weight.len(), width * n_outputs, "a weight matrix is whole");
            assert!([0, n_outputs].contains(&values.bias.len()), "a bias has a number for every output");
            let is_last = index + 1 == weights.len();
            let nonlinearity = if is_last { Nonlinearity::Identity } else { nonlinearity };
            layers.push(Layer::new(values, n_outputs, nonlinearity));
            width = n_outputs;
        }
        let buffers = |n_rows| layers.iter().map(|layer| Matrix::zeros(n_rows, layer.n_outputs())).collect();
        Self {
            inputs: Matrix::zeros(0, n_inputs),
            batch: Batch::new(),
            background: Matrix::zeros(1, layers.first().map_or(0, Layer::n_outputs)),
            outputs: buffers(0),
            deltas: buffers(0),
            delta_sums: buffers(1),
            layers,
        }
    }

    /// The weights of every layer, each followed by the bias if there is one, row-major.
    #[must_use]
    pub fn weights(&self) -> Vec<Vec<T>> {
        self.read(|parameter| &parameter.values)
    }

    /// The velocities in the order of [`Self::weights`]. After [`Self::gradients`] they are the gradients.
    #[must_use]
    pub fn velocities(&self) -> Vec<Vec<T>> {
        self.read(|parameter| &parameter.velocity)
    }

    fn read(&self, part: impl Fn(&Parameter<T>) -> &Matrix<T>) -> Vec<Vec<T>> {
        let parameters = self.layers.iter().flat_map(|layer| std::iter::once(&layer.weight).chain(&layer.bias));
        parameters.map(|parameter| part(parameter).to_rows(parameter.values.shape.n_rows)).collect()
    }

    /// Replaces the velocities, in the order of [`Self::weights`].
    pub fn set_velocities<'a>(&mut self, velocities: impl IntoIterator<Item = &'a [T]>)
    where
        T: 'a,
    {
        let parameters =
            self.layers.iter_mut().flat_map(|layer| std::iter::once(&mut layer.weight).chain(&mut layer.bias));
        for (parameter, velocity) in parameters.zip(velocities) {
            parameter.velocity.copy_rows(velocity);
        }
    }

    /// The outputs of every hidden layer, row-major `[n, n_outputs]`, for the last `n` rows that were trained on.
    pub fn hidden_outputs(&self, n: usize) -> impl Iterator<Item = Vec<T>> {
        self.outputs.iter().take(self.outputs.len() - 1).map(move |outputs| outputs.to_rows(n))
    }

    /// One step of gradient descent. Returns the mean cross-entropy before it; if that is NaN or infinite, no weight changes.
    ///
    /// Once its buffers have grown to the batches, it allocates nothing.
    ///
    /// # Panics
    /// If the shapes do not fit, or a target is not a class.
    pub fn step(&mut self, input: Input<'_, T>, targets: &[u8], descent: Descent) -> f64 {
        arch().dispatch(Step { network: self, input, targets, descent })
    }

    /// The mean cross-entropy. Its gradients take the place of the velocities; no weight changes.
    ///
    /// # Panics
    /// If the shapes do not fit, or a target is not a class.
    pub fn gradients(&mut self, input: Input<'_, T>, targets: &[u8]) -> f64 {
        self.step(input, targets, Descent { learning_rate: 0.0, momentum: 0.0 })
    }

    #[inline(always)]
    fn train<S: Simd>(&mut self, simd: S, input: Input<'_, T>, targets: &[u8], descent: Descent) -> f64 {
        let n = targets.len();
        self.prepare(input, n);
        let first = match input {
            Input::Dense(_) => LayerInput::Dense(&self.inputs),
            Input::Sparse(set, _) => {
                self.layers[0].background_outputs(simd, set.background(), &mut self.background);
                LayerInput::Sparse { set: &self.batch.set, rows: &self.batch.rows, background: &self.background }
            }
        };
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, from) = self.outputs.split_at_mut(index);
            layer.forward(simd, before.last().map_or(first, LayerInput::Dense), n, &mut from[0]);
        }
        let last = self.layers.len() - 1;
        std::mem::swap(&mut self.outputs[last], &mut self.deltas[last]);
        let loss = loss::scores(simd, &mut self.deltas[last], targets, true).loss / n as f64;
        if loss.is_finite() {
            for index in (0..=last).rev() {
                self.backward(simd, index, input, n, descent);
            }
        }
        loss
    }

    /// Makes room for `n` rows and takes the input over.
    fn prepare(&mut self, input: Input<'_, T>, n: usize) {
        check(input, self.inputs.shape.n_columns, n);
        self.outputs.iter_mut().chain(&mut self.deltas).for_each(|matrix| matrix.reserve_rows(n));
        for Layer { weight, transposed, .. } in &mut self.layers[1..] {
            transposed.get_or_insert_with(|| weight.values.transposed());
        }
        match input {
            Input::Dense(values) => {
                self.inputs.reserve_rows(n);
                self.inputs.copy_rows(values);
            }
            Input::Sparse(set, rows) => self.batch.copy(set, rows),
        }
    }

    /// The backward pass of a layer: the deltas of the one before, then the layer's own gradients, with which its parameters
    /// are updated while they are in registers.
    #[inline(always)]
    fn backward<S: Simd>(&mut self, simd: S, index: usize, input: Input<'_, T>, n: usize, descent: Descent) {
        let (deltas_before, deltas) = self.deltas.split_at_mut(index);
        let (layers_before, layers) = self.layers.split_at_mut(index);
        let (layer, dz, sums) = (&mut layers[0], &deltas[0], &mut self.delta_sums[index]);
        let shape = dz.shape;
        // First, because the gradient at the inputs is that of the weights before the update.
        if let (Some(transposed), Some(out), Some(before)) =
            (&layer.transposed, deltas_before.last_mut(), layers_before.last())
        {
            let (shape, outputs) = (out.shape, &self.outputs[index - 1]);
            let mut finish = Backward { activation: before.activation, outputs, out };
            product(simd, Left::Rows(dz), transposed, None, n, shape, &mut finish);
        }
        let is_sparse = index == 0 && matches!(input, Input::Sparse(..));
        if is_sparse || layer.bias.is_some() {
            let mut sum = ColumnSums { matrix: dz, n_rows: n, scale: T::from_f64(1.0), start: None, out: sums };
            for_each_tile(simd, shape, sparse::MOST_REGISTERS, &mut sum);
        }
        if let Some(bias) = &mut layer.bias {
            bias.update_row(simd, descent, sums);
        }
        let weight = &mut layer.weight;
        if is_sparse {
            sparse::update(simd, &mut self.batch, dz, sums, weight, descent);
        } else {
            let left = if index == 0 { &self.inputs } else { &self.outputs[index - 1] };
            let shape = weight.values.shape;
            let mut finish = UpdateWeights { weight, transposed: layer.transposed.as_mut(), descent };
            product(simd, Left::Columns(left, n), dz, None, shape.n_rows, shape, &mut finish);
        }
    }

    /// Sum of the cross-entropies and number of correct predictions over all rows, on all cores; the same on any number of
    /// them.
    ///
    /// # Panics
    /// If the shapes do not fit, or a target is not a class.
    #[must_use]
    pub fn scores(&self, input: Input<'_, T>, targets: &[u8]) -> ScoreSums {
        check(input, self.inputs.shape.n_columns, targets.len());
        arch().dispatch(Scores { network: self, input, targets })
    }
}

fn check<T: Real>(input: Input<'_, T>, n_inputs: usize, n: usize) {
    match input {
        Input::Dense(values) => assert_eq!(values.len(), n * n_inputs, "dense inputs have {n_inputs} columns"),
        Input::Sparse(set, rows) => {
            assert_eq!(
                (set.n_columns(), rows.len()),
                (n_inputs, n),
                "sparse inputs have as many columns as the weights rows"
            );
        }
    }
}

/// [`Network::step`] with one instruction set.
pub(crate) struct Step<'a, T> {
    pub(crate) network: &'a mut Network<T>,
    pub(crate) input: Input<'a, T>,
    pub(crate) targets: &'a [u8],
    pub(crate) descent: Descent,
}

impl<T: Real> WithSimd for Step<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        self.network.train(simd, self.input, self.targets, self.descent)
    }
}
