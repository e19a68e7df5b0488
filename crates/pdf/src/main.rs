//! `report-pdf`: the report as a PDF to hand in, typeset by Typst.
//!
//! ```sh
//! report-pdf < document.json > report.pdf
//! ```
//!
//! `experiments report --pdf` calls it. The document is the `Document` of the crate `report` as JSON.

mod typeset;
mod world;

use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os().len() > 1 || std::io::stdin().is_terminal() {
        eprintln!("usage: report-pdf < document.json > report.pdf\n`experiments report --pdf` calls it.");
        return ExitCode::from(2);
    }
    match convert() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the document from stdin, and writes the PDF to stdout when it is complete.
fn convert() -> Result<(), Box<dyn std::error::Error>> {
    let mut document = Vec::new();
    std::io::stdin().read_to_end(&mut document)?;
    let pdf = typeset::to_pdf(document)?;
    std::io::stdout().write_all(&pdf)?;
    Ok(())
}

#[cfg(test)]
mod tests;
