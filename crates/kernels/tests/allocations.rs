//! Counts allocations: a process of its own, because the counter is its allocator.

use kernels::{Descent, Input, LayerWeights, Network, Nonlinearity, SparseRows};

#[test]
fn a_step_allocates_nothing_after_the_first() {
    let layer = |n_inputs: usize, n_outputs: usize| LayerWeights {
        weight: vec![0.01_f32; n_inputs * n_outputs],
        bias: vec![0.0; n_outputs],
    };
    let weights = [layer(300, 70), layer(70, 20), layer(20, 10)];
    let mut network = Network::new(300, &weights, Nonlinearity::Sigmoid);
    let mut set = SparseRows::new(300, &[0.0, 0.5]);
    for first in 0..8 {
        set.push_row((first..300).step_by(7).map(|column| (column, 1)));
    }
    let targets = [0, 1, 2, 3, 4, 5, 6, 7];
    let descent = Descent { learning_rate: 0.1, momentum: 0.9 };
    let mut step = |rows| network.step(Input::Sparse(&set, rows), &targets, descent);

    let at_first = allocation_counter::measure(|| {
        step(&[0, 1, 2, 3, 4, 5, 6, 7]);
    });
    let afterwards = allocation_counter::measure(|| {
        step(&[7, 6, 5, 4, 3, 2, 1, 0]);
    });
    assert!(at_first.count_total > 0, "the counter counts");
    assert_eq!(afterwards.count_total, 0);
}
