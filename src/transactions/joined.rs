//! Rows of several sets of baskets, which share their labels, put together.

use std::sync::Arc;

use super::{Full, MAX_BASKETS, Transactions};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// Rows that are put together, one after the other.
#[derive(Debug)]
pub(crate) struct JoinedRows {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    /// The baskets up to each row; empty while each row is one basket.
    ends: Vec<u64>,
    counts: Vec<u64>,
}

impl JoinedRows {
    /// None yet, of so many distinct items; with memory for so many rows and entries.
    pub(crate) fn new(items: usize, rows: usize, entries: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        JoinedRows { offsets, ids: Vec::with_capacity(entries), ends: Vec::new(), counts: vec![0; items] }
    }

    /// Adds a row of ascending items that stands for so many baskets. A weight that a row cannot have is that of several.
    pub(crate) fn push(&mut self, row: &[u32], mut weight: u64) -> Result<(), Error> {
        if weight == 0 {
            return Ok(());
        }
        row.iter().for_each(|&id| self.counts[id as usize] += weight);
        while weight > 0 {
            let part = weight.min(u32::MAX.into());
            weight -= part;
            if self.ids.len() + row.len() > u32::MAX as usize {
                return Err(Full::Entries.error());
            }
            if self.offsets.len() > u32::MAX as usize {
                return Err(Full::Rows.error());
            }
            if part > 1 && self.ends.is_empty() {
                self.ends.extend(1..self.offsets.len() as u64);
            }
            if part > 1 || !self.ends.is_empty() {
                let end = self.ends.last().map_or(0, |&end| end) + part;
                if end > MAX_BASKETS {
                    return Err(Full::Weights.error());
                }
                self.ends.push(end);
            }
            self.ids.extend_from_slice(row);
            // Checked above.
            self.offsets.push(self.ids.len() as u32);
        }
        Ok(())
    }

    /// The baskets, with the labels of their items.
    pub(crate) fn with_labels<T>(self, dictionary: Arc<Dictionary<T>>) -> Transactions<T> {
        let JoinedRows { offsets, ids, ends, counts } = self;
        debug_assert_eq!(counts.len(), dictionary.len());
        Transactions { dictionary, offsets: Arc::new(offsets), ids: Arc::new(ids), ends, counts, duplicates: 0 }
    }
}
