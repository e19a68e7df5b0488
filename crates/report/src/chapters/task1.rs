//! Task 1: the update derived, by components and in matrix form, every shape named.

use super::math::{equations, formula};
use super::parts::{cells, leaf, parent, table};
use super::prose::text;
use crate::document::{Block, Inline, Section, columns};

/// What the network computes, up to the cost.
const FORWARD: [(&str, &str); 5] = [
    ("z_j", "= ∑i w_ji x_i ,"),
    ("a_j", "= f(z_j) ,"),
    ("z_k", "= ∑j w_kj a_j ,"),
    ("ŷ_k", "= exp(z_k)/∑l·exp(z_l) ,"),
    ("C", "= − ∑k y_k ln(ŷ_k) ."),
];
const OUTPUT_ERROR: [(&str, &str); 1] = [("δ_k", "= ∂C/∂z_k = ŷ_k − y_k .")];
const HIDDEN_ERROR: [(&str, &str); 2] =
    [("δ_j", "= ∂C/∂z_j = ∑k ∂C/∂z_k ∂z_k/∂a_j ∂a_j/∂z_j"), ("", "= f^′(z_j) ∑k w_kj δ_k .")];
const GRADIENT: [(&str, &str); 1] = [("∂C/∂w_ji", "= ∂C/∂z_j ∂z_j/∂w_ji = δ_j x_i")];
const UPDATES: [(&str, &str); 2] = [("w_ji := w_ji", "− α δ_j x_i ,"), ("w_kj := w_kj", "− α δ_k a_j .")];

const FORWARD_OF_A_BATCH: [(&str, &str); 4] =
    [("Z_1", "= X W_1 ,"), ("A", "= f(Z_1) ,"), ("Z_2", "= A W_2 ,"), ("Ŷ", "= softmax(Z_2) ,")];
const BACKWARD_OF_A_BATCH: [(&str, &str); 4] = [
    ("Δ_2", "= 1/n ( Ŷ − Y ) ,"),
    ("Δ_1", "= f^′(Z_1) ⊙ Δ_2 W_2^T ,"),
    ("W_1 := W_1", "− α X^T Δ_1 ,"),
    ("W_2 := W_2", "− α A^T Δ_2 ."),
];
/// Every matrix: what it is, its symbol, its shape, and its shape in task 2c.
const SHAPES: [(&str, &str, &str, &str); 9] = [
    ("pixels and the constant 1", "X", "n × 785", "32 × 785"),
    ("targets, one of ten", "Y", "n × 10", "32 × 10"),
    ("weights and biases of the hidden layer", "W_1", "785 × m", "785 × 64"),
    ("inputs of the hidden units", "Z_1", "n × m", "32 × 64"),
    ("outputs of the hidden units", "A", "n × m", "32 × 64"),
    ("weights of the output layer", "W_2", "m × 10", "64 × 10"),
    ("logits; the probabilities Ŷ alike", "Z_2", "n × 10", "32 × 10"),
    ("error of the output layer", "Δ_2", "n × 10", "32 × 10"),
    ("error of the hidden layer", "Δ_1", "n × m", "32 × 64"),
];

pub(super) fn section() -> Section {
    let blocks = vec![text("backpropagation")];
    parent("task-1", "Task 1: backpropagation", blocks, vec![components(), matrices()])
}

/// Task 1a.
fn components() -> Section {
    let blocks = vec![
        text("forward"),
        equations(&FORWARD),
        text("output error"),
        equations(&OUTPUT_ERROR),
        text("hidden error"),
        equations(&HIDDEN_ERROR),
        text("gradient"),
        equations(&GRADIENT),
        text("update"),
        equations(&UPDATES),
    ];
    leaf("task-1a", "1a: the update of a weight", blocks)
}

/// Task 1b.
fn matrices() -> Section {
    let blocks = vec![
        text("batch"),
        equations(&FORWARD_OF_A_BATCH),
        text("backward of a batch"),
        equations(&BACKWARD_OF_A_BATCH),
        text("further layers"),
        shapes(),
    ];
    leaf("task-1b", "1b: the same for a batch, in matrices", blocks)
}

fn shapes() -> Block {
    let row = |(what, symbol, shape, here): (&str, &str, &str, &str)| {
        let mut row = cells([what, shape, here].map(str::to_owned));
        row.insert(1, vec![Inline::Math(formula(symbol))]);
        row
    };
    table(
        "Shapes: n images, m hidden units; at the right those of task 2c.",
        columns(&["What", "Symbol"], &["Shape", "Task 2c"]),
        SHAPES.into_iter().map(row),
    )
}
