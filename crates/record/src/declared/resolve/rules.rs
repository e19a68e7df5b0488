//! `Rules`: what the rules of one document share, and those about titles, data and the optimizer.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;

use crate::declared::document::Document;
use crate::declared::error::{DeclaredError, Problem};
use crate::declared::{DeclaredData, DeclaredOptimizer};
use crate::{DataSpec, OptimizerSpec, is_plain, visible};

/// MNIST's training images.
pub(super) const TRAIN_IMAGES: RangeInclusive<i64> = 1..=60_000;
/// MNIST's test images.
const VALIDATION_IMAGES: RangeInclusive<i64> = 1..=10_000;

/// What a text on one line is called, and what is said of one that is missing or too long.
pub(super) struct Line {
    pub(super) noun: &'static str,
    pub(super) needed: &'static str,
    pub(super) longest: usize,
    pub(super) room: &'static str,
}

/// The rules of one document: each takes what is declared and returns what is valid.
pub(super) struct Rules<'a> {
    pub(super) document: &'a Document,
}

impl Rules<'_> {
    pub(super) fn title(&self, title: &Spanned<String>) -> Result<String, DeclaredError> {
        const TITLE: Line = Line {
            noun: "title",
            needed: "tables and figures need a name to show",
            longest: 100,
            room: "a legend has room for 100",
        };
        self.line("title", title, &TITLE)
    }

    /// Text on one line.
    pub(super) fn line(&self, key: &str, value: &Spanned<String>, line: &Line) -> Result<String, DeclaredError> {
        let text = value.get_ref().trim();
        let broken = |found: String, rule: &str| Err(self.broken(key, found, rule, &[&value.span()]));
        let length = text.chars().count();
        if text.is_empty() {
            broken("empty".into(), line.needed)
        } else if length > line.longest {
            broken(format!("{length} characters long"), line.room)
        } else if !text.chars().all(is_plain) {
            broken(
                format!("\"{}\"", visible(text)),
                &format!("a {} is one line without control or invisible characters", line.noun),
            )
        } else {
            Ok(text.to_owned())
        }
    }

    pub(super) fn data(&self, data: &DeclaredData) -> Result<DataSpec, DeclaredError> {
        Ok(DataSpec {
            train_images: self.count("data.train_images", &data.train_images, TRAIN_IMAGES)?,
            validation_images: self.count("data.validation_images", &data.validation_images, VALIDATION_IMAGES)?,
            pixel_scaling: data.pixel_scaling,
        })
    }

    pub(super) fn optimizer(&self, optimizer: &DeclaredOptimizer) -> Result<OptimizerSpec, DeclaredError> {
        let (learning_rate, momentum) = (*optimizer.learning_rate.get_ref(), *optimizer.momentum.get_ref());
        if !(learning_rate.is_finite() && learning_rate > 0.0) {
            let span = optimizer.learning_rate.span();
            return Err(self.broken(
                "optimizer.learning_rate",
                learning_rate,
                "it must be a finite number above 0",
                &[&span],
            ));
        }
        if !(0.0..1.0).contains(&momentum) {
            let span = optimizer.momentum.span();
            return Err(self.broken("optimizer.momentum", momentum, "it must be at least 0 and below 1", &[&span]));
        }
        Ok(OptimizerSpec { learning_rate, momentum })
    }

    /// A whole number in a range.
    pub(super) fn count(
        &self,
        key: &str,
        value: &Spanned<i64>,
        range: RangeInclusive<i64>,
    ) -> Result<usize, DeclaredError> {
        let count = usize::try_from(*value.get_ref()).ok().filter(|_| range.contains(value.get_ref()));
        count.ok_or_else(|| {
            let rule = format!("it must be {} to {}", range.start(), grouped(range.end()));
            self.broken(key, grouped(value.get_ref()), rule, &[&value.span()])
        })
    }

    /// The error of a rule that a value breaks; `rule` says what would do, in words that follow "but".
    pub(super) fn broken(
        &self,
        key: &str,
        found: impl Display,
        rule: impl Into<String>,
        spans: &[&Range<usize>],
    ) -> DeclaredError {
        let problem = Problem::Value { key: key.to_owned(), found: found.to_string(), rule: rule.into() };
        self.document.refuse(problem, spans)
    }
}

/// `1,000,000`.
pub(super) fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    format!("{sign}{}", groups.join(","))
}
