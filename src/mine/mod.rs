//! The search for frequent itemsets: thresholds, engines, and what the engines report to.
//!
//! Nothing here knows how results are stored: an engine takes ranked rows and fills [`Branch`]es.

mod algorithm;
mod apriori;
mod auto;
mod base;
mod bounds;
mod branch;
mod choice;
mod constrained;
mod counters;
mod counts;
mod eclat;
mod emptiness;
mod enough;
mod estimate;
mod fitting;
mod fp_growth;
mod held;
mod job;
mod limit;
mod min_support;
mod outlet;
mod partners;
mod pieces;
mod search;
mod split;
mod statistics;
mod target;
mod targets;
mod vertical;

pub use algorithm::Algorithm;
use auto::Shape;
pub(crate) use bounds::{Bounds, Full};
use branch::last_ranks;
pub(crate) use branch::{Branch, Combinations, Tally};
pub use choice::Choice;
pub(crate) use constrained::{Listed, Most, Predicate, Search as ConstrainedSearch, Selection, Wanted};
pub use counts::ItemsetCounts;
pub use emptiness::Emptiness;
pub(crate) use enough::Enough;
pub(crate) use estimate::{Effort, Large, Sampled};
pub(crate) use fitting::Fitting;
use held::{Held, Share};
pub(crate) use job::{Job, Outcome, Searched};
pub use limit::{Limit, Partial, Suggestion};
pub use min_support::MinSupport;
pub(crate) use outlet::{Block, InOrder, Outlet, Step};
use outlet::{Watch, Way};
use pieces::{branch_costs, run_in_pieces};
use split::{Parts, Splits, run_splitting};
pub use statistics::{Level, Statistics};
pub use target::Target;
pub(crate) use targets::Keep;
use vertical::VerticalIndex;
