//! `experiments demo`: writes a page to draw a digit on.

use std::path::PathBuf;

use clap::Args;

use super::claims::judged_and_compared;
use crate::demo;
use crate::failure::Failure;
use crate::output::write_file;
use crate::workspace::Workspace;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Folder of the page
    #[arg(long, alias = "output", value_name = "DIR", default_value = "demo")]
    out: PathBuf,
}

pub(super) fn demo(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let (specs, end) = judged_and_compared(&workspace.catalog, &[])?;
    let records = workspace.records();
    let demo = demo::of(workspace, &specs, &records.all)?.ok_or_else(|| missing(&records.all))?;
    let path = arguments.out.join("index.html");
    let page = report::to_html(&demo.document(), Some(&demo)).map_err(Failure::outside)?;
    write_file(&path, page.as_bytes())?;
    workspace.terminal.note(&format!("page: {}", path.display()));
    end
}

/// Why there is nothing to draw for.
fn missing(records: &[record::RunRecord]) -> Failure {
    match records.first() {
        Some(record) if demo::digits_of(&record.dataset.name).is_none() => {
            let message = format!("the canvas is for digits, but these runs are on {}", record.dataset.title);
            Failure::bad_input(message).with_hint("choose runs with `--dataset mnist` or `--dataset made-up`")
        }
        _ => Failure::bad_input("no declared experiment has a finished run with readable weights")
            .with_hint("train one: `experiments run task3c --no-baseline`, or all: `experiments run --all`"),
    }
}
