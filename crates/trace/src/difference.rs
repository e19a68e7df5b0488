//! Where the arrays of two programs begin to differ.

use crate::formula::{Formula, What, formula};
use crate::relation::{self, Relation, largest};
use arrays::{Array, Arrays, Numbers};

/// Relative differences up to these are rounding, by precision.
const ROUNDING: [(Numbers, f64); 3] = [(Numbers::Whole, 0.0), (Numbers::Single, 1e-4), (Numbers::Double, 1e-7)];

/// What comparing two programs showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Arrays that both have.
    pub compared: usize,
    /// Arrays that only ours has.
    pub missing: Vec<String>,
    /// Arrays that only mine has, so that they are compared with nothing.
    pub unknown: Vec<String>,
    /// The first array that differs beyond rounding.
    pub first: Option<Difference>,
}

/// The first array that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// How it differs.
    pub relation: Relation,
    /// The largest difference of two values; infinite if the shapes differ.
    pub largest: f64,
    /// The largest absolute value of ours.
    pub magnitude: f64,
    /// Both shapes: `[mine, ours]`.
    pub shapes: [Vec<usize>; 2],
    /// Both first values, where they differ most: `[mine, ours]`.
    pub values: Option<[f64; 2]>,
    /// How it is computed.
    pub formula: String,
    /// What it is computed from, and whether mine has that and agrees.
    pub depends_on: Vec<(String, bool)>,
}

/// Compares arrays of a program, `mine`, with those of a trace, in the order in which they are computed.
///
/// Deltas divided by the batch size, and velocities multiplied by the learning rate, with either sign, are other conventions and
/// not mistakes. A constant input instead of a bias is one, too: `mine` may have the bias as the last row of a weight, and ones
/// as the last column of the inputs.
#[must_use]
pub fn compare(mut mine: Arrays, ours: &Arrays) -> Comparison {
    take_biases_out(&mut mine, ours);
    let layer = |name: &String| name.strip_prefix("initial/layer_")?.split('/').next()?.parse().ok();
    let n_layers = ours.0.keys().filter_map(layer).max().unwrap_or(1);
    let known = |name: &&String| ours.0.contains_key(*name);
    let mut common: Vec<(&String, Formula)> =
        mine.0.keys().filter(known).filter_map(|name| Some((name, formula(name, n_layers)?))).collect();
    common.sort_by_key(|(_, formula)| formula.order);
    let rules = Rules { mine: &mine, ours };
    let first = common.iter().find_map(|(name, formula)| rules.difference(name, formula));
    Comparison {
        compared: common.len(),
        missing: ours.0.keys().filter(|name| !mine.0.contains_key(*name)).cloned().collect(),
        unknown: mine.0.keys().filter(|name| !known(name)).cloned().collect(),
        first,
    }
}

struct Rules<'a> {
    mine: &'a Arrays,
    ours: &'a Arrays,
}

