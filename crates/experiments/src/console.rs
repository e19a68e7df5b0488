//! `Console`: what people are told beside results, on stderr: notes, warnings, progress of the data.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};
use mnist::Progress;

use crate::args::Global;
use crate::words;

/// Writes a line to stderr. Where it cannot be written, into a pipe that is closed, to a terminal that is gone or a disk
/// that is full, nobody reads it, and the work goes on.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// How much people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Quiet,
    Normal,
    Verbose,
}

/// Tells people what happens. Colours are dropped where stderr is no terminal or `NO_COLOR` is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    level: Level,
}

impl Console {
    /// As talkative as the options ask for.
    pub(crate) fn new(global: &Global) -> Self {
        let level = match (global.quiet, global.verbose) {
            (true, _) => Level::Quiet,
            (_, true) => Level::Verbose,
            _ => Level::Normal,
        };
        Self { level }
    }

    /// Something worth knowing.
    pub(crate) fn note(self, text: &str) {
        if self.level >= Level::Normal {
            say(&words::message(text));
        }
    }

    /// Something worth knowing for who asks with `-v`.
    pub(crate) fn detail(self, text: &str) {
        if self.level >= Level::Verbose {
            say(&format!("\u{1b}[2m{}\u{1b}[0m", words::message(text)));
        }
    }

    /// Something that people may not miss, even with `-q`.
    pub(crate) fn warning(text: &str, hint: Option<&str>) {
        say(&format!("\u{1b}[1;33mwarning:\u{1b}[0m {}", words::message(text)));
        if let Some(hint) = hint {
            say(&format!("\u{1b}[1;36mhint:\u{1b}[0m {}", words::message(hint)));
        }
    }

    /// Whether progress is shown.
    pub(crate) fn shows_progress(self) -> bool {
        self.level >= Level::Normal && std::io::stderr().is_terminal()
    }

    /// Follows the loading of a dataset: notes, and a bar for every download.
    pub(crate) fn data_listener(self) -> impl FnMut(Progress<'_>) {
        let mut bar: Option<ProgressBar> = None;
        move |progress| match progress {
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

    fn download_bar(self, file: &str) -> ProgressBar {
        if !self.shows_progress() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {bytes}/{total_bytes}  {eta} left");
        ProgressBar::new(0).with_style(style.expect("the template is well formed")).with_prefix(file.to_owned())
    }
}
