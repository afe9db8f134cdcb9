//! Baskets of which something is not known: supports over those of which it is.
//!
//! In come baskets with items that stand for missing values; out come itemsets and rules, each with the baskets of which
//! everything is known that it is about.
//!
//! | file | its part |
//! |---|---|
//! | `baskets` | the baskets, and which of them know what |
//! | `itemsets` | frequent itemsets |
//! | `rules` | rules |

mod baskets;
mod itemsets;
mod rules;

pub use baskets::Incomplete;
pub use itemsets::{AdjustedItemset, AdjustedItemsets};
pub use rules::AdjustedRule;
