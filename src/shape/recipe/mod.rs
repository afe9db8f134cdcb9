//! From a table to baskets: which rows are one, which columns become items, and how.
//!
//! In comes a [`Table`](super::Table), out go baskets. A [`Recipe`] is a value: it is stored, printed, fitted on one
//! table and used on another.
//!
//! | file | its part |
//! |---|---|
//! | `settings` | the recipe, and how it is described |
//! | `fit` | what depends on data is fixed |
//! | `groups` | rows to baskets, by keys and gaps in time |
//! | `items` | texts to items, each different text once |
//! | `shape` | all of it: the baskets, and what was left out |
//! | `times` | time stamps: parts of the day, days, months (feature `time`) |

mod fit;
mod groups;
mod items;
mod settings;
mod shape;
#[cfg(feature = "time")]
mod times;

pub use settings::{BinMethod, Missing, Recipe};
pub use shape::{ShapeReport, Shaped};
#[cfg(feature = "time")]
pub use times::{TimePart, Times};
