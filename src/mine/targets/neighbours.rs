//! Which items are frequent together with one item, rarer ones too.

use std::ops::Range;

use crate::mine::partners::{Gathered, Partners};
use crate::transactions::{Rank, RankedRows};
use crate::workers::Workers;

/// The frequent pairs, by each of their items.
///
/// They are counted in advance and held, which takes 16 bytes a pair. Where that would be more than 16 bytes an
/// entry of the baskets, an item's are counted when it is asked for, by going through its baskets.
#[derive(Debug)]
pub(super) struct Neighbours<'a, R> {
    partners: &'a Partners<'a, R>,
    stored: Option<Stored>,
}

/// The items that are frequent together with each item, ascending, and their counts.
#[derive(Debug)]
struct Stored {
    /// Where those of each rank begin, and, last, the end.
    starts: Vec<usize>,
    pairs: Vec<(u32, u32)>,
}

/// Pairs that are held however few entries there are.
const FEW: usize = 1 << 16;

impl<'a, R: Rank> Neighbours<'a, R> {
    pub(super) fn new(rows: &RankedRows<R>, partners: &'a Partners<'a, R>, workers: Workers) -> Self {
        Self::with_room(rows, partners, workers, rows.entries().max(FEW))
    }

    fn with_room(rows: &RankedRows<R>, partners: &'a Partners<'a, R>, workers: Workers, most: usize) -> Self {
        Neighbours { partners, stored: Stored::new(rows, partners, workers, most) }
    }

    /// Appends the items that are frequent together with an item, ascending, and the counts of both.
    pub(super) fn of(&self, rank: usize, gathered: &mut Gathered<R>, neighbours: &mut Vec<(u32, u32)>) {
        match &self.stored {
            Some(Stored { starts, pairs }) => neighbours.extend_from_slice(&pairs[starts[rank]..starts[rank + 1]]),
            None => self.partners.on_both_sides(rank, gathered, neighbours),
        }
    }
}

impl Stored {
    /// `None` where there are more than `most` pairs.
    fn new<R: Rank>(rows: &RankedRows<R>, partners: &Partners<'_, R>, workers: Workers, most: usize) -> Option<Self> {
        let costs: Vec<u64> = rows.counts.iter().map(|&count| 1 + u64::from(count)).collect();
        let parts = workers.parts_by_cost(&costs);
        let parts: Vec<(Range<usize>, Option<Counted>)> =
            workers.run_parts(&parts, |ranks| (ranks.clone(), Counted::new(ranks, partners, most)));
        let parts: Option<Vec<(Range<usize>, Counted)>> =
            parts.into_iter().map(|(ranks, counted)| Some((ranks, counted?))).collect();
        let parts = parts?;
        if parts.iter().map(|(_, counted)| counted.pairs.len()).sum::<usize>() > most {
            return None;
        }
        let mut starts = vec![0; rows.items() + 1];
        for (rank, pairs) in parts.iter().flat_map(|(ranks, counted)| ranks.clone().zip(counted.each())) {
            starts[rank] += pairs.len();
            pairs.iter().for_each(|&(partner, _)| starts[partner as usize] += 1);
        }
        let mut end = 0;
        for start in &mut starts {
            end += std::mem::replace(start, end);
        }
        let (mut next, mut stored) = (starts.clone(), vec![(0, 0); end]);
        // Those before an item are put in when it is its turn, and those after it at theirs: both ascending.
        for (rank, pairs) in parts.iter().flat_map(|(ranks, counted)| ranks.clone().zip(counted.each())) {
            stored[next[rank]..][..pairs.len()].copy_from_slice(pairs);
            next[rank] += pairs.len();
            for &(partner, count) in pairs {
                let place = &mut next[partner as usize];
                stored[*place] = (rank as u32, count);
                *place += 1;
            }
        }
        Some(Stored { starts, pairs: stored })
    }
}

/// The partners of some items.
#[derive(Debug)]
struct Counted {
    ends: Vec<usize>,
    pairs: Vec<(u32, u32)>,
}

impl Counted {
    /// `None` as soon as there are more than `most`.
    fn new<R: Rank>(ranks: Range<usize>, partners: &Partners<'_, R>, most: usize) -> Option<Self> {
        let mut counted = Counted { ends: Vec::with_capacity(ranks.len()), pairs: Vec::new() };
        let mut gathered = Gathered::default();
        for rank in ranks {
            partners.of(rank, &mut gathered, &mut counted.pairs);
            counted.ends.push(counted.pairs.len());
            if counted.pairs.len() > most {
                return None;
            }
        }
        Some(counted)
    }

    /// Those of each item.
    fn each(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.pairs[std::mem::replace(&mut start, end)..end])
    }
}
