//! Association rules: what a basket is likely to hold, given what it holds.
//!
//! Rules come from frequent itemsets alone, never from the baskets again: all that a rule needs is the
//! counts of three itemsets, its sides and both together, and all three are frequent when the last is.
//!
//! | file | its part |
//! |---|---|
//! | `builder` | the settings, checked in one place |
//! | `generate` | the search: every frequent itemset is split into sides that reach the confidence |
//! | `placement`, `threshold`, `best` | where items may stand, bounds on measures, and the best rules without the rest, as the search uses them |
//! | `subsets` | the counts of all subsets of an itemset, looked up in the pattern trie as it is walked |
//! | `store`, `stored` | rules in flat arrays, and as they are written to disk |
//! | `rule_set`, `rule`, `order`, `display` | what a user holds, reads, sorts and prints |
//! | `redundancy` | what a rule says beyond simpler ones |
//! | `contingency`, `measures` | the four counts of a rule, and the measures computed from them |

mod best;
mod builder;
mod contingency;
mod display;
mod generate;
mod hypotheses;
mod measures;
mod order;
mod placement;
mod redundancy;
mod rule;
mod rule_set;
mod store;
#[cfg(feature = "serde")]
mod stored;
mod subsets;
#[cfg(test)]
mod tests;
mod threshold;

pub(crate) use builder::check_min_confidence;
pub use builder::{Consequents, RuleBuilder};
pub use contingency::Contingency;
pub use hypotheses::Hypotheses;
pub use measures::{Measure, PValue};
pub use redundancy::Redundancy;
pub use rule::Rule;
pub use rule_set::{RuleIter, Rules};
