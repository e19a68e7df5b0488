//! A checkpoint reads back equal, and everything else is refused.

use files::sha256;
use mlp::{OptimizerState, Tensors};
use record::{Checkpoint, RunKey, TrainingState, weights_file};
use test_support::{SMALL_SHAPE, Scale, Tamper, checkpoint, row, small_spec, with_hidden_units};

/// The format line, 64 hexadecimal digits and an end of line.
const HEADER_BYTES: usize = "mnist-experiments checkpoint 2\n".len() + 64 + 1;

/// Reads these bytes as a checkpoint of the small experiment's run.
fn read(bytes: &[u8]) -> Result<Checkpoint, String> {
    let (checkpoint, spec) = (checkpoint(0), small_spec());
    let key = RunKey { id: &checkpoint.id, spec: &spec, seed: checkpoint.seed, shape: SMALL_SHAPE };
    Checkpoint::from_bytes(bytes, key).map_err(|error| error.to_string())
}

/// Bytes with a correct SHA-256.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let (header, body) = bytes.split_at(HEADER_BYTES.min(bytes.len()));
    let format_line = header.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
    [format_line, sha256(body).as_bytes(), b"\n", body].concat()
}

#[test]
fn a_checkpoint_reads_back_equal() {
    for steps in [0, 1, 2, 5, 30] {
        let (checkpoint, spec) = (checkpoint(steps), small_spec());
        let bytes = checkpoint.to_bytes();
        assert_eq!(read(&bytes), Ok(checkpoint.clone()), "{steps}");
        assert_eq!(sealed(&bytes), bytes, "its checksum is over all that follows");
        let key = RunKey { id: &checkpoint.id, spec: &spec, seed: checkpoint.seed, shape: SMALL_SHAPE };
        assert!(bytes.len() as u64 <= Checkpoint::most_bytes(key));
    }
}

#[test]
fn a_checkpoint_that_does_not_name_its_instructions_is_read() {
    let mut bytes = checkpoint(5).to_bytes();
    let key = b"instructions";
    let at = bytes.windows(key.len()).position(|found| found == key).expect("the key");
    bytes[at..at + key.len()].copy_from_slice(b"unknown_key_");
    assert_eq!(read(&sealed(&bytes)), Ok(Checkpoint { instructions: Vec::new(), ..checkpoint(5) }));
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let (checkpoint, spec) = (checkpoint(5), small_spec());
    let bytes = checkpoint.to_bytes();
    let own = RunKey { id: &checkpoint.id, spec: &spec, seed: 7, shape: SMALL_SHAPE };
    let refused = |key| Checkpoint::from_bytes(&bytes, key).expect_err("another run").to_string();
    assert!(refused(RunKey { seed: 8, ..own }).starts_with("belongs to another run, with the seed 7 and"));
    assert!(refused(RunKey { id: "0", ..own }).starts_with("belongs to another run"));
    let wider = with_hidden_units(spec.clone(), &[3]);
    assert_eq!(refused(RunKey { spec: &wider, ..own }), "`last.layers.0.weight` is F32 [3, 2], but must be F32 [3, 3]");
    let shape = mlp::ImageShape { height: 2, width: 2, classes: 2 };
    assert_eq!(refused(RunKey { shape, ..own }), "`last.layers.0.weight` is F32 [3, 2], but must be F32 [4, 2]");
}

#[test]
fn an_impossible_state_is_refused_even_if_its_sha_256_is_correct() {
    type Change = fn(&mut TrainingState);
    let changes: [(&str, Change); 14] = [
        ("`steps` is 31, but the run has at most 30", |state| state.history.step_losses = vec![1.0; 31]),
        ("`validations` is 1, but a run of 5 steps has 3", |state| state.history.validations.truncate(1)),
        ("`probes.gradient_rms` is F64 [2, 2], but must be F64 [3, 2]", |state| state.history.probes.truncate(2)),
        ("its validations do not fit the run", |state| state.history.validations[1].step = 3),
        ("its validations do not fit the run", |state| state.history.validations[2].train_loss = f64::NAN),
        ("its validations do not fit the run", |state| state.history.validations[2].train_accuracy = 1.5),
        ("its probes do not fit the run", |state| state.history.probes[2].layers[0].saturated = Some(-1.0)),
        ("the loss of a step is NaN or infinite", |state| state.history.step_losses[4] = f32::INFINITY),
        ("lacks `optimizer.layers.0.weight.velocity`", |state| state.optimizer = OptimizerState::default()),
        ("lacks `optimizer.layers.1.weight.velocity`", |state| drop(state.optimizer.tensors.0.pop())),
        ("the counters of its optimizer do not fit the run", |state| {
            state.optimizer.counters.insert("layers.0.weight.time".to_owned(), 5);
        }),
        ("its training took more than 1e10 seconds, the limit", |state| state.wall = std::time::Duration::MAX),
        ("lacks `best.layers.0.weight`", |state| state.best = None),
        ("lacks `last.layers.0.bias`", |state| drop(state.last.0.remove(1))),
    ];
    for (message, change) in changes {
        let mut checkpoint = checkpoint(5);
        change(&mut checkpoint.state);
        assert_eq!(read(&checkpoint.to_bytes()), Err(message.to_owned()));
    }
}

