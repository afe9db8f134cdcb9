//! A plan, and what its groups get of some baskets.

use std::collections::HashSet;

use itemset::distributed::MinePlan;

use super::data::Sample;
use crate::cluster_model::wire::{Prefixes, Size, compressed, row_bytes, write_row};

/// What one group gets, in the order in which it comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrived {
    ranks: Vec<u32>,
    /// Where each prefix ends, and how often it came.
    rows: Vec<(usize, u64)>,
    /// Those of the first half of the tables.
    half: usize,
}

impl Arrived {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u32], u64)> {
        let starts = std::iter::once(0).chain(self.rows.iter().map(|&(end, _)| end));
        starts.zip(&self.rows).map(|(start, &(end, weight))| (&self.ranks[start..end], weight))
    }

    pub(crate) fn size(&self) -> Size {
        Size { rows: self.rows.len() as f64, ranks: self.ranks.len() as f64 }
    }

    /// Bytes as rows of Spark.
    pub(crate) fn bytes(&self) -> usize {
        self.iter().map(|(prefix, _)| row_bytes(prefix.len())).sum()
    }

    /// What a [`GroupMiner`](itemset::distributed::GroupMiner) holds of it.
    pub(crate) fn kept(&self) -> Kept {
        let (mut seen, mut merges, mut judged_at, mut saved) = (HashSet::new(), true, JUDGED, 0);
        let (mut all, mut came, mut of_half) = (Size::default(), Size::default(), (Size::default(), Size::default()));
        for (place, (prefix, _)) in self.iter().enumerate() {
            let one = Size { rows: 1.0, ranks: prefix.len() as f64 };
            came.add(one);
            if merges && !seen.insert(prefix) {
                saved += 4 * (2 + prefix.len());
            } else {
                all.add(one);
                if all.rows as usize > judged_at {
                    judged_at *= 2;
                    merges &= table_bytes(seen.len()) <= saved;
                }
            }
            if place + 1 == self.half {
                of_half = (came, all);
            }
        }
        // The exponent with which more come to be held: 1 where none are equal.
        let exponent = match of_half {
            (some, held) if some.ranks > 0.0 && some.ranks < came.ranks => {
                ((all.ranks / held.ranks).ln() / (came.ranks / some.ranks).ln()).min(1.0)
            }
            _ => 1.0,
        };
        Kept { size: all, came, merges, exponent }
    }
}

/// Prefixes after which a [`GroupMiner`](itemset::distributed::GroupMiner) judges first whether merging pays.
const JUDGED: usize = 1 << 13;

/// The bytes of a hash table of so many prefixes: a number of 8 bytes and a byte each, seven eighths full.
fn table_bytes(rows: usize) -> usize {
    9 * (rows * 8).div_ceil(7).next_power_of_two()
}

/// What is held of what came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) size: Size,
    came: Size,
    /// Whether equal prefixes are still merged.
    pub(crate) merges: bool,
    exponent: f64,
}

impl Kept {
    /// If so many times as much had come.
    pub(crate) fn times(&self, factor: f64) -> Size {
        match self.merges {
            true => self.size.times(factor.powf(self.exponent)),
            false => {
                let mut all = self.came.times(factor - 1.0);
                all.add(self.size);
                all
            }
        }
    }
}

/// What all groups of a plan get.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projected {
    pub(crate) groups: Vec<Arrived>,
    /// Before equal prefixes were merged, and after.
    pub(crate) sent: Size,
    pub(crate) merged: Size,
}

impl Projected {
    /// Projects a sample, one table after the other. `compress` is called with the bytes of each partition of the rows that
    /// one task of Spark sends.
    pub(crate) fn of<T: Ord + Eq + std::hash::Hash + Clone + std::borrow::Borrow<str>>(
        plan: &MinePlan<T>,
        sample: &Sample,
        mut compress: Option<&mut Compressed>,
    ) -> Self {
        let mut all = Projected { groups: vec![Arrived::default(); plan.groups()], ..Projected::default() };
        let (mut projector, mut prefixes) = (plan.projector(), Prefixes::default());
        for (number, table) in sample.tables.iter().enumerate() {
            prefixes.clear();
            for (basket, weight) in Sample::read(table).weighted() {
                for (group, prefix) in projector.project(basket.iter().map(String::as_str)) {
                    prefixes.push(group, prefix, weight.into());
                }
            }
            all.sent.add(prefixes.size());
            prefixes.merge();
            all.merged.add(prefixes.size());
            for (group, prefix, weight) in prefixes.iter() {
                let arrived = &mut all.groups[group];
                arrived.ranks.extend_from_slice(prefix);
                arrived.rows.push((arrived.ranks.len(), weight));
            }
            if let Some(compressed) = &mut compress {
                compressed.take(number, &prefixes);
            }
            if number + 1 == sample.tables.len() / 2 {
                all.groups.iter_mut().for_each(|group| group.half = group.rows.len());
            }
        }
        if let Some(compressed) = compress {
            compressed.end_task();
        }
        all
    }
}

/// What LZ4 makes of the rows of each task and partition.
#[derive(Debug)]
pub(crate) struct Compressed {
    partitions: Vec<Vec<u8>>,
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// Tables of a task: those of 128 MB of text with 400 bytes a basket.
const TABLES: usize = 8;

impl Compressed {
    pub(crate) fn new(partitions: usize) -> Self {
        Compressed { partitions: vec![Vec::new(); partitions], before: 0, after: 0 }
    }

    fn take(&mut self, number: usize, prefixes: &Prefixes) {
        if number.is_multiple_of(TABLES) {
            self.end_task();
        }
        let count = self.partitions.len();
        for (group, prefix, weight) in prefixes.iter() {
            write_row(&mut self.partitions[group % count], group, prefix, weight);
        }
    }

    fn end_task(&mut self) {
        for rows in &mut self.partitions {
            self.before += rows.len();
            self.after += compressed(rows, |block| lz4_flex::block::compress(block).len());
            rows.clear();
        }
    }

    /// Bytes after for each before.
    pub(crate) fn ratio(&self) -> f64 {
        self.after as f64 / self.before.max(1) as f64
    }
}
