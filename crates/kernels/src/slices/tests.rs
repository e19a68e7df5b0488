//! Compares the kernels with the formulas, plain loops in double precision, on every available instruction set.

use proptest::prelude::*;
use pulp::{Simd, WithSimd};

use super::linear::{Backward, Forward};
use super::*;

const ACTIVATIONS: [Nonlinearity; 4] = [
    Nonlinearity::Identity,
    Nonlinearity::Sigmoid,
    Nonlinearity::ScaledTanh { amplitude: 1.7159, slope: 2.0 / 3.0 },
    Nonlinearity::Relu,
];

/// One layer with a batch, in double precision.
#[derive(Debug, Clone)]
struct Case {
    n_inputs: usize,
    n_outputs: usize,
    activation: Nonlinearity,
    /// Columns that differ from the background, of every row.
    sparse: Vec<Vec<(u16, f64)>>,
    background: f64,
    weight: Vec<f64>,
    bias: Vec<f64>,
    /// The incoming gradient.
    dy: Vec<f64>,
}

/// Sizes around the width of a register and of a tile, batches down to one image, with and without bias.
fn case() -> impl Strategy<Value = Case> {
    let sizes = (1..80_usize, 1..70_usize, 1..40_usize, 0..ACTIVATIONS.len(), any::<bool>(), any::<u64>());
    sizes.prop_map(|(n_inputs, n_outputs, n, activation, has_bias, seed)| {
        let mut state = seed | 1;
        // xorshift64, scaled to [-1, 1): proptest would need too long to draw a thousand numbers one by one.
        let mut draw = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        let mut row = || {
            let columns = (0..u16::try_from(n_inputs).unwrap()).map(|column| (column, draw()));
            columns.filter(|(_, value)| *value > 0.2).collect()
        };
        let sparse = (0..n).map(|_| row()).collect();
        let scale = 1.0 / (n_inputs as f64).sqrt();
        Case {
            n_inputs,
            n_outputs,
            activation: ACTIVATIONS[activation],
            sparse,
            background: -0.42,
            weight: (0..n_inputs * n_outputs).map(|_| scale * draw()).collect(),
            bias: (0..if has_bias { n_outputs } else { 0 }).map(|_| draw()).collect(),
            dy: (0..n * n_outputs).map(|_| draw()).collect(),
        }
    })
}

/// The outputs of a layer and its gradients at weight, bias and input.
type Answer<T> = [Vec<T>; 4];

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

/// The formulas.
fn expected(case: &Case) -> Answer<f64> {
    let x = dense::<f64>(case);
    let (n_inputs, n_outputs) = (case.n_inputs, case.n_outputs);
    let [mut y, mut dw, mut db, mut dx] =
        [case.dy.len(), case.weight.len(), n_outputs, x.len()].map(|length| vec![0.0; length]);
    for i in 0..case.sparse.len() {
        for j in 0..n_outputs {
            let bias = case.bias.get(j).copied().unwrap_or(0.0);
            let z: f64 =
                bias + (0..n_inputs).map(|k| x[i * n_inputs + k] * case.weight[k * n_outputs + j]).sum::<f64>();
            let (value, slope) = activate(case.activation, z);
            y[i * n_outputs + j] = value;
            let dz = slope * case.dy[i * n_outputs + j];
            db[j] += dz;
            for k in 0..n_inputs {
                dw[k * n_outputs + j] += x[i * n_inputs + k] * dz;
                dx[i * n_inputs + k] += case.weight[k * n_outputs + j] * dz;
            }
        }
    }
    [y, dw, db, dx]
}

fn rows<T: Real>(case: &Case) -> SparseRows<T> {
    let mut rows = SparseRows::new(case.n_inputs, T::from_f64(case.background));
    for row in &case.sparse {
        rows.push_row(row.iter().map(|&(column, value)| (column, T::from_f64(value))));
    }
    rows
}

