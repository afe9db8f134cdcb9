//! A sample as a job of any number of baskets.
//!
//! What is kept is the shape: each item is in the same share of the baskets, and baskets are as long and as alike as those
//! of the sample. So counts, prefixes and entries are the sample's, times the same number; the plan is the one that
//! [`MinePlan`] makes of such counts. The number of itemsets is that of the sample at the same minimum support. Equal
//! prefixes among the baskets that are projected together are as many as in the sample, as these are no more; those that a
//! group merges come from how fewer and fewer were new in the second half of the sample.

use std::collections::HashMap;

use itemset::distributed::{ItemCounts, MinePlan};
use itemset::{Miner, Transactions};

use super::data::Sample;
use super::projected::{Arrived, Compressed, Projected};
use crate::cluster_model::job::{GroupLoad, Workload};

/// The itemsets at a minimum support, by the rank of their rarest item where they were counted.
#[derive(Clone, Debug)]
pub(crate) enum Itemsets {
    Counted(HashMap<String, f64>),
    /// So many, from those at higher thresholds.
    Extrapolated(f64),
}

impl Itemsets {
    pub(crate) fn total(&self) -> f64 {
        match self {
            Itemsets::Counted(by_rarest) => by_rarest.values().sum(),
            &Itemsets::Extrapolated(total) => total,
        }
    }
}

/// The least count in a sample at which itemsets are counted, so that few are frequent by chance alone.
const LEAST: f64 = 8.0;

/// The most itemsets that are listed to be counted.
const MOST: u64 = 50_000_000;

/// The itemsets of a sample at some thresholds, descending. Below what the sample can tell, their logarithm is continued
/// along the line through the last two.
pub(crate) fn itemsets(baskets: &Transactions<String>, counts: &ItemCounts<String>, shares: &[f64]) -> Vec<Itemsets> {
    let count = |share: f64| -> Option<Itemsets> {
        if share * baskets.len() as f64 <= LEAST {
            return None;
        }
        let miner = Miner::new().min_support(share).max_itemsets(MOST).max_memory(u64::MAX);
        let plan = MinePlan::new(&miner, counts, 1).expect("valid settings");
        let found = miner.mine(baskets).ok()?;
        let mut by_rarest = HashMap::new();
        for itemset in found.iter() {
            let rarest = itemset.iter().max_by_key(|label| plan.rank(label.as_str())).expect("it has an item");
            *by_rarest.entry(rarest.clone()).or_insert(0.0) += 1.0;
        }
        Some(Itemsets::Counted(by_rarest))
    };
    let mut known: Vec<(f64, f64)> = Vec::new();
    let mut all = Vec::new();
    for &share in shares {
        let found = count(share);
        if let Some(found) = found {
            known.push((share, found.total()));
            all.push(found);
            continue;
        }
        if known.len() == 1 {
            // A second point of the line.
            let (above, _) = known[0];
            known.extend(count(2.0 * above).map(|of| (2.0 * above, of.total())));
            known.sort_by(|one, other| other.0.total_cmp(&one.0));
        }
        let total = match known[..] {
            [.., (one, of_one), (other, of_other)] => {
                let slope = (of_other / of_one).ln() / (other / one).ln();
                of_other * (share / other).powf(slope)
            }
            [(_, only)] => only,
            [] => 0.0,
        };
        all.push(Itemsets::Extrapolated(total));
    }
    all
}

/// What is the same for all numbers of groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale<'a> {
    pub(crate) sample: &'a Sample,
    pub(crate) counts: &'a ItemCounts<String>,
    /// The minimum support, and the itemsets at it.
    pub(crate) share: f64,
    pub(crate) itemsets: &'a Itemsets,
    /// Baskets of the job, and bytes of each.
    pub(crate) baskets: f64,
    pub(crate) bytes: f64,
}

impl Scale<'_> {
    pub(crate) fn job(self, groups: usize) -> Workload {
        let Scale { sample, counts, share, itemsets, baskets, bytes } = self;
        let factor = baskets / sample.baskets as f64;
        let scaled = counts.sorted().map(|(label, count)| (label.clone(), (count as f64 * factor) as u64));
        let scaled = ItemCounts::from_counts(scaled, baskets as u64).expect("fewer than there are baskets");
        let plan = MinePlan::new(&Miner::new().min_support(share), &scaled, groups).expect("valid settings");
        let mut compressed = Compressed::new(groups.min(3200));
        let projected = Projected::of(&plan, sample, Some(&mut compressed));

        let mut of_groups = vec![0.0; groups];
        match itemsets {
            Itemsets::Counted(by_rarest) => {
                // An item on the threshold may be on its other side in the job.
                for (label, number) in by_rarest {
                    if let Some(group) = plan.rank(label.as_str()).and_then(|rank| plan.group_of(rank)) {
                        of_groups[group] += number;
                    }
                }
            }
            Itemsets::Extrapolated(total) => {
                let costs = plan.costs();
                let sum: f64 = costs.iter().map(|&cost| cost as f64).sum();
                let shares = costs.iter().map(|&cost| total * cost as f64 / sum.max(1.0));
                of_groups.iter_mut().zip(shares).for_each(|(number, share)| *number = share);
            }
        }
        // A group's items alone are baskets of it too, as often as they came in no prefix.
        let mut alone = vec![0.0; groups];
        for rank in 0..plan.items() as u32 {
            if let (Some((_, count)), Some(group)) = (plan.item(rank), plan.group_of(rank)) {
                alone[group] += count as f64;
            }
        }
        let baskets_of = |group: usize, arrived: &Arrived| {
            let others = |prefix: &[u32]| prefix.iter().filter(|&&rank| plan.group_of(rank) == Some(group)).count() - 1;
            let again: f64 = arrived.iter().map(|(prefix, weight)| others(prefix) as f64 * weight as f64).sum();
            alone[group] - again * factor
        };
        let load = |(group, arrived): (usize, &Arrived)| GroupLoad {
            arriving: arrived.size().times(factor),
            kept: arrived.kept().times(factor),
            bytes: arrived.bytes() as f64 * factor,
            baskets: baskets_of(group, arrived),
            itemsets: of_groups[group],
        };
        Workload {
            baskets,
            entries: sample.entries as f64 * factor,
            bytes: baskets * bytes,
            items: counts.len() as f64,
            frequent: plan.items() as f64,
            sent: projected.sent.times(factor),
            compression: compressed.ratio(),
            groups: projected.groups.iter().enumerate().map(load).collect(),
        }
    }
}
