//! `Dashboard`: Burn's dashboard, which closes while the program is stopped or in the background and opens again later.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Weak};

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricEntry, NumericEntry};
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation, MetricsRendererTraining,
};
use burn::train::{Interrupter, LearnerSummary};
use parking_lot::Mutex;

use super::{place, screen};

/// Limit of the events that a dashboard which opens again shows; older ones are dropped.
const MOST_EVENTS: usize = 100_000;

/// The dashboard that is on the screen or will be; at most one at a time.
static CURRENT: Mutex<Weak<Mutex<Screen>>> = Mutex::new(Weak::new());

/// Burn's renderer with the dashboard.
pub(super) struct Dashboard(Arc<Mutex<Screen>>);

/// Burn's dashboard, if it is open, and what it has shown.
struct Screen {
    stop: Interrupter,
    burn: Option<TuiMetricsRendererWrapper>,
    events: VecDeque<Event>,
}

/// A call of Burn's learner.
enum Event {
    Metric(MetricDefinition),
    Train(MetricEntry, Value),
    Validation(MetricEntry, Value),
    Start(usize, usize, Option<usize>, Option<String>),
    Epoch(usize),
    Split(String, usize),
    Items(usize),
    SplitEnd,
}

/// The value of a numeric metric, which may lack a point to draw; none for other metrics.
type Value = Option<Option<NumericEntry>>;

impl Dashboard {
    /// A dashboard on the screen; its menu can stop the training.
    pub(super) fn open(stop: Interrupter) -> Self {
        let screen = Arc::new(Mutex::new(Screen { stop, burn: None, events: VecDeque::new() }));
        // First, so that a stop meanwhile finds it and waits until it can be closed.
        *CURRENT.lock() = Arc::downgrade(&screen);
        screen.lock().open_in_foreground();
        Self(screen)
    }

    fn tell(&self, event: Event) {
        let mut screen = self.0.lock();
        // `fg` does not signal a program that already runs.
        screen.open_in_foreground();
        if let Some(burn) = &mut screen.burn {
            event.show(burn);
        }
        if screen.events.len() == MOST_EVENTS {
            screen.events.pop_front();
        }
        screen.events.push_back(event);
    }
}

/// Closes the dashboard, so that the terminal is as before, and does some work before it may open again.
pub(super) fn closed_during(work: impl FnOnce()) {
    let screen = CURRENT.lock().upgrade();
    // Held during the work: a training thread that found the program in the foreground would open the dashboard after it.
    let mut screen = screen.as_ref().map(|screen| screen.lock());
    if let Some(screen) = &mut screen {
        screen.close();
    }
    work();
}

/// Opens the dashboard again if the program is in the foreground. A program that was stopped without its knowledge also has a
/// dashboard, on a screen that others have used since.
pub(super) fn open_again() {
    if let Some(screen) = CURRENT.lock().upgrade() {
        let mut screen = screen.lock();
        screen.close();
        screen.open_in_foreground();
    }
}

impl Screen {
    fn open_in_foreground(&mut self) {
        if self.burn.is_some() || !place::is_in_foreground() {
            return;
        }
        screen::dashboard_opens();
        let mut burn = TuiMetricsRendererWrapper::new(self.stop.clone(), None);
        screen::let_keys_raise_signals();
        self.events.iter().for_each(|event| event.show(&mut burn));
        self.burn = Some(burn);
    }

    fn close(&mut self) {
        if self.burn.take().is_some() {
            screen::dashboard_has_closed();
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // After a panic, the main thread is still to restore the terminal.
        if !std::thread::panicking() {
            self.close();
        }
    }
}

impl Event {
    fn show(&self, burn: &mut TuiMetricsRendererWrapper) {
        match self {
            Self::Metric(definition) => burn.register_metric(definition.clone()),
            Self::Train(entry, value) => burn.update_train(state(entry, value)),
            Self::Validation(entry, value) => burn.update_valid(state(entry, value)),
            Self::Start(epochs, first, items, label) => burn.start(*epochs, *first, *items, label.as_deref()),
            Self::Epoch(epoch) => burn.update_epoch(*epoch),
            Self::Split(split, items) => burn.start_split(split, *items),
            Self::Items(items) => burn.update_split(*items),
            Self::SplitEnd => burn.end_split(),
        }
    }
}

fn state(entry: &MetricEntry, value: &Value) -> MetricState {
    match value {
        Some(value) => MetricState::Numeric(entry.clone(), value.clone()),
        None => MetricState::Generic(entry.clone()),
    }
}

fn parts(state: MetricState) -> (MetricEntry, Value) {
    match state {
        MetricState::Numeric(entry, value) => (entry, Some(value)),
        MetricState::Generic(entry) => (entry, None),
    }
}

impl MetricsRendererTraining for Dashboard {
    fn update_train(&mut self, state: MetricState) {
        let (entry, value) = parts(state);
        self.tell(Event::Train(entry, value));
    }

    fn update_valid(&mut self, state: MetricState) {
        let (entry, value) = parts(state);
        self.tell(Event::Validation(entry, value));
    }

    /// Burn's dashboard would forget here that the training was asked to stop.
    fn on_train_end(&mut self, _: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

impl TrainingProgressLogger for Dashboard {
    fn start(&mut self, epochs: usize, first: usize, items: Option<usize>, label: Option<&str>) {
        self.tell(Event::Start(epochs, first, items, label.map(str::to_owned)));
    }

    fn update_epoch(&mut self, epoch: usize) {
        self.tell(Event::Epoch(epoch));
    }

    fn start_split(&mut self, split: &str, items: usize) {
        self.tell(Event::Split(split.to_owned(), items));
    }

    fn update_split(&mut self, items: usize) {
        self.tell(Event::Items(items));
    }

    fn end_split(&mut self) {
        self.tell(Event::SplitEnd);
    }

    fn end(&mut self) {}
    fn log_event_training(&mut self, _: String) {}
}

impl MetricsRenderer for Dashboard {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.tell(Event::Metric(definition));
    }
}

/// Burn's renderers also show evaluations on a test set, which no training of this project does.
impl MetricsRendererEvaluation for Dashboard {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}
}

impl EvaluationProgressLogger for Dashboard {
    fn start_global_progress(&mut self, _: usize) {}
    fn start_test(&mut self, _: &str, _: usize) {}
    fn update_test_progress(&mut self, _: usize) {}
    fn end_test(&mut self) {}
    fn end_global_progress(&mut self) {}
    fn log_event_evaluation(&mut self, _: String) {}
}
