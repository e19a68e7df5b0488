//! Task 1: the update derived, by components and in matrix form, every shape named.

use super::math::{
    call, equals, indexed, lines, matrix, number, numbered, operator, partial, row, slope, sum, transposed, variable,
    word,
};
use super::prose::{inline, paragraph};
use crate::document::{Block, Column, Inline, Math, Section, Table};

pub(super) fn section() -> Section {
    Section {
        id: "task-1".to_owned(),
        heading: "Task 1: backpropagation".to_owned(),
        blocks: vec![paragraph(
            "One hidden layer: inputs i, hidden units j, classes k. An image has the pixels x, of which the last is the \
             constant 1 whose weights are the biases, and the target y, 1 for its class and 0 elsewhere.",
        )],
        sections: vec![components(), matrices()],
    }
}

/// Task 1a.
fn components() -> Section {
    let (delta_j, delta_k) = (|| indexed("δ", "j"), || indexed("δ", "k"));
    let cost = || variable("C");
    Section {
        id: "task-1a".to_owned(),
        heading: "1a: the update of a weight".to_owned(),
        blocks: vec![
            paragraph("Forward, with the activation f of the hidden units and the cross-entropy C of one image:"),
            forward(),
            paragraph(
                "What the cost changes with the input of an output unit is the error there. Since the targets sum to 1,",
            ),
            lines(vec![(
                delta_k(),
                equals([
                    partial(cost(), indexed("z", "k")),
                    operator("="),
                    prediction("k"),
                    operator("−"),
                    indexed("y", "k"),
                    operator("."),
                ]),
            )]),
            paragraph(
                "A hidden unit reaches the cost through every output unit. The chain rule adds up these ways, and each brings \
                 the weight between the two units and the slope of the activation:",
            ),
            lines(vec![
                (delta_j(), equals([partial(cost(), indexed("z", "j")), equals([sum("k"), chain()])])),
                (
                    Math::Row(Vec::new()),
                    equals([call(slope(), indexed("z", "j")), sum("k"), indexed("w", "kj"), delta_k(), operator(".")]),
                ),
            ]),
            paragraph("The input of a hidden unit changes with one of its weights by the pixel of that weight, so"),
            lines(vec![(
                partial(cost(), indexed("w", "ji")),
                equals([
                    partial(cost(), indexed("z", "j")),
                    partial(indexed("z", "j"), indexed("w", "ji")),
                    operator("="),
                    delta_j(),
                    indexed("x", "i"),
                ]),
            )]),
            paragraph("and a step of gradient descent with the learning rate α is"),
            lines(vec![
                (update("ji"), row([operator("−"), variable("α"), delta_j(), indexed("x", "i"), operator(",")])),
                (update("kj"), row([operator("−"), variable("α"), delta_k(), indexed("a", "j"), operator(".")])),
            ]),
        ],
        sections: Vec::new(),
    }
}

fn prediction(index: &str) -> Math {
    indexed("ŷ", index)
}

fn forward() -> Block {
    lines(vec![
        (indexed("z", "j"), equals([sum("i"), indexed("w", "ji"), indexed("x", "i"), operator(",")])),
        (indexed("a", "j"), equals([call(variable("f"), indexed("z", "j")), operator(",")])),
        (indexed("z", "k"), equals([sum("j"), indexed("w", "kj"), indexed("a", "j"), operator(",")])),
        (
            prediction("k"),
            equals([
                Math::Fraction(
                    call(word("exp"), indexed("z", "k")).into(),
                    row([sum("l"), call(word("exp"), indexed("z", "l"))]).into(),
                ),
                operator(","),
            ]),
        ),
        (
            variable("C"),
            equals([operator("−"), sum("k"), indexed("y", "k"), call(word("ln"), prediction("k")), operator(".")]),
        ),
    ])
}

/// The three factors of the chain rule.
fn chain() -> Math {
    row([
        partial(variable("C"), indexed("z", "k")),
        partial(indexed("z", "k"), indexed("a", "j")),
        partial(indexed("a", "j"), indexed("z", "j")),
    ])
}

