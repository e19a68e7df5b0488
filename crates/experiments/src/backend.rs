//! Backends: which are compiled in, and the device of each. A device is always named, because Burn's default one
//! depends on what happens to be compiled in.

use burn::tensor::Device;
use record::BackendInfo;

/// A way to the device of a backend.
type Open = fn() -> Device;

/// What a cargo feature brings in, with its device; the first that is compiled in is the default.
const BACKENDS: [(&str, Option<Open>); 4] = [
    #[cfg(feature = "flex")]
    ("flex", Some(Device::flex)),
    #[cfg(not(feature = "flex"))]
    ("flex", None),
    #[cfg(feature = "ndarray")]
    ("ndarray", Some(ndarray)),
    #[cfg(not(feature = "ndarray"))]
    ("ndarray", None),
    #[cfg(feature = "wgpu")]
    ("wgpu", Some(|| Device::wgpu(burn::tensor::DeviceKind::DefaultDevice))),
    #[cfg(not(feature = "wgpu"))]
    ("wgpu", None),
    #[cfg(feature = "cuda")]
    ("cuda", Some(|| Device::cuda(0))),
    #[cfg(not(feature = "cuda"))]
    ("cuda", None),
];

#[cfg(feature = "ndarray")]
#[expect(deprecated, reason = "flex succeeds it; the suite keeps it to compare the two")]
fn ndarray() -> Device {
    Device::ndarray()
}

/// What computes: a backend with its device.
pub(crate) struct Backend {
    name: &'static str,
    /// Where tensors lie.
    pub(crate) device: Device,
}

impl Backend {
    /// Opens a backend by name, or the default one.
    ///
    /// # Errors
    /// When there is none of that name, or it is not compiled in: what would do, for people.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, String> {
        let found = match name {
            Some(name) => BACKENDS.iter().find(|(known, _)| *known == name),
            None => BACKENDS.iter().find(|(_, open)| open.is_some()),
        };
        match (found, name) {
            (Some((name, Some(open))), _) => Ok(Self { name, device: open() }),
            (Some((name, None)), _) => Err(format!(
                "backend `{name}` is not compiled in; build it with `make … BACKEND={name}` or `--features {name}`"
            )),
            (None, Some(name)) => {
                let known: Vec<&str> = BACKENDS.iter().map(|(name, _)| *name).collect();
                Err(format!("there is no backend `{name}`; there are {}", known.join(", ")))
            }
            (None, None) => Err("no backend is compiled in; build with `--features flex`".to_owned()),
        }
    }

    /// Whether it computes on the processor, where double precision is at hand and trainings run side by side.
    pub(crate) fn is_cpu(&self) -> bool {
        matches!(self.name, "flex" | "ndarray")
    }

    /// Trainings side by side: as many as there are cores; one where all would have the same graphics processor.
    pub(crate) fn usual_jobs(&self) -> usize {
        if self.is_cpu() { num_cpus::get_physical() } else { 1 }
    }

    /// What a record says about it.
    pub(crate) fn info(&self) -> BackendInfo {
        BackendInfo { name: self.name.to_owned(), device: format!("{:?}", self.device) }
    }
}
