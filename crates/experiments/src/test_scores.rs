//! Scores on the test images: of a run that ends, and of finished runs from their stored weights.

use mlp::{Network, Tensors};
use mnist::{Dataset, DatasetName};
use record::{RunRecord, TestScores, weights_file};
use spec::ExperimentSpec;
use training::{Classifier, Images, Scores, evaluate, evaluation};

use crate::backend::Backend;
use crate::command_line::Options;
use crate::data;
use crate::failure::Failure;
use crate::image_cache::ImageCache;
use crate::workspace::Workspace;

/// Scores finished runs of one dataset.
pub(crate) struct Scorer<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) dataset: &'a Dataset,
    pub(crate) backend: &'a Backend,
    pub(crate) images: &'a ImageCache,
}

/// Gives records the test images that these experiments declare: a record may have been trained for another file, or before its
/// own declared any.
pub(crate) fn declare(specs: &[ExperimentSpec], records: &mut [RunRecord]) {
    for record in records {
        if let Some(spec) = specs.iter().find(|spec| record.spec.has_settings_of(spec)) {
            record.spec.data.test_images = spec.data.test_images;
        }
    }
}

/// Scores the complete runs that lack scores on their test images. If the images are not here, tells the user what is missing.
pub(crate) fn add_missing(workspace: &Workspace, records: &mut [RunRecord]) -> Result<(), Failure> {
    let (count, Some(first)) =
        (records.iter().filter(|record| lacks(record)).count(), records.iter().find(|one| lacks(one)))
    else {
        return Ok(());
    };
    let dataset = dataset_of(first);
    let options = Options { dataset, backend: None, offline: true, ..workspace.options.clone() };
    if let Some(dataset) = dataset.filter(|&dataset| !data::is_here(&options, dataset)) {
        let runs = if count == 1 { "run lacks its" } else { "runs lack their" };
        workspace.terminal.note(&format!(
            "{count} finished {runs} scores on the test images: `experiments claims` adds them where {} is (`experiments data`, \
             MNIST_DIR or --data-dir)",
            dataset.title()
        ));
        return Ok(());
    }
    // Any backend can score weights, so that of the records need not be compiled in.
    let dataset = data::load_for(&Workspace::new(options), [&first.spec])?;
    let (backend, images) = (&Backend::open(None)?, &ImageCache::default());
    Scorer { workspace, dataset: &dataset, backend, images }.add_missing(records);
    Ok(())
}

/// Whether a record lacks scores on test images that its dataset has: made-up digits have no more than a report trains on.
fn lacks(record: &RunRecord) -> bool {
    let data = &record.spec.data;
    let has_images =
        |dataset: DatasetName| dataset.train_images().is_some_and(|all| data.train_images + data.test_images <= all);
    record.lacks_test_scores() && dataset_of(record).is_some_and(has_images)
}

fn dataset_of(record: &RunRecord) -> Option<DatasetName> {
    record.dataset.name.parse().ok()
}

impl Scorer<'_> {
    /// Scores the complete runs that lack scores on their test images, from their stored weights, and saves the scores in their
    /// records. Warns about runs that cannot be scored or saved.
    pub(crate) fn add_missing(&self, records: &mut [RunRecord]) {
        let terminal = &self.workspace.terminal;
        let (mut scored, mut failures) = (0, Vec::new());
        let digest = &self.dataset.digest;
        for record in records.iter_mut().filter(|record| lacks(record) && record.dataset.digest == *digest) {
            match self.score(record) {
                Ok(()) => scored += 1,
                Err(failure) => failures.push(format!("{}, seed {}: {failure}", record.spec.name, record.seed)),
            }
        }
        if scored > 0 {
            let runs = if scored == 1 { "run" } else { "runs" };
            terminal.note(&format!("scored the weights of {scored} finished {runs} on the test images"));
        }
        if let [first, rest @ ..] = &*failures {
            let more = (!rest.is_empty()).then(|| format!("the same for {} further runs", rest.len()));
            terminal.warning(&format!("the scores on the test images are not saved: {first}"), more.as_deref());
        }
    }

    /// Scores a finished run and saves its stored record, which may have been trained for another file with the same settings.
    fn score(&self, record: &mut RunRecord) -> Result<(), Failure> {
        let store = &self.workspace.store;
        let Some(stored) = store.find(&record.id)? else { return Ok(()) };
        let spec = &record.spec;
        let (_, images) = self.images.get(&spec.data, self.dataset, &self.backend.device)?;
        let shapes = spec.model.shapes(images.shape);
        let [best, last] = [weights_file::BEST, weights_file::LAST].map(|file| store.weights(&stored, file));
        let (best, last) = (best?, last?);
        let weights = |bytes: &[u8]| weights_file::decode(bytes, &shapes).map_err(Failure::outside);
        record.test = self.of_weights(spec, &images, &weights(&best)?, &weights(&last)?)?;
        // Another process that owns the run scores it too.
        let Some(owned) = store.own(&record.id)? else { return Ok(()) };
        store.save(
            &RunRecord { test: record.test, ..stored },
            [(weights_file::BEST, best), (weights_file::LAST, last)],
        )?;
        owned.finish();
        Ok(())
    }

    /// The scores of a complete run's weights; none without test images, or if a loss is too large for a number.
    pub(crate) fn of_weights(
        &self,
        spec: &ExperimentSpec,
        images: &Images,
        best: &Tensors,
        last: &Tensors,
    ) -> Result<Option<TestScores>, Failure> {
        let Some(test) = &images.test else { return Ok(None) };
        let score = |weights: &Tensors| {
            let network = Network::new(&spec.model, images.shape, weights, &self.backend.device);
            let images = evaluation(test, network.path());
            evaluate(&Classifier { network }, &*images).map_err(Failure::outside)
        };
        let [best, last] = [score(best)?, score(last)?];
        let accuracy = |scores: Scores| scores.accuracy.unwrap_or(f64::NAN);
        let scores = TestScores {
            images: spec.data.test_images,
            best_loss: best.loss,
            best_accuracy: accuracy(best),
            last_loss: last.loss,
            last_accuracy: accuracy(last),
        };
        Ok((best.loss.is_finite() && last.loss.is_finite()).then_some(scores))
    }
}
