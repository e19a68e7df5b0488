//! A validation: the network at a moment, evaluated on both sets and probed.
//!
//! With fused kernels and a second core, the training takes the next steps at the same time, because the products of a step are
//! too small for two cores. The results are the same: a validation reads a copy of the weights, and if it stops the training,
//! the steps that were taken meanwhile are dropped.

use std::sync::Arc;

use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use burn::module::Module;
use inputs::ComputePath;
use mlp::{LayerProbe, Network, OptimizerState};
use mnist::MnistBatch;
use record::StopReason;

use super::{EvenlyValidated, Fit, Flow};
use crate::{Classifier, Scores, evaluate};

/// The training at a validation.
pub(super) struct Moment {
    pub(super) network: Network,
    pub(super) optimizer: OptimizerState,
    /// The network before the last step, unless there was none.
    before_last_step: Option<Network>,
}

/// What a validation measures.
pub(super) struct Evaluation {
    train: Scores,
    validation: Scores,
    /// None if a loss is NaN or infinite.
    probe: Option<Vec<LayerProbe>>,
}

/// An evaluation, unless the images cannot be read.
pub(super) type Evaluated = Result<Evaluation, DatasetError>;

impl EvenlyValidated {
    /// Evaluates a network on both sets, and probes it.
    pub(super) fn evaluate(&self, moment: &Moment, validation: &dyn DataLoader<MnistBatch>) -> Evaluated {
        self.instructions.within(|| {
            let classifier = Classifier { network: moment.network.clone() };
            // Without gradients: Burn would keep what every operation needs for a backward pass.
            let valid = classifier.valid();
            let (train, validation) = (evaluate(&valid, &*self.train_images)?, evaluate(&valid, validation)?);
            let MnistBatch { images, targets } = &self.probe_images;
            let probe = || classifier.network.probe(moment.before_last_step.as_ref(), images, targets);
            let is_finite = train.loss.is_finite() && validation.loss.is_finite();
            Ok(Evaluation { train, validation, probe: is_finite.then(probe) })
        })
    }
}

impl Fit<'_> {
    /// The index of the next validation of the journal.
    pub(super) fn next_validation(&self) -> usize {
        self.journal.history.validations.len()
    }

    /// The training as it is now.
    pub(super) fn moment_here(&self) -> Moment {
        Moment {
            network: self.trainer.network(),
            optimizer: self.trainer.optimizer_state(),
            before_last_step: self.before_last_step.clone(),
        }
    }

    /// Validates now, or leaves it to be done during the steps that follow.
    pub(super) fn validate(&mut self) -> Flow {
        let moment = Arc::new(self.moment_here());
        self.moment = Some(moment.clone());
        if self.goes_on_meanwhile(moment.network.path()) {
            return Flow::Continue(());
        }
        self.enter(self.strategy.evaluate(&moment, &*self.validation))
    }

    /// Whether steps follow during which another core can evaluate.
    fn goes_on_meanwhile(&self, path: ComputePath) -> bool {
        let (strategy, next) = (self.strategy, self.next_validation());
        let training = &strategy.spec.training;
        let last = strategy.until.unwrap_or(usize::MAX).min(training.max_epochs * training.validations_per_epoch);
        path == ComputePath::Fused && rayon::current_num_threads() > 1 && next < last
    }

    /// Enters a validation into the journal and asks early stopping whether to continue.
    pub(super) fn enter(&mut self, evaluated: Evaluated) -> Flow {
        let validation = self.next_validation();
        let Evaluation { train, validation: scores, probe } = match evaluated {
            Ok(evaluation) => evaluation,
            Err(error) => return Flow::Break(self.fail(error)),
        };
        let Some(moment) = &self.moment else { return Flow::Continue(()) };
        let Some(probe) = probe else { return Flow::Break(StopReason::Diverged) };
        let epoch = validation as f64 / self.strategy.spec.training.validations_per_epoch as f64;
        self.journal.add_validation(epoch, train, scores, moment.network.clone(), probe);
        self.send_progress();
        self.report_validation(validation);
        self.stop_early(validation)?;
        self.pause()?;
        self.checkpoint(validation);
        self.moment = None;
        self.journal.history.step_losses.append(&mut self.ahead);
        Flow::Continue(())
    }
}
