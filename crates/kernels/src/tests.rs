//! Compares the kernels with the formulas, plain loops in double precision, on every available instruction set.

use proptest::prelude::*;
use pulp::{Simd, WithSimd};

use crate::network::{Scores, Step};
use crate::*;

mod functions;

const ACTIVATIONS: [Nonlinearity; 4] = [
    Nonlinearity::Identity,
    Nonlinearity::Sigmoid,
    Nonlinearity::ScaledTanh { amplitude: 1.7159, slope: 2.0 / 3.0 },
    Nonlinearity::Relu,
];

/// Numbers in `[-1, 1)`, by xorshift64: proptest would need too long to draw thousands one by one.
fn draw(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).unwrap()
}

/// A layer that an example has passed: the indices of its weights and its bias, its inputs, and the slopes at its outputs.
type Passed = (usize, Option<usize>, Vec<f64>, Vec<f64>);

/// A network with two batches, in double precision.
#[derive(Debug, Clone)]
struct Case {
    n_inputs: usize,
    nonlinearity: Nonlinearity,
    weights: Vec<LayerWeights<f64>>,
    levels: Vec<f64>,
    /// Columns that differ from the background, of every row.
    rows: Vec<Vec<(usize, u8)>>,
    targets: Vec<u8>,
    descent: Descent,
}

/// Sizes around the width of a register, a tile, a block and a panel, batches down to one image, with and without bias.
fn case() -> impl Strategy<Value = Case> {
    let width = prop_oneof![1..20_usize, 60..70_usize, 120..140_usize];
    let n_inputs = prop_oneof![3 => width.clone(), 1 => 190..200_usize];
    let sizes = (n_inputs, prop::collection::vec(width, 0..3), 2..12_usize, 1..40_usize);
    (sizes, 0..ACTIVATIONS.len(), 0..3_usize, any::<bool>(), any::<u64>()).prop_map(
        |((n_inputs, hidden, n_classes, n), activation, biased, has_momentum, seed)| {
            let mut draw = draw(seed);
            let mut width = n_inputs;
            let layer = |(index, n_outputs): (usize, usize)| {
                let scale = (width as f64).sqrt().recip();
                let weight = (0..width * n_outputs).map(|_| scale * draw()).collect();
                width = n_outputs;
                let has_bias = biased == 2 || biased == 1 && index == 0;
                LayerWeights { weight, bias: (0..if has_bias { n_outputs } else { 0 }).map(|_| draw()).collect() }
            };
            let weights = hidden.into_iter().chain([n_classes]).enumerate().map(layer).collect();
            let mut row = || -> Vec<(usize, u8)> {
                let columns = (0..n_inputs).filter(|_| draw() > 0.2);
                columns.map(|column| (column, 1 + byte(column % 8))).collect()
            };
            let rows = (0..n).map(|_| row()).collect();
            Case {
                n_inputs,
                nonlinearity: ACTIVATIONS[activation],
                weights,
                levels: (0..9).map(|level| f64::from(level) * 0.3 - 0.42).collect(),
                rows,
                targets: (0..n).map(|row| byte(row * 7 % n_classes)).collect(),
                descent: Descent { learning_rate: 0.1, momentum: if has_momentum { 0.9 } else { 0.0 } },
            }
        },
    )
}

fn activate(f: Nonlinearity, z: f64) -> (f64, f64) {
    match f {
        Nonlinearity::Identity => (z, 1.0),
        Nonlinearity::Sigmoid => {
            let y = 1.0 / (1.0 + (-z).exp());
            (y, y * (1.0 - y))
        }
        Nonlinearity::ScaledTanh { amplitude, slope } => {
            let t = (slope * z).tanh();
            (amplitude * t, amplitude * slope * (1.0 - t * t))
        }
        Nonlinearity::Relu => (z.max(0.0), f64::from(u8::from(z > 0.0))),
    }
}

