//! `Document`: a report as plain data, before it is a page or a PDF.
//!
//! `chapters` composes what the report says; `html` and `pdf` write the same document. All text is plain text here, and
//! untrusted: a writer escapes it.

use serde::{Deserialize, Serialize};

/// A whole report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Document {
    /// Heading of the first page.
    pub title: String,
    /// The line below it: dataset, seeds, date.
    pub subtitle: String,
    /// What the reader must not overlook, such as made-up digits; above everything else, on the first screen.
    pub warning: Option<String>,
    /// What comes before the first section.
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
    /// What comes below it.
    pub blocks: Vec<Block>,
    /// The sections within.
    pub sections: Vec<Section>,
}

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// Items with bullets.
    List(Vec<Vec<Inline>>),
    /// A displayed equation.
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
    /// The runs do not decide it.
    Open,
}

/// A table, for the page, the PDF, the terminal and Markdown alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What the table shows.
    pub caption: Vec<Inline>,
    /// The header; its length is the number of columns.
    pub header: Vec<Column>,
    /// The rows, each as long as the header; the first cell heads its row.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// A column's heading and alignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub heading: String,
    /// Alignment of its cells.
    pub align: Align,
}

/// Alignment of a column's cells.
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
    /// What the picture shows, for readers who do not see it.
    pub alternative: String,
    /// The picture.
    pub picture: Picture,
    /// The same curves as numbers, from which the page makes an interactive chart.
    pub chart: Option<serde_json::Value>,
}

/// How a picture is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Picture {
    /// A drawing of this program; text is text in Open Sans.
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
    /// A sum over an index, which is written below the sign.
    Sum(Box<Math>),
    /// Lines below each other, each in two parts that are aligned at the second.
    Lines(Vec<(Math, Math)>),
}

#[cfg(test)]
impl Inline {
    /// Plain text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A text without its looks and its formulas.
pub(crate) fn words(text: &[Inline]) -> String {
    text.iter().map(Inline::words).collect()
}

impl Inline {
    /// It as plain text; empty for a formula.
    fn words(&self) -> &str {
        match self {
            Self::Text(text) | Self::Emphasis(text) | Self::Code(text) | Self::Badge { text, .. } => text,
            Self::Math(_) => "",
        }
    }
}
