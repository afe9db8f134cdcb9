//! A look at baskets before a search: what sells, in what company, and what a threshold would give.
//!
//! In come baskets, out goes a [`Description`], as data and as a page for a terminal. It reads the baskets once, and
//! asks [`Miner`](crate::Miner) for the numbers of itemsets.
//!
//! | file | its part |
//! |---|---|
//! | `description` | the numbers, and the call that finds them |
//! | `baskets` | what one pass over the baskets counts |
//! | `thresholds` | what a threshold would give |
//! | `page` | the numbers as a page of text |
//! | `layout` | text of a given width, bars and numbers |

mod baskets;
mod description;
mod layout;
mod page;
mod thresholds;

pub use description::{Coverage, Description, ItemFrequency, ItemPair, LengthCount};
#[cfg(feature = "report")]
pub(crate) use layout::{columns, one_line, percent, whole, width};
#[cfg(feature = "report")]
pub(crate) use page::length_rows;
pub use thresholds::ThresholdEffect;
