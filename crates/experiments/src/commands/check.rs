//! `experiments check`: every file read and resolved, every mistake shown.

use record::{Catalog, Declaration};

use super::print;
use crate::args::{self, Global};
use crate::failure::Failure;

pub(super) fn check(global: &Global, args: &args::Check) -> Result<(), Failure> {
    let catalog = Catalog::new(&global.experiments_dir);
    let names = if args.experiments.is_empty() { catalog.all_names()? } else { args.experiments.clone() };
    let mut wrong = 0;
    for name in &names {
        match catalog.load(name, &[]) {
            Ok(Declaration::Experiment(_)) => print(&format!("{name}: a valid experiment\n"))?,
            Ok(Declaration::Comparison(_)) => print(&format!("{name}: a valid comparison\n"))?,
            Err(error) => {
                wrong += 1;
                Failure::from(error).show();
            }
        }
    }
    match wrong {
        0 => Ok(()),
        _ => Err(Failure::bad_input(format!("{wrong} of {} files are wrong", names.len()))),
    }
}
