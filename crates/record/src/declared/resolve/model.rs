//! Rules about the network: its size, and the memory that its training takes.

use toml::Spanned;

use super::rules::{Rules, grouped};
use crate::declared::DeclaredModel;
use crate::declared::error::DeclaredError;
use crate::{Bias, MlpConfig};

/// Pixels of an image.
const PIXELS: usize = 28 * 28;
/// Digits.
const CLASSES: usize = 10;
const MOST_LAYERS: usize = 1_000;
const MOST_UNITS: i64 = 1_000_000;
const MOST_GIB: f64 = 32.0;
const GIB: f64 = (1_u64 << 30) as f64;
/// A number of a network, f32.
const NUMBER_BYTES: f64 = 4.0;
/// Numbers that a training holds for every weight: the weight, its gradient, velocity and last value, the best one, and
/// copies while they are saved. Measured: 7.6 to 9.3 with 70 to 80 million weights.
const PER_WEIGHT: f64 = 8.0;
/// Numbers for every unit and image of a step: its sum, its activation and the gradient of it.
const PER_UNIT: f64 = 3.0;
/// Images that a probe looks at beside the batch.
const PROBE_IMAGES: usize = 128;

impl Rules<'_> {
    /// The network, which steps of `batch_size` images will train.
    pub(super) fn model(&self, model: &DeclaredModel, batch_size: usize) -> Result<MlpConfig, DeclaredError> {
        let layers = model.hidden_units.get_ref();
        let broken = |found: String, rule: String| {
            Err(self.broken("model.hidden_units", found, rule, &[&model.hidden_units.span()]))
        };
        if layers.len() > MOST_LAYERS {
            return broken(format!("a list of {} layers", grouped(layers.len())), "a network has at most 1,000".into());
        }
        let needed = memory(layers, model.bias, batch_size);
        let hidden_units = layers.iter().enumerate().map(|(index, units)| self.units(index, units, needed));
        let config = MlpConfig {
            n_inputs: PIXELS,
            hidden_units: hidden_units.collect::<Result<_, _>>()?,
            n_outputs: CLASSES,
            activation: model.activation,
            weight_init: model.weight_init,
            bias: model.bias,
        };
        if needed > MOST_GIB {
            let found = format!("a network of {} parameters", grouped(config.parameters()));
            return broken(found, format!("training it would take {}, and {MOST_GIB} GiB is the limit", gib(needed)));
        }
        Ok(config)
    }

    fn units(&self, index: usize, units: &Spanned<i64>, needed: f64) -> Result<usize, DeclaredError> {
        let rule = match units.get_ref() {
            ..=0 => "every hidden layer needs at least one unit".to_owned(),
            1..=MOST_UNITS => return Ok(usize::try_from(*units.get_ref()).expect("1 to 1,000,000")),
            _ => {
                format!("a hidden layer has at most 1,000,000 units: training this network would take {}", gib(needed))
            }
        };
        let key = format!("model.hidden_units[{index}]");
        Err(self.broken(&key, grouped(units.get_ref()), rule, &[&units.span()]))
    }
}

/// GiB that the training of a network takes at least. In `f64`, because nothing is known of the sizes yet.
fn memory(hidden_units: &[Spanned<i64>], bias: Bias, batch_size: usize) -> f64 {
    let hidden = hidden_units.iter().map(|units| (*units.get_ref()).max(0) as f64);
    let widths: Vec<f64> = [PIXELS as f64].into_iter().chain(hidden).chain([CLASSES as f64]).collect();
    let with_bias = |layer: usize| bias == Bias::All || (bias == Bias::FirstLayer && layer == 0);
    let layers = widths.windows(2).enumerate();
    let weights: f64 = layers.map(|(layer, pair)| (pair[0] + f64::from(with_bias(layer))) * pair[1]).sum();
    let units: f64 = widths[1..].iter().sum();
    let images = (batch_size + PROBE_IMAGES) as f64;
    NUMBER_BYTES * (PER_WEIGHT * weights + PER_UNIT * units * images) / GIB
}

/// `about 24.6 GiB of memory`.
fn gib(needed: f64) -> String {
    let decimal = format!("{needed:.1}");
    match decimal.split_once('.') {
        Some((whole, tenths)) if needed < 1e9 => format!("about {}.{tenths} GiB of memory", grouped(whole)),
        _ => format!("about {needed:.0e} GiB of memory"),
    }
}
