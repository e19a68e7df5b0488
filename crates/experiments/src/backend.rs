//! Backends: which are compiled in, and the device of each. A device is always named, because Burn's default depends on
//! what is compiled in.

use burn::tensor::Device;
use record::BackendInfo;

use crate::failure::Failure;

/// All backends; the first that is compiled in is the default.
pub(crate) const NAMES: [&str; 4] = ["flex", "ndarray", "wgpu", "cuda"];

/// The backend that is used unless another one is named; none if none is compiled in.
pub(crate) fn default_name() -> Option<&'static str> {
    let [flex, ndarray, wgpu, cuda] = NAMES;
    let compiled_in = [
        (flex, cfg!(feature = "flex")),
        (ndarray, cfg!(feature = "ndarray")),
        (wgpu, cfg!(feature = "wgpu")),
        (cuda, cfg!(feature = "cuda")),
    ];
    compiled_in.into_iter().find(|(_, is_compiled_in)| *is_compiled_in).map(|(name, _)| name)
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

/// What computes: a backend with its device.
pub(crate) struct Backend {
    name: String,
    /// Where tensors lie.
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
                "backend `{name}` is not compiled in; build it with `make … BACKEND={name}` or `--features {name}`"
            ))),
        }
    }

    /// Whether it computes on the processor, in double precision too, and several trainings at the same time.
    pub(crate) fn is_cpu(&self) -> bool {
        matches!(self.name.as_str(), "flex" | "ndarray")
    }

    /// Trainings at the same time: the number of cores; 1 on a graphics processor, which all would share.
    pub(crate) fn usual_jobs(&self) -> usize {
        if self.is_cpu() { num_cpus::get_physical() } else { 1 }
    }

    /// What a record says about it.
    pub(crate) fn info(&self) -> BackendInfo {
        BackendInfo { name: self.name.clone(), device: format!("{:?}", self.device) }
    }
}
