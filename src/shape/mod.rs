//! From what was sold to the question that is asked: rows and columns in, baskets out.
//!
//! | file | its part |
//! |---|---|
//! | `bins` | numbers to bins |
//! | `incomplete` | supports where values are missing |
//! | `negative` | items that a basket lacks |
//! | `ranges` | adjacent bins joined |
//! | `recipe` | how baskets are made of a table |
//! | `sample` | samples of baskets, and how large they must be (feature `random`) |
//! | `table` | rows and columns of texts |
//! | `taxonomy` | products, categories and departments |

mod bins;
mod incomplete;
mod negative;
mod ranges;
mod recipe;
#[cfg(feature = "random")]
mod sample;
mod table;
mod taxonomy;

pub use bins::Bins;
pub use incomplete::{AdjustedItemset, AdjustedItemsets, AdjustedRule, Incomplete};
pub use ranges::Ranges;
#[cfg(feature = "random")]
pub use recipe::Portion;
pub use recipe::{BinMethod, Filter, Missing, Recipe, SampleReport, ShapeReport, Shaped};
#[cfg(feature = "time")]
pub use recipe::{Gap, TimePart, Times};
#[cfg(any(feature = "random", feature = "time"))]
pub use recipe::{Split, SplitTables};
#[cfg(feature = "random")]
pub use sample::{ProgressiveSample, Reservoir, SampleSize};
pub use table::Table;
pub use taxonomy::{RelatedRule, Taxonomy};
