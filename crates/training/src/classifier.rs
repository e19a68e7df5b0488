//! `Classifier`: the network as Burn's learner sees it, with a training step and an evaluation step.

use burn::module::Module;
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use mlp::Network;
use mnist::MnistBatch;

use crate::Scores;

/// A network that is trained and evaluated with softmax cross-entropy.
#[derive(Module, Debug)]
pub struct Classifier {
    /// The network.
    pub network: Network,
}

impl TrainStep for Classifier {
    type Input = MnistBatch;
    type Output = Scores;

    fn step(&self, batch: MnistBatch) -> TrainOutput<Scores> {
        let (loss, gradients) = self.network.gradients(batch.images, &batch.targets, &mut |_| {});
        TrainOutput { grads: gradients, item: Scores { loss, accuracy: None } }
    }
}

impl InferenceStep for Classifier {
    type Input = MnistBatch;
    type Output = Scores;

    fn step(&self, batch: MnistBatch) -> Scores {
        let n_images = batch.n_images() as f64;
        let sums = self.network.scores(batch.images, &batch.targets);
        Scores { loss: sums.loss / n_images, accuracy: Some(sums.correct as f64 / n_images) }
    }
}
