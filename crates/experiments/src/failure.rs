//! `Failure`: an error that ends the program, with a message, a hint and an exit code.

use std::fmt::{self, Display};
use std::path::Path;
use std::process::ExitCode;

use export::mlflow::MlflowError;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use mnist::DataError;
use record::StoreError;
use spec::{DeclaredError, Excerpt};

use crate::{exit, printable, terminal};

/// An error that ends the program.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    hint: Option<String>,
    /// The lines of a file around the mistake.
    excerpt: Option<String>,
}

impl Failure {
    /// The user's input is wrong.
    pub(crate) fn bad_input(message: impl Display) -> Self {
        Self { code: exit::BAD_INPUT, message: message.to_string(), hint: None, excerpt: None }
    }

    /// Something outside the program failed.
    pub(crate) fn outside(message: impl Display) -> Self {
        Self { code: exit::FAILURE, ..Self::bad_input(message) }
    }

    /// The system refuses access to a file or folder.
    pub(crate) fn io(path: &Path, action: &str, error: &std::io::Error) -> Self {
        Self::outside(format!("{}: cannot {action}: {error}", path.display()))
    }

    /// The user or the system stopped the program.
    pub(crate) fn interrupted() -> Self {
        Self { code: exit::INTERRUPTED, ..Self::bad_input("interrupted") }
            .with_hint("run the same command again to resume")
    }

    /// The program ends in the middle of a step, with this left of each training.
    pub(crate) fn interrupted_in_a_step(rests: &[String]) -> Self {
        let interrupted = Self::interrupted();
        match rests {
            [] => Self { hint: None, ..interrupted },
            rests => {
                Self { message: format!("interrupted in the middle of a step: {}", rests.join("; ")), ..interrupted }
            }
        }
    }

    /// The system does not let the program start another thread.
    pub(crate) fn refused_thread() -> Self {
        Self::outside("the system refuses to start another thread")
            .with_hint("raise the limit of processes (`ulimit -u`, or that of the container or the batch system)")
    }

    /// A loss became NaN or infinite.
    pub(crate) fn diverged(message: impl Display) -> Self {
        Self { code: exit::DIVERGED, ..Self::bad_input(message) }
    }

    /// Whether a loss became NaN or infinite.
    pub(crate) fn is_divergence(&self) -> bool {
        self.code == exit::DIVERGED
    }

    /// Adds how to correct it, on a separate line.
    pub(crate) fn with_hint(self, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()), ..self }
    }

    /// Prints it on stderr and returns the exit code.
    pub(crate) fn show(&self) -> ExitCode {
        terminal::say(&self.to_text());
        self.code.into()
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("\u{1b}[1;31merror:\u{1b}[0m {}", printable::message(&self.message));
        if let Some(excerpt) = &self.excerpt {
            text += &format!("\n{excerpt}");
        }
        if let Some(hint) = &self.hint {
            text += &format!("\n\u{1b}[1;36mhint:\u{1b}[0m {}", printable::message(hint));
        }
        text
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<DeclaredError> for Failure {
    fn from(error: DeclaredError) -> Self {
        let excerpt = error.excerpt.as_deref().and_then(underlined);
        Self { excerpt, hint: error.hint.clone(), ..Self::bad_input(error) }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self { hint: error.hint(), ..Self::bad_input(error) }
    }
}

impl From<MlflowError> for Failure {
    fn from(error: MlflowError) -> Self {
        match error {
            MlflowError::Address(_) => Self::bad_input(error),
            MlflowError::NoAnswer { .. } => {
                Self::outside(error).with_hint("`mlflow server` starts one, at http://127.0.0.1:5000")
            }
            MlflowError::Refused { status: 401 | 403, .. } => Self::outside(error).with_hint(
                "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, to your login",
            ),
            error => Self::outside(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { hint: error.hint(), ..Self::outside(error) }
    }
}

/// The lines around the mistake, which is underlined; none if a line is too long for a screen.
fn underlined(Excerpt { name, text, span }: &Excerpt) -> Option<String> {
    let diagnostic = MietteDiagnostic::new("").with_label(LabeledSpan::underline(span.clone()));
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(name, text.clone()));
    let mut excerpt = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_context_lines(1);
    handler.render_report(&mut excerpt, report.as_ref()).ok()?;
    // The first lines repeat the message.
    let lines: Vec<&str> = excerpt.split('\n').skip_while(|line| !line.contains('╭')).map(str::trim_end).collect();
    let is_readable = lines.iter().all(|line| line.chars().count() <= printable::LONGEST_LINE);
    is_readable.then(|| printable::lines(lines.join("\n").trim_end()))
}
