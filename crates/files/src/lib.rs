//! Files as this project wants them: written so that they are there whole, on the disk, or not at all, and read with a bound
//! on their size.

mod bounded;
mod whole;

pub use bounded::{Unread, read_bounded};
pub use whole::{open_to_all, sync_folder, write_whole};
