//! The phases of a job on Spark, one after the other, and what does not fit.

use super::least_squares::value;
use super::machines::{Cluster, in_order, longest_first, partitions};
use super::wire::Size;

/// Seconds and bytes, by the features that each method of [`Costs`] names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Costs {
    pub(crate) counting: Vec<f64>,
    pub(crate) projecting: Vec<f64>,
    pub(crate) searching: Vec<f64>,
    pub(crate) memory: Vec<f64>,
    /// Seconds of Java for a prefix that it takes over, and for one that it sorts and hands over.
    pub(crate) java_row: f64,
}

impl Costs {
    /// Of counting: baskets and entries.
    pub(crate) fn count_features(baskets: f64, entries: f64) -> Vec<f64> {
        vec![baskets, entries]
    }

    /// Of projecting and merging: entries of the baskets, prefixes before merging and their ranks.
    pub(crate) fn project_features(entries: f64, sent: Size) -> Vec<f64> {
        vec![entries, sent.rows, sent.ranks]
    }

    /// Of a group's search: frequent items of the plan, prefixes, their ranks, itemsets.
    pub(crate) fn search_features(items: f64, arriving: Size, itemsets: f64) -> Vec<f64> {
        vec![items, arriving.rows, arriving.ranks, itemsets]
    }

    /// Of the memory of a group: the program, prefixes that are held, their ranks, itemsets.
    pub(crate) fn memory_features(kept: Size, itemsets: f64) -> Vec<f64> {
        vec![1.0, kept.rows, kept.ranks, itemsets]
    }
}

/// What a group gets and finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct GroupLoad {
    /// Prefixes as they arrive, merged within what was projected together.
    pub(crate) arriving: Size,
    /// Those that are held when equal ones have been merged.
    pub(crate) kept: Size,
    /// Bytes of what arrives, as rows of Spark.
    pub(crate) bytes: f64,
    /// Baskets that the search counts with: those of the prefixes, and of the group's items alone.
    pub(crate) baskets: f64,
    pub(crate) itemsets: f64,
}

/// A job.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Workload {
    pub(crate) baskets: f64,
    pub(crate) entries: f64,
    /// Of the text, or whatever is read twice.
    pub(crate) bytes: f64,
    /// All items, and the frequent ones.
    pub(crate) items: f64,
    pub(crate) frequent: f64,
    /// Prefixes before equal ones are merged.
    pub(crate) sent: Size,
    /// Bytes after compression for each byte of a row.
    pub(crate) compression: f64,
    pub(crate) groups: Vec<GroupLoad>,
}

/// Bytes that a task of the first two phases reads (`spark.sql.files.maxPartitionBytes`).
const SPLIT: f64 = 128e6;

/// Bytes of a count in the shuffle of counts: a row of two columns with a short label.
const BYTES_PER_COUNT: f64 = 48.0;

/// The most of anything that is numbered by a `u32`.
const NUMBERED: f64 = u32::MAX as f64;

/// Seconds of each phase, and bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) count: f64,
    /// Dividing the baskets, and the shuffle.
    pub(crate) project: f64,
    pub(crate) shuffle: f64,
    /// The search in Spark's order, with the longest partition first, and if groups could be divided without loss.
    pub(crate) search: f64,
    pub(crate) search_longest_first: f64,
    pub(crate) search_even: f64,
    /// Bytes that are shuffled: as they are, and compressed; and what of the latter is sorted on disk.
    pub(crate) shuffled: f64,
    pub(crate) compressed: f64,
    pub(crate) spilled: f64,
    /// The largest group: bytes, and entries that are held.
    pub(crate) largest: f64,
    pub(crate) most_entries: f64,
    /// The longest group beside the mean of those that have anything to search.
    pub(crate) longest_over_mean: f64,
    /// Core seconds in which Python works, or Java as far as it is known.
    pub(crate) work: f64,
    /// Groups whose task has too little memory; that hold more entries than a `u32` numbers; that find more itemsets than
    /// that; and whose search counts with smaller weights, as they have more baskets.
    pub(crate) without_memory: usize,
    pub(crate) too_many_entries: usize,
    pub(crate) too_many_itemsets: usize,
    pub(crate) weighed: usize,
}

