//! Weights read back equal, and everything else is refused.

use mlp::{ParameterShape, Tensors};
use record::weights_file::{decode, encode, encode_with};
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
fn metadata_changes_no_weights_and_no_bytes_from_one_call_to_the_next() {
    let (shapes, weights) = network(&[4]);
    let about = [("experiment", "task3c".to_owned()), ("seed", "1".to_owned())];
    let bytes = encode_with(&weights, &about);
    assert_eq!(decode(&bytes, &shapes).expect("weights"), weights);
    assert_eq!(encode_with(&weights, &about), bytes);
    assert!(String::from_utf8_lossy(&bytes).contains(r#"{\"experiment\":\"task3c\",\"seed\":\"1\"}"#));
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
