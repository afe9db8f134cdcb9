//! The search for itemsets under constraints, and for the best by support.
//!
//! In come constraints by item number, baskets and a ranking; out go the itemsets that meet the constraints, in the
//! canonical order unless single items have thresholds (`is_in_order`). Labels are unknown here; a predicate over
//! labels arrives as one over ranks.
//!
//! The search goes depth first over bit columns, as Eclat does, and prunes:
//!
//! - Required items: only the baskets that contain them are searched, for the other items in those baskets.
//! - Lengths, groups of which only one item may occur, and predicates that stay false for all supersets prune directly.
//! - Thresholds of single items (Liu, Hsu & Ma, "Mining association rules with multiple minimum supports", KDD 1999):
//!   items are searched by descending threshold, so that the first item of a path has the lowest threshold of all items
//!   below it.
//! - The best by support: the threshold rises to the count of the worst itemset that is still kept.
//!
//! | file | its part |
//! |---|---|
//! | `selection` | constraints by item number, and the baskets and items that can meet them |
//! | `checks` | constraints by rank, as the search applies them |
//! | `columns` | the conditional databases on the path, as bit columns |
//! | `search` | the search itself |
//! | `filter` | constraints as a filter on single itemsets, for searches that they cannot prune |

pub(crate) mod checks;
pub(crate) mod columns;
pub(crate) mod filter;
pub(crate) mod search;
pub(crate) mod selection;
