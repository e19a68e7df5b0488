//! Backends and their devices. Devices are always named, because Burn's default depends on what is compiled in.

use burn::tensor::Device;
use record::BackendInfo;

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

/// The backend to use unless another one is named; none if none is compiled in.
pub(crate) fn default_name() -> Option<&'static str> {
    COMPILED_IN.first().map(|(name, _)| *name)
}

/// A backend with its device.
pub(crate) struct Backend {
    name: String,
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
        // A batch system or a container may allot only some of the machine.
        let allotted = std::thread::available_parallelism().map_or(1, usize::from);
        if self.is_cpu() { num_cpus::get_physical().min(allotted) } else { 1 }
    }

    /// Its description in a record.
    pub(crate) fn info(&self) -> BackendInfo {
        BackendInfo { name: self.name.clone(), device: format!("{:?}", self.device) }
    }
}
