//! `Curve`: losses and accuracies over steps, as the user's program wrote them.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

/// Losses and accuracies after some step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// Mean loss of the batches since the validation before, or of this step's batch.
    pub batch_loss: Option<f64>,
    /// Loss on all training images.
    pub train_loss: Option<f64>,
    /// Loss on the validation images.
    pub validation_loss: Option<f64>,
    /// Share of the validation images that are classified correctly.
    pub validation_accuracy: Option<f64>,
}

/// Points by their step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve(pub BTreeMap<usize, Point>);

/// What a curve shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    /// Loss on training images.
    TrainLoss,
    /// Loss on the validation images.
    ValidationLoss,
    /// Accuracy on the validation images.
    ValidationAccuracy,
}

/// What a training loss is a mean over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrainLoss {
    /// The images of the batches, as a training sees them.
    #[default]
    Batches,
    /// All training images, after the step.
    AllImages,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TrainLoss, Self::ValidationLoss, Self::ValidationAccuracy];

    /// Its column in a file.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Self::TrainLoss => "train_loss",
            Self::ValidationLoss => "validation_loss",
            Self::ValidationAccuracy => "validation_accuracy",
        }
    }

    /// Its name in a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::TrainLoss => "training loss",
            Self::ValidationLoss => "validation loss",
            Self::ValidationAccuracy => "validation accuracy",
        }
    }

    /// The value of a point.
    #[must_use]
    pub fn of(self, point: &Point, train_loss: TrainLoss) -> Option<f64> {
        match (self, train_loss) {
            (Self::TrainLoss, TrainLoss::Batches) => point.batch_loss,
            (Self::TrainLoss, TrainLoss::AllImages) => point.train_loss,
            (Self::ValidationLoss, _) => point.validation_loss,
            (Self::ValidationAccuracy, _) => point.validation_accuracy,
        }
    }
}

/// What is wrong with a file of a curve.
#[derive(Debug, Error)]
pub enum CurveError {
    /// The first line.
    #[error("{0}")]
    Header(String),
    /// A line, counted from 1.
    #[error("line {0}: {1}")]
    Line(u64, String),
}

impl Curve {
    /// The curve in a CSV file: a column `step` and at least one of the others, in any order. Cells may be empty, lines may be
    /// missing, and other columns are ignored.
    ///
    /// # Errors
    /// It is not such a file.
    pub fn read(bytes: &[u8]) -> Result<Self, CurveError> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(bytes);
        let header = reader.headers().map_err(|_| CurveError::Header("is not text in UTF-8".to_owned()))?.clone();
        let column = |name: &str| {
            header.iter().position(|column| column.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
        };
        let shown = || header.iter().map(|name| format!("`{}`", name.escape_debug())).collect::<Vec<_>>().join(", ");
        let step =
            column("step").ok_or_else(|| CurveError::Header(format!("has the columns {}, but no `step`", shown())))?;
        let columns = Quantity::ALL.map(|quantity| (quantity, column(quantity.column())));
        if columns.iter().all(|(_, at)| at.is_none()) {
            return Err(CurveError::Header(format!("has only the columns {}", shown())));
        }
        let mut curve = Self::default();
        for (row, line) in reader.records().zip(2..) {
            let row = row.map_err(|_| CurveError::Line(line, "is not text in UTF-8".to_owned()))?;
            let line = row.position().map_or(line, csv::Position::line);
            let wrong = |problem| CurveError::Line(line, problem);
            if row.len() > header.len() {
                let (values, columns) = (row.len(), header.len());
                return Err(wrong(format!(
                    "has {values} values for {columns} columns; a decimal comma must be a point"
                )));
            }
            let (step, point) = cells(&row, step, &columns).map_err(wrong)?;
            if curve.0.insert(step, point).is_some() {
                return Err(wrong(format!("step {step} is there twice")));
            }
        }
        let has_value = |point: &Point| *point != Point::default();
        if curve.0.values().filter(|point| has_value(point)).count() < 2 {
            return Err(CurveError::Header("has fewer than two lines with values".to_owned()));
        }
        Ok(curve)
    }