fn update(index: &str) -> Math {
    row([indexed("w", index), operator(":="), indexed("w", index)])
}

/// Task 1b.
#[expect(clippy::many_single_char_names, reason = "they are the symbols of the formulas")]
fn matrices() -> Section {
    let (x, y, a) = (|| matrix("X"), || matrix("Y"), || matrix("A"));
    let (w, z, delta) = (|index| numbered("W", index), |index| numbered("Z", index), |index| numbered("Δ", index));
    let errors = vec![
        (
            delta("2"),
            equals([
                Math::Fraction(number("1").into(), variable("n").into()),
                operator("("),
                matrix("Ŷ"),
                operator("−"),
                y(),
                operator(")"),
                operator(","),
            ]),
        ),
        (delta("1"), equals([call(slope(), z("1")), operator("⊙"), delta("2"), transposed(w("2")), operator(",")])),
        (update_of(w("1")), row([operator("−"), variable("α"), transposed(x()), delta("1"), operator(",")])),
        (update_of(w("2")), row([operator("−"), variable("α"), transposed(a()), delta("2"), operator(".")])),
    ];
    Section {
        id: "task-1b".to_owned(),
        heading: "1b: the same for a batch, in matrices".to_owned(),
        blocks: vec![
            paragraph(
                "The images of a batch are rows, and the cost is the mean over them. The weights of a layer are a matrix with \
                 a row for each of its inputs, as the program keeps them.",
            ),
            lines(vec![
                (z("1"), equals([x(), w("1"), operator(",")])),
                (a(), equals([call(variable("f"), z("1")), operator(",")])),
                (z("2"), equals([a(), w("2"), operator(",")])),
                (matrix("Ŷ"), equals([call(word("softmax"), z("2")), operator(",")])),
            ]),
            paragraph("Backward, with ⊙ for the product of the elements,"),
            lines(errors),
            paragraph(
                "Every further hidden layer adds a line like that of the first error, with its own weights and slopes. With \
                 momentum, the program keeps a velocity for each matrix: the velocity is 0.9 of the last one plus the \
                 gradient, and the weights go by the learning rate times the velocity.",
            ),
            shapes(),
        ],
        sections: Vec::new(),
    }
}

fn update_of(weights: Math) -> Math {
    row([weights.clone(), operator(":="), weights])
}

/// Every matrix with its shape, for the network of task 2c.
fn shapes() -> Block {
    let rows: [(Math, &str, &str, &str); 9] = [
        (matrix("X"), "pixels and the constant 1", "n × 785", "32 × 785"),
        (matrix("Y"), "targets, one of ten", "n × 10", "32 × 10"),
        (numbered("W", "1"), "weights and biases of the hidden layer", "785 × m", "785 × 64"),
        (numbered("Z", "1"), "inputs of the hidden units", "n × m", "32 × 64"),
        (matrix("A"), "outputs of the hidden units", "n × m", "32 × 64"),
        (numbered("W", "2"), "weights of the output layer", "m × 10", "64 × 10"),
        (numbered("Z", "2"), "logits; the probabilities Ŷ alike", "n × 10", "32 × 10"),
        (numbered("Δ", "2"), "error of the output layer", "n × 10", "32 × 10"),
        (numbered("Δ", "1"), "error of the hidden layer", "n × m", "32 × 64"),
    ];
    let row = |(symbol, what, shape, here): (Math, &str, &str, &str)| {
        let words = [what, shape, here].map(|text| vec![Inline::text(text)]);
        let [what, shape, here] = words;
        vec![what, vec![Inline::Math(symbol)], shape, here]
    };
    Block::Table(Table {
        caption: inline("Shapes: n images, m hidden units; at the right those of task 2c."),
        header: vec![Column::left("What"), Column::left("Symbol"), Column::right("Shape"), Column::right("Task 2c")],
        rows: rows.into_iter().map(row).collect(),
    })
}
