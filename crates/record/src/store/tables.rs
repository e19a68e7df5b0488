//! The tables beside a record, as CSV that any tool reads.

use crate::Validation;

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

#[cfg(test)]
mod tests {
    use super::*;

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

    trait MapBits {
        fn map_bits(&self) -> Vec<u32>;
    }

    impl MapBits for Vec<f32> {
        fn map_bits(&self) -> Vec<u32> {
            self.iter().map(|loss| loss.to_bits()).collect()
        }
    }
}
