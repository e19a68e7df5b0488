//! `Instructions`: the vector instructions that the kernels use.

use std::cell::Cell;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU8, Ordering};

use pulp::Arch;

/// Vector instructions, from none to the widest. The bits of a result depend on their width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Instructions {
    /// No vectors.
    Scalar,
    /// NEON: 128 bits.
    Neon,
    /// AVX2 with FMA: 256 bits.
    Avx2,
    /// AVX-512: 512 bits.
    Avx512,
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}

impl FromStr for Instructions {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Scalar, Self::Neon, Self::Avx2, Self::Avx512];
        all.into_iter().find(|known| known.to_string() == text).ok_or("must be avx512, avx2, neon or scalar")
    }
}

static WIDEST: AtomicU8 = AtomicU8::new(Instructions::Avx512 as u8);

thread_local! {
    static WIDEST_HERE: Cell<Option<Instructions>> = const { Cell::new(None) };
}

impl Instructions {
    /// Those that the kernels use: the widest that the processor has and [`Self::limit`] allows.
    #[must_use]
    pub fn in_use() -> Self {
        match arch() {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(_) => Self::Avx512,
            #[cfg(target_arch = "x86_64")]
            Arch::V3(_) => Self::Avx2,
            #[cfg(target_arch = "aarch64")]
            Arch::Neon(_) => Self::Neon,
            _ => Self::Scalar,
        }
    }

    /// Makes the kernels of this process use nothing wider, so that one processor can measure and compute what another does.
    pub fn limit(widest: Self) {
        WIDEST.store(widest as u8, Ordering::Relaxed);
    }

    /// The widest of the processor, whatever the limit.
    #[must_use]
    pub fn widest() -> Self {
        Self::Avx512.within(Self::in_use)
    }

    /// Whether this processor can compute with exactly these.
    #[must_use]
    pub fn is_available(self) -> bool {
        self.within(Self::in_use) == self
    }

    /// Does some work whose steps and evaluations, on this thread, use nothing wider than these, whatever the limit.
    pub fn within<R>(self, work: impl FnOnce() -> R) -> R {
        let before = WIDEST_HERE.replace(Some(self));
        let result = work();
        WIDEST_HERE.set(before);
        result
    }
}

/// The instructions in use, as `pulp` has them.
pub(crate) fn arch() -> Arch {
    let widest = WIDEST_HERE.get().map_or_else(|| WIDEST.load(Ordering::Relaxed), |here| here as u8);
    #[cfg(target_arch = "x86_64")]
    if widest == Instructions::Avx2 as u8 {
        return pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3);
    }
    if widest == Instructions::Scalar as u8 { Arch::Scalar } else { Arch::new() }
}
