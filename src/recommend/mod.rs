//! Rules at work: what else a basket is likely to hold, which items go with an item, and why.
//!
//! [`Rules::recommender`](crate::Rules::recommender) makes a [`Recommender`], an index over the left sides of rules that
//! a service asks for each basket. An [`ItemToItem`] has the counts of all pairs, and is changed in place.
//!
//! ```
//! # #[cfg(feature = "random")] {
//! use itemset::recommend::{Metric, Popularity, Trial};
//! use itemset::{MinSupport, Miner, Transactions};
//!
//! let row = |n: u32| if n % 3 == 0 { vec!["beer", "diapers", "chips"] } else { vec!["wipes", "towels"] };
//! let baskets = Transactions::from_rows((0..300).map(row))?;
//! let trial = Trial::leave_one_out(&baskets, 0.2, 1)?;
//! let miner = Miner::new().min_support(MinSupport::count(10)).min_confidence(0.01);
//! let recommender = miner.rules(trial.training())?.recommender().build()?;
//! for found in recommender.recommend(["diapers", "chips"], 3).iter() {
//!     println!("{found}"); // beer (1.000), because of diapers: 100 % of such baskets, 3.0 times the usual
//! }
//! let (rules, popular) = (trial.evaluate(&recommender)?, trial.evaluate(&Popularity::new(trial.training()))?);
//! let better = rules.difference(&popular, Metric::Mrr)?.map(|value| value.to_string());
//! println!("better than popularity by {better:?}"); // 0.211 (0.133 to 0.300)
//! # let found = recommender.recommend(["diapers", "chips"], 3).get(0).unwrap().to_string();
//! # assert!(found.starts_with("beer (1.000), because of diapers: 100 % of such baskets, 3.0 times the usual"), "{found}");
//! # assert_eq!(better.as_deref(), Some("0.211 (0.133 to 0.300)"));
//! # }
//! # Ok::<(), itemset::Error>(())
//! ```
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
#[cfg(feature = "snapshot")]
pub(crate) use item_to_item::StoredPairs;
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