/// The formulas, for a batch: loss, number of correct predictions, and the gradients in the order of the weights.
fn expected(case: &Case, weights: &[Vec<f64>], rows: std::ops::Range<usize>) -> (f64, usize, Vec<Vec<f64>>) {
    let mut gradients: Vec<Vec<f64>> = weights.iter().map(|values| vec![0.0; values.len()]).collect();
    let (mut loss, mut correct, n) = (0.0, 0, rows.len() as f64);
    for row in rows {
        let mut x = vec![case.levels[0]; case.n_inputs];
        case.rows[row].iter().for_each(|&(column, level)| x[column] = case.levels[usize::from(level)]);
        let mut passed: Vec<Passed> = Vec::new();
        let mut parameter = 0;
        for (index, layer) in case.weights.iter().enumerate() {
            let (weight, n_outputs) = (parameter, layer.weight.len() / x.len());
            let bias = (!layer.bias.is_empty()).then_some(parameter + 1);
            parameter += 1 + usize::from(bias.is_some());
            let f = if index + 1 == case.weights.len() { Nonlinearity::Identity } else { case.nonlinearity };
            let (y, slopes): (Vec<f64>, Vec<f64>) = (0..n_outputs)
                .map(|j| {
                    let sum: f64 = x.iter().enumerate().map(|(k, x)| x * weights[weight][k * n_outputs + j]).sum();
                    activate(f, sum + bias.map_or(0.0, |bias| weights[bias][j]))
                })
                .unzip();
            passed.push((weight, bias, std::mem::replace(&mut x, y), slopes));
        }
        let target = usize::from(case.targets[row]);
        let sum: f64 = x.iter().map(|z| z.exp()).sum();
        loss += sum.ln() - x[target];
        correct += usize::from(x.iter().position(|&z| x.iter().all(|&other| other <= z)) == Some(target));
        let mut dy: Vec<f64> = x.iter().map(|z| z.exp() / sum / n).collect();
        dy[target] -= 1.0 / n;
        for (weight, bias, x, slopes) in passed.into_iter().rev() {
            let dz: Vec<f64> = dy.iter().zip(&slopes).map(|(dy, slope)| dy * slope).collect();
            let row = |k: usize| k * dz.len()..(k + 1) * dz.len();
            dy = (0..x.len()).map(|k| weights[weight][row(k)].iter().zip(&dz).map(|(w, dz)| w * dz).sum()).collect();
            for (k, x) in x.iter().enumerate() {
                gradients[weight][row(k)].iter_mut().zip(&dz).for_each(|(sum, dz)| *sum += x * dz);
            }
            if let Some(bias) = bias {
                gradients[bias].iter_mut().zip(&dz).for_each(|(sum, dz)| *sum += dz);
            }
        }
    }
    (loss, correct, gradients)
}

/// Runs a kernel with one instruction set.
trait Run {
    fn run<K: WithSimd>(&self, kernel: K) -> K::Output;
}

impl<S: Simd> Run for S {
    fn run<K: WithSimd>(&self, kernel: K) -> K::Output {
        self.vectorize(kernel)
    }
}

/// Whether every number is within `tolerance` of the largest one's size.
///
/// The size is at least a hundredth: `softmax(z) - onehot(t)` loses the digits that its terms share, so the gradients of a
/// network that is nearly right have the rounding errors of numbers near 1.
fn agree<T: Real>(what: &str, expected: &[f64], answer: &[T], tolerance: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.len(), answer.len());
    let size = expected.iter().fold(1e-2, |size: f64, value| size.max(value.abs()));
    for (index, (expected, &answer)) in expected.iter().zip(answer).enumerate() {
        let answer: f64 = answer.into();
        prop_assert!((expected - answer).abs() <= tolerance * size, "{what} {index}: {expected} and {answer}");
    }
    Ok(())
}

