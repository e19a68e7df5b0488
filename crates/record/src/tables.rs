//! The tables of a record, as CSV that any tool reads.

use csv::{Reader, Writer};
use mlp::recorded::Recorded;
use mlp::{Layer, LayerProbe};
use serde::{Deserialize, Serialize};

use crate::defect::ensure;
use crate::{Defect, Probe, Validation};

/// The loss of every step, from step 1.
pub const STEPS: &str = "steps.csv";
/// Every validation.
pub const VALIDATIONS: &str = "validations.csv";
/// Every layer at every validation.
pub const PROBES: &str = "probes.csv";

/// `step,train_loss`, with the fewest digits that read back equal; losses that are not finite are `NaN`, `inf` or `-inf`,
/// which both Rust and pandas read.
#[must_use]
pub fn steps(losses: &[f32]) -> Vec<u8> {
    table(["step", "train_loss"], (1_usize..).zip(losses.iter().map(|loss| format!("{loss:?}"))))
}

/// The losses of `steps.csv`.
///
/// # Errors
/// It is not such a table.
pub fn read_steps(table: &[u8]) -> Result<Vec<f32>, Defect> {
    let mut losses = Vec::new();
    for row in Reader::from_reader(table).deserialize::<(usize, f32)>() {
        let (step, loss) = row.map_err(|error| wrong_line("steps", error.position()))?;
        losses.push(loss);
        ensure!(step == losses.len(), "step {} is missing", losses.len());
    }
    Ok(losses)
}

/// One row per validation.
#[must_use]
pub fn validations(validations: &[Validation]) -> Vec<u8> {
    table(names::<Validation>(), validations.iter().map(|validation| cells(validation).collect::<Vec<_>>()))
}

/// One row per probe and layer; the column `layer` has the layer's name. A missing value is empty.
#[must_use]
pub fn probes(probes: &[Probe], layers: &[Layer]) -> Vec<u8> {
    let keys = |probe: &Probe, layer: &Layer| [probe.step.to_string(), layer.name.clone()];
    let row = |probe, (values, layer)| keys(probe, layer).into_iter().chain(cells::<LayerProbe>(values)).collect();
    let rows = probes.iter().flat_map(|probe| probe.layers.iter().zip(layers).map(move |layer| row(probe, layer)));
    table(["step", "layer"].into_iter().chain(names::<LayerProbe>()), rows.map(|row: Vec<String>| row))
}

/// The probes in `probes.csv`, for a network with these layers. Files of formats before 3 number the layers.
///
/// # Errors
/// It is not such a table.
pub fn read_probes(table: &[u8], layers: &[Layer]) -> Result<Vec<Probe>, Defect> {
    let mut reader = Reader::from_reader(table);
    let header = reader.headers().map_err(|error| wrong_line("probes", error.position()))?.clone();
    ensure!(!layers.is_empty(), "is a table of probes of a network without layers");
    let mut probes: Vec<Probe> = Vec::new();
    for (row, (index, known)) in reader.records().zip(layers.iter().enumerate().cycle()) {
        let row = row.map_err(|error| wrong_line("probes", error.position()))?;
        let wrong = |_| wrong_line("probes", row.position());
        let Place { step, layer } = row.deserialize(Some(&header)).map_err(wrong)?;
        let values = row.deserialize(Some(&header)).map_err(wrong)?;
        let is_known = layer == known.name || layer == index.to_string();
        match probes.last_mut() {
            _ if index == 0 && is_known => probes.push(Probe { step, layers: vec![values] }),
            Some(probe) if probe.step == step && is_known => probe.layers.push(values),
            _ => return Err(Defect::rule(format!("layer {} at step {step} is out of order", layer.escape_debug()))),
        }
    }
    Ok(probes)
}

/// The first columns of `probes.csv`.
#[derive(Deserialize)]
struct Place<'a> {
    step: usize,
    layer: &'a str,
}

fn names<T: Recorded>() -> impl Iterator<Item = &'static str> {
    T::COLUMNS.iter().map(|column| column.name)
}

fn cells<T: Recorded>(row: &T) -> impl Iterator<Item = String> {
    T::COLUMNS.iter().zip(row.values()).map(|(column, value)| column.quantity.write(value))
}

fn table<'a>(header: impl IntoIterator<Item = &'a str>, rows: impl Iterator<Item: Serialize>) -> Vec<u8> {
    const IN_MEMORY: &str = "memory takes any table";
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(header).expect(IN_MEMORY);
    rows.for_each(|row| writer.serialize(row).expect(IN_MEMORY));
    writer.into_inner().expect(IN_MEMORY)
}

fn wrong_line(of: &'static str, position: Option<&csv::Position>) -> Defect {
    let line = position.map_or(1, csv::Position::line);
    Defect::rule(format!("is not a table of {of}: line {line} is wrong"))
}
