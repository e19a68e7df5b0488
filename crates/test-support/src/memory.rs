//! `check_memory`: the peak memory of the process.

/// Memory limit of a test of hostile input.
const MOST_MEBIBYTES: u64 = 512;

/// The peak memory of the process in MiB, which must be below 512; 0 if the system does not tell.
///
/// # Panics
/// It is higher.
#[must_use]
pub fn check_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: u64 = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0);
    let mebibytes = kibibytes.div_ceil(1024);
    assert!(mebibytes < MOST_MEBIBYTES, "the process used {mebibytes} MiB, but {MOST_MEBIBYTES} MiB is the limit");
    mebibytes
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn linux_tells_the_peak() {
        assert!(super::check_memory() > 0);
    }
}
