//! Declared experiments and their specification: one door for every format, and the identity of a run.
//!
//! The only crate that knows TOML.

mod catalog;
mod claim;
mod cluster;
mod declared;
mod door;
mod explain;
mod identity;
mod keys;
mod kind;
mod metric;
mod mistake;
pub mod name;
mod rules;
mod schema;
mod spec;
mod spec_error;
mod suggest;
mod sweep;
mod text;

pub use catalog::{Catalog, Comparison, Declaration, Experiment};
pub use claim::{Claim, Expectation};
pub use cluster::{ClusterSpec, cluster_word};
pub use declared::error::{DeclaredError, Excerpt};
pub use declared::file::Spec;
pub use declared::overrides::Override;
pub use identity::{RunSeeds, differing_keys, differing_protocol, run_id};
pub use metric::{Metric, MetricKind, Series};
pub use mistake::{MistakeSpec, Slip};
pub use mlp::values::thousands;
pub use mlp::{Activation, Bias, ImageShape, Layer, MlpConfig, NetworkConfig, OptimizerConfig, SgdConfig, WeightInit};
pub use rules::PROBE_IMAGES;
pub use schema::{FileKind, Setting, settings};
pub use spec::{CheckpointSpec, ComparisonSpec, DataSpec, ExperimentSpec, PixelScaling, Shuffle, TrainingSpec};
pub use spec_error::SpecError;
pub use sweep::{
    Condition, Direction, Domain, Method, MethodKind, Objective, Parameter, Pruning, PruningKind, Settings, Sweep,
    SweepSpec, Winner,
};
pub use text::{is_plain, visible};
