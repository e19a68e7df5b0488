//! The exit codes, which the README documents.

/// A disk, a device or a check failed.
pub(crate) const FAILURE: u8 = 1;
/// Arguments, an experiment file or data are wrong.
pub(crate) const BAD_INPUT: u8 = 2;
/// A loss became NaN or infinite.
pub(crate) const DIVERGED: u8 = 3;
/// The program was stopped: Ctrl-C, `q` in the dashboard, SIGTERM.
pub(crate) const INTERRUPTED: u8 = 130;
