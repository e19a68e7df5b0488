//! A trained network looked at closely: its first weights, and where it fails.

use mlp::{Mlp, MlpWeights};
use mnist::{Dataset, MnistBatch, N_CLASSES};
use record::{ExperimentSpec, RunRecord, weights_file};
use report::{CloseUp, Mistake};

use crate::failure::Failure;
use crate::runner::Runner;

/// The experiment that is looked at: the report's standard model.
const EXPERIMENT: &str = "task3c";
/// Mistakes that are shown.
const MOST_MISTAKES: usize = 30;

/// The standard model at its best, of the first seed that has a complete run; none where there is no such run.
pub(crate) fn of(
    runner: &Runner,
    specs: &[ExperimentSpec],
    records: &[RunRecord],
    dataset: &Dataset,
) -> Result<Option<CloseUp>, Failure> {
    let Some(spec) = specs.iter().find(|spec| spec.name == EXPERIMENT) else { return Ok(None) };
    let is_complete =
        |record: &&RunRecord| record.stop_reason.is_complete() && record::differing_keys(&record.spec, spec).is_empty();
    let Some(record) = records.iter().filter(is_complete).min_by_key(|record| record.seed) else { return Ok(None) };
    let weights = runner.records.file(record, weights_file::BEST)?;
    let weights = weights_file::decode(&weights, &spec.model).map_err(|error| {
        Failure::outside(format!("{}, seed {}: {}: {error}", record.spec.name, record.seed, weights_file::BEST))
    })?;
    look(runner, spec, record.seed, &weights, dataset).map(Some)
}

fn look(
    runner: &Runner,
    spec: &ExperimentSpec,
    seed: u64,
    weights: &MlpWeights,
    dataset: &Dataset,
) -> Result<CloseUp, Failure> {
    let (_, images) = runner.shelf.images(&spec.data)?;
    let MnistBatch { images, .. } = images.validation.slice(0, images.validation.num_images());
    let logits = Mlp::new(&spec.model, weights, &runner.backend.device).forward(images).into_data();
    let logits: Vec<f32> =
        logits.convert::<f32>().try_into_vec().map_err(|error| Failure::outside(format!("{error:?}")))?;
    let mut confusion = [[0; 10]; 10];
    let mut mistakes = Vec::new();
    for (index, logits) in logits.chunks_exact(N_CLASSES.into()).enumerate() {
        let class = dataset.test.labels[index];
        let (predicted, probability) = most_probable(logits);
        confusion[usize::from(class)][usize::from(predicted)] += 1;
        if class != predicted {
            mistakes.push(Mistake { pixels: dataset.test.image(index).to_vec(), class, predicted, probability });
        }
    }
    mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    mistakes.truncate(MOST_MISTAKES);
    let first = &weights.layers[0];
    Ok(CloseUp {
        experiment: spec.name.clone(),
        seed,
        first_layer: first.weight.clone(),
        n_units: first.shape.n_outputs,
        confusion,
        mistakes,
    })
}

/// The class with the largest logit, and its softmax.
fn most_probable(logits: &[f32]) -> (u8, f32) {
    let (mut best, mut largest) = (0, f32::NEG_INFINITY);
    for (class, &logit) in (0..N_CLASSES).zip(logits) {
        if logit > largest {
            (best, largest) = (class, logit);
        }
    }
    let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    (best, 1.0 / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_class_has_its_softmax() {
        let (class, probability) = most_probable(&[1.0, 3.0, 2.0, -50.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let expected = 1.0 / (1.0 + (-2_f32).exp() + (-1_f32).exp() + 6.0 * (-3_f32).exp());
        assert_eq!(class, 1);
        assert!((probability - expected).abs() < 1e-6);
    }
}
