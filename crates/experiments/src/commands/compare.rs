//! `experiments compare`: holds what another program computed against ours.

mod arrays;

use crate::command_line::arguments;
use crate::failure::Failure;

pub(super) fn compare(arguments: &arguments::Compare) -> Result<(), Failure> {
    let [mine, ours] = <&[_; 2]>::try_from(arguments.trace.as_slice()).expect("the command line takes two files");
    arrays::compare(mine, ours, arguments.output.json)
}
