//! Baskets as flat arrays of item numbers, and what the engines mine: the same baskets with ranks in place of numbers.
//!
//! [`Transactions`] keeps every basket back to back in one array, with the position where each begins
//! in a second: 4 bytes an entry and 4 a basket. `recode` drops the infrequent items and numbers the
//! rest by falling count, which is the order that all engines work in.

mod builder;
mod columns;
mod distinct;
#[cfg(feature = "random")]
mod random;
mod recode;
#[cfg(feature = "serde")]
mod serde_form;
mod store;
mod summary;

pub use builder::TransactionsBuilder;
pub(crate) use columns::Columns;
pub(crate) use distinct::DistinctSorter;
#[cfg(feature = "random")]
pub(crate) use random::Swapped;
pub(crate) use recode::{MiningDatabase, Rank, RankedRows, Ranking};
pub(crate) use store::EncodedRows;
pub use store::{Basket, BasketIter, Transactions};
pub use summary::{LengthPercentiles, Summary};
