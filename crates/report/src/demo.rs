//! `Demo`: what the page needs to classify a digit that is drawn on it: trained networks, and digits to load.

use base64::prelude::{BASE64_STANDARD, Engine};
use mlp::{Layer, NamedTensor, Tensors};
use record::RunRecord;
use serde::Serialize;

use crate::document::{Block, Document, Inline};
use crate::format::plain_text;

/// Trained networks, and digits to load onto the canvas.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Demo {
    /// The dataset of the networks: `MNIST`.
    pub dataset: String,
    /// Whether the networks were trained on made-up digits.
    pub is_made_up: bool,
    /// Number of classes.
    pub classes: usize,
    /// The networks, each of one run.
    pub networks: Vec<DemoNetwork>,
    /// Digits to load.
    pub digits: Vec<DemoDigit>,
    /// Where these are from: `MNIST`.
    pub digits_from: String,
}

/// A trained network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoNetwork {
    name: String,
    title: String,
    /// A text, because a script's numbers are not exact above 2^53.
    seed: String,
    activation: mlp::Activation,
    /// A pixel enters as `(pixel - mean) / std`, rounded to single precision.
    mean: f64,
    std: f64,
    layers: Vec<DemoLayer>,
}

/// A layer; a convolution is followed by pooling over two by two values, as in LeNet-5.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DemoLayer {
    title: String,
    /// Dimensions of the weights.
    shape: Vec<usize>,
    /// Width of the padding around the images of a convolution.
    padding: usize,
    is_hidden: bool,
    /// Little-endian, single precision, row-major, in Base64.
    weight: String,
    bias: Option<String>,
}

/// A digit to load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoDigit {
    label: u8,
    /// `[28, 28]`, row-major, in Base64.
    pixels: String,
}

impl DemoDigit {
    /// An image of 28 x 28 pixels, ink on black, with its class.
    #[must_use]
    pub fn new(label: u8, pixels: &[u8]) -> Self {
        Self { label, pixels: BASE64_STANDARD.encode(pixels) }
    }
}

impl DemoNetwork {
    /// The network of a run, under the name and title of its record, with these weights of it and the mean and the standard
    /// deviation by which its pixels are scaled.
    #[must_use]
    pub fn new(record: &RunRecord, weights: &Tensors, (mean, std): (f64, f64)) -> Self {
        let mut side = record.dataset.shape.height;
        let layers = record.layers().iter().map(|layer| DemoLayer::new(layer, weights, &mut side)).collect();
        let (name, title) = (plain_text(&record.spec.name), plain_text(&record.spec.title));
        Self {
            name,
            title,
            seed: record.seed.to_string(),
            activation: record.spec.model.activation(),
            mean,
            std,
            layers,
        }
    }
}

impl DemoLayer {
    /// A layer of images with this many rows, which become those of the next layer's.
    fn new(layer: &Layer, weights: &Tensors, side: &mut usize) -> Self {
        let encoded = |what: &str| weights.get(&format!("{}.{what}", layer.name)).map(encode);
        let padding = match *layer.weight {
            [maps, _, rows, _] => {
                let (before, after) = (*side, (layer.n_activations / maps.max(1)).isqrt());
                *side = after / 2;
                (after + rows).saturating_sub(before + 1) / 2
            }
            _ => 0,
        };
        Self {
            title: layer.title.clone(),
            shape: layer.weight.clone(),
            padding,
            is_hidden: layer.n_activations > 0,
            weight: encoded("weight").unwrap_or_default(),
            bias: encoded("bias"),
        }
    }
}

fn encode(tensor: &NamedTensor) -> String {
    BASE64_STANDARD.encode(tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

impl Demo {
    /// The document of a page that has only the canvas.
    #[must_use]
    pub fn document(&self) -> Document {
        let text = |text: &str| Block::Paragraph(vec![Inline::Text(text.to_owned())]);
        let warning = "These networks were trained on made-up digits, not on MNIST.";
        Document {
            title: "What do the networks make of your digit?".to_owned(),
            subtitle: format!("Networks trained on {}, one run each", plain_text(&self.dataset)),
            warning: self.is_made_up.then(|| warning.to_owned()),
            summary: vec![text(
                "This page needs no server: the weights are in it, and the browser computes. Nothing that you draw leaves it.",
            )],
            sections: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_all_that_its_layers_need() {
        let record = test_support::record();
        let shapes = record.spec.model.shapes(record.dataset.shape);
        let tensor = |shape: mlp::ParameterShape| NamedTensor {
            values: vec![1.0; shape.n_values()],
            name: shape.name,
            shape: shape.shape,
        };
        let weights = Tensors(shapes.into_iter().map(tensor).collect());
        let network = DemoNetwork::new(&record, &weights, (33.0, 78.0));
        let kinds: Vec<_> =
            network.layers.iter().map(|layer| (layer.is_hidden, layer.padding, layer.bias.is_some())).collect();
        assert_eq!(kinds, [(true, 0, true), (false, 0, false)]);
        let first = &network.layers[0];
        assert!(first.weight.starts_with("AACAPwAAgD8"), "ones in single precision");
        assert_eq!(BASE64_STANDARD.decode(&first.weight).unwrap().len(), 4 * first.shape.iter().product::<usize>());
    }

    #[test]
    fn the_page_computes_every_activation() {
        let script = include_str!("../assets/network.js");
        let table = script.split_once("const ACTIVATIONS = {").unwrap().1.split_once("};").unwrap().0;
        let computed: Vec<&str> = table.lines().filter_map(|line| Some(line.trim().split_once(": [")?.0)).collect();
        let declared = mlp::Activation::ALL.map(|activation| serde_json::to_value(activation).unwrap());
        assert_eq!(declared.to_vec(), computed, "crates/report/assets/network.js needs a row for each");
    }

    #[test]
    fn the_padding_of_a_convolution_is_what_its_size_says() {
        let layer = |before: usize, maps: usize, after: usize| Layer {
            name: "convolutions.0".to_owned(),
            title: "convolution 1".to_owned(),
            weight: vec![maps, before, 5, 5],
            n_inputs: before * 25,
            n_outputs: maps,
            has_bias: true,
            n_activations: maps * after * after,
        };
        let mut side = 28;
        let padding = |layer: &Layer, side: &mut usize| DemoLayer::new(layer, &Tensors::default(), side).padding;
        assert_eq!((padding(&layer(1, 6, 28), &mut side), side), (2, 14));
        assert_eq!((padding(&layer(6, 16, 10), &mut side), side), (0, 5));
    }
}
