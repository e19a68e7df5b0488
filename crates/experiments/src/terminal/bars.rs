//! Trainings as progress bars on a terminal, and as a few lines in a log.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use spec::ExperimentSpec;
use training::Display;

use super::{place, say};

/// Time between two lines of a run in a log.
const BETWEEN_LINES: Duration = Duration::from_secs(30);
/// Time after which the speed of a training is known well enough to say how long it takes.
const FIRST_ESTIMATE: Duration = Duration::from_secs(1);
/// Characters that a bar needs to be worth drawing.
const LEAST_BAR: usize = 8;
/// Characters of the percentage and the gaps between the parts of a line.
const PERCENT_AND_GAPS: usize = 10;

/// Where trainings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShownIn {
    /// On a terminal, while the program is in its foreground.
    Terminal,
    /// In a file or a pipe, or on a terminal that cannot move its cursor.
    Log,
    /// Nowhere.
    Nowhere,
}

/// The bars of all trainings under way, and below them one for all runs of a command.
#[derive(Debug, Clone)]
pub(super) struct Bars {
    pub(super) shown_in: ShownIn,
    pub(super) lines: MultiProgress,
    /// Hidden for a single run.
    whole: ProgressBar,
    /// What precedes that bar instead of the number of runs.
    heading: Arc<Mutex<Option<String>>>,
    pace: Arc<Pace>,
    is_drawn: Arc<AtomicBool>,
}

impl Bars {
    /// No bars yet; none at all if the user wants no messages.
    pub(super) fn new(is_quiet: bool) -> Self {
        let shown_in = match std::io::stderr().is_terminal() && !place::is_dumb() {
            _ if is_quiet => ShownIn::Nowhere,
            true => ShownIn::Terminal,
            false => ShownIn::Log,
        };
        let bars = Self {
            shown_in,
            lines: MultiProgress::with_draw_target(ProgressDrawTarget::hidden()),
            whole: bar("{prefix} {wide_bar} {percent:>3} %  {msg}"),
            heading: Arc::default(),
            pace: Arc::new(Pace::new()),
            is_drawn: Arc::default(),
        };
        bars.draw_in_foreground();
        bars
    }

    /// Puts this before the bar for all runs, now and when it is shown again.
    pub(super) fn head(&self, heading: String) {
        if !self.whole.is_hidden() {
            self.whole.set_prefix(heading.clone());
        }
        *self.heading.lock() = Some(heading);
    }

    /// Shows the bar for all these runs, in images.
    pub(super) fn begin(&self, runs: &[&ExperimentSpec]) {
        if runs.len() > 1 {
            self.lines.add(self.whole.clone());
            self.whole.set_prefix(self.heading.lock().clone().unwrap_or_else(|| format!("all {} runs", runs.len())));
            self.whole.set_length(runs.iter().map(|spec| most_images(spec)).sum());
            self.whole.tick();
        }
    }

    /// Removes the bar for all runs, some of which may never have begun.
    pub(super) fn end(&self) {
        self.whole.finish_and_clear();
    }

    /// Bars are drawn only while the program is in the terminal's foreground; a shell does not tell when that changes.
    fn draw_in_foreground(&self) {
        let draws = self.shown_in == ShownIn::Terminal && place::is_in_foreground();
        if self.is_drawn.swap(draws, Ordering::Relaxed) != draws {
            let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
            self.lines.set_draw_target(target);
        }
    }

    /// Moves the bar for all runs on; `measured` of the images were trained on just now.
    fn advance(&self, images: u64, measured: u64) {
        self.draw_in_foreground();
        self.pace.add(measured);
        self.whole.inc(images);
        self.whole.set_message(in_words(self.pace.left(remaining(&self.whole))));
    }
}

/// A bar that is hidden until it is added to the others.
pub(super) fn bar(template: &str) -> ProgressBar {
    ProgressBar::hidden().with_style(ProgressStyle::with_template(template).expect("the template is well formed"))
}

