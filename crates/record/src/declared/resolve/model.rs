//! Rules about the network: its size.

use toml::Spanned;

use super::rules::{Rules, grouped};
use crate::declared::DeclaredModel;
use crate::declared::error::DeclaredError;
use crate::{LayerShape, MlpConfig};

/// Pixels of an image.
const PIXELS: usize = 28 * 28;
/// Digits.
const CLASSES: usize = 10;
const MOST_LAYERS: usize = 1_000;
const MOST_UNITS: i64 = 1_000_000;
const GIB: u64 = 1 << 30;
const MOST_WEIGHT_BYTES: u64 = 8 * GIB;

impl Rules<'_> {
    pub(super) fn model(&self, model: &DeclaredModel) -> Result<MlpConfig, DeclaredError> {
        let layers = model.hidden_units.get_ref();
        let broken = |found: String, rule: String| {
            Err(self.broken("model.hidden_units", found, rule, &[&model.hidden_units.span()]))
        };
        if layers.len() > MOST_LAYERS {
            return broken(format!("a list of {} layers", grouped(layers.len())), "a network has at most 1,000".into());
        }
        let hidden_units = layers.iter().enumerate().map(|(index, units)| self.units(index, units));
        let config = MlpConfig {
            n_inputs: PIXELS,
            hidden_units: hidden_units.collect::<Result<_, _>>()?,
            n_outputs: CLASSES,
            activation: model.activation,
            weight_init: model.weight_init,
            bias: model.bias,
        };
        let parameters: u64 = config.layers().iter().map(parameters).sum();
        let bytes = parameters * 4;
        if bytes > MOST_WEIGHT_BYTES {
            let found = format!("a network of {} parameters", grouped(parameters));
            return broken(
                found,
                format!("they would take {:.1} GiB, and 8 GiB is the limit", bytes as f64 / GIB as f64),
            );
        }
        Ok(config)
    }

    fn units(&self, index: usize, units: &Spanned<i64>) -> Result<usize, DeclaredError> {
        let rule = match units.get_ref() {
            ..=0 => "every hidden layer needs at least one unit",
            1..=MOST_UNITS => return Ok(usize::try_from(*units.get_ref()).expect("1 to 1,000,000")),
            _ => "a hidden layer has at most 1,000,000 units",
        };
        let key = format!("model.hidden_units[{index}]");
        Err(self.broken(&key, grouped(units.get_ref()), rule, &[&units.span()]))
    }
}

/// Weights and biases of a layer; at most 10^12, so the 1,001 layers of the largest network fit.
fn parameters(layer: &LayerShape) -> u64 {
    layer.fan_in() as u64 * layer.n_outputs as u64
}
