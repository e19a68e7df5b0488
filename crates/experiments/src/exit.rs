//! Exit codes, in one place: documented in the README.

/// Something failed that no other words would mend: a disk, a device, the gradient check.
pub(crate) const FAILURE: u8 = 1;
/// What was asked for is wrong: arguments, an experiment file, data.
pub(crate) const BAD_INPUT: u8 = 2;
/// A loss stopped being a finite number.
pub(crate) const DIVERGED: u8 = 3;
/// Somebody stopped the program: Ctrl-C, `q` in the dashboard, SIGTERM.
pub(crate) const INTERRUPTED: u8 = 130;
