//! Signals that tests can send.

/// Whether the programs that this process starts hear a signal, by its number. They ignore what this process ignores: SIGHUP under
/// `nohup`, SIGINT and SIGQUIT in a script's background job.
#[must_use]
pub fn hears(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    ignored & 1 << (signal - 1) == 0
}
