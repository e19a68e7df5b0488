//! What a person sees of a training: Burn's dashboard in a terminal, a progress bar elsewhere.

mod progress_bar;

use std::io::IsTerminal;

use burn::train::Interrupter;
use burn::train::renderer::MetricsRenderer;
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use progress_bar::ProgressBarView;
use record::ExperimentSpec;
use training::Unseen;

use crate::console::Console;
use crate::terminal;

/// What a person sees of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Burn's terminal dashboard, on stdout.
    Dashboard,
    /// One progress bar, on stderr; nothing where stderr is no terminal.
    ProgressBar,
    /// Nothing.
    Nothing,
}

impl View {
    /// The dashboard where a person sits before it, else the bar.
    pub(crate) fn choose(wants_dashboard: bool, console: Console) -> Self {
        // A terminal of no kind, `TERM=dumb`, knows no alternate screen.
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if wants_dashboard && std::io::stdout().is_terminal() && !is_dumb {
            Self::Dashboard
        } else if console.shows_progress() {
            Self::ProgressBar
        } else {
            Self::Nothing
        }
    }

    /// Burn's renderer for one training.
    pub(crate) fn renderer(self, spec: &ExperimentSpec, seed: u64, stop: &Interrupter) -> Box<dyn MetricsRenderer> {
        match self {
            Self::Dashboard => {
                let dashboard = TuiMetricsRendererWrapper::new(stop.clone(), None);
                terminal::let_keys_raise_signals();
                Box::new(dashboard)
            }
            Self::ProgressBar => Box::new(ProgressBarView::new(spec, seed)),
            Self::Nothing => Box::new(Unseen),
        }
    }
}