impl Outcome {
    pub(crate) fn seconds(&self) -> f64 {
        self.count + self.project + self.shuffle + self.search
    }

    /// Whether all groups can be searched.
    pub(crate) fn succeeds(&self) -> bool {
        self.without_memory + self.too_many_entries + self.too_many_itemsets == 0
    }
}

/// Runs a job on a cluster. `sorting` is the bytes of rows that a task sorts in memory; a partition of more is spilled.
pub(crate) fn run(job: &Workload, costs: &Costs, cluster: &Cluster, sorting: f64) -> Outcome {
    let slots = cluster.slots();
    let splits = (job.bytes / SPLIT).ceil().max(1.0);
    // All cores of a node share its disks and its network.
    let of_core = |per_node: f64| per_node / cluster.cores as f64;
    let map = |work: f64, read: f64, written: f64| {
        let task = (work / splits).max((read + written) / splits / of_core(cluster.disk));
        // All take the same.
        task * (splits / slots as f64).ceil()
    };

    let counting = value(&costs.counting, &Costs::count_features(job.baskets, job.entries));
    // No partition holds more items than it has entries.
    let counts = splits * job.items.min(job.entries / splits) * BYTES_PER_COUNT;
    let count = map(counting, job.bytes, counts) + cluster.sending(counts).max(cluster.disk_time(counts));

    let mut arriving = Size::default();
    job.groups.iter().for_each(|group| arriving.add(group.arriving));
    let shuffled: f64 = job.groups.iter().map(|group| group.bytes).sum();
    let compressed = shuffled * job.compression;
    let dividing = value(&costs.projecting, &Costs::project_features(job.entries, job.sent));
    let dividing = dividing + costs.java_row * arriving.rows;
    let project = map(dividing, job.bytes, compressed);

    let searches = cluster.searches();
    let count_of_partitions = job.groups.len().min(2 * slots);
    let of_groups: Vec<f64> = job.groups.iter().map(|group| group.bytes).collect();
    let spilled: f64 = partitions(&of_groups, count_of_partitions).into_iter().filter(|&bytes| bytes > sorting).sum();
    let spilled = spilled * job.compression;
    // What was written is read, and what is spilled is written and read.
    let shuffle = cluster.sending(compressed).max(cluster.disk_time(compressed + 2.0 * spilled));

    let features = |group: &GroupLoad| Costs::search_features(job.frequent, group.arriving, group.itemsets);
    let seconds: Vec<f64> = job
        .groups
        .iter()
        .map(|group| value(&costs.searching, &features(group)) + costs.java_row * group.arriving.rows)
        .collect();
    let tasks = partitions(&seconds, count_of_partitions);
    let total: f64 = seconds.iter().sum();
    let busy = job.groups.iter().filter(|group| group.arriving.rows > 0.0).count().max(1);
    let memory = |group: &GroupLoad| value(&costs.memory, &Costs::memory_features(group.kept, group.itemsets));
    let groups = |is_meant: &dyn Fn(&GroupLoad) -> bool| job.groups.iter().filter(|group| is_meant(group)).count();
    let largest = |of: &dyn Fn(&GroupLoad) -> f64| job.groups.iter().map(of).fold(0.0, f64::max);
    Outcome {
        count,
        project,
        shuffle,
        search: in_order(tasks.iter().copied(), searches),
        search_longest_first: longest_first(&tasks, searches),
        search_even: total / searches as f64,
        shuffled,
        compressed,
        spilled,
        largest: largest(&memory),
        most_entries: largest(&|group| group.kept.ranks),
        longest_over_mean: seconds.iter().copied().fold(0.0, f64::max) / (total / busy as f64).max(f64::MIN_POSITIVE),
        work: counting + dividing + total,
        without_memory: groups(&|group| memory(group) > cluster.task_memory()),
        too_many_entries: groups(&|group| group.kept.ranks > NUMBERED),
        too_many_itemsets: groups(&|group| group.itemsets > NUMBERED),
        weighed: groups(&|group| group.baskets > NUMBERED),
    }
}
