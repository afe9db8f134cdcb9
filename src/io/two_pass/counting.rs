//! The first pass: how often each item occurs, and how many baskets there are.

use super::distinct_keys::DistinctKeys;
use super::room::Room;
use crate::error::{Error, ErrorKind};
use crate::io::table::{Encoded, Run, TakeRuns};

/// Counts of items and baskets while rows are read.
#[derive(Debug)]
pub(super) struct Counting<'t> {
    /// How often each item occurs, counted with the weights of rows. A basket may have it twice, so it is in this many
    /// baskets at most.
    pub(super) counts: Vec<u64>,
    /// The baskets of rows without keys.
    pub(super) baskets: u64,
    /// The rows without keys, and the items of all rows, without their weights.
    pub(super) stored: Stored,
    pub(super) keys: DistinctKeys<'t>,
    room: Room,
    /// The bytes of labels.
    labels: u64,
}

/// What is stored once, however great its weight is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stored {
    pub(super) rows: u64,
    pub(super) entries: u64,
}

impl<'t> Counting<'t> {
    pub(super) fn new(keys: DistinctKeys<'t>, room: Room) -> Self {
        Counting { counts: Vec::new(), baskets: 0, stored: Stored::default(), keys, room, labels: 0 }
    }

    /// The bytes of labels and counts.
    pub(super) fn held(&self) -> u64 {
        self.labels + (self.counts.capacity() * size_of::<u64>()) as u64
    }
}

impl TakeRuns for Counting<'_> {
    fn take(&mut self, rows: &mut Encoded) -> Result<(), Error> {
        let Encoded { items, runs, keys } = rows;
        let known = items.iter().fold(0, |highest, &id| highest.max(id as usize + 1));
        if self.counts.len() < known {
            self.counts.resize(known, 0);
        }
        self.stored.entries += items.len() as u64;
        if runs.len() == keys.len() {
            items.iter().for_each(|&id| self.counts[id as usize] += 1);
            self.keys.take(keys, self.held())?;
        } else {
            self.stored.rows += runs.len() as u64;
            let mut start = 0;
            for &Run { end, weight, .. } in &*runs {
                let row = &items[start..end as usize];
                row.iter().for_each(|&id| self.counts[id as usize] += u64::from(weight));
                self.baskets += u64::from(weight);
                start = end as usize;
            }
        }
        rows.clear();
        // Reading ends, and begins again.
        if self.keys.are_unordered() { Err(Error::new(ErrorKind::Cancelled)) } else { Ok(()) }
    }

    fn check_room(&mut self, bytes: u64) -> Result<(), Error> {
        self.labels = bytes;
        let held = self.held();
        // If there is no room for the keys, they are written.
        self.room.check("the labels of all items", held, held)
    }
}
