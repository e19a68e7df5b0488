//! Files: written whole and on the disk or not at all, read with a bound on their size, identified by their SHA-256. Also
//! numbers in messages: [`thousands()`].

mod bounded;
mod digest;
mod thousands;
mod whole;

pub use bounded::{Unread, read_bounded};
pub use digest::sha256;
pub use thousands::thousands;
pub use whole::{open_to_all, sync_folder, write_whole};
