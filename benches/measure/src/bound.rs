//! The same training by hand: plain vectors, `gemm`'s matrix products, loops; no framework, one thread.
//!
//! What a careful programmer gets without using that most pixels are background. Only its speed is of interest, and
//! that its loss falls.

use std::hint::black_box;

use gemm::{Parallelism, gemm};
use mlp::MlpWeights;
use mnist::BatchOrder;
use pulp::Arch;

use crate::setting::{Digits, Setting};
use crate::timing::Timing;

const AMPLITUDE: f32 = 1.7159;
const SLOPE: f32 = 2.0 / 3.0;
/// Images of an evaluation batch.
const EVALUATION_BATCH: usize = 500;

/// Seconds of a step, from one permutation of the images to the next.
pub(crate) fn steps(digits: &Digits, setting: &Setting) -> Timing {
    let mut network = Network::new(setting);
    let (images, labels) = normalized(digits, &digits.splits.train);
    let mut batches = Vec::new();
    let mut losses = Vec::new();
    let timing = Timing::of(7, 500, || {
        for _ in 0..500 {
            if batches.is_empty() {
                let order = BatchOrder::Shuffled { seed: 1 }.of_epoch(1, labels.len());
                batches = order.chunks_exact(setting.batch_size).map(<[usize]>::to_vec).collect();
            }
            let batch = batches.pop().expect("it was just filled");
            losses.push(network.step(&images, &labels, &batch, 0.001, 0.9));
        }
    });
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    assert!(mean(&losses[losses.len() - 100..]) < mean(&losses[..100]), "the hand-written network learns");
    timing
}

/// Seconds of loss and accuracy on 20,000 and 10,000 images.
pub(crate) fn validations(digits: &Digits, setting: &Setting) -> Timing {
    let mut network = Network::new(setting);
    let sets = [&digits.splits.train, &digits.splits.validation].map(|set| normalized(digits, set));
    Timing::of(15, 1, || {
        for (images, labels) in &sets {
            black_box(network.evaluate(images, labels));
        }
    })
}

fn normalized(digits: &Digits, set: &mnist::ImageSet) -> (Vec<f32>, Vec<u8>) {
    let table = digits.splits.normalization.table();
    (set.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect(), set.labels.clone())
}

struct Layer {
    n_inputs: usize,
    n_outputs: usize,
    weight: Vec<f32>,
    weight_velocity: Vec<f32>,
    weight_gradient: Vec<f32>,
    bias: Vec<f32>,
    bias_velocity: Vec<f32>,
    /// What leaves it, and the gradient there.
    outputs: Vec<f32>,
    gradient: Vec<f32>,
}

struct Network {
    layers: Vec<Layer>,
    inputs: Vec<f32>,
}

impl Network {
    fn new(setting: &Setting) -> Self {
        let most = setting.batch_size.max(EVALUATION_BATCH);
        let MlpWeights { layers } = setting.spec().model.initial_weights(1);
        let layers = layers.into_iter().map(|layer| Layer {
            n_inputs: layer.shape.n_inputs,
            n_outputs: layer.shape.n_outputs,
            weight_velocity: vec![0.0; layer.weight.len()],
            weight_gradient: vec![0.0; layer.weight.len()],
            bias_velocity: vec![0.0; layer.bias.len()],
            outputs: vec![0.0; most * layer.shape.n_outputs],
            gradient: vec![0.0; most * layer.shape.n_outputs],
            weight: layer.weight,
            bias: layer.bias,
        });
        Self { layers: layers.collect(), inputs: vec![0.0; setting.batch_size * 784] }
    }

    /// Logits of `n` images, in the last layer's outputs.
    fn forward(layers: &mut [Layer], images: &[f32], n: usize) {
        let last = layers.len() - 1;
        for index in 0..layers.len() {
            let (before, from) = layers.split_at_mut(index);
            let layer = &mut from[0];
            let inputs = before.last().map_or(images, |before| &before.outputs);
            let outputs = &mut layer.outputs[..n * layer.n_outputs];
            let has_bias = !layer.bias.is_empty();
            if has_bias {
                outputs.chunks_exact_mut(layer.n_outputs).for_each(|row| row.copy_from_slice(&layer.bias));
            }
            let (left, right) = (Matrix::rows(inputs, layer.n_inputs), Matrix::rows(&layer.weight, layer.n_outputs));
            product(outputs, [n, layer.n_inputs, layer.n_outputs], left, right, has_bias);
            if index != last {
                Arch::new().dispatch(
                    #[inline(always)]
                    || outputs.iter_mut().for_each(|z| *z = scaled_tanh(*z)),
                );
            }
        }
    }