/// Images of a training without early stopping.
fn most_images(spec: &ExperimentSpec) -> u64 {
    (spec.max_steps() * spec.training.batch_size) as u64
}

fn remaining(bar: &ProgressBar) -> u64 {
    bar.length().unwrap_or(0).saturating_sub(bar.position())
}

/// The images that this process has trained on, and since when. What an earlier process did, or early stopping saved, says
/// nothing about the time that is left.
#[derive(Debug)]
struct Pace {
    began: Instant,
    images: AtomicU64,
}

impl Pace {
    fn new() -> Self {
        Self { began: Instant::now(), images: AtomicU64::new(0) }
    }

    fn add(&self, images: u64) {
        self.images.fetch_add(images, Ordering::Relaxed);
    }

    /// The time for this number of images.
    fn left(&self, images: u64) -> Option<Duration> {
        estimate(self.began.elapsed(), self.images.load(Ordering::Relaxed), images)
    }
}

/// The time for `left` images after `done` images took some time; none before that is known.
fn estimate(took: Duration, done: u64, left: u64) -> Option<Duration> {
    let is_known = done > 0 && took >= FIRST_ESTIMATE;
    is_known.then(|| Duration::try_from_secs_f64(took.as_secs_f64() * left as f64 / done as f64).ok()).flatten()
}

/// `at most 3m left`; nothing if the time is not known.
fn in_words(left: Option<Duration>) -> String {
    left.map_or_else(String::new, |left| format!("at most {:#} left", HumanDuration(left)))
}

/// A line with the name, bar, epoch, loss and accuracy of the last validation, and the time left without early stopping.
pub(super) struct TrainingBar {
    own: ProgressBar,
    bars: Bars,
    name: String,
    pace: Pace,
    images_per_epoch: u64,
    /// Images of the steps that were taken before this process began.
    resumed: u64,
    epoch: usize,
    /// Loss and accuracy in percent of the last validation.
    last: [Option<f64>; 2],
    logged: Instant,
}

impl TrainingBar {
    /// The bar of a training with these steps behind it, above the last one, which is for all; it is full after all epochs.
    pub(super) fn new(bars: &Bars, spec: &ExperimentSpec, name: String, steps: usize) -> Self {
        let own = bar("{prefix} {wide_bar} {percent:>3} %  {msg}");
        own.set_length(most_images(spec));
        Self {
            own: bars.lines.insert_from_back(1, own),
            bars: bars.clone(),
            name,
            pace: Pace::new(),
            images_per_epoch: most_images(spec) / spec.training.max_epochs as u64,
            resumed: (steps * spec.training.batch_size) as u64,
            epoch: 0,
            last: [None; 2],
            logged: Instant::now(),
        }
    }

    /// Moves this bar to the position, and the one for all by the same amount.
    fn advance_to(&mut self, position: u64) {
        let before = self.own.position();
        let measured = position.saturating_sub(before.max(self.resumed));
        self.pace.add(measured);
        self.bars.advance(position.saturating_sub(before), measured);
        self.own.set_position(position);
        self.tell();
    }

    fn tell(&mut self) {
        let (epoch, left) = (format!("epoch {}", self.epoch), in_words(self.pace.left(remaining(&self.own))));
        let [scores, short_scores] = match self.last {
            [Some(loss), Some(accuracy)] => [
                format!("validation loss {loss:.4}, accuracy {accuracy:.2} %"),
                format!("loss {loss:.4}, {accuracy:.2} %"),
            ],
            _ => [const { String::new() }; 2],
        };
        let width = usize::from(place::width());
        let name: String = self.name.chars().take(width / 2).collect();
        let texts = [
            joined(&[&epoch, &scores, &left], "  "),
            joined(&[&epoch, &short_scores, &left], "  "),
            joined(&[&epoch, &left], "  "),
            left.clone(),
        ];
        let room = width.saturating_sub(name.chars().count() + PERCENT_AND_GAPS + LEAST_BAR);
        self.own.set_message(first_that_fits(&texts, room));
        self.own.set_prefix(name);
        if self.bars.shown_in == ShownIn::Log && self.logged.elapsed() >= BETWEEN_LINES {
            let percent = 100 * self.own.position() / self.own.length().unwrap_or(1).max(1);
            say(&format!("{}: {percent} %, {}", self.name, joined(&[&epoch, &scores, &left], ", ")));
            self.logged = Instant::now();
        }
    }
}