/// A step on all rows, and one on fewer of them, from dense and from sparse rows, compared with the formulas.
fn steps_agree<T: Real>(case: &Case, run: &impl Run, tolerance: f64) -> Result<(), TestCaseError> {
    let narrow = |values: &[f64]| values.iter().map(|&value| T::from_f64(value)).collect::<Vec<T>>();
    let layer = |layer: &LayerWeights<f64>| LayerWeights { weight: narrow(&layer.weight), bias: narrow(&layer.bias) };
    let layers: Vec<_> = case.weights.iter().map(layer).collect();
    let mut set = SparseRows::new(case.n_inputs, &narrow(&case.levels));
    case.rows.iter().for_each(|row| set.push_row(row.iter().copied()));
    let all: Vec<u32> = (0..).take(case.rows.len()).collect();
    for is_sparse in [false, true] {
        let mut network = Network::new(case.n_inputs, &layers, case.nonlinearity);
        for n in [all.len(), all.len() / 2 + 1] {
            let as_f64 = |values: Vec<Vec<T>>| -> Vec<Vec<f64>> {
                values.into_iter().map(|values| values.into_iter().map(Into::into).collect()).collect()
            };
            let (weights, velocities) = (as_f64(network.weights()), as_f64(network.velocities()));
            let (loss, correct, gradients) = expected(case, &weights, 0..n);
            let (dense, targets) = (set.to_dense(&all[..n]), &case.targets[..n]);
            let input = if is_sparse { Input::Sparse(&set, &all[..n]) } else { Input::Dense(&dense) };

            let scores = run.run(Scores { network: &network, input, targets });
            prop_assert!((scores.loss - loss).abs() <= tolerance * loss.max(1.0), "{scores:?} and {loss}");
            prop_assert_eq!(scores.correct, correct);

            let descent = case.descent;
            let mean = run.run(Step { network: &mut network, input, targets, descent });
            prop_assert!((mean - loss / n as f64).abs() <= tolerance * loss.max(1.0), "{mean} and {loss}");
            let moved: Vec<Vec<f64>> = gradients
                .iter()
                .zip(&velocities)
                .map(|(g, v)| g.iter().zip(v).map(|(g, v)| g + descent.momentum * v).collect())
                .collect();
            for (index, (answer, expected)) in network.velocities().iter().zip(&moved).enumerate() {
                agree(&format!("velocity {index}"), expected, answer, tolerance)?;
            }
            for (index, (answer, (weights, moved))) in
                network.weights().iter().zip(weights.iter().zip(&moved)).enumerate()
            {
                let expected: Vec<f64> =
                    weights.iter().zip(moved).map(|(w, v)| w - descent.learning_rate * v).collect();
                agree(&format!("weights {index}"), &expected, answer, tolerance)?;
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn steps_and_scores_agree_with_the_formulas_on_every_instruction_set(case in case()) {
        fn both(case: &Case, run: &impl Run) -> Result<(), TestCaseError> {
            steps_agree::<f32>(case, run, 1e-5)?;
            steps_agree::<f64>(case, run, 1e-10)
        }
        both(&case, &pulp::Scalar::new())?;
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(avx2) = pulp::x86::V3::try_new() {
                both(&case, &avx2)?;
            }
            if let Some(avx512) = pulp::x86::V4::try_new() {
                both(&case, &avx512)?;
            }
        }
    }
}

/// A network of random weights on random rows with 30 columns, 70 and 12 hidden units.
fn example(n: usize) -> (Network<f32>, SparseRows<f32>, Vec<u8>) {
    let mut draw = draw(5);
    let mut numbers = |count: usize| (0..count).map(|_| f32::from_f64(draw())).collect::<Vec<f32>>();
    let layers = [(30, 70), (70, 12), (12, 10)]
        .map(|(n_inputs, n_outputs)| LayerWeights { weight: numbers(n_inputs * n_outputs), bias: numbers(n_outputs) });
    let mut set = SparseRows::new(30, &[-0.4, 0.3, 1.2]);
    for row in 0..n {
        set.push_row(
            (0..30).filter(|column| (row * 7 + column * 5) % 3 == 0).map(|column| (column, 1 + byte(column % 2))),
        );
    }
    let targets = (0..n).map(|row| byte(row % 10)).collect();
    (Network::new(30, &layers, ACTIVATIONS[2]), set, targets)
}

/// More images than a task has, and not a whole number of tasks.
#[test]
fn scores_are_the_same_bits_on_any_number_of_threads() {
    let (network, set, targets) = example(1500);
    let rows: Vec<u32> = (0..1500).collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| network.scores(Input::Sparse(&set, &rows), &targets))
    };
    let alone = on(1);
    assert_eq!((on(2), on(5)), (alone, alone));
}

#[test]
fn gradients_change_no_weight_and_velocities_can_be_put_back() {
    let (mut network, set, targets) = example(20);
    let rows: Vec<u32> = (0..20).collect();
    let (input, descent) = (Input::Sparse(&set, &rows), Descent { learning_rate: 0.1, momentum: 0.9 });
    network.step(input, &targets, descent);
    let (weights, velocities) = (network.weights(), network.velocities());
    let loss = network.gradients(input, &targets);
    assert_eq!(network.weights(), weights);
    assert_ne!(network.velocities(), velocities);

    network.set_velocities(velocities.iter().map(Vec::as_slice));
    assert_eq!(network.velocities(), velocities);
    assert_eq!(network.step(input, &targets, descent).to_bits(), loss.to_bits());
}

#[test]
fn a_loss_that_is_not_finite_changes_nothing() {
    for bad in [f32::NAN, f32::INFINITY] {
        let (mut network, ..) = example(0);
        let before = (network.weights(), network.velocities());
        let loss = network.step(Input::Dense(&[bad; 60]), &[1, 2], Descent { learning_rate: 0.1, momentum: 0.9 });
        assert!(!loss.is_finite(), "{bad}: {loss}");
        assert_eq!((network.weights(), network.velocities()), before);
    }
}

#[test]
#[should_panic(expected = "no column 3 in rows of 3")]
fn a_column_that_does_not_exist_is_refused() {
    SparseRows::<f32>::new(3, &[0.0, 1.0]).push_row(std::iter::once((3, 1)));
}

#[test]
#[should_panic(expected = "columns come in ascending order")]
fn columns_out_of_order_are_refused() {
    SparseRows::<f32>::new(300, &[0.0, 1.0]).push_row([(200, 1), (3, 1)].into_iter());
}
