//! Fewer rules that say as much.
//!
//! In come rules or frequent itemsets, out go numbers for each rule that compare it with simpler ones, or the few rules
//! from which all others follow. Only the counts of itemsets are needed: nothing here may look at baskets.
//!
//! | file | its part |
//! |---|---|
//! | `redundancy` | what each rule says that simpler ones do not; the walk around a rule, for `significance/` too |
//! | `basis` | the minimal non-redundant rules, and how others are derived from them |

pub(super) mod basis;
pub(super) mod redundancy;
