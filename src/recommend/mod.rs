//! Rules at work: what else a basket is likely to hold, which items go with an item, and why.
//!
//! [`Rules::recommender`](crate::Rules::recommender) makes a [`Recommender`], an index over the left sides of rules that
//! a service asks for each basket. An [`ItemToItem`] has the counts of all pairs, and is changed in place.
//!
//! In come rules or baskets, out go items with scores and reasons. Labels are looked up at the edge; the index works on
//! ranks.
//!
//! | file | its part |
//! |---|---|
//! | `builder` | the settings, and the value of each rule |
//! | `policy` | how the rules that fire become a score |
//! | `sides`, `index` | the sides of rules as tries; the flat arrays of the index, and the walk over a basket |
//! | `scratch` | tallies for one basket, and the best of them |
//! | `request` | how many items, and which |
//! | `recommender`, `recommendations`, `reason` | what a user asks, and gets |
//! | `batch` | many baskets on all threads |
//! | `columns` | what a snapshot stores of a recommender, and checks (feature `snapshot`) |
//! | `live` | a recommender that is replaced while others read (feature `swap`) |
//! | `evaluation/` | trials of recommenders, with intervals and base lines (feature `random`) |
//! | `next_basket/` | what a customer puts into the next basket, from habits and pairs, with weights that are fitted |
//! | `item_to_item/` | which items go with an item, from pair counts that baskets are added to and forgotten from |

mod batch;
mod builder;
#[cfg(feature = "snapshot")]
mod columns;
#[cfg(feature = "random")]
mod evaluation;
mod index;
mod item_to_item;
#[cfg(feature = "swap")]
mod live;
mod next_basket;
mod policy;
mod reason;
mod recommendations;
mod recommender;
mod request;
mod scratch;
mod sides;

pub use batch::BatchRecommendations;
pub use builder::RecommenderBuilder;
#[cfg(feature = "snapshot")]
pub(crate) use columns::Columns as RecommenderColumns;
#[cfg(feature = "random")]
pub use evaluation::{
    Case, ItemToItemLine, Metric, MetricValue, Outcome, PersonalPopularity, Popularity, PopularityMix, Recommend,
    Shopper, Trial,
};
pub use item_to_item::{ItemToItem, Related, Relation};
#[cfg(feature = "swap")]
pub use live::{Live, LiveGuard};
pub use next_basket::{HabitWeights, NextBasket};
pub use policy::Policy;
pub use reason::Reason;
pub use recommendations::{Recommendation, Recommendations};
pub use recommender::Recommender;
pub use request::{ItemSet, Request};
pub use scratch::Scratch;
