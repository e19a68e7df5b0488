//! `Stored`: the curves of many trainings in one table, a line each, so that they need not be trained again.

use std::collections::BTreeMap;

use csv::{Reader, Writer};
use spec::{ExperimentSpec, run_id};

use crate::{CurveError, Point};

/// The curve of a training, at the steps that are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicate {
    /// Seed of weights and batch order.
    pub seed: u64,
    /// Its points.
    pub points: Vec<(usize, Point)>,
}

/// Curves by their key, which says what was trained.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stored(pub BTreeMap<String, Vec<Replicate>>);

/// The quantities of a point, in the order of the columns.
const QUANTITIES: [&str; 4] = ["batch_loss", "train_loss", "validation_loss", "validation_accuracy"];
/// The columns before them.
const KEYS: [&str; 3] = ["mistake", "key", "seed"];

impl Stored {
    /// The key of an experiment with a slip on a dataset: a hash of everything that moves the curve, up to early stopping.
    #[must_use]
    pub fn key(
        spec: &ExperimentSpec,
        slip: Option<spec::Slip>,
        dataset_digest: &str,
        shape: mlp::ImageShape,
    ) -> String {
        let mut spec = spec.clone();
        spec.training.patience_validations = 1;
        let id = run_id(&spec, 0, dataset_digest, shape, "", 0);
        files::sha256(format!("{id} {slip:?}").as_bytes())[..12].to_owned()
    }

    /// The table in CSV; `names` are the mistakes by their keys.
    ///
    /// # Panics
    /// Never: memory takes any table.
    #[must_use]
    pub fn write(&self, names: &BTreeMap<String, String>) -> Vec<u8> {
        const IN_MEMORY: &str = "memory takes any table";
        let steps = self.0.values().flatten().next().map(|one| one.points.iter().map(|(step, _)| *step).collect());
        let steps: Vec<usize> = steps.unwrap_or_default();
        let columns = steps.iter().flat_map(|step| QUANTITIES.map(|quantity| format!("{quantity} {step}")));
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(KEYS.map(str::to_owned).into_iter().chain(columns)).expect(IN_MEMORY);
        let mut by_name: Vec<(&String, &String)> =
            self.0.keys().filter_map(|key| Some((names.get(key)?, key))).collect();
        by_name.sort();
        for (name, key) in by_name {
            for replicate in &self.0[key] {
                let cells = replicate.points.iter().flat_map(|(_, point)| values(point).map(cell));
                let keys = [name.clone(), key.clone(), replicate.seed.to_string()];
                writer.write_record(keys.into_iter().chain(cells)).expect(IN_MEMORY);
            }
        }
        writer.into_inner().expect(IN_MEMORY)
    }

    /// The curves in a table that [`Stored::write`] wrote.
    ///
    /// # Errors
    /// It is not such a table.
    pub fn read(table: &[u8]) -> Result<Self, CurveError> {
        let mut reader = Reader::from_reader(table);
        let not_ours = |line: u64| CurveError::Line(line, "is not one of a table of stored curves".to_owned());
        let header = reader.headers().map_err(|_| not_ours(1))?.clone();
        let step = |column: &str| column.split_once(' ').and_then(|(_, step)| step.parse::<usize>().ok());
        let steps: Option<Vec<usize>> = header.iter().skip(KEYS.len()).step_by(QUANTITIES.len()).map(step).collect();
        let steps = steps
            .filter(|steps| header.len() == KEYS.len() + steps.len() * QUANTITIES.len())
            .ok_or_else(|| not_ours(1))?;
        let mut stored = Self::default();
        for (row, line) in reader.records().zip(2..) {
            let row = row.map_err(|_| not_ours(line))?;
            let numbers: Result<Vec<f64>, _> = row.iter().skip(KEYS.len()).map(str::parse).collect();
            let (Ok(seed), Ok(numbers)) = (row[2].parse(), numbers) else { return Err(not_ours(line)) };
            let points = numbers.as_chunks::<4>().0.iter().map(|&[batch_loss, train_loss, loss, accuracy]| Point {
                batch_loss: Some(batch_loss),
                train_loss: Some(train_loss),
                validation_loss: Some(loss),
                validation_accuracy: Some(accuracy),
            });
            let replicate = Replicate { seed, points: steps.iter().copied().zip(points).collect() };
            stored.0.entry(row[1].to_owned()).or_default().push(replicate);
        }
        // The losses of batches begin with the first step.
        let first = stored.0.values_mut().flatten().filter_map(|one| one.points.first_mut());
        first.filter(|(step, _)| *step == 0).for_each(|(_, point)| point.batch_loss = None);
        Ok(stored)
    }
}

fn values(point: &Point) -> [f64; 4] {
    [point.batch_loss, point.train_loss, point.validation_loss, point.validation_accuracy]
        .map(|one| one.unwrap_or(f64::NAN))
}

/// A number with four digits, which is finer than seeds scatter.
fn cell(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_back_with_four_digits() {
        let point = |loss: f64| Point {
            batch_loss: Some(loss),
            train_loss: Some(f64::INFINITY),
            validation_loss: Some(0.123_44),
            validation_accuracy: Some(0.9321),
        };
        let points = vec![(0, Point { batch_loss: None, ..point(0.0) }), (125, point(1.234_56e-7))];
        let stored = Stored([("k1".to_owned(), vec![Replicate { seed: 3, points }])].into());
        let table = stored.write(&[("k1".to_owned(), "none".to_owned())].into());
        let back = Stored::read(&table).unwrap();
        let (step, last) = back.0["k1"][0].points[1];
        assert_eq!((step, last.batch_loss, last.validation_loss), (125, Some(1.235e-7), Some(0.1234)));
        assert_eq!((last.train_loss, back.0["k1"][0].points[0].1.batch_loss), (Some(f64::INFINITY), None));
        assert_eq!(back.write(&[("k1".to_owned(), "none".to_owned())].into()), table);
    }

    #[test]
    fn another_table_is_refused() {
        for table in [
            "",
            "a,b\n",
            "mistake,key,seed,batch_loss x,a,b,c\n",
            "mistake,key,seed,batch_loss 0,a 0,b 0,c 0\nx,k,1,1,2,3\n",
        ] {
            assert!(Stored::read(table.as_bytes()).is_err(), "{table}");
        }
    }
}
