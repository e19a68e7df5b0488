//! `Report`: the values that the templates can ask for.

use std::sync::{Mutex, MutexGuard};

use evidence::{CONFIDENCE, Centre, Comparison, Crossed, FixedTest, Judged, Replicates, SIGNIFICANCE, judge, judge_by};
use minijinja::context;
use minijinja::value::{Serde, Value};
use record::{Predictions, RunRecord};
use spec::{Layer, Metric};

use super::markdown::Pictures;
use super::{CloseUp, Material};
use crate::Result;
use crate::document::{Align, Column, Inline, Table, words};
use crate::figure::SweepPicture;
use crate::format::{seeds_in_words, stop_words};
use crate::measure;
use crate::sweep::{SweepResult, trial_table, winner_table};
use crate::table::share;

mod claims;

/// Titles of other ways to judge the claims.
const OTHER_WEIGHTS: &str = "Other weights";
const TEST_IMAGES: &str = "Test images";

/// The material with every claim judged, and what has been drawn of it.
pub(super) struct Report {
    pub(super) material: Material,
    judged: Vec<Judged>,
    /// The claims judged in other ways, by the title of each way.
    otherwise: Vec<(String, Vec<Judged>)>,
    /// The pictures of every sweep.
    pub(super) sweep_pictures: Vec<Vec<SweepPicture>>,
    pictures: Mutex<Pictures>,
}

#[expect(clippy::needless_pass_by_value, reason = "templates pass values")]
impl Report {
    pub(super) fn new(material: Material) -> Result<Self> {
        let by = |title: &str, metric| (title.to_owned(), judge_by(&material.experiments, metric));
        let by_others = [by(OTHER_WEIGHTS, Metric::of_other_weights), by(TEST_IMAGES, Metric::on_test_images)];
        let elsewhere = material.elsewhere.iter().map(|(title, experiments)| (title.clone(), judge(experiments)));
        Ok(Self {
            judged: judge(&material.experiments),
            otherwise: by_others.into_iter().chain(elsewhere).filter(|(_, judged)| has_pairs(judged)).collect(),
            sweep_pictures: material.sweeps.iter().map(SweepResult::pictures).collect::<Result<_>>()?,
            material,
            pictures: Mutex::default(),
        })
    }

