//! `Display`: the trainings of a command on the terminal, as Burn's dashboard or as progress bars.

use std::io::IsTerminal;

use burn::train::Interrupter;
use burn::train::renderer::MetricsRenderer;
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use indicatif::{MultiProgress, ProgressBar};
use spec::ExperimentSpec;
use training::Renderer;

use super::{Terminal, bars, screen};

/// How to show a single training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Burn's dashboard, on stdout.
    Dashboard,
    /// A progress bar, on stderr.
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

/// The trainings of a command on the terminal.
#[derive(Debug)]
pub(crate) enum Display {
    /// Burn's dashboard: one training at a time.
    Dashboard,
    /// A bar for every training under way and, for several runs, one for all of them; invisible if stderr is not a terminal.
    Bars { bars: MultiProgress, whole: Option<ProgressBar> },
}

impl Terminal {
    /// The display of these runs, `jobs` at a time; several at a time have bars.
    pub(crate) fn display<'a>(
        &self,
        view: View,
        runs: impl ExactSizeIterator<Item = &'a ExperimentSpec>,
        jobs: usize,
    ) -> Display {
        if view == View::Dashboard && jobs <= 1 {
            return Display::Dashboard;
        }
        let whole = (runs.len() > 1).then(|| bars::add_whole(&self.bars, runs));
        Display::Bars { bars: self.bars.clone(), whole }
    }
}

impl Display {
    /// Runs a training with the Burn renderer that shows it.
    pub(crate) fn show<R>(
        &self,
        spec: &ExperimentSpec,
        seed: u64,
        stop: &Interrupter,
        train: impl FnOnce(Box<dyn MetricsRenderer>) -> R,
    ) -> R {
        match self {
            Self::Dashboard => {
                // From before it opens until after it closes.
                let _guard = screen::DashboardGuard::new();
                let dashboard = TuiMetricsRendererWrapper::new(stop.clone(), None);
                screen::let_keys_raise_signals();
                train(Box::new(dashboard))
            }
            Self::Bars { bars, whole } => {
                let bar = bars::TrainingBar::new(bars, whole.as_ref(), spec, seed);
                train(Box::new(Renderer::new(bar)))
            }
        }
    }
}
