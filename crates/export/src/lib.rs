//! Runs in the formats of other tools: one file per format. Reads records and named tensors; knows neither Burn nor the command
//! line.
//!
//! ```text
//! Trained (record, weights) -> onnx, pytorch, safetensors, numpy   files of a network
//! RunRecord                 -> tensorboard, mlflow, csv, crate     curves and their description
//! ```

mod about;
pub mod csv;
pub mod mlflow;
pub mod npz;
pub mod onnx;
mod points;
pub mod pytorch;
pub mod ro_crate;
pub mod safetensors;
pub mod tensorboard;

use mlp::{Operation, Tensors};
use record::RunRecord;
use spec::PixelScaling;

/// The licence of this program and of what it exports.
pub const LICENCE: &str = env!("CARGO_PKG_LICENSE");

/// A trained network: the record of its run, and weights of that run.
#[derive(Debug, Clone, Copy)]
pub struct Trained<'a> {
    /// The record.
    pub record: &'a RunRecord,
    /// The weights, those that the record's network has.
    pub weights: &'a Tensors,
    /// Which weights they are: `best` or `last`.
    pub which: &'static str,
}

impl Trained<'_> {
    /// A name for its files: `task3c-seed1-best`.
    #[must_use]
    pub fn name(&self) -> String {
        let order = self.record.order_seed.map_or_else(String::new, |order| format!("-order{order}"));
        format!("{}-seed{}{order}-{}", self.record.spec.name, self.record.seed, self.which)
    }

    /// Mean and standard deviation that standardise the pixels, 0 to 255; none if they enter the network as they are.
    fn standardisation(&self) -> Option<[f64; 2]> {
        let dataset = &self.record.dataset;
        match self.record.spec.data.pixel_scaling {
            PixelScaling::TrainMeanStd => Some([dataset.pixel_mean, dataset.pixel_std]),
            PixelScaling::None => None,
        }
    }

    fn operations(&self) -> Vec<Operation> {
        self.record.spec.model.operations(self.record.dataset.shape)
    }
}
