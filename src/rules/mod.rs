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
//! | `store`, `rows`, `stored` | rules in flat arrays, put there one by one, and as they are written to disk |
//! | `rule_set`, `rule`, `order`, `reading`, `display` | what a user holds, reads, sorts, searches and prints |
//! | `redundancy`, `basis` | what a rule says beyond simpler ones, and the fewest rules from which all follow |
//! | `significance` | which rules are more than chance, and hold in other baskets |
//! | `contingency`, `measures` | the four counts of a rule, and the measures computed from them |

mod basis;
mod best;
mod builder;
mod contingency;
mod display;
mod generate;
mod item_filter;
#[cfg(feature = "serde")]
mod json_rows;
mod measures;
mod order;
mod redundancy;
mod rows;
mod rule;
mod rule_set;
mod select;
#[cfg(feature = "serde")]
mod serde_form;
mod significance;
mod store;
mod subsets;
#[cfg(test)]
mod tests;
mod threshold;

pub use basis::{DerivedCounts, RuleBasis};
pub(crate) use builder::check_min_confidence;
pub use builder::{Consequents, RuleBuilder};
pub use contingency::Contingency;
#[cfg(feature = "serde")]
pub use json_rows::RuleRows;
pub use measures::{Measure, PValue};
pub use redundancy::Redundancy;
pub use rule::Rule;
pub use rule_set::{RuleIter, Rules};
pub use select::{ItemMatch, RuleSide};
pub use significance::{ConfidenceInterval, Correction, Drift, Hypotheses, ObservedCounts};
#[cfg(test)]
pub(crate) use tests::mined as mined_for_tests;
