//! Mining in parts, on many machines or from disk: the pure functions that a cluster's scheduler calls.
//!
//! Nothing here knows a network. Whatever counts, groups and sends, such as Spark, calls these functions, and may call any of
//! them again when a task fails: each depends on its arguments alone.
//!
//! 1. [`ItemCounts`] are counted in each part of the data, and merged.
//! 2. A [`MinePlan`] follows from them: the ranks of the frequent items, and a group for each.
//! 3. A [`Projector`] divides each basket into prefixes of ranks, one for each group that needs some of it. They go to their
//!    groups: the one shuffle.
//! 4. A [`GroupMiner`] takes the prefixes of a group, and finds the itemsets whose rarest item is the group's.
//! 5. [`MinePlan::join`] puts together the [`GroupItemsets`]. The result is that of a single call on all baskets, byte for
//!    byte, whatever the number of groups; rules are made of it as usual.
//!
//! ```
//! use itemset::distributed::{GroupItemsets, ItemCounts, MinePlan};
//! use itemset::{MinSupport, Miner, Transactions};
//!
//! let baskets = [vec!["beer", "diapers"], vec!["chips", "beer", "diapers"], vec!["chips", "beer"], vec!["wine"]];
//! let miner = Miner::new().min_support(MinSupport::count(2));
//!
//! let mut counts = ItemCounts::new();
//! baskets.iter().try_for_each(|basket| counts.add(basket.iter().copied()))?;
//! let plan = MinePlan::new(&miner, &counts, 2)?;
//!
//! let mut groups = (0..plan.groups()).map(|group| plan.group(group)).collect::<Result<Vec<_>, _>>()?;
//! let mut projector = plan.projector();
//! for basket in &baskets {
//!     for (group, prefix) in projector.project(basket) {
//!         groups[group].push(prefix, 1)?;
//!     }
//! }
//! let found = groups.into_iter().map(|group| group.mine()).collect::<Result<Vec<GroupItemsets>, _>>()?;
//! let itemsets = plan.join(&found)?;
//! assert_eq!(itemsets, miner.mine(&Transactions::from_rows(baskets)?)?);
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! On one machine [`OnDisk`] keeps the baskets in a temporary file, for data larger than memory.
//!
//! In come counts, baskets and prefixes; out go plans, prefixes and itemsets.
//!
//! | file | its part |
//! |---|---|
//! | `item_counts` | how often each item occurs |
//! | `plan` | which items are frequent, and which group has the branch of each |
//! | `project` | what the groups need of a basket |
//! | `group_miner`, `group_itemsets` | the search of one group, and what it found |
//! | `on_disk` | the search on one machine, the baskets in a file |
//! | `rank_files`, `batches` | baskets in a file by their rarest item; the search of as many as fit in memory |
//! | `recounted` | the same for a text that is read twice, whose items are counted exactly the second time |
//! | `serde_form` | as they are sent (feature `serde`) |
//! | `join`, `subsumed` | all groups together; closed and maximal itemsets that others contain |

mod batches;
mod group_itemsets;
mod group_miner;
mod item_counts;
mod join;
mod on_disk;
mod plan;
mod project;
mod rank_files;
mod recounted;
#[cfg(feature = "serde")]
mod serde_form;
mod subsumed;

pub use group_itemsets::GroupItemsets;
pub use group_miner::GroupMiner;
pub use item_counts::ItemCounts;
pub use on_disk::OnDisk;
pub use plan::MinePlan;
pub use project::Projector;
pub(crate) use recounted::Recounted;
