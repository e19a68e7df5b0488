//! `Lineup`: a correct training and the mistakes whose curves are stored, against which curves are held.

use spec::{Catalog, Declaration, DeclaredError, ExperimentSpec, ImageShape, MistakeSpec, Override, Slip};

use crate::features::features;
use crate::slips::applies;
use crate::{Curve, Measured, Models, Replicate, Stored, TrainLoss, Variant};

/// A curve that stopped this many validations early or late was not stopped by the experiment's rule.
const MOST_LATE: f64 = 3.0;

/// A training whose curves are looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The mistake; none for the correct training.
    pub mistake: Option<MistakeSpec>,
    /// The experiment with the mistake's settings.
    pub spec: ExperimentSpec,
    /// Its key among the stored curves.
    pub key: String,
}

/// The correct training, and the mistakes that it is told from.
#[derive(Debug, Clone)]
pub struct Lineup<'a> {
    spec: &'a ExperimentSpec,
    /// The correct training first.
    pub known: Vec<&'a Known>,
    variants: Vec<Variant>,
    sources: Vec<&'a [Replicate]>,
}

impl Known {
    /// The experiment of this name without a mistake, then with every declared one that it can have, on a dataset with this digest.
    ///
    /// # Errors
    /// A file of a mistake breaks a rule.
    pub fn all(
        catalog: &Catalog,
        (name, spec): (&str, &ExperimentSpec),
        overrides: &[Override],
        (digest, shape): (&str, ImageShape),
    ) -> Result<Vec<Self>, DeclaredError> {
        let key = |spec: &ExperimentSpec, slip| Stored::key(spec, slip, digest, shape);
        let mut known = vec![Self { mistake: None, spec: spec.clone(), key: key(spec, None) }];
        for mistake in catalog.mistakes()? {
            let wrong = if let Some(slip) = mistake.slip {
                Some(spec.clone()).filter(|spec| applies(slip, spec))
            } else {
                // Of a setting that the experiment lacks, such as the momentum of another optimizer, nothing can be wrong.
                let declared = catalog.load(name, &[overrides, &mistake.overrides()?].concat());
                let wrong = declared.ok().and_then(|declared| match declared {
                    Declaration::Experiment(wrong) => Some(wrong.spec),
                    Declaration::Comparison(_) => None,
                });
                wrong.filter(|wrong| !wrong.has_settings_of(spec) && wrong.model.as_mlp().is_some())
            };
            if let Some(spec) = wrong {
                known.push(Self { key: key(&spec, mistake.slip), mistake: Some(mistake), spec });
            }
        }
        Ok(known)
    }

    /// The slip in its code, if it has one.
    #[must_use]
    pub fn slip(&self) -> Option<Slip> {
        self.mistake.as_ref().and_then(|mistake| mistake.slip)
    }
}

impl<'a> Lineup<'a> {
    /// The trainings, the correct one first, as far as their curves are stored; none without those of the correct one.
    #[must_use]
    pub fn new(known: &'a [Known], stored: &'a Stored) -> Option<Self> {
        let spec = &known.first()?.spec;
        let mut lineup = Self { spec, known: Vec::new(), variants: Vec::new(), sources: Vec::new() };
        let mut keys: Vec<&str> = Vec::new();
        for one in known {
            let Some(curves) = stored.0.get(&one.key) else { continue };
            let source = keys.iter().position(|key| *key == one.key).unwrap_or_else(|| {
                keys.push(&one.key);
                lineup.sources.push(curves);
                keys.len() - 1
            });
            let [patience, usual] = [&one.spec, spec].map(|spec| spec.training.patience_validations as f64);
            lineup.variants.push(Variant { source, late: patience - usual });
            lineup.known.push(one);
        }
        (keys.first() == Some(&known[0].key.as_str())).then_some(lineup)
    }

    /// The distributions of what all these curves have, and the curves as numbers; none if they have nothing that is stored.
    #[must_use]
    pub fn models(&self, curves: &[Curve], train_loss: TrainLoss) -> Option<(Models, Vec<Measured>)> {
        let rows: Vec<_> = curves.iter().map(|curve| features(curve, self.spec, train_loss)).collect();
        let late: Vec<Option<f64>> = curves.iter().map(|curve| self.late(curve)).collect();
        let has_stop = late.iter().all(Option::is_some);
        let (models, places) = self.over(train_loss, has_stop, |at| rows.iter().all(|row| row[at].is_some()))?;
        let measured = |(row, late): (Vec<Option<f64>>, Option<f64>)| Measured {
            features: places.iter().filter_map(|&at| row[at]).collect(),
            late: late.filter(|_| has_stop),
        };
        Some((models, rows.into_iter().zip(late).map(measured).collect()))
    }

    /// The distributions of all that is stored.
    #[must_use]
    pub fn whole(&self, train_loss: TrainLoss) -> Option<Models> {
        self.over(train_loss, true, |_| true).map(|(models, _)| models)
    }

    /// The distributions of the features that are wanted and that every stored curve has, and their places.
    fn over(
        &self,
        train_loss: TrainLoss,
        has_stop: bool,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Option<(Models, Vec<usize>)> {
        let of_source = |source: &&[Replicate]| -> Vec<Vec<Option<f64>>> {
            source.iter().map(|one| one.features(train_loss)).collect()
        };
        let sources: Vec<Vec<Vec<Option<f64>>>> = self.sources.iter().map(of_source).collect();
        let n_features = sources.first()?.first()?.len();
        let has = |at: &usize| is_wanted(*at) && sources.iter().flatten().all(|curve| curve[*at].is_some());
        let places: Vec<usize> = (0..n_features).filter(has).collect();
        let chosen = |curve: &Vec<Option<f64>>| places.iter().filter_map(|&at| curve[at]).collect();
        let sources = sources.iter().map(|source| source.iter().map(chosen).collect()).collect();
        (!places.is_empty()).then(|| (Models::new(self.variants.clone(), sources, has_stop), places))
    }

    /// Validations by which a curve stopped late; none if its validations have gaps, or something else than early stopping ended it.
    fn late(&self, curve: &Curve) -> Option<f64> {
        let training = &self.spec.training;
        let waited = curve.waited(self.spec.steps_per_validation())?;
        let late = waited as f64 - training.patience_validations as f64;
        (curve.last_step() < self.spec.max_steps() && late.abs() <= MOST_LATE).then_some(late)
    }
}
