//! A derivation as the report has them, with every form of a formula: for the samples of the page and of the PDF.

use crate::document::Math::{self, Above, Below, Fraction, Lines, Matrix, Number, Operator, Row, Sum, Variable, Word};

fn variable(name: &str) -> Math {
    Variable(name.to_owned())
}

fn matrix(name: &str) -> Math {
    Matrix(name.to_owned())
}

fn number(digits: &str) -> Math {
    Number(digits.to_owned())
}

fn operator(sign: &str) -> Math {
    Operator(sign.to_owned())
}

fn word(word: &str) -> Math {
    Word(word.to_owned())
}

fn below(base: Math, below: Math) -> Math {
    Below(Box::new(base), Box::new(below))
}

fn above(base: Math, above: Math) -> Math {
    Above(Box::new(base), Box::new(above))
}

fn fraction(above: Math, below: Math) -> Math {
    Fraction(Box::new(above), Box::new(below))
}

/// The error of an output, `δ_k = y_k − t_k`.
pub(crate) fn output_error() -> Math {
    let of = |name| below(variable(name), variable("k"));
    Row(vec![of("δ"), operator("="), of("y"), operator("−"), of("t")])
}

/// Softmax, the gradient of its cross-entropy, the improved sigmoid, momentum, and weights that fit their inputs.
pub(crate) fn derivation() -> Math {
    let exponential = |index| above(variable("e"), below(variable("z"), variable(index)));
    let sum = Row(vec![Sum(Box::new(variable("j"))), exponential("j")]);
    let weight = below(variable("w"), Row(vec![variable("k"), variable("j")]));
    let in_brackets = |inner| Row(vec![operator("("), inner, operator(")")]);
    let scaled = in_brackets(Row(vec![fraction(number("2"), number("3")), variable("x")]));
    let hidden = in_brackets(Row(vec![above(matrix("W"), operator("⊤")), matrix("δ")]));
    let line = |left: Math, right: Vec<Math>| (left, Row([vec![operator("=")], right].concat()));
    Lines(vec![
        line(
            below(variable("y"), variable("k")),
            vec![
                word("softmax"),
                in_brackets(below(variable("z"), variable("k"))),
                operator("="),
                fraction(exponential("k"), sum),
            ],
        ),
        line(
            fraction(Row(vec![operator("∂"), variable("C")]), Row(vec![operator("∂"), weight])),
            vec![below(variable("δ"), variable("k")), below(variable("a"), variable("j"))],
        ),
        line(variable("f"), vec![number("1.7159"), word("tanh"), scaled]),
        line(below(matrix("δ"), word("hidden")), vec![hidden, operator("⊙"), variable("f"), operator("′")]),
        (
            matrix("V"),
            Row(vec![operator(":="), variable("γ"), matrix("V"), operator("+"), operator("∇"), variable("C")]),
        ),
        (
            below(variable("w"), variable("i")),
            Row(vec![
                operator("∼"),
                variable("N"),
                in_brackets(Row(vec![number("0"), operator(","), fraction(number("1"), variable("n"))])),
            ]),
        ),
    ])
}
