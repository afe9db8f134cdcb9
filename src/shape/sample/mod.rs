//! Samples of baskets, and how large they must be (feature `random`).
//!
//! In come baskets and an error that supports may have; out come samples, and what they promise.
//!
//! | file | its part |
//! |---|---|
//! | `size` | the error of a sample, and how large it must be for that |
//! | `draw` | samples of a size that is known, or that grow until they are large enough |
//! | `reservoir` | a sample of rows that come one by one |

mod draw;
mod reservoir;
mod size;

pub use draw::ProgressiveSample;
pub use reservoir::Reservoir;
pub use size::SampleSize;
