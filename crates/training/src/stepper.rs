//! `Stepper`: a network with its optimizer: what a training step changes.

use burn::train::TrainStep;
use mlp::{NetworkOptimizer, OptimizerState};
use mnist::MnistBatch;

use crate::Classifier;

/// A network with the optimizer that trains it.
///
/// Burn's learner has an optimizer of its own, whose state it keeps to itself.
pub struct Stepper {
    classifier: Option<Classifier>,
    optimizer: Box<dyn NetworkOptimizer>,
}

impl Stepper {
    /// A network before its next step; `state` is the optimizer's of a training that is resumed.
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

    /// The network now.
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

    /// What the optimizer remembers.
    #[must_use]
    pub fn optimizer_state(&self) -> OptimizerState {
        self.optimizer.state(&self.classifier().network)
    }

    /// One parameter update. The answer is the mean loss of the batch before it; where that is NaN or infinite, there is no
    /// update.
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