    /// A quantity at a step, where `every` steps are between two validations. Between two points of the curve that are at most
    /// twice as far apart it is interpolated. A training loss is the mean of the batches since the validation before: of single
    /// steps, at least half of these must be there.
    pub(crate) fn at(&self, quantity: Quantity, step: usize, every: usize, train_loss: TrainLoss) -> Option<f64> {
        if quantity == Quantity::TrainLoss && train_loss == TrainLoss::Batches {
            return self.batch_loss(step, every);
        }
        let known = |(&step, point): (&usize, &Point)| quantity.of(point, train_loss).map(|value| (step, value));
        let (before, low) = self.0.range(..=step).rev().find_map(known)?;
        if before == step {
            return Some(low);
        }
        let (after, high) = self.0.range(step..).find_map(known)?;
        let share = (step - before) as f64 / (after - before) as f64;
        let [low, high] = [low, high].map(|value| quantity.scaled(value));
        (after - before <= 2 * every).then(|| quantity.unscaled(low + share * (high - low)))
    }

    fn batch_loss(&self, step: usize, every: usize) -> Option<f64> {
        let first = (step + 1).checked_sub(every)?;
        let known = |(&step, point): (&usize, &Point)| point.batch_loss.map(|loss| (step, loss));
        let losses: Vec<f64> = self.0.range(first..=step).filter_map(known).map(|(_, loss)| loss).collect();
        // A single value is the mean since the one before.
        let is_mean = losses.len() == 1 && self.0.contains_key(&step) && {
            let before = self.0.range(..step).rev().find_map(known).map_or(0, |(step, _)| step);
            step - before <= every
        };
        let is_enough = is_mean || 2 * losses.len() >= every;
        is_enough.then(|| losses.iter().sum::<f64>() / losses.len() as f64)
    }

    /// The number of validations after the one with the lowest loss; none if one is missing in between.
    pub(crate) fn waited(&self, every: usize) -> Option<usize> {
        let losses: Vec<(usize, f64)> =
            self.0.iter().filter_map(|(&step, point)| Some((step, point.validation_loss?))).collect();
        let is_whole = losses.first()?.0 <= every && losses.windows(2).all(|pair| pair[1].0 - pair[0].0 == every);
        let best = losses.iter().enumerate().min_by(|(_, one), (_, other)| one.1.total_cmp(&other.1))?.0;
        is_whole.then(|| losses.len() - 1 - best)
    }

    /// The last step.
    #[must_use]
    pub fn last_step(&self) -> usize {
        self.0.keys().next_back().copied().unwrap_or(0)
    }
}

