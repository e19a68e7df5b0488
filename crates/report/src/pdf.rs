//! The report as a PDF to hand in, typeset by Typst.
//!
//! `assets/` is the layout, a program in Typst's language that reads the document as JSON; `world` is all that it can
//! see. No text of the document is ever part of a program.

mod world;

use typst::diag::{SourceDiagnostic, SourceResult, Warned};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf};
use world::ReportWorld;

use crate::document::Document;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The document could not be written as JSON.
    #[error("the report cannot be handed to the typesetter: {0}")]
    Json(#[from] serde_json::Error),
    /// The typesetter refused, such as a picture that is none.
    #[error("the report cannot be typeset: {0}")]
    Typesetting(String),
}

impl PdfError {
    fn typesetting(reasons: &[SourceDiagnostic]) -> Self {
        let reasons: Vec<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
        Self::Typesetting(reasons.join("; "))
    }
}

/// The document as a PDF on A4, tagged for screen readers, with all fonts embedded.
///
/// The same document gives the same bytes: the PDF has no date, and its identifier is a hash.
///
/// # Errors
/// [`PdfError::Typesetting`] where a picture cannot be read, or where formulas or sections lie within each other more
/// than some tens deep.
pub fn to_pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let pages = typeset(document)?.output.map_err(|reasons| PdfError::typesetting(&reasons))?;
    pdf(&pages, &PdfOptions::default()).map_err(|reasons| PdfError::typesetting(&reasons))
}

/// The pages, or why there are none, with the typesetter's warnings.
fn typeset(document: &Document) -> Result<Warned<SourceResult<PagedDocument>>, PdfError> {
    let world = ReportWorld::new(serde_json::to_vec(document)?);
    Ok(typst::compile(&world))
}

#[cfg(test)]
mod tests;
