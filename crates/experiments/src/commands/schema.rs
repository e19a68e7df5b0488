//! `experiments schema`: the JSON Schema of a kind of declared file, for editors.

use crate::command_line::arguments;
use crate::failure::Failure;
use crate::output::print_json;

pub(super) fn schema(arguments: &arguments::Schema) -> Result<(), Failure> {
    arguments.kind().map_or(Ok(()), |kind| print_json(&kind.schema()))
}
