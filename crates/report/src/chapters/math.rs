//! Formulas written as text, `δ_k = ∂C/∂z_k = ŷ_k − y_k .`: terms separated by spaces.
//!
//! A term is a number, a word (`exp`), a variable, a matrix (capital letters but `C`, the cost) or an operator. `a_b` is a
//! subscript, `a^b` a superscript, `a/b` a fraction, `f(x)` a call, `∑k` a sum, `∂x` a differential; `·` separates the terms
//! on one side of a fraction.

use crate::document::{Block, Math};

/// Formulas one a line, aligned at the `&` in each.
pub(super) fn equations(text: &str) -> Block {
    let lines = text.trim().lines().map(|line| line.split_once('&').unwrap_or((line, "")));
    Block::Equation(Math::Lines(lines.map(|(left, right)| (formula(left), formula(right))).collect()))
}

/// A formula.
pub(super) fn formula(text: &str) -> Math {
    row(text.split_whitespace())
}

fn row<'t>(terms: impl Iterator<Item = &'t str>) -> Math {
    let mut terms: Vec<Math> = terms.map(term).collect();
    if terms.len() == 1 { terms.remove(0) } else { Math::Row(terms) }
}

fn term(text: &str) -> Math {
    if let Some((above, below)) = text.split_once('/') {
        Math::Fraction(row(above.split('·')).into(), row(below.split('·')).into())
    } else if let Some(index) = text.strip_prefix('∑') {
        Math::Sum(term(index).into())
    } else if let Some(variable) = text.strip_prefix('∂') {
        Math::Row(vec![Math::Operator("∂".to_owned()), term(variable)])
    } else if let Some((function, argument)) = text.strip_suffix(')').and_then(|call| call.split_once('(')) {
        let [open, close] = ["(", ")"].map(|bracket| Math::Operator(bracket.to_owned()));
        Math::Row(vec![term(function), open, term(argument), close])
    } else if let Some((base, above)) = text.split_once('^') {
        Math::Above(term(base).into(), script(above).into())
    } else if let Some((base, below)) = text.split_once('_') {
        Math::Below(term(base).into(), script(below).into())
    } else {
        symbol(text)
    }
}

/// A subscript or superscript: several letters are several indices; `T` transposes.
fn script(text: &str) -> Math {
    match symbol(text) {
        Math::Word(indices) => Math::Variable(indices),
        Math::Matrix(transposed) => Math::Word(transposed),
        symbol => symbol,
    }
}

fn symbol(text: &str) -> Math {
    let (name, is_single) = (text.to_owned(), text.chars().count() == 1);
    match text.chars().next() {
        Some(c) if c.is_ascii_digit() => Math::Number(name),
        Some(c) if c.is_alphabetic() && !is_single => Math::Word(name),
        Some(c) if c.is_uppercase() && c != 'C' => Math::Matrix(name),
        Some(c) if c.is_alphabetic() => Math::Variable(name),
        _ => Math::Operator(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(text: &str) -> Box<Math> {
        formula(text).into()
    }

    #[test]
    fn terms_are_told_apart_by_how_they_are_written() {
        type Kind = fn(String) -> Math;
        let kinds: [(&str, Kind); 6] = [
            ("x", Math::Variable),
            ("C", Math::Variable),
            ("W", Math::Matrix),
            ("1", Math::Number),
            ("exp", Math::Word),
            (":=", Math::Operator),
        ];
        for (text, kind) in kinds {
            assert_eq!(formula(text), kind(text.to_owned()));
        }
        assert_eq!(formula("w_ji"), Math::Below(boxed("w"), Math::Variable("ji".to_owned()).into()));
        let numbered = Math::Below(boxed("W"), boxed("2"));
        let transposed = Math::Word("T".to_owned());
        assert_eq!(formula("W_2^T"), Math::Above(numbered.into(), transposed.into()));
        assert_eq!(formula("1/∑l·x"), Math::Fraction(boxed("1"), boxed("∑l x")));
    }
}
