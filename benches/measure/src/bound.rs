//! The same training written by hand: plain vectors, loops and matrix products by `gemm`; no framework, one thread.
//!
//! It is careful code that does not exploit that most pixels are background. Only its speed matters, and that its loss
//! falls.

use std::hint::black_box;
use std::iter;

use gemm::{Parallelism, gemm};
use mnist::BatchOrder;
use pulp::Arch;
use spec::ExperimentSpec;

use crate::setting::{Digits, SHAPE};
use crate::timing::Timing;

const AMPLITUDE: f32 = 1.7159;
const SLOPE: f32 = 2.0 / 3.0;
const LEARNING_RATE: f32 = 0.001;
const MOMENTUM: f32 = 0.9;
/// Images of an evaluation batch.
const EVALUATION_BATCH: usize = 500;

/// Seconds per step, over permutations of the images.
pub(crate) fn steps(digits: &Digits, spec: &ExperimentSpec) -> Timing {
    let mut network = Network::new(spec);
    let (images, labels) = normalized(digits, &digits.splits.train);
    let epochs = iter::repeat_with(|| {
        let order = BatchOrder::Shuffled { seed: 1 }.of_epoch(1, labels.len());
        order.chunks_exact(spec.training.batch_size).map(<[usize]>::to_vec).collect::<Vec<_>>()
    });
    let mut batches = epochs.flatten();
    let mut losses = Vec::new();
    let timing = Timing::of(7, 500, || {
        losses.extend(batches.by_ref().take(500).map(|batch| network.step(&images, &labels, &batch)));
    });
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    assert!(mean(&losses[losses.len() - 100..]) < mean(&losses[..100]), "the hand-written network learns");
    timing
}

/// Seconds for loss and accuracy on 20,000 and 10,000 images.
pub(crate) fn validations(digits: &Digits, spec: &ExperimentSpec) -> Timing {
    let mut network = Network::new(spec);
    let sets = [&digits.splits.train, &digits.splits.validation].map(|set| normalized(digits, set));
    Timing::of(15, 1, || {
        for (images, labels) in &sets {
            network.evaluate(images, labels);
        }
    })
}

fn normalized(digits: &Digits, set: &mnist::ImageSet) -> (Vec<f32>, Vec<u8>) {
    let table = digits.splits.normalization.table();
    (set.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect(), set.labels.clone())
}

/// Weights or biases, with velocity and gradient.
struct Parameter {
    values: Vec<f32>,
    velocity: Vec<f32>,
    gradient: Vec<f32>,
}

impl Parameter {
    fn new(values: Vec<f32>) -> Self {
        Self { velocity: vec![0.0; values.len()], gradient: vec![0.0; values.len()], values }
    }

    /// `v = g + momentum v; w -= rate v`.
    fn update(&mut self) {
        let Self { values, velocity, gradient } = self;
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for ((w, v), g) in values.iter_mut().zip(velocity).zip(gradient) {
                    *v = *g + MOMENTUM * *v;
                    *w -= LEARNING_RATE * *v;
                }
            },
        );
    }
}

struct Layer {
    n_inputs: usize,
    n_outputs: usize,
    weight: Parameter,
    bias: Parameter,
    /// The outputs of a batch, and the gradient at them.
    outputs: Vec<f32>,
    gradient: Vec<f32>,
}

struct Network {
    layers: Vec<Layer>,
    inputs: Vec<f32>,
}

impl Network {
    fn new(spec: &ExperimentSpec) -> Self {
        let most = spec.training.batch_size.max(EVALUATION_BATCH);
        let weights = spec.model.initial_weights(SHAPE, 1);
        let layers = spec.model.layers(SHAPE).into_iter().map(|layer| {
            let parameter = |what: &str| {
                let tensor = weights.get(&format!("{}.{what}", layer.name));
                Parameter::new(tensor.map(|tensor| tensor.values.clone()).unwrap_or_default())
            };
            Layer {
                n_inputs: layer.n_inputs,
                n_outputs: layer.n_outputs,
                weight: parameter("weight"),
                bias: parameter("bias"),
                outputs: vec![0.0; most * layer.n_outputs],
                gradient: vec![0.0; most * layer.n_outputs],
            }
        });
        Self { layers: layers.collect(), inputs: vec![0.0; spec.training.batch_size * 784] }
    }

    /// Logits of `n` images, in the last layer's outputs.
    fn forward(layers: &mut [Layer], images: &[f32], n: usize) {
        let last = layers.len() - 1;
        for index in 0..layers.len() {
            let (before, from) = layers.split_at_mut(index);
            let layer = &mut from[0];
            let inputs = before.last().map_or(images, |before| &before.outputs);
            let outputs = &mut layer.outputs[..n * layer.n_outputs];
            let has_bias = !layer.bias.values.is_empty();
            if has_bias {
                outputs.chunks_exact_mut(layer.n_outputs).for_each(|row| row.copy_from_slice(&layer.bias.values));
            }
            let (left, right) =
                (Matrix::rows(inputs, layer.n_inputs), Matrix::rows(&layer.weight.values, layer.n_outputs));
            product(outputs, [n, layer.n_inputs, layer.n_outputs], left, right, has_bias);
            if index != last {
                Arch::new().dispatch(
                    #[inline(always)]
                    || outputs.iter_mut().for_each(|z| *z = scaled_tanh(*z)),
                );
            }
        }
    }

