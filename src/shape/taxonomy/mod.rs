//! Products, their categories and departments: itemsets and rules of all levels.
//!
//! In come pairs of an item and what it belongs to; out goes a [`Taxonomy`], which adds categories to baskets, finds
//! itemsets and rules of all levels, and keeps the rules that no rule of a higher level explains.
//!
//! | file | its part |
//! |---|---|
//! | `tree` | items, and what is above and below each |
//! | `generalise` | baskets with their categories, and their itemsets |
//! | `interesting` | rules that more general ones do not explain |
//! | `relatives` | one rule a level lower, or a level higher |
//! | `exact` | a quotient of products, compared as if it were rounded once |

mod exact;
mod generalise;
mod interesting;
mod relatives;
mod tree;

pub(super) use exact::reaches;
pub use relatives::RelatedRule;
pub use tree::Taxonomy;
