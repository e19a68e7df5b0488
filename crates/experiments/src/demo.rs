//! The canvas of a page: the finished runs whose networks classify what is drawn on it, and digits to load.

use mnist::{DatasetName, ImageSet, Request};
use record::{RunRecord, weights_file};
use report::{Demo, DemoDigit, DemoNetwork};
use spec::ExperimentSpec;

use crate::command_line::Options;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{data, trained};

/// Digits of every class that can be loaded.
const DIGITS_OF_A_CLASS: usize = 3;
/// Test images among which they are found.
const SEARCHED: usize = 500;
/// Weights and biases of a network at most: the page holds 5.3 bytes for each.
const MOST_PARAMETERS: usize = 2_000_000;

/// The canvas for these experiments, with a run of the lowest seed of each; none if no experiment has a complete run, or the
/// images are not digits. Networks whose weights are damaged or too large are left out, with a warning.
pub(crate) fn of(
    workspace: &Workspace,
    specs: &[ExperimentSpec],
    records: &[RunRecord],
) -> Result<Option<Demo>, Failure> {
    let runs: Vec<RunRecord> = specs.iter().filter_map(|spec| run(records, spec)).collect();
    let Some(first) = runs.first() else { return Ok(None) };
    let dataset = &first.dataset;
    let Some(name) = digits_of(&dataset.name) else { return Ok(None) };
    let warn = |failure: &Failure| workspace.terminal.warning(&failure.to_string(), None);
    let networks: Vec<DemoNetwork> =
        runs.iter().filter_map(|record| network(workspace, record).inspect_err(warn).ok()).collect();
    if networks.is_empty() {
        return Ok(None);
    }
    let (from, images) = images(&workspace.options, name)?;
    Ok(Some(Demo {
        dataset: dataset.title.clone(),
        is_made_up: dataset.is_made_up(),
        classes: dataset.shape.classes,
        networks,
        digits: digits(&images),
        digits_from: from.title().to_owned(),
    }))
}

/// The dataset of this name, if its images are digits by MNIST's conventions.
pub(crate) fn digits_of(name: &str) -> Option<DatasetName> {
    [DatasetName::Mnist, DatasetName::MadeUp].into_iter().find(|dataset| dataset.as_str() == name)
}

/// The complete run of an experiment with the lowest seed, under the experiment's name.
fn run(records: &[RunRecord], spec: &ExperimentSpec) -> Option<RunRecord> {
    trained::first(records, spec, None).map(|record| RunRecord { spec: spec.clone(), ..record.clone() })
}

fn network(workspace: &Workspace, record: &RunRecord) -> Result<DemoNetwork, Failure> {
    let label = format!("{}, seed {}", record.spec.name, record.seed);
    if record.parameters > MOST_PARAMETERS {
        let [found, most] = [record.parameters, MOST_PARAMETERS].map(spec::thousands);
        return Err(Failure::outside(format!(
            "{label} is not on the page: it has {found} parameters, of at most {most}"
        )));
    }
    let weights = workspace
        .store
        .tensors(record, weights_file::BEST)
        .map_err(|failure| Failure::outside(format!("{label} is not on the page: {failure}")))?;
    let normalization = trained::normalization(record);
    Ok(DemoNetwork::new(record, &weights, (normalization.mean, normalization.std)))
}

/// Some test images of the dataset, if it is here, else made-up digits.
fn images(options: &Options, dataset: DatasetName) -> Result<(DatasetName, ImageSet), Failure> {
    let options = Options { dataset: Some(dataset), offline: true, ..options.clone() };
    if dataset == DatasetName::MadeUp || !data::is_here(&options, dataset) {
        return Ok((DatasetName::MadeUp, mnist::made_up_digits(SEARCHED)));
    }
    let request = Request { train_images: Some(1), test_images: Some(SEARCHED), ..data::request(&options) };
    Ok((dataset, mnist::load(&request, &mut |_| {})?.test))
}

/// The first images of every class: one of each class, then another one.
fn digits(images: &ImageSet) -> Vec<DemoDigit> {
    let of_class = |class: usize| (0..images.len()).filter(move |&index| usize::from(images.labels[index]) == class);
    let round = |round: usize| (0..images.shape.classes).filter_map(move |class| of_class(class).nth(round));
    let digit = |index: usize| DemoDigit::new(images.labels[index], images.image(index));
    (0..DIGITS_OF_A_CLASS).flat_map(round).map(digit).collect()
}