    /// What has been drawn so far.
    pub(super) fn pictures(&self) -> MutexGuard<'_, Pictures> {
        self.pictures.lock().expect("no thread panics while it draws")
    }

    /// Values of the report as a whole.
    pub(super) fn values(&self) -> Value {
        let Material { experiments, seeds, adds_seeds, dataset, gradient_checks, .. } = &self.material;
        let metric = |metric: Metric| context! { title => metric.title(), definition => metric.definition() };
        context! {
            all_experiments => experiments.iter().map(|one| one.spec.name.clone()).collect::<Vec<_>>(),
            runs => experiments.iter().flat_map(|one| &one.records).map(run).collect::<Vec<_>>(),
            seeds => seeds_in_words(seeds),
            n_seeds => seeds.len(),
            adds_seeds,
            n_claims => self.judged.len(),
            dataset => Serde(dataset),
            is_made_up => dataset.is_made_up(),
            test_images => self.test_images(),
            gradient_checks => Serde(gradient_checks),
            close_up => self.close_up(),
            sweeps => self.sweeps(),
            metrics => Metric::ALL.map(metric),
            otherwise => self.otherwise.iter().map(|(title, _)| title.clone()).collect::<Vec<_>>(),
            fixed_tests => FixedTest::ALL.map(FixedTest::title),
            confidence => CONFIDENCE,
            significance => SIGNIFICANCE,
        }
    }

    /// The number of test images on which runs have scores.
    fn test_images(&self) -> Option<usize> {
        let mut records = self.material.experiments.iter().flat_map(|one| &one.records);
        records.find_map(|record| record.test_scores().map(|test| test.images))
    }

    /// The experiments among these that have a complete run.
    pub(super) fn trained(&self, names: Vec<String>) -> Vec<String> {
        let is_trained = |name: &String| self.mean(name, Serde(Metric::BestValidationAccuracy)).is_some();
        names.into_iter().filter(is_trained).collect()
    }

    /// The declared experiments among these: settings, sizes, number of complete runs.
    pub(super) fn experiments(&self, names: Vec<String>) -> Vec<Value> {
        let shape = self.material.dataset.shape;
        let experiment = |one: &Replicates| {
            let (model, optimizer) = (&one.spec.model, &one.spec.optimizer);
            context! {
                name => &one.spec.name,
                title => &one.spec.title,
                train_images => one.spec.data.train_images,
                hidden_layers => model.hidden_layers(),
                activation => model.activation().title(),
                weight_init => model.weight_init().title(),
                optimizer => optimizer.title(),
                learning_rate => optimizer.learning_rate().to_string(),
                parameters => model.parameters(shape),
                layers => model.layers(shape).iter().map(layer).collect::<Vec<_>>(),
                n_complete => one.complete().count(),
            }
        };
        self.found(&names).map(experiment).collect()
    }

    /// The experiments among these that lack something, and what: seeds that were not trained, runs that ended badly.
    pub(super) fn missing(&self, names: Vec<String>) -> Vec<Value> {
        let lacks = |name: String| Some(context! { lacks => self.lacks(&name)?, name });
        names.into_iter().filter_map(lacks).collect()
    }

    fn lacks(&self, name: &str) -> Option<String> {
        let Some(Replicates { records, .. }) = self.find(name) else { return Some("not declared".to_owned()) };
        let incomplete = records.iter().filter(|record| !record.stop_reason.is_complete());
        let ends = incomplete.map(|record| format!("seed {} {}", record.seed, stop_words(record.stop_reason)));
        let is_absent = |seed: &&u64| records.iter().all(|record| record.seed != **seed);
        let absent: Vec<u64> = self.material.seeds.iter().filter(is_absent).copied().collect();
        let absent = (!absent.is_empty()).then(|| format!("{} not trained", seeds_in_words(&absent)));
        let lacks: Vec<String> = ends.chain(absent).collect();
        (!lacks.is_empty()).then(|| lacks.join(", "))
    }

    /// A metric's mean with its interval, in words.
    pub(super) fn mean(&self, name: &str, Serde(metric): Serde<Metric>) -> Option<String> {
        measure::of(self.find(name)?, metric)
    }

    /// A metric's mean as a number.
    pub(super) fn number(&self, name: &str, Serde(metric): Serde<Metric>) -> Option<f64> {
        let Centre::Mean(mean) = self.find(name)?.summary(metric)?.centre else { return None };
        Some(mean)
    }

    /// A metric's mean difference between an experiment and another, paired by seed.
    ///
    /// It `is_higher` or `is_lower` where its confidence sequence lies above or below 0; with one run, where the value does.
    pub(super) fn difference(&self, name: &str, against: &str, Serde(metric): Serde<Metric>) -> Option<Value> {
        let comparison = Comparison::of(metric, self.find(name)?, self.find(against)?);
        let (mean, interval) = (comparison.mean()?, comparison.interval(metric, metric.usual_margin(), 1));
        let (low, high) = match (interval, comparison.n()) {
            (Some(interval), _) => (interval.low, interval.high),
            (None, 1) => (mean, mean),
            (None, _) => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let (is_higher, is_lower, change) = (low > 0.0, high < 0.0, measure::difference(metric, mean));
        let direction = match (is_higher, is_lower) {
            (true, _) => "higher",
            (_, true) => "lower",
            _ => "not clearly different",
        };
        let interval = interval.map_or_else(String::new, |interval| {
            format!(", 95 % interval {}", measure::difference_interval(metric, interval))
        });
        let words = format!("{direction} ({change}{interval})");
        Some(context! { title => self.title(name), size => mean.abs(), change, is_higher, is_lower, words })
    }

    /// What each of these experiments changes a metric by from the one before.
    pub(super) fn changes(&self, names: Vec<String>, Serde(metric): Serde<Metric>) -> Vec<Value> {
        names.windows(2).filter_map(|pair| self.difference(&pair[1], &pair[0], Serde(metric))).collect()
    }

    /// A metric's means over some experiments in `words`, and whether each is below the one before.
    pub(super) fn trend(&self, names: Vec<String>, Serde(metric): Serde<Metric>) -> Option<Value> {
        let means = names.iter().map(|name| self.number(name, Serde(metric))).collect::<Option<Vec<f64>>>()?;
        let words: Vec<String> = means.iter().map(|&mean| measure::value(metric, mean)).collect();
        Some(context! { words => words.join(", "), falls => means.is_sorted_by(|before, after| after < before) })
    }

    /// Where the variation of an experiment's metric comes from, if runs cross its seeds.
    pub(super) fn sources(&self, name: &str, Serde(metric): Serde<Metric>) -> Option<Value> {
        let crossed = self.crossed(name)?;
        let shares = crossed.sources(metric)?.shares?.map(share);
        Some(
            context! { shares, runs => crossed.records.len(), init => crossed.init.len(), order => crossed.order.len() },
        )
    }

    /// The crossed runs of an experiment.
    pub(super) fn crossed(&self, name: &str) -> Option<&Crossed> {
        self.material.crossed.iter().find(|crossed| crossed.spec.name == name)
    }

    /// The runs of an experiment; `None` if it is not declared.
    pub(super) fn find(&self, name: &str) -> Option<&Replicates> {
        self.material.experiments.iter().find(|replicates| replicates.spec.name == name)
    }

    /// The runs of the declared experiments among these.
    pub(super) fn found(&self, names: &[String]) -> impl Iterator<Item = &Replicates> {
        names.iter().filter_map(|name| self.find(name))
    }

    /// The title of an experiment; its name if it is not declared.
    fn title(&self, name: &str) -> String {
        self.find(name).map_or(name, |replicates| &replicates.spec.title).to_owned()
    }

    /// The close-up's predictions for the validation images.
    pub(super) fn predictions(&self) -> Option<&Predictions> {
        self.material.close_up.as_ref()?.predictions.as_ref()
    }

    /// The sweeps: what varies, what was found, the pictures.
    fn sweeps(&self) -> Vec<Value> {
        let sweep = |(sweep, pictures): (&SweepResult, &Vec<SweepPicture>)| {
            let picture = |one: &SweepPicture| context! { name => &one.name, caption => &one.caption };
            context! {
                id => sweep.spec.name.to_lowercase().replace(['_', '.'], "-"),
                title => &sweep.spec.title,
                base => self.title(&sweep.spec.base),
                metric => sweep.spec.objective.metric.title(),
                words => sweep.in_words(),
                trials => table(&trial_table(sweep)),
                winner => (!sweep.retrained.is_empty()).then(|| table(&winner_table(sweep))),
                luck => sweep.luck_in_words(),
                pictures => pictures.iter().map(picture).collect::<Vec<_>>(),
            }
        };
        self.material.sweeps.iter().zip(&self.sweep_pictures).map(sweep).collect()
    }

    /// The run whose best weights are shown.
    fn close_up(&self) -> Option<Value> {
        let CloseUp { experiment, seed, .. } = self.material.close_up.as_ref()?;
        Some(context! { title => self.title(experiment), seed, predictions => self.predictions().map(Serde) })
    }
}

