//! PyTorch: a state dict in safetensors, and the Python that loads it.

use mlp::{Elementary, Layer, NamedTensor, Operation, Tensors};
use record::weights_file;

use crate::Trained;
use crate::about;

/// The state dict, under PyTorch's names and in its layout: dense weights are `[units, inputs]`.
#[must_use]
pub fn state_dict(trained: &Trained<'_>) -> Vec<u8> {
    let transposed = |tensor: &NamedTensor| match tensor.shape.as_slice() {
        &[inputs, units] => NamedTensor {
            name: tensor.name.clone(),
            shape: vec![units, inputs],
            values: (0..units).flat_map(|unit| tensor.values.iter().skip(unit).step_by(units)).copied().collect(),
        },
        _ => tensor.clone(),
    };
    let tensors = Tensors(trained.weights.0.iter().map(transposed).collect());
    weights_file::encode_with(&tensors, &about::origin(trained))
}

/// A Python module with the network; its `load()` reads the state dict that lies next to it.
#[must_use]
pub fn module(trained: &Trained<'_>) -> String {
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    let mut steps = Vec::new();
    if let Some([mean, std]) = trained.standardisation() {
        steps.push(format!("x = (x - {mean}) / {std}"));
    }
    for operation in trained.operations() {
        match operation {
            Operation::Flatten => steps.push("x = x.flatten(1)".to_owned()),
            Operation::MaxPool => steps.push("x = nn.functional.max_pool2d(x, 2)".to_owned()),
            Operation::Activation => {
                let formula = trained.record.spec.model.activation().elementary();
                steps.push(format!("x = {}", formula.into_iter().fold("x".to_owned(), |x, step| applied(&x, step))));
            }
            Operation::Dense(layer) => {
                let bias = if layer.has_bias { "" } else { ", bias=False" };
                let made = format!("nn.Linear({}, {}{bias})", layer.n_inputs, layer.n_outputs);
                steps.push(add_layer(&mut lists, &layer, made));
            }
            Operation::Convolution(layer, padding) => {
                let [maps, before, rows, columns] = layer.weight[..] else { unreachable!("a kernel has four sizes") };
                let made = format!("nn.Conv2d({before}, {maps}, ({rows}, {columns}), padding={padding})");
                steps.push(add_layer(&mut lists, &layer, made));
            }
        }
    }
    let declared = lists.iter().map(|(list, layers)| {
        let layers = layers.iter().fold(String::new(), |text, layer| text + "            " + layer + ",\n");
        format!("        self.{list} = nn.ModuleList([\n{layers}        ])\n")
    });
    let steps = steps.iter().fold(String::new(), |text, step| text + "        " + step + "\n");
    let shape = trained.record.dataset.shape;
    include_str!("../assets/network.py")
        .replace("@name@", &trained.name())
        .replace("@layers@", &declared.collect::<String>())
        .replace("@rows@", &shape.height.to_string())
        .replace("@columns@", &shape.width.to_string())
        .replace("@steps@", &steps)
}

/// Adds a layer to the list that its name begins with, and returns the step that applies it.
fn add_layer(lists: &mut Vec<(String, Vec<String>)>, layer: &Layer, made: String) -> String {
    let (list, index) = layer.name.rsplit_once('.').expect("a layer is named after its list and its place");
    match lists.last_mut() {
        Some((newest, layers)) if newest == list => layers.push(made),
        _ => lists.push((list.to_owned(), vec![made])),
    }
    format!("x = self.{list}[{index}](x)")
}

fn applied(argument: &str, step: Elementary) -> String {
    match step {
        Elementary::Times(factor) => format!("{factor} * {argument}"),
        Elementary::Function(name) => format!("torch.{}({argument})", name.to_lowercase()),
    }
}
