//! Weights read back equal, and everything else is refused.

use mlp::{ParameterShape, Tensors};
use record::weights_file::{decode, encode};
use test_support::{SMALL_SHAPE, small_spec, with_hidden_units};

fn network(hidden_units: &[usize]) -> (Vec<ParameterShape>, Tensors) {
    let model = with_hidden_units(small_spec(), hidden_units).model;
    (model.shapes(SMALL_SHAPE), model.initial_weights(SMALL_SHAPE, 1))
}

#[test]
fn weights_read_back_equal() {
    for hidden_units in [&[4, 3][..], &[]] {
        let (shapes, weights) = network(hidden_units);
        assert_eq!(decode(&encode(&weights), &shapes).expect("weights"), weights);
    }
}

#[test]
fn what_is_not_a_file_of_these_weights_is_refused() {
    let (shapes, weights) = network(&[4]);
    let bytes = encode(&weights);
    let refused = |hidden_units: &[usize]| decode(&bytes, &network(hidden_units).0).expect_err("refused").to_string();
    assert_eq!(refused(&[5]), "`layers.0.weight` is F32 [3, 4], but must be F32 [3, 5]");
    assert_eq!(refused(&[4, 2, 2]), "lacks `layers.2.weight`");
    for length in 0..bytes.len() {
        let error = decode(&bytes[..length], &shapes).expect_err("cut");
        assert_eq!(error.to_string(), "is not a safetensors file", "{length}");
    }
}
