//! The search for itemsets under constraints, and for the best by support.
//!
//! It goes depth first over bit columns, as Eclat does, and leaves out what the constraints rule out for all that would lie below:
//!
//! - Required items: only the baskets that hold them are searched, for what else these hold.
//! - Lengths, groups of which one item may be there, and a predicate that stays false for all supersets prune as they stand.
//! - Thresholds of single items (Liu, Hsu & Ma, "Mining association rules with multiple minimum supports", KDD 1999): items are
//!   searched by descending threshold, so that the first item of a path has the lowest one of all that lies below it.
//! - The best by support: the threshold rises with the worst that is still held.

pub(crate) mod checks;
pub(crate) mod columns;
pub(crate) mod filter;
pub(crate) mod search;
pub(crate) mod selection;
