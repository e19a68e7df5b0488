//! `Stepper`: a network with its optimizer, the two things that a training step changes.

use burn::train::TrainStep;
use mlp::{NetworkOptimizer, OptimizerState};
use mnist::MnistBatch;

use crate::Classifier;

/// A network with the optimizer that trains it.
///
/// Burn's learner has an optimizer too, but keeps its state private.
pub struct Stepper {
    classifier: Option<Classifier>,
    optimizer: Box<dyn NetworkOptimizer>,
}

impl Stepper {
    /// A network before its next step; `state` is the optimizer's, if the training is resumed.
    pub(crate) fn new(
        classifier: Classifier,
        mut optimizer: Box<dyn NetworkOptimizer>,
        state: Option<&OptimizerState>,
    ) -> Self {
        if let Some(state) = state {
            optimizer.restore(&classifier.network, state);
        }
        Self { classifier: Some(classifier), optimizer }
    }

    /// The current network.
    ///
    /// # Panics
    /// After a step that panicked.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        self.classifier.as_ref().expect("a step puts the network back")
    }

    /// The network at the end.
    pub(crate) fn into_classifier(self) -> Classifier {
        self.classifier.expect("a step puts the network back")
    }

    /// The state of the optimizer.
    #[must_use]
    pub fn optimizer_state(&self) -> OptimizerState {
        self.optimizer.state(&self.classifier().network)
    }

    /// One parameter update. Returns the mean loss of the batch before it; if that is NaN or infinite, nothing is updated.
    pub fn step(&mut self, batch: MnistBatch) -> f64 {
        let output = TrainStep::step(self.classifier(), batch);
        if output.item.loss.is_finite()
            && let Some(Classifier { network }) = self.classifier.take()
        {
            self.classifier = Some(Classifier { network: self.optimizer.step(network, output.grads) });
        }
        output.item.loss
    }
}