#[test]
fn what_is_not_a_checkpoint_is_refused_with_the_reason() {
    let bytes = checkpoint(5).to_bytes();
    assert_eq!(read(b""), Err("is too short to be a checkpoint".to_owned()));
    assert_eq!(read(&[b'x'; 200]), Err("does not begin with `mnist-experiments checkpoint 2`".to_owned()));
    let weights = weights_file::encode(&Tensors::default());
    let not_ours = sealed(&[&bytes[..HEADER_BYTES], &weights].concat());
    assert_eq!(read(&not_ours), Err("lacks the metadata `checkpoint`".to_owned()));
}

#[test]
fn a_checkpoint_of_another_format_is_reported_as_made_by_another_version() {
    let with_format = |format: &str| {
        let text = b"mnist-experiments checkpoint ".len();
        let mut bytes = checkpoint(5).to_bytes();
        bytes.splice(text..=text, format.bytes());
        read(&bytes).expect_err("another format")
    };
    for (format, age) in [("1", "an earlier"), ("3", "a newer"), ("10", "a newer")] {
        let expected =
            format!("was made by {age} version of this program, in format {format}; this version writes format 2");
        assert_eq!(with_format(format), expected);
    }
}

/// A version may add a column to the history; files that are older than the column lack it.
#[test]
fn an_optional_column_may_be_missing() {
    let mut expected = checkpoint(0);
    let layer = &mut expected.state.history.probes[0].layers[0];
    layer.saturated = None;
    let renamed = |bytes: &[u8]| {
        let text = bytes.windows(16).position(|part| part == b"probes.saturated").expect("the column");
        let mut bytes = bytes.to_vec();
        bytes[text + 15] = b'X';
        sealed(&bytes)
    };
    assert_eq!(read(&renamed(&checkpoint(0).to_bytes())), Ok(expected));
    let error = |name: &[u8]| {
        let mut bytes = checkpoint(0).to_bytes();
        let text = bytes.windows(name.len()).position(|part| part == name).expect("the column");
        bytes[text] = b'X';
        read(&sealed(&bytes)).expect_err("a column that every row has")
    };
    assert_eq!(error(b"probes.weight_rms"), "lacks `probes.weight_rms`");
}

/// Changes each byte of a checkpoint: to one other value in the quick form, else to all 255 others.
#[test]
fn torture_a_change_of_any_byte_of_a_checkpoint_is_detected() {
    let bytes = checkpoint(5).to_bytes();
    let others = Scale::chosen().of(1, 255, 255);
    let mut tamper = Tamper::new(1);
    let mut detected = 0;
    for at in 0..bytes.len() {
        for other in 1..=others {
            let difference = if others == 1 { 1 + tamper.below(255) } else { other };
            let mut changed = bytes.clone();
            changed[at] ^= u8::try_from(difference).expect("1 to 255");
            assert!(read(&changed).is_err(), "byte {at} is {} instead of {}", changed[at], bytes[at]);
            detected += 1;
        }
    }
    row("every byte of a checkpoint changed", format!("{detected} of {} detected", bytes.len() * others));
}

#[test]
fn torture_any_truncation_of_a_checkpoint_is_detected() {
    let bytes = checkpoint(5).to_bytes();
    let detected = (0..bytes.len()).filter(|&length| read(&bytes[..length]).is_err()).count();
    assert_eq!(detected, bytes.len());
    assert!(read(&[&bytes, &b"\0"[..]].concat()).is_err(), "and a byte more");
    row("every truncation of a checkpoint", format!("{detected} of {} detected", bytes.len()));
}

/// Changed checkpoints with a correct SHA-256, as an attacker could write them: read or refused, never a panic.
#[test]
fn torture_the_checkpoint_parser() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let samples: Vec<Vec<u8>> = [0, 1, 5, 30].map(|steps| checkpoint(steps).to_bytes()).to_vec();
    let mut tamper = Tamper::new(2);
    let mut accepted = 0;
    for _ in 0..inputs {
        let changed = sealed(&tamper.changed(&samples));
        accepted += usize::from(read(&changed).is_ok());
    }
    let memory = test_support::check_memory();
    let figure = format!("{inputs} inputs, {accepted} read, 0 panics, {memory} MiB");
    row("inputs to the checkpoint parser, checksum right", figure);
}
