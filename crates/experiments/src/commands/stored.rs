//! The file with the curves of an experiment and its mistakes.

use std::borrow::Cow;
use std::path::PathBuf;

use mistakes::Stored;
use spec::ExperimentSpec;

use crate::built_in;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Size limit of such a file.
const MOST_BYTES: u64 = 1 << 26;

/// The file of the curves of an experiment and its mistakes.
///
/// # Errors
/// The experiments are inside the program, where nothing can be written.
pub(super) fn path_of(workspace: &Workspace, spec: &ExperimentSpec) -> Result<PathBuf, Failure> {
    let folder = &workspace.options.experiments_dir;
    if built_in::stand_in_for(folder) {
        let message = format!("the curves of mistakes go to {}, which does not exist", folder.display());
        return Err(Failure::bad_input(message).with_hint("`experiments init` makes a project with that folder"));
    }
    Ok(folder.join(name_of(spec)))
}

/// The path of that file below the folder of the experiments.
fn name_of(spec: &ExperimentSpec) -> String {
    format!("mistakes/curves/{}.csv", spec.name)
}

/// The stored curves; none if there is no such file.
pub(super) fn stored(workspace: &Workspace, spec: &ExperimentSpec) -> Result<Stored, Failure> {
    let (folder, name) = (&workspace.options.experiments_dir, name_of(spec));
    let path = folder.join(&name);
    let inside = built_in::FILES.iter().find(|(known, _)| built_in::stand_in_for(folder) && *known == name);
    let bytes = match inside {
        Some((_, text)) => Cow::Borrowed(text.as_bytes()),
        None if !path.exists() => return Ok(Stored::default()),
        None => files::read_bounded(&path, MOST_BYTES).map_err(|error| Failure::io(&path, "read", &error))?.into(),
    };
    let hint = "delete it; `experiments mistakes` trains the curves again";
    Stored::read(&bytes).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())).with_hint(hint))
}
