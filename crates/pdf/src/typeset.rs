//! From the document to the pages of a PDF.
//!
//! `assets/` is the layout, a program in Typst's language that reads the document as JSON. No text of the document is
//! ever part of a program.

use typst::diag::{SourceDiagnostic, SourceResult, Warned};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf};

use crate::world::ReportWorld;

/// The typesetter's reasons for refusing, such as a picture that is not a picture.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be typeset: {0}")]
pub(crate) struct TypesettingError(String);

impl TypesettingError {
    fn of(reasons: &[SourceDiagnostic]) -> Self {
        let reasons: Vec<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
        Self(reasons.join("; "))
    }
}

/// A document in JSON as a PDF on A4, tagged for screen readers, with all fonts embedded.
///
/// The same document gives the same bytes: the PDF contains no date, and its identifier is a hash.
///
/// # Errors
/// The document is not one, a picture cannot be read, or formulas or sections are nested some tens of levels deep.
pub(crate) fn to_pdf(document: Vec<u8>) -> Result<Vec<u8>, TypesettingError> {
    let pages = typeset(document).output.map_err(|reasons| TypesettingError::of(&reasons))?;
    pdf(&pages, &PdfOptions::default()).map_err(|reasons| TypesettingError::of(&reasons))
}

/// The pages, or the reasons why there are none, with the typesetter's warnings.
pub(crate) fn typeset(document: Vec<u8>) -> Warned<SourceResult<PagedDocument>> {
    typst::compile(&ReportWorld::new(document))
}