impl Rules<'_> {
    fn difference(&self, name: &str, formula: &Formula) -> Option<Difference> {
        let (mine, ours) = (&self.mine.0[name], &self.ours.0[name]);
        if self.agrees(mine, ours, formula) {
            return None;
        }
        let pairs = || mine.values.iter().zip(&ours.values);
        let has_same_shape = mine.shape == ours.shape;
        let apart = |(mine, ours): &(&f64, &f64)| if mine.is_nan() { f64::INFINITY } else { (*mine - *ours).abs() };
        let worst = pairs().max_by(|one, other| apart(one).total_cmp(&apart(other))).filter(|_| has_same_shape);
        let depends_on = formula.from.iter().filter(|from| self.ours.0.contains_key(*from));
        Some(Difference {
            name: name.to_owned(),
            relation: if has_same_shape { self.relation(mine, ours, formula) } else { shapes(mine, ours) },
            largest: worst.map_or(f64::INFINITY, |worst| apart(&worst)),
            magnitude: largest(&ours.values),
            shapes: [mine.shape.clone(), ours.shape.clone()],
            values: worst.map(|(mine, ours)| [*mine, *ours]),
            formula: formula.text.clone(),
            // All that comes before the first difference agrees.
            depends_on: depends_on.map(|from| (from.clone(), self.mine.0.contains_key(from))).collect(),
        })
    }

    fn agrees(&self, mine: &Array, ours: &Array, formula: &Formula) -> bool {
        if mine.shape != ours.shape {
            return false;
        }
        let setting = |name: &str| self.ours.0.get(&format!("settings/{name}")).map_or(1.0, |array| array.values[0]);
        let scales = match formula.what {
            What::Delta => vec![1.0, 1.0 / setting("batch_size")],
            What::Velocity => vec![1.0, setting("learning_rate"), -setting("learning_rate")],
            _ => vec![1.0],
        };
        let precise =
            |of: Numbers| ROUNDING.iter().find(|(numbers, _)| *numbers == of).map_or(0.0, |(_, share)| *share);
        // Whole numbers may be written as fractions, and 33.0 as 33.
        let share = if ours.numbers == Numbers::Whole { 0.0 } else { precise(mine.numbers).max(1e-7) };
        scales.iter().any(|scale| {
            let room = share * largest(&ours.values) * scale.abs();
            mine.values.iter().zip(&ours.values).all(|(mine, ours)| (mine - scale * ours).abs() <= room)
        })
    }

    fn relation(&self, mine: &Array, ours: &Array, formula: &Formula) -> Relation {
        let general = || relation::relation(&mine.values, &ours.values, &ours.shape);
        match &formula.what {
            What::Initial => relation::draw(&mine.values, &ours.values),
            What::Indices if relation::is_consecutive(mine) => Relation::Consecutive,
            What::Indices => Relation::Other,
            What::Updated(before) => match [self.mine, self.ours].map(|arrays| arrays.0.get(before)) {
                [Some(before), Some(ours_before)] if before.shape == mine.shape => {
                    let change = |after: &Array, before: &Array| -> Vec<f64> {
                        after.values.iter().zip(&before.values).map(|(after, before)| after - before).collect()
                    };
                    match relation::relation(&change(mine, before), &change(ours, ours_before), &ours.shape) {
                        Relation::Factor(factor) => Relation::StepFactor(factor),
                        _ => general(),
                    }
                }
                _ => general(),
            },
            _ => general(),
        }
    }
}

fn shapes(mine: &Array, ours: &Array) -> Relation {
    let turned: Vec<usize> = mine.shape.iter().rev().copied().collect();
    Relation::Shape { is_transposed: turned == ours.shape }
}

