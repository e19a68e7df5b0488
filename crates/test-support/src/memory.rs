//! `check_memory`: how much memory the process has held at most.

/// Most that a test of hostile input may hold.
const MOST_MEBIBYTES: u64 = 512;

/// Asserts that the process never held 512 MiB, and says how many MiB it held at most; 0 where the system does not tell.
///
/// # Panics
/// When it held more.
#[must_use]
pub fn check_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: u64 = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0);
    let mebibytes = kibibytes.div_ceil(1024);
    assert!(mebibytes < MOST_MEBIBYTES, "the process held {mebibytes} MiB, and {MOST_MEBIBYTES} are too many");
    mebibytes
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_tells() {
        assert!(super::check_memory() > 0);
    }
}
