//! Mining that stays current: baskets come and go by partition, a day or a week, and the itemsets are exact after each
//! change.
//!
//! A [`Window`] has the baskets. [`Window::refresh`] finds their frequent itemsets, byte for byte what
//! [`Miner::mine`](crate::Miner::mine) finds in the same baskets, and returns a [`Refresh`], which knows what came and went
//! since the last one, and tests [what changed](Refresh::itemset_changes).
//!
//! ```
//! # #[cfg(feature = "swap")] {
//! use itemset::recommend::Live;
//! use itemset::window::Window;
//! use itemset::{Correction, Miner};
//!
//! // What a shop sold in each week. From week 3 on, chips go with beer.
//! let sold = |week: u32| (0..100).map(move |n| match n % 4 {
//!     0 => vec!["beer", "diapers"],
//!     1 if week >= 3 => vec!["beer", "chips"],
//!     1 => vec!["beer"],
//!     _ => vec!["wipes"],
//! });
//! let miner = Miner::new().min_support(0.05).min_confidence(0.2);
//! let mut window = Window::new(miner.clone());
//! window.add(1, sold(1))?;
//! window.add(2, sold(2))?;
//! window.refresh()?;
//! let live = Live::new(miner.rules_of(window.itemsets().unwrap())?.recommender().build()?);
//! assert_eq!(live.load().recommend(["beer"], 9).len(), 1);
//!
//! for week in 3..5 {
//!     // A window of two weeks slides by one.
//!     window.add(week, sold(week))?;
//!     window.retire_before(&(week - 1));
//!     let refresh = window.refresh()?;
//!     live.replace(miner.rules_of(refresh.itemsets())?.recommender().build()?);
//!     if week == 3 {
//!         let changes = refresh.itemset_changes()?.significant(0.01, Correction::Holm)?;
//!         let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
//!         assert_eq!(lines, [
//!             "{chips} new: count 0 of 200, now 25 of 200 (p-value 5.4e-9)",
//!             "{beer, chips} new: count 0 of 200, now 25 of 200 (p-value 5.4e-9)",
//!         ]);
//!     }
//! }
//! assert_eq!(live.load().recommend(["beer"], 9).len(), 2);
//! # }
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! In come baskets with the key of their partition; out go itemsets, changes, pair counts and, when asked for, all
//! baskets.
//!
//! | file | its part |
//! |---|---|
//! | `sliding` | the window as its user calls it |
//! | `contents` | labels and partitions; what is added, retired and forgotten |
//! | `rows` | the baskets of a partition, equal ones once |
//! | `refresh` | the itemsets of all baskets, and what came and went since the last time |
//! | `kept` | itemsets that are counted in what came and went, instead of searched in all baskets |
//! | `change`, `compare` | one change, as data; the lists of them, and their tests |
//! | `canonical`, `serde_form` | the form that depends on the baskets alone; as it is stored (feature `serde`) |

mod canonical;
mod change;
mod compare;
mod contents;
mod kept;
mod refresh;
mod rows;
#[cfg(feature = "serde")]
mod serde_form;
mod sliding;

#[cfg(feature = "snapshot")]
pub(crate) use canonical::StoredWindow;
pub use change::{ChangeKind, Changed, Changes, ItemsetChange, RuleChange};
pub use refresh::Refresh;
pub use sliding::Window;
