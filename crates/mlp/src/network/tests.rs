//! Compares networks on the fused kernels with those on Burn's modules.

use burn::tensor::Tolerance;

use burn::module::{Module, Param};
use burn::tensor::{DType, Device, Gradients, Int, Tensor, TensorData};
use kernels::ComputePath;

use super::*;
use crate::parameters::{self, Visit};
use crate::{Bias, NetworkConfig};

/// Gradients of every parameter, layer by layer.
fn gradients(network: &Network, inputs: &Tensor<2>, targets: &Tensor<1, Int>, scale: f64) -> Vec<TensorData> {
    struct Read<'a>(&'a Gradients, Vec<TensorData>);
    impl Visit for Read<'_> {
        fn visit<const D: usize>(&mut self, _: &str, parameter: &Param<Tensor<D>>) {
            self.1.push(parameter.val().grad(self.0).expect("every parameter has a gradient").into_data());
        }
    }
    let gradients = network.loss(inputs.clone().into(), targets.clone()).mul_scalar(scale).backward();
    let mut read = Read(&gradients, Vec::new());
    parameters::visit(network, &mut read);
    read.1
}

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
            let classes: Vec<i32> = (0..).take(batch_size).map(|i| i * 7 % 10).collect();
            let targets = Tensor::<1, Int>::from_data(TensorData::new(classes, [batch_size]), &device);

            let tolerance = if dtype == DType::F64 { 1e-10 } else { 1e-5 };
            // Relative to the largest number of a gradient: a small one is a difference of large ones.
            let agree = |fused: TensorData, plain: TensorData| {
                let [fused, plain] = [fused, plain].map(|data| data.convert::<f64>().try_into_vec::<f64>().unwrap());
                let largest = plain.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
                for (fused, plain) in fused.iter().zip(&plain) {
                    let what = format!("{config:?}, batch {batch_size}: {fused} and {plain}");
                    assert!((fused - plain).abs() <= tolerance * largest, "{what}");
                }
            };
            let loss = |network: &Network| network.loss(inputs.clone().into(), targets.clone()).into_data();
            agree(loss(&fused), loss(&plain));
            // A loss that is scaled, or is a term of another, has scaled gradients.
            for scale in [1.0, -2.5] {
                let [fused, plain] = [&fused, &plain].map(|mlp| gradients(mlp, &inputs, &targets, scale));
                assert_eq!(fused.len(), plain.len());
                fused.into_iter().zip(plain).for_each(|(fused, plain)| agree(fused, plain));
            }
            if dtype == DType::F32 {
                let [fused, plain] =
                    [&fused, &plain].map(|mlp| mlp.valid().scores(inputs.clone().into(), targets.clone()));
                assert_eq!(fused.correct, plain.correct);
                assert!((fused.loss - plain.loss).abs() < 1e-5 * plain.loss, "{fused:?} {plain:?}");
            }
        }
    }
}

/// The gradient at the inputs is computed if it is wanted.
#[test]
fn inputs_have_a_gradient_too() {
    let device = Device::flex().autodiff();
    let config = config(Activation::Sigmoid, &[9], Bias::FirstLayer);
    let shape = ImageShape { height: 3, width: 4, classes: 4 };
    let weights = config.initial_weights(shape, 1);
    let fused = Network::new(&config, shape, &weights, &device);
    let plain = fused.clone().with_path(ComputePath::Plain);
    let [fused, plain] = [fused, plain].map(|mlp| {
        let inputs = TensorData::new(numbers(5 * 12), [5, 12]).convert::<f32>();
        let inputs = Tensor::<2>::from_data(inputs, &device).require_grad();
        let targets = Tensor::<1, Int>::from_data([0, 1, 2, 3, 0], &device);
        let gradients = mlp.loss(inputs.clone().into(), targets).backward();
        inputs.grad(&gradients).expect("it was asked for").into_data()
    });
    fused.assert_approx_eq(&plain, Tolerance::<f32>::rel_abs(1e-5, 1e-7));
}
