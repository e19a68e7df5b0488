//! The file with the curves of an experiment and its mistakes.

use std::path::PathBuf;

use mistakes::Stored;
use spec::ExperimentSpec;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Size limit of such a file.
const MOST_BYTES: u64 = 1 << 26;

/// The file of the curves of an experiment and its mistakes.
pub(super) fn path_of(workspace: &Workspace, spec: &ExperimentSpec) -> PathBuf {
    workspace.catalog.mistakes_folder().join("curves").join(format!("{}.csv", spec.name))
}

/// The stored curves; none if there is no such file.
pub(super) fn stored(workspace: &Workspace, spec: &ExperimentSpec) -> Result<Stored, Failure> {
    let path = path_of(workspace, spec);
    if !path.exists() {
        return Ok(Stored::default());
    }
    let bytes = files::read_bounded(&path, MOST_BYTES).map_err(|error| Failure::io(&path, "read", &error))?;
    let hint = "delete it; `experiments mistakes` trains the curves again";
    Stored::read(&bytes).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())).with_hint(hint))
}
