//! `Terminal`: the only owner of stderr and the screen: notes, warnings, progress bars, Burn's dashboard.

mod bars;
mod dashboard;
mod display;
mod place;
mod screen;

use std::io::{IsTerminal, Write};

use indicatif::ProgressBar;
use mnist::Progress;
use signal_hook::low_level::raise;

use crate::command_line::Options;
use crate::printable;
use bars::{Bars, ShownIn};
pub(crate) use display::View;
pub(crate) use place::width;
pub(crate) use screen::{detach_closed_terminal, restore_for_good, restore_on_panic};

/// Writes a line to stderr. If stderr is a closed pipe or a full disk, the program continues.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// How much to tell the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Quiet,
    Normal,
    Verbose,
}

/// Starts a new line on a terminal, whose last line may be a progress bar or the `^C` of a key.
pub(crate) fn begin_line() {
    if std::io::stderr().is_terminal() {
        say("");
    }
}

/// Stops the program until it is continued, with the terminal as it was, as Ctrl-Z does to other programs. Without a shell that
/// could continue it, the program keeps running.
pub(crate) fn suspend() {
    if place::has_job_control() {
        dashboard::closed_during(|| {
            // To this thread: a signal to the process may reach another one first, and the work would end before the stop.
            let _ = raise(signal_hook::consts::SIGSTOP);
        });
    }
}

/// The program continues after a stop: the dashboard opens again, if the program is in the foreground.
pub(crate) fn has_continued() {
    dashboard::open_again();
}

/// Everything that the user sees besides results, on stderr. Lines appear above the progress bars, without colours if stderr is
/// not a terminal or `NO_COLOR` is set.
#[derive(Debug)]
pub(crate) struct Terminal {
    level: Level,
    bars: Bars,
}

impl Terminal {
    /// A terminal at the level of the options.
    pub(crate) fn new(options: &Options) -> Self {
        let level = match (options.quiet, options.verbose) {
            (true, _) => Level::Quiet,
            (_, true) => Level::Verbose,
            _ => Level::Normal,
        };
        Self { level, bars: Bars::new(level == Level::Quiet) }
    }

    /// A note.
    pub(crate) fn note(&self, text: &str) {
        self.tell(Level::Normal, &printable::message(text));
    }

    /// Puts this before the bar for all runs of a command.
    pub(crate) fn head(&self, heading: &str) {
        self.bars.head(printable::message(heading));
    }

    /// A line about a finished run in a log, where no bar shows it.
    pub(crate) fn finished(&self, text: &str) {
        if self.bars.shown_in == ShownIn::Log {
            self.note(text);
        }
    }

    /// A note for `--verbose`.
    pub(crate) fn detail(&self, text: &str) {
        self.tell(Level::Verbose, &format!("\u{1b}[2m{}\u{1b}[0m", printable::message(text)));
    }

    /// A warning, even with `--quiet`.
    pub(crate) fn warning(&self, text: &str, hint: Option<&str>) {
        self.tell(Level::Quiet, &format!("\u{1b}[1;33mwarning:\u{1b}[0m {}", printable::message(text)));
        if let Some(hint) = hint {
            self.tell(Level::Quiet, &format!("\u{1b}[1;36mhint:\u{1b}[0m {}", printable::message(hint)));
        }
    }

    fn tell(&self, level: Level, line: &str) {
        if self.level >= level {
            self.bars.lines.suspend(|| say(line));
        }
    }

    /// Shows the loading of a dataset: notes, and a bar for each download.
    pub(crate) fn data_listener(&self) -> impl FnMut(Progress<'_>) {
        let mut bar: Option<ProgressBar> = None;
        move |progress| match progress {
            Progress::NotFound { folder } => self.detail(&format!("not in {}", folder.display())),
            Progress::Reading { folder } => self.detail(&format!("reading {}", folder.display())),
            Progress::Waiting { folder } => {
                self.note(&format!("waiting for another download into {}", folder.display()));
            }
            Progress::Downloading { file, received, total } => {
                let bar = bar.get_or_insert_with(|| self.download_bar(file));
                bar.set_length(total.unwrap_or(0));
                bar.set_position(received);
            }
            Progress::Retrying { file, reason } => self.detail(&format!("{file}: {reason}, trying again")),
            Progress::Downloaded { file } => {
                bar.take().inspect(ProgressBar::finish_and_clear);
                self.note(&format!("downloaded {file}"));
            }
            Progress::Drawing { images } => self.detail(&format!("drawing {images} made-up digits")),
        }
    }

    fn download_bar(&self, file: &str) -> ProgressBar {
        let bar = bars::bar("{prefix} {wide_bar} {bytes}/{total_bytes}  {eta} left");
        self.bars.lines.add(bar.with_prefix(file.to_owned()))
    }
}
