//! `Classifier`: the network as Burn's learner sees it: a training step, an evaluation step.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use mlp::{Mlp, cross_entropy, n_correct};
use mnist::MnistBatch;

use crate::Scores;

/// A network that is trained on, and judged by, softmax cross-entropy.
#[derive(Module, Debug)]
pub struct Classifier {
    /// The network.
    pub mlp: Mlp,
}

impl TrainStep for Classifier {
    type Input = MnistBatch;
    type Output = Scores;

    fn step(&self, batch: MnistBatch) -> TrainOutput<Scores> {
        let loss = cross_entropy(self.mlp.forward(batch.images), batch.targets);
        // Read every step: a loss that is not finite stops the run at this very step.
        let scores = Scores { loss: scalar(loss.clone()), accuracy: None };
        TrainOutput::new(self, loss.backward(), scores)
    }
}

impl InferenceStep for Classifier {
    type Input = MnistBatch;
    type Output = Scores;

    fn step(&self, batch: MnistBatch) -> Scores {
        let n_images = batch.len() as f64;
        let logits = self.mlp.forward(batch.images);
        let correct = n_correct(logits.clone(), batch.targets.clone());
        Scores {
            loss: scalar(cross_entropy(logits, batch.targets)),
            accuracy: Some(scalar(correct.float()) / n_images),
        }
    }
}

fn scalar(tensor: Tensor<1>) -> f64 {
    f64::from(tensor.into_scalar::<f32>())
}
