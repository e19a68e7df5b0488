//! Errors of drawing and rastering figures.

/// The result of making a figure.
pub type Result<T> = std::result::Result<T, FigureError>;

/// Why a figure or a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The figure has no run to draw.
    #[error("the figure has no run to draw")]
    NoRuns,
    /// The number of pixels or weights differs from that of the shape.
    #[error("{what} has {found} values, but its shape has {expected}")]
    Pixels {
        /// Whose values.
        what: &'static str,
        /// Their number.
        found: usize,
        /// The number of its shape.
        expected: usize,
    },
    /// A template of the report is wrong, or prints a value that does not exist.
    #[error("the text of the report cannot be written: {0}")]
    Text(#[from] minijinja::Error),
    /// The text given for rastering is not an SVG.
    #[error("the SVG cannot be read: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// The picture would be empty or too large.
    #[error("a PNG of {width} pixels across cannot be made of this figure: give a width from 1 to {most}")]
    Width {
        /// The width that was asked for.
        width: u32,
        /// The largest width.
        most: u32,
    },
    /// The encoder refused.
    #[error("the PNG could not be encoded: {0}")]
    Png(String),
}

/// A figure that a template asks for cannot be drawn.
impl From<FigureError> for minijinja::Error {
    fn from(error: FigureError) -> Self {
        Self::new(minijinja::ErrorKind::InvalidOperation, error.to_string())
    }
}
