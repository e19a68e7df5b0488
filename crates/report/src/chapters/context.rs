//! `Context`: what every chapter asks for, experiments by name, claims judged once.

use evidence::{Centre, Comparison, Interval, Judged, Replicates, judge};
use spec::{ExperimentSpec, Metric};

use super::Material;
use super::prose::said;
use crate::format::{self, plain_text};
use crate::measure;

/// The experiment that the tricks are added to.
pub(super) const BASELINE: &str = "task2c";
/// What every experiment of task 4 is compared with.
pub(super) const STANDARD: &str = "task3c";
/// The ladder: every experiment adds a trick to the one before.
pub(super) const LADDER: [&str; 4] = [BASELINE, "task3a", "task3b", STANDARD];

/// The material with every claim judged.
pub(super) struct Context<'a> {
    pub(super) material: &'a Material,
    pub(super) judged: Vec<Judged>,
}

impl<'a> Context<'a> {
    pub(super) fn new(material: &'a Material) -> Self {
        Self { material, judged: judge(&material.experiments) }
    }

    /// The runs of an experiment; none where it is not declared.
    pub(super) fn find(&self, name: &str) -> Option<&'a Replicates> {
        self.material.experiments.iter().find(|replicates| replicates.spec.name == name)
    }

    /// The runs of experiments that have a complete one, in this order.
    pub(super) fn trained(&self, names: &[&str]) -> Vec<&'a Replicates> {
        let found = names.iter().filter_map(|name| self.find(name));
        found.filter(|replicates| replicates.complete().next().is_some()).collect()
    }

    pub(super) fn spec(&self, name: &str) -> Option<&'a ExperimentSpec> {
        self.find(name).map(|replicates| &replicates.spec)
    }

    /// The title of an experiment; its name where it is not declared.
    pub(super) fn plain_title(&self, name: &str) -> String {
        plain_text(self.spec(name).map_or(name, |spec| &spec.title))
    }

    /// The same for a sentence.
    pub(super) fn title(&self, name: &str) -> String {
        said(&self.plain_title(name))
    }

    /// The claims about an experiment.
    pub(super) fn claims_of(&self, name: &str) -> Vec<&Judged> {
        self.judged.iter().filter(|judged| judged.experiment == name).collect()
    }

    /// A metric's mean with its interval, in words.
    pub(super) fn value(&self, name: &str, metric: Metric) -> Option<String> {
        measure::of(self.find(name)?, metric)
    }

    /// A metric's mean as a number.
    pub(super) fn mean(&self, name: &str, metric: Metric) -> Option<f64> {
        let Centre::Mean(mean) = self.find(name)?.summary(metric)?.centre else { return None };
        Some(mean)
    }

    /// A metric of one experiment next to another's, paired by seed.
    pub(super) fn compared(&self, name: &str, against: &str, metric: Metric) -> Option<Compared> {
        let comparison = Comparison::of(metric, self.find(name)?, self.find(against)?);
        Some(Compared { metric, mean: comparison.mean()?, interval: comparison.interval() })
    }

    /// Dataset and seeds.
    pub(super) fn subtitle(&self) -> String {
        let (dataset, seeds) = (plain_text(&self.material.dataset.title), &self.material.seeds);
        format!("{dataset}, {}", format::seeds_in_words(seeds))
    }
}

/// The difference of a metric between two experiments.
pub(super) struct Compared {
    metric: Metric,
    pub(super) mean: f64,
    pub(super) interval: Option<Interval>,
}

impl Compared {
    /// Whether the interval lies above 0, with one run whether the value does.
    pub(super) fn is_higher(&self) -> bool {
        self.interval.map_or(self.mean > 0.0, |interval| interval.low > 0.0)
    }

    /// Whether the interval lies below 0.
    pub(super) fn is_lower(&self) -> bool {
        self.interval.map_or(self.mean < 0.0, |interval| interval.high < 0.0)
    }

    /// `higher by 0.81 points (95 % interval +0.70 to +0.92)`, or that it does not differ clearly.
    pub(super) fn words(&self) -> String {
        let interval = self.interval.map_or_else(String::new, |interval| {
            format!(" (95 % interval {})", measure::difference_interval(self.metric, interval))
        });
        let size = measure::difference(self.metric, self.mean.abs());
        let size = size.trim_start_matches('+');
        if self.is_higher() {
            format!("higher by {size}{interval}")
        } else if self.is_lower() {
            format!("lower by {size}{interval}")
        } else {
            format!("not clearly different: {}{interval}", measure::difference(self.metric, self.mean))
        }
    }
}
