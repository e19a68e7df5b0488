//! Declared files: TOML with overrides. Only this module and what lies below it know TOML.

pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod overrides;
mod places;
mod syntax;
