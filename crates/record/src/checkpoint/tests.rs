//! A checkpoint reads back equal, and nothing else reads as one.

use mlp::MlpWeights;
use torture::{Scale, Tamper, row};

use super::bytes::HEADER_BYTES;
use super::*;
use crate::example;
use crate::identity::sha256;

/// The checkpoint in some bytes, as one of the small example's run.
fn read(bytes: &[u8]) -> Result<Checkpoint, String> {
    let (checkpoint, spec) = (example::checkpoint(5), example::small_spec());
    Checkpoint::from_bytes(bytes, RunKey { id: &checkpoint.id, spec: &spec, seed: checkpoint.seed })
}

/// Bytes with a checksum that is right for them.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let (header, body) = bytes.split_at(HEADER_BYTES.min(bytes.len()));
    let format_line = header.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
    [format_line, sha256(body).as_bytes(), b"\n", body].concat()
}

#[test]
fn a_checkpoint_reads_back_equal() {
    for steps in [0, 1, 2, 5, 30] {
        let checkpoint = example::checkpoint(steps);
        let bytes = checkpoint.to_bytes();
        assert_eq!(read(&bytes), Ok(checkpoint.clone()), "{steps}");
        assert_eq!(sealed(&bytes), bytes, "its checksum is over all that follows");
        assert!(bytes.len() as u64 <= Checkpoint::most_bytes(&example::small_spec()));
    }
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let (checkpoint, mut spec) = (example::checkpoint(5), example::small_spec());
    let bytes = checkpoint.to_bytes();
    let key = RunKey { id: &checkpoint.id, spec: &spec, seed: 8 };
    assert!(Checkpoint::from_bytes(&bytes, key).expect_err("another seed").starts_with("is of another run, seed 7, "));
    let key = RunKey { id: "0", spec: &spec, seed: 7 };
    assert!(Checkpoint::from_bytes(&bytes, key).expect_err("another run").starts_with("is of another run"));
    spec.model.hidden_units = vec![3];
    let key = RunKey { id: &checkpoint.id, spec: &spec, seed: 7 };
    let error = Checkpoint::from_bytes(&bytes, key).expect_err("another network");
    assert_eq!(error, "`last.layers.0.weight` is F32 [3, 2], expected F32 [3, 3]");
}

#[test]
fn a_state_that_no_training_comes_to_is_refused_whatever_its_checksum() {
    type Change = fn(&mut TrainingState);
    let changes: [(&str, Change); 8] = [
        ("has 31 steps, but the run has at most 30", |state| state.step_losses = vec![1.0; 31]),
        ("has 1 validations after 5 steps, expected 3", |state| state.validations.truncate(1)),
        ("`probes` is F64 [2, 2, 6], expected F64 [3, 2, 6]", |state| state.probes.truncate(2)),
        ("its validations are not those of the run", |state| state.validations[1].step = 3),
        ("its validations are not those of the run", |state| state.validations[2].train_loss = f64::NAN),
        ("the loss of a step is not a finite number", |state| state.step_losses[4] = f32::INFINITY),
        ("has no velocity", |state| state.velocity = None),
        ("has no best weights", |state| state.best = None),
    ];
    for (message, change) in changes {
        let mut checkpoint = example::checkpoint(5);
        change(&mut checkpoint.state);
        assert_eq!(read(&checkpoint.to_bytes()), Err(message.to_owned()));
    }
}

#[test]
fn what_is_no_checkpoint_is_refused_with_the_reason() {
    let bytes = example::checkpoint(5).to_bytes();
    assert_eq!(read(b""), Err("is too short to be a checkpoint".to_owned()));
    assert_eq!(read(&[b'x'; 200]), Err("does not begin with `mnist-experiments checkpoint 1`".to_owned()));
    let weights = crate::weights_file::encode(&MlpWeights { layers: Vec::new() });
    let not_ours = sealed(&[&bytes[..HEADER_BYTES], &weights].concat());
    assert_eq!(read(&not_ours), Err("has no metadata `checkpoint`".to_owned()));
}

/// The bytes of a checkpoint, each changed: into one other value in the quick form, into all 255 others else.
#[test]
fn torture_every_byte_of_a_checkpoint_changed() {
    let bytes = example::checkpoint(5).to_bytes();
    let others = Scale::chosen().of(1, 255, 255);
    let mut tamper = Tamper::new(1);
    let mut detected = 0;
    for at in 0..bytes.len() {
        for other in 1..=others {
            let difference = if others == 1 { 1 + tamper.below(255) } else { other };
            let mut changed = bytes.clone();
            changed[at] ^= u8::try_from(difference).expect("1 to 255");
            assert!(read(&changed).is_err(), "byte {at} is {} in place of {}", changed[at], bytes[at]);
            detected += 1;
        }
    }
    row("every byte of a checkpoint changed", format!("{detected} of {} detected", bytes.len() * others));
}

#[test]
fn torture_every_truncation_of_a_checkpoint() {
    let bytes = example::checkpoint(5).to_bytes();
    let detected = (0..bytes.len()).filter(|&length| read(&bytes[..length]).is_err()).count();
    assert_eq!(detected, bytes.len());
    assert!(read(&[&bytes, &b"\0"[..]].concat()).is_err(), "and a byte more");
    row("every truncation of a checkpoint", format!("{detected} of {} detected", bytes.len()));
}

/// Changed checkpoints with a right checksum, as somebody who means harm writes them: read or refused, never a panic.
#[test]
fn torture_the_checkpoint_parser() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let samples: Vec<Vec<u8>> = [0, 1, 5, 30].map(|steps| example::checkpoint(steps).to_bytes()).to_vec();
    let mut tamper = Tamper::new(2);
    let mut accepted = 0;
    for _ in 0..inputs {
        let changed = sealed(&tamper.changed(&samples));
        accepted += usize::from(read(&changed).is_ok());
    }
    let memory = torture::check_memory();
    let figure = format!("{inputs} inputs, {accepted} read, 0 panics, {memory} MiB");
    row("inputs to the checkpoint parser, checksum right", figure);
}