    /// One update; the loss before it.
    fn step(&mut self, images: &[f32], labels: &[u8], batch: &[usize], rate: f32, momentum: f32) -> f64 {
        let n = batch.len();
        for (input, &index) in self.inputs.chunks_exact_mut(784).zip(batch) {
            input.copy_from_slice(&images[index * 784..][..784]);
        }
        Self::forward(&mut self.layers, &self.inputs, n);
        let output = self.layers.last_mut().expect("there is a last layer");
        output.gradient[..n * 10].copy_from_slice(&output.outputs[..n * 10]);
        let classes: Vec<u8> = batch.iter().map(|&index| labels[index]).collect();
        let scores = kernels::slices::softmax_cross_entropy(&mut output.gradient[..n * 10], 10, &classes);
        for index in (0..self.layers.len()).rev() {
            let (before, from) = self.layers.split_at_mut(index);
            let layer = &mut from[0];
            let gradient = &layer.gradient[..n * layer.n_outputs];
            let inputs = before.last().map_or(&self.inputs, |before| &before.outputs);
            let left = Matrix::columns(inputs, layer.n_inputs);
            let size = [layer.n_inputs, n, layer.n_outputs];
            product(&mut layer.weight_gradient, size, left, Matrix::rows(gradient, layer.n_outputs), false);
            if let Some(before) = before.last_mut() {
                let right = Matrix::columns(&layer.weight, layer.n_outputs);
                let size = [n, layer.n_outputs, layer.n_inputs];
                product(
                    &mut before.gradient[..n * layer.n_inputs],
                    size,
                    Matrix::rows(gradient, layer.n_outputs),
                    right,
                    false,
                );
                let (gradient, outputs) = (&mut before.gradient[..n * layer.n_inputs], &before.outputs);
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for (gradient, y) in gradient.iter_mut().zip(outputs) {
                            *gradient *= SLOPE * (AMPLITUDE - y * y / AMPLITUDE);
                        }
                    },
                );
            }
            layer.update(n, rate, momentum);
        }
        scores.loss / n as f64
    }

    /// Mean loss and share of right answers.
    fn evaluate(&mut self, images: &[f32], labels: &[u8]) -> (f64, f64) {
        let (mut loss, mut correct) = (0.0, 0);
        for (images, labels) in images.chunks(EVALUATION_BATCH * 784).zip(labels.chunks(EVALUATION_BATCH)) {
            Self::forward(&mut self.layers, images, labels.len());
            let logits = &mut self.layers.last_mut().expect("there is a last layer").outputs[..labels.len() * 10];
            let scores = kernels::slices::softmax_cross_entropy(logits, 10, labels);
            loss += scores.loss;
            correct += scores.correct;
        }
        (loss / labels.len() as f64, correct as f64 / labels.len() as f64)
    }
}

impl Layer {
    /// `v = g + momentum v; w -= rate v`.
    fn update(&mut self, n: usize, rate: f32, momentum: f32) {
        let mut bias_gradient = vec![0.0; self.bias.len()];
        if !self.bias.is_empty() {
            for row in self.gradient[..n * self.n_outputs].chunks_exact(self.n_outputs) {
                bias_gradient.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += gradient);
            }
        }
        let parameters = [
            (&mut self.weight, &mut self.weight_velocity, &self.weight_gradient),
            (&mut self.bias, &mut self.bias_velocity, &bias_gradient),
        ];
        for (weight, velocity, gradient) in parameters {
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for ((w, v), g) in weight.iter_mut().zip(velocity).zip(gradient) {
                        *v = g + momentum * *v;
                        *w -= rate * *v;
                    }
                },
            );
        }
    }
}

/// `1.7159 tanh(2 z / 3)`, with `exp` as a polynomial that a compiler turns into vector instructions.
#[expect(clippy::inline_always, reason = "only inlined does it use the instruction set of its caller")]
#[inline(always)]
fn scaled_tanh(z: f32) -> f32 {
    let x = (-2.0 * SLOPE * z).clamp(-87.0, 87.0);
    let rounded = x * std::f32::consts::LOG2_E + 12_582_912.0;
    let n = rounded - 12_582_912.0;
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    let power = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    let power = power * f32::from_bits((rounded.to_bits() << 23).wrapping_add(1_f32.to_bits()));
    2.0 * AMPLITUDE / (1.0 + power) - AMPLITUDE
}

/// A matrix by its strides.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    fn rows(values: &'a [f32], n_columns: usize) -> Self {
        Self { values, row_stride: n_columns, column_stride: 1 }
    }

    fn columns(values: &'a [f32], n_columns: usize) -> Self {
        Self { values, row_stride: 1, column_stride: n_columns }
    }

    /// Whether every element of `n_rows x n_columns` is there.
    fn holds(self, n_rows: usize, n_columns: usize) -> bool {
        (n_rows - 1) * self.row_stride + (n_columns - 1) * self.column_stride < self.values.len()
    }
}

/// `out = left right`, added to what is there if `adds`; `[n, depth, m]` are the sizes, `out` is row-major.
#[expect(clippy::cast_possible_wrap, reason = "a slice is never longer than isize::MAX")]
fn product(out: &mut [f32], [n, depth, m]: [usize; 3], left: Matrix<'_>, right: Matrix<'_>, adds: bool) {
    assert!(n * depth * m > 0 && out.len() == n * m && left.holds(n, depth) && right.holds(depth, m));
    // SAFETY: the pointers come from slices that hold every element of the given sizes and strides, as was just asserted,
    // and `out` is borrowed alone.
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
            left.column_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
