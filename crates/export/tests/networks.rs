//! Files of networks. `make test-interop` compares what they compute with other programs.

use export::{Trained, npz, onnx, pytorch, safetensors};
use mlp::{LenetConfig, NetworkConfig, ParameterShape, Tensors};
use record::{RunRecord, weights_file};
use spec::{Activation, PixelScaling, WeightInit};
use test_support::{SHAPE, record, with_hidden_units};

/// The weights of a record's network before the first step.
fn weights(record: &RunRecord) -> Tensors {
    record.spec.model.initial_weights(SHAPE, 1)
}

fn lenet() -> RunRecord {
    let mut record = record();
    record.spec.model = NetworkConfig::Lenet(LenetConfig {
        first_maps: 6,
        second_maps: 16,
        hidden_units: vec![120, 84],
        activation: Activation::Relu,
        weight_init: WeightInit::HeNormal,
    });
    record
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn onnx_names_inputs_outputs_every_parameter_and_the_origin() {
    let deep = RunRecord { spec: with_hidden_units(record().spec, &[64; 10]), ..record() };
    for record in [record(), deep, lenet()] {
        let weights = weights(&record);
        let file = onnx::file(&Trained { record: &record, weights: &weights, which: "best" });
        for name in weights.0.iter().map(|tensor| tensor.name.as_str()) {
            assert!(contains(&file, name), "{name}");
        }
        for name in ["image", "logits", "probabilities", "batch", "pixel_mean", "licence", &record.id, "made-up digits"]
        {
            assert!(contains(&file, name), "{name}");
        }
    }
}

#[test]
fn pixels_that_enter_as_they_are_are_not_standardised() {
    let mut record = record();
    record.spec.data.pixel_scaling = PixelScaling::None;
    let weights = weights(&record);
    let trained = Trained { record: &record, weights: &weights, which: "best" };
    for file in [onnx::file(&trained), npz::file(&trained).unwrap(), pytorch::module(&trained).into_bytes()] {
        assert!(!contains(&file, "pixel_mean") && !contains(&file, "x - "));
    }
}

#[test]
fn pytorch_has_the_units_first() {
    let record = record();
    let weights = weights(&record);
    let trained = Trained { record: &record, weights: &weights, which: "best" };
    let shape = ParameterShape { name: "layers.0.weight".into(), shape: vec![64, 784], fan_in: 785 };
    let found = weights_file::decode(&pytorch::state_dict(&trained), &[shape]).unwrap();
    let (found, ours) = (&found.0[0].values, &weights.get("layers.0.weight").unwrap().values);
    for (input, unit) in [(0, 0), (1, 0), (0, 1), (783, 63), (17, 42)] {
        assert_eq!(found[unit * 784 + input].to_bits(), ours[input * 64 + unit].to_bits());
    }
    let own = weights_file::decode(&safetensors::file(&trained), &record.spec.model.shapes(SHAPE)).unwrap();
    assert_eq!(own, weights, "the other format keeps the layout");
}

#[test]
fn the_module_for_pytorch_has_every_layer_and_the_formula() {
    let record = lenet();
    let weights = weights(&record);
    let module = pytorch::module(&Trained { record: &record, weights: &weights, which: "last" });
    for line in [
        "            nn.Conv2d(1, 6, (5, 5), padding=2),\n",
        "            nn.Linear(400, 120),\n",
        "        x = self.convolutions[1](x)\n        x = torch.relu(x)\n        x = nn.functional.max_pool2d(x, 2)\n",
        "        x = x.flatten(1)\n        x = self.dense[0](x)\n",
        "        x = self.dense[2](x)\n        return x\n",
    ] {
        assert!(module.contains(line), "{line}\n{module}");
    }
    assert!(!module.contains('@'), "every place of the template is filled in");
}
