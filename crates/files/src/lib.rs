//! Files that are written whole or not at all, read with a limit on their size, and checked by their SHA-256. Also numbers in
//! messages: [`thousands()`].

mod bounded;
mod digest;
mod thousands;
mod whole;

pub use bounded::read_bounded;
pub use digest::sha256;
pub use thousands::thousands;
pub use whole::{sync_folder, unfinished, write_whole, write_whole_with};
