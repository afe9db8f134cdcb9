//! A cluster, and the order in which it runs tasks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Equal nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cluster {
    pub(crate) nodes: usize,
    /// Of each node.
    pub(crate) cores: usize,
    /// Cores that a task of the search has to itself (`spark.task.cpus`), of which it uses one: fewer tasks at once have more
    /// memory each.
    pub(crate) task_cores: usize,
    /// Bytes of each node.
    pub(crate) memory: f64,
    /// The part of the memory that Java takes, so that the tasks of Python have the rest.
    pub(crate) java: f64,
    /// Bytes a second that a node sends while it receives as many.
    pub(crate) network: f64,
    /// Bytes a second that a node's disks read or write.
    pub(crate) disk: f64,
    /// Money for a core and an hour.
    pub(crate) price: f64,
}

impl Cluster {
    pub(crate) fn slots(&self) -> usize {
        self.nodes * self.cores
    }

    /// Searches that run at once.
    pub(crate) fn searches(&self) -> usize {
        self.nodes * (self.cores / self.task_cores).max(1)
    }

    /// The bytes that a search may use outside of Java.
    pub(crate) fn task_memory(&self) -> f64 {
        self.memory * (1.0 - self.java) / (self.cores / self.task_cores).max(1) as f64
    }

    /// With as many cores for a task as give it so many bytes: 1, 2, 4 and so on, and at most all of a node.
    pub(crate) fn with_room(self, bytes: f64) -> Self {
        let tried = (0..).map(|power| Cluster { task_cores: (1 << power).min(self.cores), ..self });
        let mut enough = tried.filter(|of| of.task_memory() >= bytes || of.task_cores == self.cores);
        enough.next().unwrap_or(self)
    }

    /// Seconds in which all nodes together send so many bytes to each other, of which each keeps its own part.
    pub(crate) fn sending(&self, bytes: f64) -> f64 {
        let nodes = self.nodes as f64;
        bytes * (nodes - 1.0) / nodes / nodes / self.network
    }

    /// Seconds in which all nodes together read and write so many bytes.
    pub(crate) fn disk_time(&self, bytes: f64) -> f64 {
        bytes / self.nodes as f64 / self.disk
    }

    pub(crate) fn money(&self, seconds: f64) -> f64 {
        self.core_hours(seconds) * self.price
    }

    /// Nodes are paid for while they wait.
    pub(crate) fn core_hours(&self, seconds: f64) -> f64 {
        self.slots() as f64 * seconds / 3600.0
    }
}

/// When the last of some tasks ends, if each begins, in the order given, where a slot is free first: as Spark runs them.
pub(crate) fn in_order(tasks: impl IntoIterator<Item = f64>, slots: usize) -> f64 {
    // Seconds are positive, so the bits of their floats have their order.
    let mut free: BinaryHeap<Reverse<u64>> = (0..slots.max(1)).map(|_| Reverse(0)).collect();
    let mut last = 0.0_f64;
    for task in tasks {
        if let Some(mut first) = free.peek_mut() {
            let end = f64::from_bits(first.0) + task.max(0.0);
            last = last.max(end);
            *first = Reverse(end.to_bits());
        }
    }
    last
}

/// The same with the longest task first.
pub(crate) fn longest_first(tasks: &[f64], slots: usize) -> f64 {
    let mut sorted = tasks.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    in_order(sorted, slots)
}

/// The seconds of each partition, whose groups are searched one after the other: group g is in partition g modulo their
/// number, as `_key_of_group` of `itemset/spark.py` puts it.
pub(crate) fn partitions(groups: &[f64], partitions: usize) -> Vec<f64> {
    let mut sums = vec![0.0; partitions.min(groups.len()).max(1)];
    let count = sums.len();
    groups.iter().enumerate().for_each(|(group, seconds)| sums[group % count] += seconds);
    sums
}
