//! The trainings of a command on the terminal, as Burn's dashboard or as progress bars.

use std::io::IsTerminal;

use burn::train::Interrupter;
use burn::train::renderer::MetricsRenderer;
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use spec::ExperimentSpec;
use training::Renderer;

use super::{Terminal, bars, screen};

/// How to show trainings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Burn's dashboard, on stdout: one training at a time.
    Dashboard,
    /// A progress bar for every training under way, on stderr; invisible if that is not a terminal.
    Bars,
}

impl View {
    /// The dashboard, if the user wants it and stdout is a terminal that can show it.
    pub(crate) fn choose(wants_dashboard: bool) -> Self {
        // `TERM=dumb` does not have an alternate screen.
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if wants_dashboard && std::io::stdout().is_terminal() && !is_dumb { Self::Dashboard } else { Self::Bars }
    }
}

impl Terminal {
    /// How to show these runs, `jobs` at a time: several at a time have bars. Several runs get a bar for all of them.
    pub(crate) fn begin(&self, view: View, runs: &[&ExperimentSpec], jobs: usize) -> View {
        if view == View::Dashboard && jobs <= 1 {
            return View::Dashboard;
        }
        if runs.len() > 1 {
            bars::add_whole(&self.bars, &self.whole, runs);
        }
        View::Bars
    }

    /// Runs a training with the Burn renderer that shows it.
    pub(crate) fn show<R>(
        &self,
        view: View,
        spec: &ExperimentSpec,
        seed: u64,
        stop: &Interrupter,
        train: impl FnOnce(Box<dyn MetricsRenderer>) -> R,
    ) -> R {
        match view {
            View::Dashboard => screen::with_dashboard(|| {
                let dashboard = TuiMetricsRendererWrapper::new(stop.clone(), None);
                screen::let_keys_raise_signals();
                train(Box::new(dashboard))
            }),
            View::Bars => {
                let bar = bars::TrainingBar::new(&self.bars, &self.whole, spec, seed);
                train(Box::new(Renderer::new(bar)))
            }
        }
    }
}
