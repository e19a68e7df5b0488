//! Compares networks on the fused kernels with those on Burn's modules.

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor, TensorData};
use inputs::{ComputePath, Rows, SparseBatch};
use kernels::SparseRows;

use super::*;
use crate::{Bias, NetworkConfig, OptimizerConfig, SgdConfig, parameters};

fn config(activation: Activation, hidden_units: &[usize], bias: Bias) -> NetworkConfig {
    let (hidden_units, weight_init) = (hidden_units.to_vec(), WeightInit::FanInNormal);
    NetworkConfig::Mlp(MlpConfig { hidden_units, activation, weight_init, bias })
}

fn numbers(count: usize) -> Vec<f64> {
    (0_u32..).take(count).map(|i| 1.5 * (f64::from(i) * 0.37).sin()).collect()
}

#[test]
fn fused_and_plain_networks_agree_in_loss_gradients_and_scores() {
    let device = Device::flex().autodiff();
    let depths: [&[usize]; 5] = [&[], &[1], &[64], &[17, 60], &[20, 20, 20, 20, 20, 20]];
    for (activation, hidden_units) in Activation::ALL.into_iter().flat_map(|a| depths.map(|depth| (a, depth))) {
        for (batch_size, bias, dtype) in [
            (1, Bias::FirstLayer, DType::F32),
            (32, Bias::FirstLayer, DType::F32),
            (75, Bias::All, DType::F32),
            (32, Bias::None, DType::F64),
            (7, Bias::All, DType::F64),
        ] {
            let config = config(activation, hidden_units, bias);
            let shape = ImageShape { height: 5, width: 6, classes: 10 };
            let weights = config.initial_weights(shape, 5);
            let fused = config.build(shape, &weights, &device, dtype);
            let plain = fused.clone().with_path(ComputePath::Plain);
            assert_eq!((fused.path(), plain.path()), (ComputePath::Fused, ComputePath::Plain));

            let inputs = TensorData::new(numbers(batch_size * 30), [batch_size, 30]);
            let inputs = Tensor::<2>::from_data(inputs, (&device, dtype));
            let targets: Vec<u8> = (0..).take(batch_size).map(|i| i * 7 % 10).collect();

            let tolerance = if dtype == DType::F64 { 1e-10 } else { 1e-5 };
            // Relative to the largest number of a gradient: a small one is a difference of large ones.
            let agree = |fused: &[f64], plain: &[f64]| {
                assert_eq!(fused.len(), plain.len());
                let largest = plain.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
                for (fused, plain) in fused.iter().zip(plain) {
                    let what = format!("{config:?}, batch {batch_size}: {fused} and {plain}");
                    assert!((fused - plain).abs() <= tolerance * largest, "{what}");
                }
            };
            let [fused_answer, plain_answer] = [&fused, &plain].map(|network| {
                let mut hidden_outputs: Vec<Vec<f64>> = Vec::new();
                let mut look = |outputs: &Tensor<2>| hidden_outputs.push(parameters::numbers(outputs.clone()));
                let (loss, gradients) = network.gradients(inputs.clone().into(), &targets, &mut look);
                (loss, parameters::gradients(network, &gradients), hidden_outputs)
            });
            agree(&[fused_answer.0], &[plain_answer.0]);
            assert_eq!(fused_answer.1.len(), hidden_units.len() + 1);
            fused_answer.1.iter().zip(&plain_answer.1).for_each(|(fused, plain)| agree(fused, plain));
            assert_eq!(fused_answer.2.len(), hidden_units.len());
            fused_answer.2.iter().zip(&plain_answer.2).for_each(|(fused, plain)| agree(fused, plain));
            if dtype == DType::F32 {
                let [fused, plain] = [&fused, &plain].map(|mlp| mlp.valid().scores(inputs.clone().into(), &targets));
                assert_eq!(fused.correct, plain.correct);
                assert!((fused.loss - plain.loss).abs() < 1e-5 * plain.loss, "{fused:?} {plain:?}");
            }
        }
    }
}

/// Several steps of each optimizer, from dense and from sparse images.
#[test]
fn fused_and_plain_trainers_take_the_same_steps() {
    let device = Device::flex().autodiff();
    let shape = ImageShape { height: 5, width: 6, classes: 10 };
    let levels: Vec<f32> = (0_u8..=255).map(|level| f32::from(level) / 80.0 - 0.4).collect();
    let mut set = SparseRows::new(30, &levels);
    for row in 0..60_usize {
        set.push_row(
            (0..30)
                .filter(|column| (row * 7 + column * 5) % 3 == 0)
                .map(|column| (column, u8::try_from(row + column).unwrap() + 9)),
        );
    }
    let set = Arc::new(set);
    for momentum in [0.0, 0.9] {
        for is_sparse in [false, true] {
            let config = config(Activation::ImprovedSigmoid, &[70, 9], Bias::All);
            let weights = config.initial_weights(shape, 2);
            let optimizer = OptimizerConfig::Sgd(SgdConfig { learning_rate: 0.1, momentum });
            let [fused, plain] = [ComputePath::Fused, ComputePath::Plain].map(|path| {
                let network = Network::new(&config, shape, &weights, &device).with_path(path);
                let mut trainer = optimizer.trainer(network, None);
                for step in 0..6_u32 {
                    let rows: Arc<[u32]> = (0..32).map(|row| (row * 13 + step * 7) % 60).collect();
                    let targets: Vec<u8> = rows.iter().map(|row| (row % 10) as u8).collect();
                    let sparse = Rows::Sparse(SparseBatch { set: set.clone(), rows });
                    let images = if is_sparse { sparse } else { sparse.to_tensor(&device).into() };
                    trainer.step(&images, &targets);
                }
                [trainer.network().weights(), trainer.optimizer_state().tensors]
            });
            for (fused, plain) in fused.iter().zip(&plain) {
                assert_eq!(fused.0.len(), plain.0.len());
                for (fused, plain) in fused.0.iter().zip(&plain.0) {
                    assert_eq!((&fused.name, &fused.shape), (&plain.name, &plain.shape));
                    let largest = plain.values.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
                    for (a, b) in fused.values.iter().zip(&plain.values) {
                        assert!((a - b).abs() <= 2e-5 * largest, "{}, momentum {momentum}: {a} and {b}", fused.name);
                    }
                }
            }
        }
    }
}

#[test]
fn inputs_have_a_gradient_too() {
    let device = Device::flex().autodiff();
    let config = config(Activation::Sigmoid, &[9], Bias::FirstLayer);
    let shape = ImageShape { height: 3, width: 4, classes: 4 };
    let network = Network::new(&config, shape, &config.initial_weights(shape, 1), &device);
    let loss = |inputs: &[f32]| {
        let inputs = Tensor::<2>::from_data(TensorData::new(inputs.to_vec(), [5, 12]), &device).require_grad();
        (network.loss(inputs.clone().into(), &[0, 1, 2, 3, 0]), inputs)
    };
    #[expect(clippy::cast_possible_truncation, reason = "the network is in single precision")]
    let inputs: Vec<f32> = numbers(5 * 12).into_iter().map(|value| value as f32).collect();
    let (value, tensor) = loss(&inputs);
    let gradient: Vec<f32> = parameters::numbers(tensor.grad(&value.backward()).expect("it was asked for"));
    for index in [0, 7, 30, 59] {
        let [above, below] = [0.01, -0.01].map(|delta| {
            let mut inputs = inputs.clone();
            inputs[index] += delta;
            loss(&inputs).0.into_scalar::<f32>()
        });
        assert!(((above - below) / 0.02 - gradient[index]).abs() < 1e-4, "{index}");
    }
}