fn dense<T: Real>(case: &Case) -> Vec<T> {
    rows(case).to_dense(&(0..).take(case.sparse.len()).collect::<Vec<u32>>())
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

/// The kernels' answers, from dense rows and from sparse ones.
fn answers<T: Real>(case: &Case, run: &impl Run) -> [Answer<T>; 2] {
    let narrow = |values: &[f64]| values.iter().map(|&value| T::from_f64(value)).collect::<Vec<T>>();
    let (weight, bias, dy) = (narrow(&case.weight), narrow(&case.bias), narrow(&case.dy));
    let (n_outputs, nonlinearity) = (case.n_outputs, case.activation);
    let layer = Linear { weight: &weight, bias: &bias, n_outputs, nonlinearity };
    let (dense, set) = (dense::<T>(case), rows::<T>(case));
    let all: Vec<u32> = (0..).take(case.sparse.len()).collect();
    [Input::Dense(&dense), Input::Sparse(&set, &all)].map(|input| {
        let mut y = vec![T::from_f64(f64::NAN); dy.len()];
        run.run(Forward { layer, input, y: &mut y });
        let gradients = run.run(Backward { layer, input, y: &y, dy: &dy, wants_input: true });
        [y, gradients.weight, gradients.bias, gradients.input.unwrap_or_default()]
    })
}

/// Whether every number is within `tolerance` of the largest one's size.
fn agree<T: Real>(expected: &Answer<f64>, answer: &Answer<T>, tolerance: f64) -> Result<(), TestCaseError> {
    for (name, (expected, answer)) in ["output", "weight", "bias", "input"].iter().zip(expected.iter().zip(answer)) {
        // Sparse inputs get no gradient.
        if *name == "input" && answer.is_empty() {
            continue;
        }
        prop_assert_eq!(expected.len(), answer.len());
        let size = expected.iter().fold(1e-3, |size: f64, value| size.max(value.abs()));
        for (index, (expected, &answer)) in expected.iter().zip(answer).enumerate() {
            let answer: f64 = answer.into();
            prop_assert!((expected - answer).abs() <= tolerance * size, "{name} {index}: {expected} and {answer}");
        }
    }
    Ok(())
}

fn agree_on(case: &Case, run: &impl Run) -> Result<(), TestCaseError> {
    let expected = expected(case);
    for answer in answers::<f32>(case, run) {
        agree(&expected, &answer, 1e-5)?;
    }
    for answer in answers::<f64>(case, run) {
        agree(&expected, &answer, 1e-10)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layers_agree_with_the_formulas_on_every_instruction_set(case in case()) {
        agree_on(&case, &pulp::Scalar::new())?;
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(avx2) = pulp::x86::V3::try_new() {
                agree_on(&case, &avx2)?;
            }
            if let Some(avx512) = pulp::x86::V4::try_new() {
                agree_on(&case, &avx512)?;
            }
        }
    }

    #[test]
    fn cross_entropy_agrees_with_the_formula(
        logits in prop::collection::vec(-30.0..30.0_f64, 10 * 7),
        targets in prop::collection::vec(0..10_u8, 7),
    ) {
        let mut gradient: Vec<f32> = logits.iter().map(|&z| f32::from_f64(z)).collect();
        let scores = softmax_cross_entropy(&mut gradient, 10, &targets);
        let (mut loss, mut correct) = (0.0, 0);
        for ((z, gradient), &target) in logits.chunks(10).zip(gradient.chunks(10)).zip(&targets) {
            let z: Vec<f64> = z.iter().map(|&z| f64::from(f32::from_f64(z))).collect();
            let target = usize::from(target);
            let sum: f64 = z.iter().map(|z| z.exp()).sum();
            loss += sum.ln() - z[target];
            correct += usize::from(z.iter().all(|&other| other <= z[target]));
            for (class, &gradient) in gradient.iter().enumerate() {
                let expected = (z[class].exp() / sum - f64::from(u8::from(class == target))) / 7.0;
                prop_assert!((f64::from(gradient) - expected).abs() < 1e-6, "{gradient} and {expected}");
            }
        }
        prop_assert!((scores.loss - loss).abs() < 1e-5 * loss.max(1.0), "{} and {loss}", scores.loss);
        prop_assert_eq!(scores.correct, correct);
    }

    #[test]
    fn momentum_agrees_with_the_formula(
        numbers in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64), 1..70),
        momentum in 0.0..1.0_f64,
    ) {
        let weight: Vec<f64> = numbers.iter().map(|number| number.0).collect();
        let mut velocity: Vec<f64> = numbers.iter().map(|number| number.1).collect();
        let mut gradient: Vec<f64> = numbers.iter().map(|number| number.2).collect();
        let mut plain = gradient.clone();
        momentum_step(&weight, &mut velocity, &mut gradient, 0.1, momentum);
        momentum_step(&weight, &mut [], &mut plain, 0.1, 0.0);
        for (index, (w, v, g)) in numbers.into_iter().enumerate() {
            let moved = g + momentum * v;
            prop_assert!((velocity[index] - moved).abs() < 1e-14);
            prop_assert!((gradient[index] - (w - 0.1 * moved)).abs() < 1e-14);
            prop_assert!((plain[index] - (w - 0.1 * g)).abs() < 1e-14);
        }
    }
}

