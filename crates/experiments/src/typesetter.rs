//! The program `report-pdf`, which typesets the report. It is not part of this one: its dependencies would make Burn compile
//! a second time.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use report::Document;

use crate::failure::Failure;

/// Where `report-pdf` is.
pub(crate) struct Typesetter(PathBuf);

impl Typesetter {
    /// Looks for `report-pdf` in the folder of this program.
    ///
    /// # Errors
    /// It is not there.
    pub(crate) fn find() -> Result<Self, Failure> {
        let own = std::env::current_exe().map_err(|error| Failure::outside(error.to_string()))?;
        let path = own.with_file_name(format!("report-pdf{}", std::env::consts::EXE_SUFFIX));
        if !path.is_file() {
            let message = format!("`--pdf` needs the program report-pdf, but {} does not exist", path.display());
            return Err(Failure::bad_input(message).with_hint("`make report-pdf` builds it and writes the report"));
        }
        Ok(Self(path))
    }

    /// The document as a PDF.
    ///
    /// # Errors
    /// The program cannot be started, or refuses the document.
    pub(crate) fn pdf(&self, document: &Document) -> Result<Vec<u8>, Failure> {
        let json = serde_json::to_vec(document).map_err(|error| Failure::outside(error.to_string()))?;
        let output = self.run(&json).map_err(|error| Failure::io(&self.0, "run it", &error))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::outside(format!("{}: {}", self.0.display(), reason.trim())));
        }
        Ok(output.stdout)
    }

    /// It reads all of the document before it writes.
    fn run(&self, document: &[u8]) -> io::Result<Output> {
        let mut command = Command::new(&self.0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // A program that ends early says why on stderr.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(document));
        child.wait_with_output()
    }
}
