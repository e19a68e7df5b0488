//! The trainings of a command on the terminal, as Burn's dashboard or as progress bars.

use std::io::IsTerminal;

use burn::train::Interrupter;
use burn::train::renderer::MetricsRenderer;
use spec::ExperimentSpec;
use training::Renderer;

use super::dashboard::Dashboard;
use super::{Terminal, bars, place};

/// How to show trainings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Burn's dashboard, on stdout: one training at a time.
    Dashboard,
    /// A progress bar for every training under way, on stderr; invisible if that is not a terminal.
    Bars,
}

impl View {
    /// The dashboard, if the user wants it and stdout is a terminal that can show it now.
    pub(crate) fn choose(wants_dashboard: bool) -> Self {
        let is_possible = std::io::stdout().is_terminal() && !place::is_dumb() && place::is_in_foreground();
        if wants_dashboard && is_possible { Self::Dashboard } else { Self::Bars }
    }
}

impl Terminal {
    /// How to show these runs, `jobs` at a time: several at a time have bars. Several runs get a bar for all of them.
    pub(crate) fn begin(&self, view: View, runs: &[&ExperimentSpec], jobs: usize) -> View {
        if view == View::Dashboard && jobs <= 1 {
            return View::Dashboard;
        }
        self.bars.begin(runs);
        View::Bars
    }

    /// The runs of [`Terminal::begin`] have ended.
    pub(crate) fn end(&self) {
        self.bars.end();
    }

    /// Runs a training, which has these steps behind it, with the Burn renderer that shows it.
    pub(crate) fn show<R>(
        &self,
        view: View,
        (spec, label): (&ExperimentSpec, String),
        steps: usize,
        stop: &Interrupter,
        train: impl FnOnce(Box<dyn MetricsRenderer>) -> R,
    ) -> R {
        match view {
            View::Dashboard => train(Box::new(Dashboard::open(stop.clone()))),
            View::Bars => train(Box::new(Renderer::new(bars::TrainingBar::new(&self.bars, spec, label, steps)))),
        }
    }
}