/// A kernel that only computes exponentials.
struct Exponentials<'a>(&'a mut [f32]);

impl WithSimd for Exponentials<'_> {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        for part in self.0.chunks_mut(S::F32_LANES) {
            let x = f32::load_part(simd, part);
            f32::store_part(simd, part, <f32 as Real>::exp(simd, x));
        }
    }
}

/// The bound that `Real::exp` promises, over every 64th number of its range.
#[test]
fn the_exponential_is_right_to_two_units_in_the_last_place() {
    let range = || (0..f32::to_bits(88.0)).step_by(64).map(f32::from_bits);
    let inputs: Vec<f32> = range().chain(range().map(|x| -x).filter(|x| *x >= -87.0)).collect();
    let mut outputs = inputs.clone();
    pulp::Arch::new().dispatch(Exponentials(&mut outputs));
    let mut worst = 0.0_f64;
    for (x, y) in inputs.into_iter().zip(outputs) {
        let exact = f64::from(x).exp();
        let unit = f64::from(f32::from_f64(exact).next_up()) - f64::from(f32::from_f64(exact));
        worst = worst.max((f64::from(y) - exact).abs() / unit);
    }
    assert!(worst < 2.0, "{worst} units in the last place");
}

#[test]
fn activations_are_right_to_their_bound_and_keep_what_is_no_number() {
    let inputs: Vec<f32> = (-4000..=4000).map(|i| i as f32 / 40.0).collect();
    for f in ACTIVATIONS {
        let layer = Linear { weight: &[1.0], bias: &[], n_outputs: 1, nonlinearity: f };
        let outputs = layer.forward(Input::Dense(&inputs));
        for (&x, &y) in inputs.iter().zip(&outputs) {
            let (exact, _) = activate(f, f64::from(x));
            assert!((f64::from(y) - exact).abs() <= 4e-7 * exact.abs().max(1.0), "{f:?} at {x}: {y} and {exact}");
        }
        if f != Nonlinearity::Relu {
            assert!(layer.forward(Input::Dense(&[f32::NAN]))[0].is_nan(), "{f:?}");
        }
    }
}

#[test]
fn a_loss_that_is_no_number_stays_so() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut logits = [0.0, bad, 1.0];
        assert!(!softmax_cross_entropy(&mut logits, 3, &[0]).loss.is_finite(), "{bad}");
    }
}

/// A network over more images than a task has, and not a whole number of tasks.
#[test]
fn scores_of_a_network_are_the_same_bits_on_any_number_of_threads() {
    let n = 1500;
    let mut set = SparseRows::<f32>::new(20, -0.4);
    for row in 0..n {
        set.push_row(
            (0..20)
                .filter(|column| (row * 7 + column * 5) % 3 == 0)
                .map(|column| (u16::try_from(column).unwrap(), ((row + column) as f32).sin() + 1.5)),
        );
    }
    let weights: Vec<f32> = (0..20 * 12 + 12 * 10).map(|i| (i as f32 * 0.7).sin()).collect();
    let (first, second) = weights.split_at(20 * 12);
    let layers = [
        Linear { weight: first, bias: &[], n_outputs: 12, nonlinearity: ACTIVATIONS[2] },
        Linear { weight: second, bias: &[], n_outputs: 10, nonlinearity: Nonlinearity::Identity },
    ];
    let rows: Vec<u32> = (0..1500).collect();
    let targets: Vec<u8> = (0..n).map(|row| u8::try_from(row % 10).unwrap()).collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| network_scores(&layers, Input::Sparse(&set, &rows), &targets))
    };
    let alone = on(1);
    assert_eq!((on(2), on(5)), (alone, alone));

    let mut logits = layers[1].forward(Input::Dense(&layers[0].forward(Input::Sparse(&set, &rows))));
    let layer_by_layer = softmax_cross_entropy(&mut logits, 10, &targets);
    assert_eq!(alone.correct, layer_by_layer.correct);
    assert!((alone.loss - layer_by_layer.loss).abs() < 1e-6 * alone.loss);
}

#[test]
#[should_panic(expected = "no column 3 in rows of 3")]
fn a_column_that_is_not_there_is_refused() {
    SparseRows::<f32>::new(3, 0.0).push_row(std::iter::once((3, 1.0)));
}