/// Splits weights whose last row is the bias, and drops a last column of ones from inputs.
fn take_biases_out(mine: &mut Arrays, ours: &Arrays) {
    let mut biases = Vec::new();
    for (name, array) in &mut mine.0 {
        let Some([rows, columns]) = ours.0.get(name).and_then(|ours| <[usize; 2]>::try_from(ours.shape.clone()).ok())
        else {
            continue;
        };
        let bias =
            name.strip_suffix("weight").map(|start| format!("{start}bias")).filter(|bias| ours.0.contains_key(bias));
        if let Some(bias) = bias.filter(|_| array.shape == [rows + 1, columns]) {
            let values = array.values.split_off(rows * columns);
            array.shape[0] = rows;
            biases.push((bias, Array { shape: vec![columns], values, numbers: array.numbers }));
        }
        let is_one = |row: &[f64]| (row[columns] - 1.0).abs() < f64::EPSILON;
        if array.shape == [rows, columns + 1] && array.values.chunks_exact(columns + 1).all(is_one) {
            array.values = array.values.chunks_exact(columns + 1).flat_map(|row| row[..columns].to_vec()).collect();
            array.shape[1] = columns;
        }
    }
    for (name, bias) in biases {
        mine.0.entry(name).or_insert(bias);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A trace of one layer and one step, with made-up numbers.
    fn ours() -> Arrays {
        let matrix = |seed: f64| {
            let values: Vec<f64> = (0..6).map(|at| (f64::from(at) + seed).sin()).collect();
            Array::new(&[3, 2], &values)
        };
        let vector = |seed: f64| Array::new(&[2], &[seed.sin(), seed.cos()]);
        let named = [
            ("settings/batch_size", Array::new(&[], &[3.0])),
            ("settings/learning_rate", Array::new(&[], &[0.1])),
            ("initial/layer_1/weight", matrix(1.0)),
            ("initial/layer_1/bias", vector(1.0)),
            ("step_0001/indices", Array::whole([4, 9, 2])),
            ("step_0001/layer_1/delta", matrix(2.0)),
            ("step_0001/layer_1/gradient_weight", matrix(3.0)),
            ("step_0001/layer_1/gradient_bias", vector(3.0)),
            ("step_0001/layer_1/velocity_weight", matrix(4.0)),
            ("step_0001/layer_1/weight", matrix(5.0)),
        ];
        Arrays(named.into_iter().map(|(name, array)| (name.to_owned(), array)).collect())
    }

    fn changed(name: &str, change: impl Fn(f64) -> f64) -> Arrays {
        let mut mine = ours();
        let array = mine.0.get_mut(name).unwrap();
        array.values.iter_mut().for_each(|value| *value = change(*value));
        mine
    }

    #[test]
    fn equal_arrays_and_rounding_do_not_differ() {
        assert_eq!(compare(ours(), &ours()).first, None);
        assert_eq!(compare(changed("step_0001/layer_1/weight", |value| value * (1.0 + 1e-9)), &ours()).first, None);
        let mut single = changed("step_0001/layer_1/weight", |value| value * (1.0 + 1e-6));
        assert!(compare(single.clone(), &ours()).first.is_some(), "in double precision that is more than rounding");
        single.0.get_mut("step_0001/layer_1/weight").unwrap().numbers = Numbers::Single;
        assert_eq!(compare(single, &ours()).first, None);
    }

    #[test]
    fn the_first_of_several_differences_is_named() {
        let mut mine = changed("step_0001/layer_1/gradient_weight", |value| 3.0 * value);
        mine.0.get_mut("step_0001/layer_1/weight").unwrap().values[0] = 9.0;
        let first = compare(mine, &ours()).first.unwrap();
        assert_eq!(first.name, "step_0001/layer_1/gradient_weight");
        assert!(matches!(first.relation, Relation::Factor(factor) if (factor - 3.0).abs() < 1e-9));
        assert_eq!(first.depends_on, [("step_0001/layer_1/delta".to_owned(), true)]);
    }

    #[test]
    fn other_conventions_are_not_mistakes() {
        for (name, scale) in [
            ("step_0001/layer_1/delta", 1.0 / 3.0),
            ("step_0001/layer_1/velocity_weight", 0.1),
            ("step_0001/layer_1/velocity_weight", -0.1),
        ] {
            assert_eq!(compare(changed(name, |value| scale * value), &ours()).first, None, "{name}");
        }
        assert!(compare(changed("step_0001/layer_1/delta", |value| value / 4.0), &ours()).first.is_some());
    }

    #[test]
    fn a_bias_may_be_the_last_row_of_the_weight() {
        let mut mine = ours();
        let bias = mine.0.remove("initial/layer_1/bias").unwrap();
        let weight = mine.0.get_mut("initial/layer_1/weight").unwrap();
        weight.values.extend(bias.values);
        weight.shape[0] += 1;
        assert_eq!(compare(mine.clone(), &ours()).first, None);
        *mine.0.get_mut("initial/layer_1/weight").unwrap().values.last_mut().unwrap() += 1.0;
        assert_eq!(compare(mine, &ours()).first.unwrap().name, "initial/layer_1/bias");
    }

    #[test]
    fn a_step_that_is_too_long_is_told_from_wrong_weights() {
        let start = ours().0["initial/layer_1/weight"].clone();
        let mut mine = ours();
        let weight = mine.0.get_mut("step_0001/layer_1/weight").unwrap();
        weight
            .values
            .iter_mut()
            .zip(&start.values)
            .for_each(|(after, before)| *after = before + 5.0 * (*after - before));
        let first = compare(mine, &ours()).first.unwrap();
        assert!(matches!(first.relation, Relation::StepFactor(factor) if (factor - 5.0).abs() < 1e-9), "{first:?}");
    }

    #[test]
    fn names_and_shapes_that_do_not_fit_are_reported() {
        let mut mine = ours();
        mine.0.insert("w1".to_owned(), Array::new(&[], &[0.0]));
        mine.0.remove("step_0001/indices");
        mine.0.get_mut("step_0001/layer_1/weight").unwrap().shape.reverse();
        let comparison = compare(mine, &ours());
        assert_eq!(
            (comparison.unknown, comparison.missing),
            (vec!["w1".to_owned()], vec!["step_0001/indices".to_owned()])
        );
        assert_eq!(comparison.first.unwrap().relation, Relation::Shape { is_transposed: true });
    }
}
