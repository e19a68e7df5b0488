//! Tables read back bit for bit, and everything else is refused.

use mlp::Layer;
use record::tables::{self, read_probes, read_steps};
use record::{LayerProbe, Probe};
use test_support::record;

const HEADER: &str = "step,layer,gradient_rms,update_rms,weight_rms,saturated\n";

fn layers() -> Vec<Layer> {
    record().layers()
}

#[test]
fn losses_read_back_bit_for_bit() {
    let losses =
        [0.1, -0.0, 1e-45, f32::MIN_POSITIVE, f32::MAX, 2.000_000_2, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    let read = read_steps(&tables::steps(&losses)).expect("a table of steps");
    let bits = |losses: &[f32]| losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&read), bits(&losses));
}

#[test]
fn tables_are_written_with_the_fewest_digits() {
    let text = |table| String::from_utf8(table).expect("text");
    let record = record();
    assert_eq!(text(tables::steps(&[0.1, 7.5e-5, f32::NAN])), "step,train_loss\n1,0.1\n2,7.5e-5\n3,NaN\n");
    assert_eq!(
        text(tables::validations(&record.history.validations[1..])),
        "step,epoch,validation_loss,validation_accuracy,train_loss,train_accuracy\n\
         3,1.0,0.2857142857142857,0.30000000000000004,1e-300,0.3333333333333333\n"
    );
    let probes = text(tables::probes(&record.history.probes[1..], &layers()));
    let rows = "3,layers.0,0.30000000000000004,1e-300,0.3333333333333333,0.05\n\
                3,layers.1,0.30000000000000004,1e-300,0.3333333333333333,\n";
    assert_eq!(probes, format!("{HEADER}{rows}"));
}

#[test]
fn what_is_not_a_table_of_steps_is_refused() {
    for (table, what) in [
        ("step,train_loss\n2,0.5\n", "step 1 is missing"),
        ("step,train_loss\n1,0.5\n1,0.5\n", "step 2 is missing"),
        ("step,train_loss\n1,0.5,7\n", "is not a table of steps: line 2 is wrong"),
        ("step,train_loss\n1,0.5\n2,x\n", "is not a table of steps: line 3 is wrong"),
        ("step,train_loss\n1\n", "is not a table of steps: line 2 is wrong"),
    ] {
        assert_eq!(read_steps(table.as_bytes()).expect_err(table).to_string(), what);
    }
    assert_eq!(read_steps(b"").expect("an empty table"), Vec::<f32>::new());
}

#[test]
fn probes_read_back_bit_for_bit() {
    let probes = record().history.probes;
    assert_eq!(read_probes(&tables::probes(&probes, &layers()), &layers()).expect("probes"), probes);
    assert_eq!(read_probes(b"", &layers()).expect("an empty table"), Vec::new());
}

#[test]
fn a_probe_of_a_training_that_diverges_reads_back() {
    let layer = LayerProbe { gradient_rms: f64::INFINITY, update_rms: None, weight_rms: f64::NAN, saturated: None };
    let probes = [Probe { step: 1, layers: vec![layer; 2] }];
    let read = read_probes(&tables::probes(&probes, &layers()), &layers()).expect("a table of probes");
    assert!(read[0].layers[1].gradient_rms.is_infinite() && read[0].layers[1].weight_rms.is_nan());
}

#[test]
fn layers_of_before_format_3_have_numbers() {
    let table = format!("{HEADER}0,0,0.1,,0.1,0.5\n0,1,0.2,,0.1,\n5,0,0.3,0.4,0.1,0.5\n5,1,0.4,0.4,0.1,\n");
    let probes = read_probes(table.as_bytes(), &layers()).expect("a table of probes");
    let named = table.replace(",0,", ",layers.0,").replace(",1,", ",layers.1,");
    assert_eq!(read_probes(named.as_bytes(), &layers()).expect("a table of probes"), probes);
    assert_eq!(probes.iter().map(|probe| (probe.step, probe.layers.len())).collect::<Vec<_>>(), [(0, 2), (5, 2)]);
    assert_eq!(probes[1].layers[0].update_rms, Some(0.4));
}

/// A version may add a column to a table; files that are older than the column lack it.
#[test]
fn columns_are_found_by_name_and_optional_ones_may_be_missing() {
    let table = b"step,layer,weight_rms,gradient_rms\n0,layers.0,1,2\n0,layers.1,1,2\n";
    let layer = LayerProbe { gradient_rms: 2.0, update_rms: None, weight_rms: 1.0, saturated: None };
    let probes = read_probes(table, &layers()).expect("a table of probes");
    assert_eq!(probes, [Probe { step: 0, layers: vec![layer; 2] }]);
    let without = b"step,layer,weight_rms\n0,layers.0,1\n";
    let error = read_probes(without, &layers()).expect_err("a column that every row has");
    assert_eq!(error.to_string(), "is not a table of probes: line 2 is wrong");
}

#[test]
fn what_is_not_a_table_of_probes_is_refused() {
    for (rows, what) in [
        ("0,1,0.1,,0.1,\n", "layer 1 at step 0 is out of order"),
        ("0,0,0.1,,0.1,\n5,1,0.1,,0.1,\n", "layer 1 at step 5 is out of order"),
        ("0,layers.1,0.1,,0.1,\n", "layer layers.1 at step 0 is out of order"),
        ("0,\u{1b}[2J,0.1,,0.1,\n", "layer \\u{1b}[2J at step 0 is out of order"),
        ("0,0,x,,0.1,\n", "is not a table of probes: line 2 is wrong"),
        ("0,0,,,0.1,\n", "is not a table of probes: line 2 is wrong"),
        ("0,0,0.1,0.1\n", "is not a table of probes: line 2 is wrong"),
    ] {
        let error = read_probes(format!("{HEADER}{rows}").as_bytes(), &layers()).expect_err(rows);
        assert_eq!(error.to_string(), what);
    }
    assert!(read_probes(format!("{HEADER}0,0,0.1,,0.1,\n").as_bytes(), &[]).is_err(), "a network without layers");
}
