//! What one pass over the baskets counts.

use hashbrown::HashSet;

use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::transactions::EncodedRows;

/// Stands for an item that is not among the most frequent.
const OTHER: u8 = u8::MAX;

/// Counts of baskets.
#[derive(Debug)]
pub(super) struct BasketCounts {
    /// By number of items, from 0 to the most.
    pub(super) lengths: Vec<u64>,
    /// Different baskets.
    pub(super) distinct: u64,
    /// With both of two of the most frequent items, by the places of both: `first * items + second`, where `first` is
    /// below `second`.
    pub(super) pairs: Vec<u64>,
}

impl BasketCounts {
    /// `top` are the ids of the most frequent items, fewer than 256.
    pub(super) fn new(rows: EncodedRows<'_>, top: &[u32], share: f64, control: &Control) -> Result<Self, Error> {
        let mut places = vec![OTHER; rows.items()];
        for (place, &id) in (0..OTHER).zip(top) {
            places[id as usize] = place;
        }
        let mut counts = BasketCounts { lengths: vec![0], distinct: 0, pairs: vec![0; top.len() * top.len()] };
        let (mut distinct, mut present) = (HashSet::new(), Vec::with_capacity(top.len()));
        control.begin(share, rows.stored() as u64);
        let mut ticker = Ticker::new(control);
        for (row, weight) in rows.weighted() {
            let weight = u64::from(weight);
            if row.len() >= counts.lengths.len() {
                counts.lengths.resize(row.len() + 1, 0);
            }
            counts.lengths[row.len()] += weight;
            distinct.insert(row);
            present.clear();
            present.extend(row.iter().map(|&id| places[id as usize]).filter(|&place| place != OTHER));
            present.sort_unstable();
            for (after, &first) in (1..).zip(&present) {
                for &second in &present[after..] {
                    counts.pairs[usize::from(first) * top.len() + usize::from(second)] += weight;
                }
            }
            ticker.done(1);
            ticker.check(1 + row.len())?;
        }
        counts.distinct = distinct.len() as u64;
        Ok(counts)
    }
}
