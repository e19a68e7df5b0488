//! `experiments init`: a new project with the report's experiments.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use tempfile::TempDir;

use crate::built_in;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Folder of the project; it is created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

/// The files of a project besides its experiments.
const FILES: [(&str, &str); 4] = [
    ("Makefile", include_str!("../../init/Makefile")),
    ("README.md", include_str!("../../init/README.md")),
    (".gitignore", include_str!("../../init/gitignore")),
    ("data/README.md", include_str!("../../init/data.md")),
];
/// What lies in the folder of a project.
const ENTRIES: [&str; 5] = ["Makefile", "README.md", ".gitignore", "data", built_in::FOLDER];

pub(super) fn init(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let folder = &arguments.dir;
    if let Some(path) = ENTRIES.iter().map(|entry| folder.join(entry)).find(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::bad_input(format!("{} exists, and `init` overwrites nothing", path.display()))
            .with_hint("name a folder that is empty or does not exist"));
    }
    let is_new = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| Failure::io(folder, "create", &error))?;
    if let Err(error) = lay_out(folder) {
        if is_new {
            // Only if it is empty.
            let _ = fs::remove_dir(folder);
        }
        return Err(Failure::io(folder, "write", &error));
    }
    let is_toml = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "toml");
    let experiments = built_in::FILES.iter().filter(|(name, _)| is_toml(name)).count();
    workspace
        .terminal
        .note(&format!("{}: {experiments} files in experiments/, a Makefile, a folder for data", folder.display()));
    workspace.terminal.note("`make help` there lists what to do next");
    Ok(())
}

/// Writes everything into a folder inside the project, then moves it to its place, so that nothing is ever half-written.
fn lay_out(folder: &Path) -> io::Result<()> {
    let unfinished = TempDir::with_prefix_in(".init-", folder)?;
    let experiments = built_in::FILES.iter().map(|(name, text)| (format!("{}/{name}", built_in::FOLDER), *text));
    for (name, text) in experiments.chain(FILES.map(|(name, text)| (name.to_owned(), text))) {
        let path = unfinished.path().join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    ENTRIES.iter().try_for_each(|entry| fs::rename(unfinished.path().join(entry), folder.join(entry)))
}
