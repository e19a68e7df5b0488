//! CSV: one tidy table of all runs, a row per value.

use std::io::{self, Write};

use record::RunRecord;

use crate::points::{BATCH_LOSS, points};

/// The first line.
pub const HEADER: &str = "experiment,seed,run,step,epoch,metric,value\n";

/// Writes a row for every value of a run, which is named as its folder is; losses that are not finite are `NaN`, `inf` or `-inf`.
///
/// # Errors
/// The writer refuses it.
#[expect(clippy::cast_possible_truncation, reason = "losses of batches are computed in single precision")]
pub fn write_run(out: &mut impl Write, record: &RunRecord) -> io::Result<()> {
    let (name, seed, run, layers) = (&record.spec.name, record.seed, record.folder_name(), record.layers());
    let per_epoch = record.spec.steps_per_epoch() as f64;
    for point in points(&record.history, &layers, 0) {
        let epoch = point.step as f64 / per_epoch;
        // Names of experiments and of metrics have only letters, digits and a few signs that need no quotes.
        write!(out, "{name},{seed},{run},{},{epoch},{},", point.step, point.metric)?;
        if point.metric == BATCH_LOSS {
            // As `steps.csv` has it: single precision, with the fewest digits that read back equal.
            writeln!(out, "{:?}", point.value as f32)?;
        } else {
            writeln!(out, "{:?}", point.value)?;
        }
    }
    Ok(())
}
