//! How good recommendations are: on baskets that nothing was learned from, with intervals, beside simple base lines.
//!
//! | file | its part |
//! |---|---|
//! | `trial` | what is learned from, and the cases that are asked about: leave-one-out, last basket, split in time |
//! | `shopper` | what a recommender is told, and the trait that it implements |
//! | `base_lines` | the popular items, the customer's own, both, and item to item |
//! | `metric` | hit rate, precision and so on, of one list |
//! | `outcome` | all cases together, and two recommenders on the same cases |
//! | `bootstrap` | intervals by drawing cases again |

mod base_lines;
mod bootstrap;
mod metric;
mod outcome;
mod shopper;
mod trial;

pub use base_lines::{ItemToItemLine, PersonalPopularity, Popularity, PopularityMix};
pub use metric::Metric;
pub use outcome::{MetricValue, Outcome};
pub use shopper::{Recommend, Shopper};
pub use trial::{Case, Trial};
