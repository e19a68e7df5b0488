//! `Document`: a report as plain data, before it is a page or a PDF.
//!
//! What the report says is put together once (`chapters`); `html` and `pdf` write the same document. All text is plain
//! text here, and untrusted: a writer escapes it.

use serde::Serialize;

use crate::figure::Plot;

/// A whole report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Document {
    /// Heading of the first page.
    pub title: String,
    /// The line below it: dataset, seeds, date.
    pub subtitle: String,
    /// What nobody may overlook, such as made-up digits; above everything else, on the first screen.
    pub warning: Option<String>,
    /// What stands before the first section: the summary.
    pub summary: Vec<Block>,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A section with a heading; sections within sections are one level deeper.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Section {
    /// Anchor of the heading: lower case letters, digits and dashes, unique in the document.
    pub id: String,
    /// The heading.
    pub heading: String,
    /// What stands below it.
    pub blocks: Vec<Block>,
    /// The sections within.
    pub sections: Vec<Section>,
}

/// A part of a section that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// Items with bullets.
    List(Vec<Vec<Inline>>),
    /// An equation on a line of its own.
    Equation(Math),
    /// A table.
    Table(Table),
    /// A picture with its caption.
    Figure(Figure),
    /// Lines in the terminal's font, as they are.
    Code(String),
    /// A remark set apart, such as a run that is missing.
    Note(Vec<Inline>),
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Emphasised text.
    Emphasis(String),
    /// A name of the program or of a file.
    Code(String),
    /// A formula within the line.
    Math(Math),
    /// A verdict as a coloured word, readable without its colour.
    Badge {
        /// Which colour.
        tone: Tone,
        /// The word.
        text: String,
    },
}

/// What a badge's colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Tone {
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// Nobody can say yet.
    Open,
}

/// A table with a caption.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What the table shows.
    pub caption: Vec<Inline>,
    /// The header; its length is the number of columns.
    pub header: Vec<Column>,
    /// The rows, each as long as the header; the first cell heads its row.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// A column's heading and where its cells stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub heading: String,
    /// Where its cells stand.
    pub align: Align,
}

/// Where the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Align {
    /// At the left: words.
    Left,
    /// At the right: numbers.
    Right,
}

/// A picture with its caption.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Anchor, unique in the document.
    pub id: String,
    /// What it shows.
    pub caption: Vec<Inline>,
    /// The text for readers who do not see it.
    pub alternative: String,
    /// The picture.
    pub picture: Picture,
    /// The curves of the picture, for a writer that makes them interactive.
    #[serde(skip)]
    pub chart: Option<Plot>,
}

/// How a picture is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Picture {
    /// A drawing of this program; text is text in the font of [`crate::FONT`].
    Svg(String),
    /// Pixels.
    Png(Vec<u8>),
}

/// A formula: the few forms that the derivations need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Math {
    /// A variable, in italics: `x`, `δ`.
    Variable(String),
    /// A matrix or vector, in bold: `W`.
    Matrix(String),
    /// A number.
    Number(String),
    /// An operator or delimiter: `+`, `=`, `:=`, `(`, `⊙`, `∈`.
    Operator(String),
    /// Upright words: `softmax`, `log`.
    Word(String),
    /// Parts one after the other.
    Row(Vec<Math>),
    /// A base with a subscript.
    Below(Box<Math>, Box<Math>),
    /// A base with a superscript.
    Above(Box<Math>, Box<Math>),
    /// A fraction.
    Fraction(Box<Math>, Box<Math>),
    /// A square root.
    Root(Box<Math>),
    /// A sum over an index, which stands below the sign.
    Sum(Box<Math>),
    /// Lines below each other, each in two parts that are aligned at the second.
    Lines(Vec<(Math, Math)>),
}

#[cfg(test)]
impl Inline {
    /// Plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn left(heading: &str) -> Self {
        Self { heading: heading.to_owned(), align: Align::Left }
    }

    /// A column of numbers.
    #[must_use]
    pub fn right(heading: &str) -> Self {
        Self { heading: heading.to_owned(), align: Align::Right }
    }
}

/// Columns of words, then columns of numbers.
pub(crate) fn columns(words: &[&str], numbers: &[&str]) -> Vec<Column> {
    let words = words.iter().map(|heading| Column::left(heading));
    words.chain(numbers.iter().map(|heading| Column::right(heading))).collect()
}
