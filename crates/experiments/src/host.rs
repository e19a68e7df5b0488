//! The description of the machine and the program in a record.

use std::sync::LazyLock;
use std::time::SystemTime;

use record::{CodeInfo, HostInfo};

use crate::backend;

/// Version of the numerics. Every change that moves a curve must raise it, so that old records are not mistaken for new ones.
pub(crate) const NUMERICS_VERSION: u32 = 3;
/// The version of Burn that the workspace pins.
const BURN_VERSION: &str = "0.22.1";

/// Versions of this program.
pub(crate) fn code() -> CodeInfo {
    CodeInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        burn: BURN_VERSION.to_owned(),
        git_commit: option_env!("EXPERIMENTS_GIT_COMMIT").map(str::to_owned),
        numerics: NUMERICS_VERSION,
    }
}

/// The version with what else tells two programs apart, for `--version`.
pub(crate) fn version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let CodeInfo { version, burn, git_commit, .. } = code();
        let commit = git_commit.as_deref().unwrap_or("unknown");
        format!("{version}\ncommit {commit}\nBurn {burn}, backends: {}", backend::compiled_in().join(", "))
    });
    &TEXT
}

/// The time in UTC, to the second: `2026-11-24T11:08:44Z`. A clock before 1970, of a board without a battery, counts as 1970.
pub(crate) fn time(clock: SystemTime) -> String {
    humantime::format_rfc3339_seconds(clock.max(SystemTime::UNIX_EPOCH)).to_string()
}

/// This machine.
pub(crate) fn host() -> HostInfo {
    HostInfo {
        name: report::plain_text(&rustix::system::uname().nodename().to_string_lossy()),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        processor: processor().map_or_else(|| std::env::consts::ARCH.to_owned(), |name| report::plain_text(&name)),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// The processor's name, if the system has it in a file.
fn processor() -> Option<String> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = cpus.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_before_1970_is_read_as_1970() {
        let hour = Duration::from_hours(1);
        assert_eq!(time(SystemTime::UNIX_EPOCH + hour), "1970-01-01T01:00:00Z");
        assert_eq!(time(SystemTime::UNIX_EPOCH - hour), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn the_recorded_burn_is_the_pinned_one() {
        let workspace = include_str!("../../../Cargo.toml");
        assert!(workspace.contains(&format!("burn = {{ version = \"={BURN_VERSION}\"")));
    }
}
