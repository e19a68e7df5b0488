//! Experiments as declared and as resolved, the record of a run, and where records lie on disk: plain data, no Burn.

mod catalog;
mod checkpoint;
mod claim;
mod declared;
mod differing_keys;
#[cfg(test)]
mod example;
mod identity;
mod metric;
mod name;
mod run_record;
mod spec;
mod store;
mod suggest;
mod text;
pub mod weights_file;

pub use catalog::{Catalog, Comparison, Declaration, Experiment};
pub use checkpoint::{Checkpoint, RunKey, TrainingState};
pub use claim::{Claim, Expectation};
pub use declared::error::{DeclaredError, Problem};
pub use declared::overrides::Override;
pub use differing_keys::differing_keys;
pub use identity::run_id;
pub use metric::{Measured, Metric, MetricKind};
pub use mlp::{Activation, Bias, LayerProbe, LayerShape, MlpConfig, MlpWeights, WeightInit};
pub use run_record::{BackendInfo, CodeInfo, DatasetInfo, HostInfo, Probe, RunRecord, StopReason, Validation};
pub use spec::{
    CheckpointSpec, ComparisonSpec, DataSpec, ExperimentSpec, OptimizerSpec, PixelScaling, Shuffle, TrainingSpec,
};
pub use store::{Latest, OwnedRun, RunStore, StoreError, Unfinished};
pub use text::{is_plain, visible};