fn has_pairs(judged: &[Judged]) -> bool {
    judged.iter().any(|one| one.comparison.n() > 0)
}

/// A table for the macro that writes it.
fn table(table: &Table) -> Value {
    let cells = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| words(cell)).collect::<Vec<_>>();
    let column = |column: &Column| context! { heading => &column.heading, is_right => column.align == Align::Right };
    context! {
        caption => words(&table.caption),
        header => table.header.iter().map(column).collect::<Vec<_>>(),
        rows => table.rows.iter().map(cells).collect::<Vec<_>>(),
    }
}

/// What a run was made with.
fn run(run: &RunRecord) -> Value {
    let (host, backend) = (&run.host, &run.backend);
    context! {
        seconds => run.wall_seconds,
        start => &run.started_at,
        program => &run.code.version,
        commit => run.code.git_commit.as_deref().unwrap_or("unknown"),
        burn => &run.code.burn,
        backend => format!("{}, {}", backend.name, backend.device),
        machine => format!("{}, {} cores, {}", host.processor, host.cores, host.system),
    }
}

fn layer(layer: &Layer) -> Value {
    context! {
        title => &layer.title,
        shape => &layer.weight,
        weights => layer.weights(),
        biases => layer.biases(),
        parameters => layer.parameters(),
    }
}