/// The step of a row, and its values.
fn cells(row: &StringRecord, step: usize, columns: &[(Quantity, Option<usize>)]) -> Result<(usize, Point), String> {
    let text = row.get(step).unwrap_or_default();
    let number: f64 = text.parse().unwrap_or(f64::NAN);
    if !(0.0..=1e12).contains(&number) || number.fract() != 0.0 {
        return Err(format!("`step` is `{}`, but must be a whole number from 0", text.escape_debug()));
    }
    let mut point = Point::default();
    for &(quantity, at) in columns {
        let value = value(quantity, at.and_then(|at| row.get(at)).unwrap_or_default())?;
        match quantity {
            Quantity::TrainLoss => (point.batch_loss, point.train_loss) = (value, value),
            Quantity::ValidationLoss => point.validation_loss = value,
            Quantity::ValidationAccuracy => point.validation_accuracy = value,
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number up to 1e12")]
    Ok((number as usize, point))
}

/// The number in a cell; none if it is empty.
fn value(quantity: Quantity, text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (name, quoted) = (quantity.column(), text.escape_debug());
    match text.parse::<f64>() {
        Err(_) => Err(format!("`{name}` is `{quoted}`, but must be a number")),
        Ok(value) if quantity != Quantity::ValidationAccuracy && value < 0.0 => {
            Err(format!("`{name}` is `{quoted}`, but must be a loss of at least 0"))
        }
        Ok(value) if quantity == Quantity::ValidationAccuracy && !(0.0..=1.0).contains(&value) => {
            Err(format!("`{name}` is `{quoted}`, but must be a share from 0 to 1, not a percentage"))
        }
        Ok(value) => Ok(Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_in_any_order_and_cells_may_be_empty() {
        let text = "Validation_Accuracy, step ,note,train_loss\n,0,x,\n0.5,125,,0.7\n,250,\n0.6,375,,nan\n";
        let curve = Curve::read(text.as_bytes()).unwrap();
        let at = |step| curve.0[&step];
        assert_eq!(
            (at(125).validation_accuracy, at(125).batch_loss, at(125).validation_loss),
            (Some(0.5), Some(0.7), None)
        );
        assert_eq!(at(250), Point::default());
        assert!(at(375).batch_loss.unwrap().is_nan());
    }

    #[test]
    fn what_is_no_curve_is_refused_with_the_line() {
        for (text, message) in [
            ("", "has the columns , but no `step`"),
            ("a,b\n1,2\n", "has the columns `a`, `b`, but no `step`"),
            ("step;train_loss\n1;2\n", "has the columns `step;train_loss`, but no `step`"),
            ("step,loss\n1,2\n", "has only the columns `step`, `loss`"),
            ("step,train_loss\n", "has fewer than two lines with values"),
            ("step,train_loss\n1.5,2\n", "line 2: `step` is `1.5`, but must be a whole number from 0"),
            ("step,train_loss\n1,2\n1,3\n", "line 3: step 1 is there twice"),
            ("step,train_loss\n1,two\n", "line 2: `train_loss` is `two`, but must be a number"),
            ("step,train_loss\n1,-2\n", "line 2: `train_loss` is `-2`, but must be a loss of at least 0"),
            ("step,train_loss\n1,2,3\n", "line 2: has 3 values for 2 columns; a decimal comma must be a point"),
            (
                "step,validation_accuracy\n1,92.1\n",
                "line 2: `validation_accuracy` is `92.1`, but must be a share from 0 to 1, not a percentage",
            ),
        ] {
            assert_eq!(Curve::read(text.as_bytes()).unwrap_err().to_string(), message);
        }
        assert!(Curve::read(b"step,train_loss\n1,\xff\n").is_err());
    }

    #[test]
    fn losses_of_single_steps_are_averaged_and_gaps_are_bridged() {
        let mut curve = Curve::default();
        for step in 1..=20 {
            let validation_loss = (step % 4 == 0 && step != 12).then_some(1.0 / step as f64);
            curve.0.insert(step, Point { batch_loss: Some(step as f64), validation_loss, ..Point::default() });
        }
        let at = |quantity, step| curve.at(quantity, step, 4, TrainLoss::Batches);
        assert_eq!(at(Quantity::TrainLoss, 8), Some(6.5));
        assert_eq!(at(Quantity::ValidationLoss, 8), Some(0.125));
        let between = at(Quantity::ValidationLoss, 12).unwrap();
        assert!((between - (1.0_f64 / 8.0 / 16.0).sqrt()).abs() < 1e-12, "{between}");
        assert_eq!(at(Quantity::ValidationLoss, 24), None);
        assert_eq!(curve.waited(4), None);
    }

    #[test]
    fn a_sparse_training_loss_is_not_taken_for_a_mean() {
        let row = |step: usize| (step, Point { batch_loss: Some(1.0), ..Point::default() });
        let curve = |steps: &[usize]| Curve(steps.iter().copied().map(row).collect());
        let at = |steps: &[usize]| curve(steps).at(Quantity::TrainLoss, 250, 125, TrainLoss::Batches);
        assert_eq!(at(&[125, 250]), Some(1.0));
        assert_eq!(at(&[250]), None, "a mean over 250 steps");
        assert_eq!(at(&[200, 210, 250]), None, "three noisy steps");
    }

    #[test]
    fn validations_after_the_best_are_counted() {
        let losses = [1.0, 0.5, 0.4, 0.4, 0.6];
        let point = |loss| Point { validation_loss: Some(loss), ..Point::default() };
        let mut curve = Curve(losses.into_iter().enumerate().map(|(at, loss)| (125 * at, point(loss))).collect());
        assert_eq!(curve.waited(125), Some(2), "a tie is not a new lowest loss");
        curve.0.remove(&250);
        assert_eq!(curve.waited(125), None);
    }
}
