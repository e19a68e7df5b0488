//! Formulas put together from their parts.

use crate::document::{Block, Math};

pub(super) fn variable(name: &str) -> Math {
    Math::Variable(name.to_owned())
}

pub(super) fn matrix(name: &str) -> Math {
    Math::Matrix(name.to_owned())
}

pub(super) fn operator(sign: &str) -> Math {
    Math::Operator(sign.to_owned())
}

pub(super) fn number(digits: &str) -> Math {
    Math::Number(digits.to_owned())
}

pub(super) fn word(word: &str) -> Math {
    Math::Word(word.to_owned())
}

pub(super) fn row<const N: usize>(parts: [Math; N]) -> Math {
    Math::Row(parts.into())
}

/// A variable with an index of one or several letters.
pub(super) fn indexed(name: &str, index: &str) -> Math {
    below(variable(name), variable(index))
}

pub(super) fn below(base: Math, below: Math) -> Math {
    Math::Script { base: base.into(), below: Some(below.into()), above: None }
}

pub(super) fn above(base: Math, above: Math) -> Math {
    Math::Script { base: base.into(), below: None, above: Some(above.into()) }
}

/// A numbered matrix, `W₁`.
pub(super) fn numbered(name: &str, index: &str) -> Math {
    below(matrix(name), number(index))
}

/// A matrix, transposed.
pub(super) fn transposed(matrix: Math) -> Math {
    above(matrix, word("T"))
}

/// The partial derivative of one by another.
pub(super) fn partial(of: Math, by: Math) -> Math {
    Math::Fraction(row([operator("∂"), of]).into(), row([operator("∂"), by]).into())
}

/// A function of something.
pub(super) fn call(function: Math, argument: Math) -> Math {
    row([function, operator("("), argument, operator(")")])
}

/// The derivative of the activation, `f′`.
pub(super) fn slope() -> Math {
    above(variable("f"), operator("′"))
}

pub(super) fn sum(index: &str) -> Math {
    Math::Sum(variable(index).into())
}

/// Lines aligned at their equality signs.
pub(super) fn lines(lines: Vec<(Math, Math)>) -> Block {
    Block::Equation(Math::Lines(lines))
}

/// `= …`.
pub(super) fn equals<const N: usize>(parts: [Math; N]) -> Math {
    row([operator("="), row(parts)])
}
