//! The limits of a call, and the threshold at which a result fits within one.

use std::fmt;
use std::time::Duration;

/// A bound on what a call may find or take, as it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Limit {
    /// The maximum number of itemsets: [`Miner::max_itemsets`](crate::Miner::max_itemsets).
    Itemsets(u64),
    /// The maximum number of bytes that a call may hold: [`Miner::max_memory`](crate::Miner::max_memory).
    Memory(u64),
    /// Half of the bytes that the machine has, or that the control group of the process allows: the limit unless
    /// [`Miner::max_memory`](crate::Miner::max_memory) is set.
    MachineMemory(u64),
    /// The maximum time: [`Miner::time_limit`](crate::Miner::time_limit).
    Time(Duration),
}

/// The setting and its value.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Itemsets(itemsets) => write!(f, "max_itemsets {itemsets}"),
            Limit::Memory(bytes) => write!(f, "max_memory {bytes}"),
            Limit::Time(limit) => write!(f, "time_limit {limit:?}"),
            Limit::MachineMemory(bytes) => {
                write!(f, "half of this machine's memory ({bytes}, max_memory sets another)")
            }
        }
    }
}

/// A threshold and the number of itemsets that are frequent at it; with constraints, only those that satisfy them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Suggestion {
    min_count: u64,
    itemsets: u64,
}

impl Suggestion {
    pub(crate) fn new(min_count: u64, itemsets: u64) -> Self {
        Suggestion { min_count, itemsets }
    }

    /// The threshold, as a count of baskets.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The number of itemsets that are frequent at it.
    #[must_use]
    pub fn itemsets(&self) -> u64 {
        self.itemsets
    }
}

/// `min count 20 (1520 itemsets)`.
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.itemsets == 1 { "" } else { "s" };
        write!(f, "min count {} ({} itemset{plural})", self.min_count, self.itemsets)
    }
}