/// The texts that are not empty, with this between them.
fn joined(texts: &[&String], between: &str) -> String {
    texts.iter().filter(|text| !text.is_empty()).map(|text| text.as_str()).collect::<Vec<_>>().join(between)
}

/// The first text with at most this number of characters, else the last one.
fn first_that_fits(texts: &[String], room: usize) -> String {
    let fitting = texts.iter().find(|text| text.chars().count() <= room);
    fitting.or(texts.last()).cloned().unwrap_or_default()
}

/// When a training has ended for any reason, its line disappears and its share of the whole counts as done.
impl Drop for TrainingBar {
    fn drop(&mut self) {
        self.bars.advance(remaining(&self.own), 0);
        self.own.finish_and_clear();
        if remaining(&self.bars.whole) == 0 {
            self.bars.whole.finish_and_clear();
        }
    }
}

impl Display for TrainingBar {
    fn advance(&mut self, epoch: usize, images: usize) {
        self.advance_to(epoch as u64 * self.images_per_epoch + images as u64);
    }

    fn validated(&mut self, epoch: usize, metric: &str, value: f64) {
        self.epoch = epoch;
        self.last[usize::from(metric == "Accuracy")] = Some(value);
        self.tell();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars() -> Bars {
        Bars::new(true)
    }

    #[test]
    fn the_time_left_is_measured_in_this_process() {
        let spec = test_support::spec();
        let bars = bars();
        bars.begin(&[&spec, &spec]);
        let all = most_images(&spec);
        let resumed = spec.max_steps() / 2;
        let mut bar = TrainingBar::new(&bars, &spec, "task3c, seed 1".to_owned(), resumed);
        // The past validations of a resumed training are reported first.
        bar.advance_to(all / 4);
        bar.advance_to(all / 2);
        assert_eq!((bar.pace.images.load(Ordering::Relaxed), bars.pace.images.load(Ordering::Relaxed)), (0, 0));
        bar.advance_to(all / 2 + 320);
        assert_eq!((bar.pace.images.load(Ordering::Relaxed), bars.pace.images.load(Ordering::Relaxed)), (320, 320));
        // Early stopping: the rest is done, but was not trained.
        drop(bar);
        assert_eq!((bars.whole.position(), bars.pace.images.load(Ordering::Relaxed)), (all, 320));
    }

    #[test]
    fn an_estimate_is_the_rest_at_the_measured_speed() {
        let seconds = Duration::from_secs;
        assert_eq!(estimate(seconds(10), 400, 1_600), Some(seconds(40)));
        assert_eq!(estimate(seconds(10), 400, 0), Some(seconds(0)));
        assert_eq!(estimate(seconds(10), 0, 1_600), None);
        assert_eq!(estimate(Duration::from_millis(10), 400, 1_600), None, "too early to know");
        assert_eq!(estimate(seconds(u64::MAX), 1, u64::MAX), None);
    }

    #[test]
    fn a_line_has_the_longest_text_that_fits() {
        let texts = ["four words that fit".to_owned(), "two words".to_owned(), "one".to_owned()];
        for (room, text) in [(80, 0), (19, 0), (18, 1), (9, 1), (8, 2), (0, 2)] {
            assert_eq!(first_that_fits(&texts, room), texts[text], "{room}");
        }
    }
}