    /// One update; returns the loss before it.
    fn step(&mut self, images: &[f32], labels: &[u8], batch: &[usize]) -> f64 {
        let n = batch.len();
        for (input, &index) in self.inputs.chunks_exact_mut(784).zip(batch) {
            input.copy_from_slice(&images[index * 784..][..784]);
        }
        Self::forward(&mut self.layers, &self.inputs, n);
        let output = self.layers.last_mut().expect("there is a last layer");
        output.gradient[..n * 10].copy_from_slice(&output.outputs[..n * 10]);
        let classes: Vec<u8> = batch.iter().map(|&index| labels[index]).collect();
        let loss = softmax_cross_entropy(&mut output.gradient[..n * 10], &classes);
        for index in (0..self.layers.len()).rev() {
            let (before, from) = self.layers.split_at_mut(index);
            let layer = &mut from[0];
            let Layer { n_inputs, n_outputs, .. } = *layer;
            let gradient = Matrix::rows(&layer.gradient[..n * n_outputs], n_outputs);
            let inputs = Matrix::columns(before.last().map_or(&self.inputs, |before| &before.outputs), n_inputs);
            product(&mut layer.weight.gradient, [n_inputs, n, n_outputs], inputs, gradient, false);
            if let Some(Layer { gradient: out, outputs, .. }) = before.last_mut() {
                let out = &mut out[..n * n_inputs];
                let weight = Matrix::columns(&layer.weight.values, n_outputs);
                product(out, [n, n_outputs, n_inputs], gradient, weight, false);
                Arch::new().dispatch(
                    #[inline(always)]
                    || out.iter_mut().zip(outputs).for_each(|(g, y)| *g *= SLOPE * (AMPLITUDE - *y * *y / AMPLITUDE)),
                );
            }
            layer.update(n);
        }
        loss / n as f64
    }

    /// Loss of every batch.
    fn evaluate(&mut self, images: &[f32], labels: &[u8]) {
        for (images, labels) in images.chunks(EVALUATION_BATCH * 784).zip(labels.chunks(EVALUATION_BATCH)) {
            Self::forward(&mut self.layers, images, labels.len());
            let logits = &mut self.layers.last_mut().expect("there is a last layer").outputs[..labels.len() * 10];
            black_box(softmax_cross_entropy(logits, labels));
        }
    }
}

impl Layer {
    /// Updates weights and biases by the gradients of `n` images.
    fn update(&mut self, n: usize) {
        self.bias.gradient.fill(0.0);
        for row in self.gradient[..n * self.n_outputs].chunks_exact(self.n_outputs) {
            self.bias.gradient.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += gradient);
        }
        self.weight.update();
        self.bias.update();
    }
}

/// Sum of the cross-entropies; the gradient of their mean replaces the logits.
fn softmax_cross_entropy(logits: &mut [f32], labels: &[u8]) -> f64 {
    let scale = 1.0 / labels.len() as f32;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut loss = 0.0;
            for (logits, &label) in logits.chunks_exact_mut(10).zip(labels) {
                let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let of_label = logits[usize::from(label)] - largest;
                for z in &mut *logits {
                    *z = exp(*z - largest);
                }
                let sum: f32 = logits.iter().sum();
                loss += f64::from(sum.ln() - of_label);
                for power in &mut *logits {
                    *power *= scale / sum;
                }
                logits[usize::from(label)] -= scale;
            }
            loss
        },
    )
}

/// `1.7159 tanh(2 z / 3)`
#[expect(clippy::inline_always, reason = "it uses the instruction set of its caller only if it is inlined")]
#[inline(always)]
fn scaled_tanh(z: f32) -> f32 {
    2.0 * AMPLITUDE / (1.0 + exp(-2.0 * SLOPE * z)) - AMPLITUDE
}

/// The exponential as a polynomial that the compiler vectorises.
#[expect(clippy::inline_always, reason = "it uses the instruction set of its caller only if it is inlined")]
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 87.0);
    let rounded = x * std::f32::consts::LOG2_E + 12_582_912.0;
    let n = rounded - 12_582_912.0;
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    let power = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    power * f32::from_bits((rounded.to_bits() << 23).wrapping_add(1_f32.to_bits()))
}

/// A matrix with its strides.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    /// From one row to the next, from one column to the next.
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    fn rows(values: &'a [f32], n_columns: usize) -> Self {
        Self { values, strides: [n_columns, 1] }
    }

    fn columns(values: &'a [f32], n_columns: usize) -> Self {
        Self { values, strides: [1, n_columns] }
    }

    /// Whether the slice has all elements of `n_rows x n_columns`.
    fn holds(self, n_rows: usize, n_columns: usize) -> bool {
        (n_rows - 1) * self.strides[0] + (n_columns - 1) * self.strides[1] < self.values.len()
    }
}

/// `out = left right`, or `out += left right` if `adds`; `[n, depth, m]` are the sizes, `out` is row-major.
#[expect(clippy::cast_possible_wrap, reason = "a slice is never longer than isize::MAX")]
fn product(out: &mut [f32], [n, depth, m]: [usize; 3], left: Matrix<'_>, right: Matrix<'_>, adds: bool) {
    assert!(n * depth * m > 0 && out.len() == n * m && left.holds(n, depth) && right.holds(depth, m));
    // SAFETY: the pointers come from slices that hold every element of the given sizes and strides, as was just asserted,
    // and nothing else borrows `out`.
    #[expect(unsafe_code, reason = "gemm takes pointers")]
    unsafe {
        gemm(
            n,
            m,
            depth,
            out.as_mut_ptr(),
            1,
            m as isize,
            adds,
            left.values.as_ptr(),
            left.strides[1] as isize,
            left.strides[0] as isize,
            right.values.as_ptr(),
            right.strides[1] as isize,
            right.strides[0] as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
