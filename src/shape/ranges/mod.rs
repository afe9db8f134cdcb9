//! Adjacent bins joined to ranges, where that makes rules stronger.
//!
//! In come baskets with bins as items; out come itemsets and rules of ranges of any width, and the rules that no wider
//! range explains.
//!
//! | file | its part |
//! |---|---|
//! | `join` | which ranges there are, and how they are searched |
//! | `interesting` | rules that wider ranges do not explain |

mod interesting;
mod join;

pub use join::Ranges;
