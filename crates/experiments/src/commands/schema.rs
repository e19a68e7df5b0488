//! `experiments schema`: the JSON Schema of a kind of declared file, for editors.

use clap::Args;
use clap::builder::PossibleValuesParser;
use spec::FileKind;

use crate::failure::Failure;
use crate::output::print_json;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What a file declares: experiment, comparison, sweep or cluster
    #[arg(value_name = "KIND", hide_possible_values = true, value_parser = PossibleValuesParser::new(FileKind::ALL.map(FileKind::as_str)))]
    kind: String,
}

impl Arguments {
    /// The kind of file.
    fn kind(&self) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.as_str() == self.kind)
    }
}

pub(super) fn schema(arguments: &Arguments) -> Result<(), Failure> {
    arguments.kind().map_or(Ok(()), |kind| print_json(&kind.schema()))
}
