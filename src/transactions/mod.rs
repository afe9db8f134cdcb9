//! Baskets as flat arrays of item numbers, and the database of the engines: the same baskets with ranks in place of
//! numbers.
//!
//! [`Transactions`] stores all baskets back to back in one array, and the position of each in a second: 4 bytes per
//! entry and 4 per basket. `recode` drops the infrequent items and ranks the others by descending count, the order in
//! which all engines work.
//!
//! | file | its part |
//! |---|---|
//! | `store` | all baskets, and the rows without labels |
//! | `basket` | one basket, and the iterator over all |
//! | `builder`, `columns` | rows of labels become baskets; the arrays while they grow |
//! | `codes` | columns of codes that other programs encoded |
//! | `distinct` | a row is sorted and its duplicates are dropped |
//! | `merged` | equal rows become one with a weight while they arrive |
//! | `recode` | ranks, and the database of the engines |
//! | `sorted_rows` | rows of ranks in the order of their length |
//! | `summary` | size and shape |
//! | `part`, `joined` | divided into two sets; rows of several sets put together |
//! | `placed` | ranked rows of known lengths that come one by one |
//! | `scaled` | weights made smaller, for searches |
//! | `replace` | the same baskets with other items |
//! | `canonical` | an order that does not depend on that of the rows, and samples (feature `random`) |
//! | `random` | split and swapped at random (feature `random`) |
//! | `arrays`, `serde_form` | what is stored of them, and checked; the stored form (feature `serde`) |

#[cfg(any(feature = "serde", feature = "snapshot"))]
mod arrays;
mod basket;
mod builder;
#[cfg(feature = "random")]
mod canonical;
mod codes;
mod columns;
mod distinct;
mod joined;
mod merged;
mod part;
mod placed;
#[cfg(feature = "random")]
mod random;
mod recode;
mod replace;
mod scaled;
#[cfg(feature = "serde")]
mod serde_form;
mod sorted_rows;
mod store;
mod summary;

#[cfg(feature = "snapshot")]
pub(crate) use arrays::Arrays;
pub use basket::{Basket, BasketIter};
pub use builder::TransactionsBuilder;
#[cfg(feature = "random")]
pub(crate) use canonical::{CanonicalOrder, held_out_baskets};
pub(crate) use columns::Columns;
pub(crate) use distinct::DistinctSorter;
pub(crate) use joined::JoinedRows;
pub(crate) use merged::MergedRows;
pub(crate) use placed::PlacedRows;
#[cfg(feature = "random")]
pub(crate) use random::Swaps;
pub(crate) use recode::{Branches, FEW_PER_ROW, MiningDatabase, Rank, RankedRows, Ranking, are_great, as_u32};
pub use store::Transactions;
pub(crate) use store::{EncodedRows, Full, MAX_BASKETS};
pub use summary::{LengthPercentiles, Summary};
