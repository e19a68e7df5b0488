//! The program `report-pdf`, which typesets the report. It is not part of this one: its dependencies would make Burn compile
//! a second time.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use report::Document;

use crate::failure::Failure;

/// Looks for `report-pdf` in the folder of this program.
///
/// # Errors
/// It is not there.
pub(crate) fn find() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(Failure::outside)?;
    let path = own.with_file_name(format!("report-pdf{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        let message = format!("`--pdf` needs the program report-pdf, but {} does not exist", path.display());
        return Err(Failure::bad_input(message).with_hint("`make report-pdf` builds it and writes the report"));
    }
    Ok(path)
}

/// The document as a PDF by the program at this path.
///
/// # Errors
/// The program cannot be started, or refuses the document.
pub(crate) fn pdf(program: &Path, document: &Document) -> Result<Vec<u8>, Failure> {
    let json = serde_json::to_vec(document).map_err(Failure::outside)?;
    let output = run(program, &json).map_err(|error| Failure::io(program, "run it", &error))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::outside(format!("{}: {}", program.display(), reason.trim())));
    }
    Ok(output.stdout)
}

/// The program reads all of the document before it writes.
fn run(program: &Path, document: &[u8]) -> io::Result<Output> {
    let mut command = Command::new(program);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // A program that ends early says why on stderr.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(document));
    child.wait_with_output()
}
