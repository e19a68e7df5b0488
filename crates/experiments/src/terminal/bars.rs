//! `TrainingBar`: a training as a progress bar, with `--no-tui` and for several trainings at the same time.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use spec::ExperimentSpec;
use training::Display;

/// The bar for all runs of a command.
pub(super) fn whole() -> ProgressBar {
    bar("{prefix} {wide_bar} {percent:>3} %  at most {eta} left")
}

/// Shows the bar for all these runs, in images.
pub(super) fn add_whole(bars: &MultiProgress, whole: &ProgressBar, runs: &[&ExperimentSpec]) {
    bars.add(whole.clone());
    whole.set_prefix(format!("all {} runs", runs.len()));
    whole.set_length(runs.iter().map(|spec| most_images(spec)).sum());
    whole.tick();
}

/// A bar that is hidden until it is added to the others.
pub(super) fn bar(template: &str) -> ProgressBar {
    ProgressBar::hidden().with_style(ProgressStyle::with_template(template).expect("the template is well formed"))
}

/// Images of a training without early stopping.
fn most_images(spec: &ExperimentSpec) -> u64 {
    (spec.max_steps() * spec.training.batch_size) as u64
}

/// A line with the name, bar, epoch, loss and accuracy of the last validation, and the time left without early stopping.
pub(super) struct TrainingBar {
    own: ProgressBar,
    whole: ProgressBar,
    images_per_epoch: u64,
    /// Loss and accuracy in percent of the last validation.
    last: [f64; 2],
}

impl TrainingBar {
    /// The bar of a training, above the last one, which is for all; it is full after all epochs.
    pub(super) fn new(bars: &MultiProgress, whole: &ProgressBar, spec: &ExperimentSpec, seed: u64) -> Self {
        let own = bar("{prefix} {wide_bar} {percent:>3} %  {msg}  at most {eta} left");
        own.set_length(most_images(spec));
        let own = own.with_prefix(format!("{}, seed {seed}", spec.name)).with_message("epoch 0");
        Self {
            own: bars.insert_from_back(1, own),
            whole: whole.clone(),
            images_per_epoch: most_images(spec) / spec.training.max_epochs as u64,
            last: [f64::NAN; 2],
        }
    }

    /// Moves this bar to the position, and the one for all by the same amount.
    fn advance_to(&self, position: u64) {
        self.whole.inc(position.saturating_sub(self.own.position()));
        self.own.set_position(position);
    }
}

/// When a training has ended for any reason, its line disappears and its share of the whole counts as done.
impl Drop for TrainingBar {
    fn drop(&mut self) {
        self.advance_to(self.own.length().unwrap_or(0));
        self.own.finish_and_clear();
        if self.whole.position() >= self.whole.length().unwrap_or(0) {
            self.whole.finish_and_clear();
        }
    }
}

impl Display for TrainingBar {
    fn advance(&mut self, epoch: usize, images: usize) {
        self.advance_to(epoch as u64 * self.images_per_epoch + images as u64);
    }

    fn validated(&mut self, epoch: usize, metric: &str, value: f64) {
        self.last[usize::from(metric == "Accuracy")] = value;
        let [loss, accuracy] = self.last;
        self.own.set_message(format!("epoch {epoch}  validation loss {loss:.4}, accuracy {accuracy:.2} %"));
    }
}
