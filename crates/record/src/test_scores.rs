//! `TestScores`: what a run's weights achieve on images that no part of the run has seen.

use mlp::recorded;
use mlp::recorded::Recorded;

use crate::defect::ensure;
use crate::{Defect, RunRecord};

recorded! {
    /// Loss and accuracy on the test images, computed once, after the run.
    pub struct TestScores {
        /// The test images: the last of the training set.
        pub images: usize = Count,
        /// Mean cross-entropy of the weights at the lowest validation loss, natural logarithm.
        pub best_loss: f64 = Loss,
        /// Share of the test images that these weights classify correctly.
        pub best_accuracy: f64 = Share,
        /// Mean cross-entropy of the last weights, natural logarithm.
        pub last_loss: f64 = Loss,
        /// Share of the test images that the last weights classify correctly.
        pub last_accuracy: f64 = Share,
    }
}

impl RunRecord {
    /// The scores on the test images of its specification, if it has them.
    #[must_use]
    pub fn test_scores(&self) -> Option<&TestScores> {
        self.test.as_ref().filter(|test| test.images == self.spec.data.test_images)
    }

    /// Whether it is complete but has no scores on the test images of its specification.
    #[must_use]
    pub fn lacks_test_scores(&self) -> bool {
        self.spec.data.test_images > 0 && self.stop_reason.is_complete() && self.test_scores().is_none()
    }
}

impl TestScores {
    /// Checks that they are possible.
    pub(crate) fn check(&self) -> Result<(), Defect> {
        ensure!(self.images > 0 && self.is_possible(), "`test` must have finite losses and accuracies from 0 to 1");
        Ok(())
    }
}
