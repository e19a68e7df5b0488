//! Which mistake a curve looks like.
//!
//! ```text
//! experiment + mistake -> train -> Stored (curves of many seeds, in a file) -+
//!                                                                            +-> Models -> Verdict
//! the user's CSV -> Curve ---------------------------------------------------+
//! ```
//!
//! The trainings with a slip in the code are in `slips`, apart from the program's own training.

mod band;
mod curve;
mod features;
mod images;
mod linear;
mod lineup;
mod models;
mod slips;
mod stored;

pub use band::{Band, Outside};
pub use curve::{Curve, CurveError, Point, Quantity, TrainLoss};
pub use images::PreparedImages;
pub use lineup::{Known, Lineup};
pub use models::{Measured, Models, Named, Rates, Variant, Verdict};
pub use slips::{can_train, train};
pub use stored::{Replicate, Stored};
