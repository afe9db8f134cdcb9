//! From a table to baskets: which rows are one, which columns become items, and how.
//!
//! In comes a [`Table`](super::Table), out go baskets. A [`Recipe`] is a value: it is stored, printed, fitted on one
//! table and used on another.
//!
//! | file | its part |
//! |---|---|
//! | `settings` | the recipe, and how it is described |
//! | `method`, `filter`, `gap`, `sampling` | its parts: bins, what is kept, gaps in time, samples (feature `random`) |
//! | `fit` | what depends on data is fixed |
//! | `groups` | rows to baskets, by keys and gaps in time |
//! | `items` | texts to items, each different text once |
//! | `shape` | all of it: the baskets, and what was left out |
//! | `refine` | what is done to the baskets: filters, categories, lacks, samples |
//! | `report` | what became of the rows |
//! | `split` | rows to learn from and rows to test with (features `random`, `time`) |
//! | `times` | time stamps: parts of the day, days, months (feature `time`) |

mod filter;
mod fit;
#[cfg(feature = "time")]
mod gap;
mod groups;
mod items;
mod method;
mod refine;
mod report;
#[cfg(feature = "random")]
mod sampling;
mod settings;
mod shape;
#[cfg(any(feature = "random", feature = "time"))]
mod split;
#[cfg(feature = "time")]
mod times;

pub use filter::Filter;
#[cfg(feature = "time")]
pub use gap::Gap;
pub use method::BinMethod;
pub use report::{SampleReport, ShapeReport};
#[cfg(feature = "random")]
pub use sampling::Portion;
pub use settings::{Missing, Recipe};
pub use shape::Shaped;
#[cfg(any(feature = "random", feature = "time"))]
pub use split::{Split, SplitTables};
#[cfg(feature = "time")]
pub use times::{TimePart, Times};
