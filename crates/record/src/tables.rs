//! The tables of a record, as CSV that any tool reads.

use csv::{Reader, StringRecord, Writer};
use mlp::recorded::Recorded;
use mlp::{Layer, LayerProbe};
use serde::Serialize;

use crate::{Defect, Probe, Validation};

/// The loss of every step, from step 1.
pub const STEPS: &str = "steps.csv";
/// Every validation.
pub const VALIDATIONS: &str = "validations.csv";
/// Every layer at every validation.
pub const PROBES: &str = "probes.csv";

/// `step,training_loss`, with the fewest digits that read back equal; losses that are not finite are `NaN`, `inf` or `-inf`,
/// which both Rust and pandas read.
#[must_use]
pub fn steps(losses: &[f32]) -> Vec<u8> {
    table(["step", "training_loss"], (1_usize..).zip(losses.iter().map(|loss| format!("{loss:?}"))))
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
        if step != losses.len() {
            return Err(Defect::rule(format!("step {} is missing", losses.len())));
        }
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
    let mut probes: Vec<Probe> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| wrong_line("probes", error.position()))?;
        let (step, layer, values) = probe_row(&header, &row).ok_or_else(|| wrong_line("probes", row.position()))?;
        if probes.last().is_none_or(|probe| probe.layers.len() == layers.len()) {
            probes.push(Probe { step, layers: Vec::new() });
        }
        let is_next = |probe: &&mut Probe| {
            let index = probe.layers.len();
            let is_layer = |known: &Layer| layer == known.name || layer == index.to_string();
            probe.step == step && layers.get(index).is_some_and(is_layer)
        };
        let Some(probe) = probes.last_mut().filter(is_next) else {
            let name = layer.escape_debug();
            return Err(Defect::rule(format!("layer {name} at step {step} is out of order")));
        };
        probe.layers.push(values);
    }
    Ok(probes)
}

fn probe_row<'a>(header: &StringRecord, row: &'a StringRecord) -> Option<(usize, &'a str, LayerProbe)> {
    let step = cell(header, row, "step")?.parse().ok()?;
    let texts = names::<LayerProbe>().map(|name| cell(header, row, name).filter(|text| !text.is_empty()));
    let values: Vec<Option<f64>> = texts.map(|text| text.map(str::parse).transpose()).collect::<Result<_, _>>().ok()?;
    Some((step, cell(header, row, "layer")?, LayerProbe::from_values(values)?))
}

/// The cell of a row in a column.
fn cell<'a>(header: &StringRecord, row: &'a StringRecord, name: &str) -> Option<&'a str> {
    row.get(header.iter().position(|column| column == name)?)
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
