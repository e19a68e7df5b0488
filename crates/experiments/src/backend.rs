//! Backends and their devices. Devices are always named, because Burn's default depends on what is compiled in.

use burn::tensor::Device;
use inputs::ComputePath;
use kernels::Instructions;
use record::BackendInfo;
use spec::ExperimentSpec;

use crate::failure::Failure;

/// All backends.
pub(crate) const NAMES: [&str; 4] = ["flex", "ndarray", "wgpu", "cuda"];

type NewDevice = fn() -> Device;

/// The backends that are compiled in, each with its device; the first is the default.
const COMPILED_IN: &[(&str, NewDevice)] = &[
    #[cfg(feature = "flex")]
    ("flex", Device::flex),
    #[cfg(feature = "ndarray")]
    #[expect(deprecated, reason = "flex succeeds it; the suite keeps it to compare the two")]
    ("ndarray", Device::ndarray),
    #[cfg(feature = "wgpu")]
    ("wgpu", || Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
    #[cfg(feature = "cuda")]
    ("cuda", || Device::cuda(0)),
];

/// The names of the backends that are compiled in.
pub(crate) fn compiled_in() -> Vec<&'static str> {
    COMPILED_IN.iter().map(|(name, _)| *name).collect()
}

/// The backend to use unless another one is named; none if none is compiled in.
pub(crate) fn default_name() -> Option<&'static str> {
    COMPILED_IN.first().map(|(name, _)| *name)
}

/// The physical cores that the process may use: a batch system or a container may allot only some of the machine.
pub(crate) fn allotted_cores() -> usize {
    let allotted = std::thread::available_parallelism().map_or(1, usize::from);
    num_cpus::get_physical().min(allotted)
}

/// A backend with its device.
pub(crate) struct Backend {
    pub(crate) name: String,
    /// The device of the tensors.
    pub(crate) device: Device,
}

impl Backend {
    /// Opens a backend by name, or the default one.
    ///
    /// # Errors
    /// It is not compiled in.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, Failure> {
        let name = name.or(default_name()).unwrap_or(NAMES[0]);
        match COMPILED_IN.iter().find(|(known, _)| *known == name) {
            Some((_, device)) => Ok(Self { name: name.to_owned(), device: device() }),
            None => Err(Failure::bad_input(format!(
                "backend `{name}` is not compiled in; build the program with `make … BACKEND={name}` or `--features {name}`"
            ))),
        }
    }

    /// Whether it runs on the processor, so that it supports double precision and several trainings at the same time.
    pub(crate) fn is_cpu(&self) -> bool {
        matches!(self.name.as_str(), "flex" | "ndarray")
    }

    /// Default number of trainings at the same time: the physical cores that the process may use; 1 on a graphics processor,
    /// which they would share.
    pub(crate) fn usual_jobs(&self) -> usize {
        if self.is_cpu() { allotted_cores() } else { 1 }
    }

    /// Its description in a record of a run that these instructions computed.
    pub(crate) fn info(&self, instructions: Vec<String>) -> BackendInfo {
        BackendInfo { name: self.name.clone(), device: format!("{:?}", self.device), instructions }
    }

    /// The vector instructions that compute an experiment: for the fused kernels as wide as the user allows, elsewhere on the
    /// processor its widest; none on a graphics processor.
    pub(crate) fn instructions(&self, spec: &ExperimentSpec) -> Option<Instructions> {
        if self.computes_fused(spec) { Some(Instructions::in_use()) } else { self.is_cpu().then(Instructions::widest) }
    }

    /// Whether the fused kernels compute an experiment, so that they can use narrower instructions than the processor's.
    pub(crate) fn computes_fused(&self, spec: &ExperimentSpec) -> bool {
        ComputePath::of(&self.device) == ComputePath::Fused && spec.model.as_mlp().is_some()
    }
}
