//! The tables beside a record, as CSV that any tool reads.

use mlp::LayerProbe;

use crate::{Probe, Validation};

/// `step,training_loss`, with the fewest digits that read back equal; what is not finite is `NaN`, `inf` or `-inf`, as
/// Rust and pandas both read it.
pub(super) fn steps(losses: &[f32]) -> Vec<u8> {
    let rows = losses.iter().zip(1_usize..).map(|(loss, step)| format!("{step},{loss:?}\n"));
    let mut table = String::from("step,training_loss\n");
    table.extend(rows);
    table.into_bytes()
}

/// The losses of `steps.csv`; the error says what is wrong with it.
pub(super) fn read_steps(table: &[u8]) -> Result<Vec<f32>, String> {
    let mut reader = csv::Reader::from_reader(table);
    let mut losses = Vec::new();
    for row in reader.deserialize::<(usize, f32)>() {
        let (step, loss) = row.map_err(|error| format!("is not a table of steps: {error}"))?;
        losses.push(loss);
        if step != losses.len() {
            return Err(format!("step {} is missing", losses.len()));
        }
    }
    Ok(losses)
}

/// One row a validation, a column for each of its fields.
pub(super) fn validations(validations: &[Validation]) -> Vec<u8> {
    let mut table = String::from("step,epoch,validation_loss,validation_accuracy,train_loss,train_accuracy\n");
    table.extend(validations.iter().map(|validation| {
        let Validation { step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy } = validation;
        format!("{step},{epoch:?},{validation_loss:?},{validation_accuracy:?},{train_loss:?},{train_accuracy:?}\n")
    }));
    table.into_bytes()
}

/// A row of `probes.csv`: a layer, from 0, at a step.
type ProbeRow = (usize, usize, f64, Option<f64>, f64, Option<f64>);

/// One row a layer and probe; what a layer has not is left empty.
pub(super) fn probes(probes: &[Probe]) -> Vec<u8> {
    let mut table = String::from("step,layer,gradient_rms,update_rms,weight_rms,saturated\n");
    let or_empty = |value: Option<f64>| value.map(|value| format!("{value:?}")).unwrap_or_default();
    for Probe { step, layers } in probes {
        table.extend(layers.iter().enumerate().map(|(index, layer)| {
            let LayerProbe { gradient_rms, update_rms, weight_rms, saturated } = *layer;
            let (update_rms, saturated) = (or_empty(update_rms), or_empty(saturated));
            format!("{step},{index},{gradient_rms:?},{update_rms},{weight_rms:?},{saturated}\n")
        }));
    }
    table.into_bytes()
}

/// The probes of `probes.csv`; the error says what is wrong with it.
pub(super) fn read_probes(table: &[u8]) -> Result<Vec<Probe>, String> {
    let mut probes: Vec<Probe> = Vec::new();
    for row in csv::Reader::from_reader(table).deserialize::<ProbeRow>() {
        let row = row.map_err(|error| format!("is not a table of probes: {error}"))?;
        let (step, index, gradient_rms, update_rms, weight_rms, saturated) = row;
        if index == 0 {
            probes.push(Probe { step, layers: Vec::new() });
        }
        match probes.last_mut() {
            Some(probe) if (probe.step, probe.layers.len()) == (step, index) => {
                probe.layers.push(LayerProbe { gradient_rms, update_rms, weight_rms, saturated });
            }
            _ => return Err(format!("layer {index} at step {step} does not follow the layer before it")),
        }
    }
    Ok(probes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn losses_read_back_bit_for_bit() {
        let losses =
            [0.1, -0.0, 1e-45, f32::MIN_POSITIVE, f32::MAX, 2.000_000_2, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        let read = read_steps(&steps(&losses)).expect("a table of steps");
        assert_eq!(read.map_bits(), losses.to_vec().map_bits());
    }

    #[test]
    fn what_is_no_table_of_steps_is_refused() {
        for (table, what) in [
            ("step,training_loss\n2,0.5\n", "step 1 is missing"),
            ("step,training_loss\n1,0.5,7\n", "is not a table of steps"),
            ("step,training_loss\n1,x\n", "is not a table of steps"),
            ("step,training_loss\n1\n", "is not a table of steps"),
        ] {
            let error = read_steps(table.as_bytes()).expect_err(table);
            assert!(error.contains(what), "{error}");
        }
        assert_eq!(read_steps(b""), Ok(Vec::new()));
    }

    #[test]
    fn probes_read_back_bit_for_bit() {
        let probes = example::record().probes;
        assert_eq!(read_probes(&super::probes(&probes)), Ok(probes));
        assert_eq!(read_probes(b""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_table_of_probes_is_refused() {
        let header = "step,layer,gradient_rms,update_rms,weight_rms,saturated\n";
        for (rows, what) in [
            ("0,1,0.1,,0.1,\n", "layer 1 at step 0 does not follow"),
            ("0,0,0.1,,0.1,\n5,1,0.1,,0.1,\n", "layer 1 at step 5 does not follow"),
            ("0,0,x,,0.1,\n", "is not a table of probes"),
            ("0,0,0.1,0.1\n", "is not a table of probes"),
        ] {
            let error = read_probes(format!("{header}{rows}").as_bytes()).expect_err(rows);
            assert!(error.contains(what), "{error}");
        }
    }

    trait MapBits {
        fn map_bits(&self) -> Vec<u32>;
    }

    impl MapBits for Vec<f32> {
        fn map_bits(&self) -> Vec<u32> {
            self.iter().map(|loss| loss.to_bits()).collect()
        }
    }
}
