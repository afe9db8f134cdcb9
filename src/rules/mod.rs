//! Association rules: what a basket is likely to hold, given what it holds.
//!
//! Rules come from frequent itemsets alone, never from the baskets again: all that a rule needs is the counts of three
//! itemsets, its sides and both together, and all three are frequent if the last is.
//!
//! In come frequent itemsets, out go rules with the counts of both sides, and answers about them. Nothing here may know
//! how itemsets are searched, nor what a miner's settings are.
//!
//! | file | its part |
//! |---|---|
//! | `make/` | from itemsets to rules: the settings, the search, and the flat arrays that hold what it finds |
//! | `rule_set`, `rule` | what a user holds and reads |
//! | `order`, `select`, `clusters` | sorting, searching and grouping rules |
//! | `display`, `json_rows`, `serde_form` | rules as text, as rows of objects for other programs, and as stored |
//! | `contingency`, `measures/` | the four counts of a rule, and the measures computed from them |
//! | `simplify/` | what a rule says beyond simpler ones, and the fewest rules from which all follow |
//! | `significance/` | which rules are more than chance, and hold in other baskets |
//! | `item_match` | which items a side holds, as asked of rules and of a search |
//! | `each_rule` | the same work for each rule, on all threads of a call |

mod clusters;
mod contingency;
mod display;
mod each_rule;
mod item_match;
#[cfg(feature = "serde")]
mod json_rows;
mod make;
mod measures;
mod order;
mod rule;
mod rule_set;
mod select;
#[cfg(feature = "serde")]
mod serde_form;
mod significance;
mod simplify;
#[cfg(test)]
mod tests;

pub use contingency::Contingency;
pub use item_match::{ItemMatch, RuleSide};
#[cfg(feature = "serde")]
pub use json_rows::RuleRows;
pub use make::builder::{Consequents, RuleBuilder};
pub(crate) use make::builder::{RulePlan, check_min_confidence};
#[cfg(feature = "snapshot")]
pub(crate) use make::columns::Columns as RuleColumns;
pub(crate) use make::store::{MAX_LEN as MAX_RULE_LEN, RuleStore};
pub use measures::{Measure, PValue};
pub use rule::Rule;
pub use rule_set::{RuleIter, Rules};
#[cfg(feature = "report")]
pub(crate) use significance::check_alpha;
pub use significance::{ConfidenceInterval, Correction, Drift, Hypotheses, ObservedCounts};
#[cfg(feature = "random")]
pub use significance::{HoldOut, Stability};
pub use simplify::basis::{DerivedCounts, RuleBasis};
pub use simplify::redundancy::Redundancy;
#[cfg(test)]
pub(crate) use tests::mined as mined_for_tests;
