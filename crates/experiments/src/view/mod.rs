//! What a person sees of trainings: Burn's dashboard in a terminal, progress bars elsewhere.

mod bars;

use std::io::IsTerminal;

use bars::Bars;
use burn::train::Interrupter;
use burn::train::renderer::MetricsRenderer;
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use record::ExperimentSpec;
use training::Unseen;

use crate::console::Console;
use crate::terminal::{self, Taken};

/// What a person sees of trainings.
#[derive(Debug, Clone)]
pub(crate) enum View {
    /// Burn's terminal dashboard, on stdout; one training at a time.
    Dashboard,
    /// Progress bars, on stderr: one for every training under way, and one for all of them if there are several.
    Bars(Bars),
    /// Nothing.
    Nothing,
}

impl View {
    /// The dashboard where a person sits before it, else bars where stderr is a terminal.
    pub(crate) fn choose(wants_dashboard: bool, console: Console) -> Self {
        // A terminal of no kind, `TERM=dumb`, knows no alternate screen.
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if wants_dashboard && std::io::stdout().is_terminal() && !is_dumb {
            Self::Dashboard
        } else if console.shows_progress() {
            Self::Bars(Bars::default())
        } else {
            Self::Nothing
        }
    }

    /// The view of these runs, `jobs` of them at a time: the dashboard shows one training, so several have bars.
    pub(crate) fn of_runs<'a>(&self, runs: impl ExactSizeIterator<Item = &'a ExperimentSpec>, jobs: usize) -> Self {
        match self {
            Self::Dashboard if jobs > 1 => Self::Bars(Bars::of_runs(runs)),
            Self::Bars(_) if runs.len() > 1 => Self::Bars(Bars::of_runs(runs)),
            view => view.clone(),
        }
    }

    /// Burn's renderer for one training.
    pub(crate) fn renderer(&self, spec: &ExperimentSpec, seed: u64, stop: &Interrupter) -> Box<dyn MetricsRenderer> {
        match self {
            Self::Dashboard => {
                let dashboard = TuiMetricsRendererWrapper::new(stop.clone(), None);
                terminal::let_keys_raise_signals();
                Box::new(dashboard)
            }
            Self::Bars(bars) => Box::new(bars.training(spec, seed)),
            Self::Nothing => Box::new(Unseen),
        }
    }

    /// Takes the terminal for the training that is to be shown: before its renderer is made, until it is gone.
    pub(crate) fn take_terminal(&self) -> Option<Taken> {
        matches!(self, Self::Dashboard).then(terminal::take)
    }

    /// Tells people something without writing into the bars.
    pub(crate) fn undisturbed<R>(&self, tell: impl FnOnce() -> R) -> R {
        match self {
            Self::Bars(bars) => bars.undisturbed(tell),
            Self::Dashboard | Self::Nothing => tell(),
        }
    }
}
