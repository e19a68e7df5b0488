//! Files as this project wants them: written so that they are there whole, on the disk, or not at all; read with a bound on
//! their size; known by their SHA-256. Also how messages write numbers: [`thousands()`].

mod bounded;
mod digest;
mod thousands;
mod whole;

pub use bounded::{Unread, read_bounded};
pub use digest::sha256;
pub use thousands::thousands;
pub use whole::{open_to_all, sync_folder, write_whole};
