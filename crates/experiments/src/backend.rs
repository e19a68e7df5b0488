//! Backends and their devices. Devices are always named, because Burn's default depends on what is compiled in.

use burn::tensor::Device;
use record::BackendInfo;

use crate::failure::Failure;

/// All backends.
pub(crate) const NAMES: [&str; 4] = ["flex", "ndarray", "wgpu", "cuda"];

/// The backends that are compiled in; the first is the default.
const COMPILED_IN: &[&str] = &[
    #[cfg(feature = "flex")]
    "flex",
    #[cfg(feature = "ndarray")]
    "ndarray",
    #[cfg(feature = "wgpu")]
    "wgpu",
    #[cfg(feature = "cuda")]
    "cuda",
];

/// The backend to use unless another one is named; none if none is compiled in.
pub(crate) fn default_name() -> Option<&'static str> {
    COMPILED_IN.first().copied()
}

/// The device of a backend; none if it is not compiled in.
fn device(name: &str) -> Option<Device> {
    match name {
        #[cfg(feature = "flex")]
        "flex" => Some(Device::flex()),
        #[cfg(feature = "ndarray")]
        #[expect(deprecated, reason = "flex succeeds it; the suite keeps it to compare the two")]
        "ndarray" => Some(Device::ndarray()),
        #[cfg(feature = "wgpu")]
        "wgpu" => Some(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => Some(Device::cuda(0)),
        _ => None,
    }
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
        let name = name.or(default_name()).unwrap_or(NAMES[0]).to_owned();
        match device(&name) {
            Some(device) => Ok(Self { name, device }),
            None => Err(Failure::bad_input(format!(
                "backend `{name}` is not compiled in; build the program with `make … BACKEND={name}` or `--features {name}`"
            ))),
        }
    }

    /// Whether it runs on the processor, so that it supports double precision and several trainings at the same time.
    pub(crate) fn is_cpu(&self) -> bool {
        matches!(self.name.as_str(), "flex" | "ndarray")
    }

    /// Default number of trainings at the same time: the physical cores; 1 on a graphics processor, which they would share.
    pub(crate) fn usual_jobs(&self) -> usize {
        if self.is_cpu() { num_cpus::get_physical() } else { 1 }
    }

    /// Its description in a record.
    pub(crate) fn info(&self) -> BackendInfo {
        BackendInfo { name: self.name.clone(), device: format!("{:?}", self.device) }
    }
}
