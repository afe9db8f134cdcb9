//! The second pass: rows of kept items become baskets.

use std::path::Path;

use super::partitions::Partitions;
use super::room::Room;
use crate::error::Error;
use crate::io::table::{Encoded, Grouping, Run, TakeRuns};
use crate::transactions::{Columns, MergedRows};

/// How rows become baskets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// The rows of a basket follow each other.
    Following,
    /// They are put together in memory.
    Grouped,
    /// They are put together in one partition after the other.
    Partitioned(usize),
}

/// What takes the baskets of the second pass.
pub(super) trait TakeBaskets {
    /// Takes baskets of items in any order, each with where it ends in `items`, and its weight.
    fn push_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error>;

    /// Takes baskets that are complete.
    fn push_columns(&mut self, columns: &Columns) -> Result<(), Error>;

    /// Bytes held.
    fn bytes(&self) -> u64;
}

impl TakeBaskets for MergedRows {
    fn push_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error> {
        MergedRows::push_all(self, items, ends)
    }

    fn push_columns(&mut self, columns: &Columns) -> Result<(), Error> {
        MergedRows::push_columns(self, columns)
    }

    fn bytes(&self) -> u64 {
        MergedRows::bytes(self)
    }
}

/// Rows of kept items, while they are read.
#[derive(Debug)]
pub(super) struct Kept<B> {
    rows: B,
    rest: Rest,
    room: Room,
    /// What is held besides, and what is needed at most, in bytes.
    besides: u64,
    needed: u64,
}

/// Rows that are no baskets yet.
#[derive(Debug)]
enum Rest {
    /// The last key, and the items of the basket that has it.
    Open(Open),
    Grouping(Box<Grouping>),
    Partitions(Box<Partitions>),
}

/// Baskets whose rows follow each other.
#[derive(Debug, Default)]
struct Open {
    key: Vec<u8>,
    items: Vec<u32>,
    /// Where the baskets end that are complete, with a weight of 1 each.
    ends: Vec<(usize, u32)>,
}

impl Open {
    /// Adds a run of rows.
    #[inline(always)]
    fn add(&mut self, key: &[u8], row: &[u32]) {
        if self.key != key {
            self.ends.push((self.items.len(), 1));
            self.key.clear();
            self.key.extend_from_slice(key);
        }
        self.items.extend_from_slice(row);
    }

    /// Hands on the baskets that are complete.
    fn hand_on(&mut self, rows: &mut impl TakeBaskets) -> Result<(), Error> {
        let Some(&(end, _)) = self.ends.last() else { return Ok(()) };
        rows.push_all(&self.items, self.ends.drain(..))?;
        self.items.drain(..end);
        Ok(())
    }
}

/// What it is that takes the memory, for errors.
const ROWS: &str = "the rows of items that can be frequent (fewer at a higher minimum support)";

impl<B: TakeBaskets> Kept<B> {
    pub(super) fn new(
        rows: B,
        plan: Plan,
        room: Room,
        besides: u64,
        needed: u64,
        folder: Option<&Path>,
    ) -> Result<Self, Error> {
        let rest = match plan {
            Plan::Following => Rest::Open(Open::default()),
            Plan::Grouped => Rest::Grouping(Box::new(Grouping::new())),
            Plan::Partitioned(parts) => Rest::Partitions(Box::new(Partitions::new(folder, parts, room.buffered())?)),
        };
        Ok(Kept { rows, rest, room, besides, needed })
    }

    /// All rows.
    pub(super) fn finish(self) -> Result<B, Error> {
        let Kept { mut rows, rest, room, besides, needed } = self;
        match rest {
            Rest::Open(mut open) => {
                open.ends.push((open.items.len(), 1));
                open.hand_on(&mut rows)?;
            }
            Rest::Grouping(grouping) => add_grouped(&mut rows, *grouping)?,
            Rest::Partitions(mut partitions) => {
                for place in 0..partitions.len() {
                    let held = besides + room.buffered() + rows.bytes();
                    let grouping = group(&mut partitions, place, |bytes| room.check(ROWS, held + bytes, needed))?;
                    add_grouped(&mut rows, grouping)?;
                    room.check(ROWS, besides + rows.bytes(), needed)?;
                }
            }
        }
        Ok(rows)
    }
}

impl<B: TakeBaskets> TakeRuns for Kept<B> {
    fn take(&mut self, rows: &mut Encoded) -> Result<(), Error> {
        rows.keep_numbered();
        let Encoded { items, runs, keys } = &*rows;
        if keys.is_empty() {
            self.rows.push_all(items, runs.iter().map(|run| (run.end as usize, run.weight)))?;
            rows.clear();
            return Ok(());
        }
        let mut word = [0; 8];
        let starts = [0].into_iter().chain(runs.iter().map(|run| run.end as usize));
        let mut parts = starts.zip(runs).map(|(start, run)| &items[start..run.end as usize]).enumerate();
        match &mut self.rest {
            Rest::Open(open) => {
                parts.for_each(|(place, row)| open.add(keys.get(place, &mut word), row));
                open.hand_on(&mut self.rows)?;
            }
            Rest::Grouping(grouping) => {
                let held = self.besides + grouping.bytes_for(keys.len());
                self.room.check(ROWS, held, self.needed)?;
                grouping.take(rows)?;
            }
            Rest::Partitions(partitions) => {
                parts.try_for_each(|(place, row)| partitions.add(keys.get(place, &mut word), row))?;
            }
        }
        rows.clear();
        Ok(())
    }

    fn check_room(&mut self, _: u64) -> Result<(), Error> {
        let rest = match &self.rest {
            Rest::Open(open) => (open.items.capacity() * size_of::<u32>()) as u64,
            Rest::Grouping(grouping) => grouping.bytes_for(0),
            Rest::Partitions(_) => self.room.buffered(),
        };
        self.room.check(ROWS, self.besides + self.rows.bytes() + rest, self.needed)
    }
}

/// Runs that are grouped together.
const TOGETHER: usize = 1024;

/// The baskets of a partition. `check` is told the bytes that they take.
fn group(
    partitions: &mut Partitions,
    place: usize,
    check: impl Fn(u64) -> Result<(), Error>,
) -> Result<Grouping, Error> {
    let (mut grouping, mut rows) = (Grouping::new(), Encoded::default());
    partitions.read(place, |key, items| {
        rows.items.extend_from_slice(items);
        rows.keys.push(key);
        rows.runs.push(Run { key: Run::NO_KEY, end: rows.items.len() as u32, weight: 1 });
        if rows.runs.len() == TOGETHER {
            check(grouping.bytes_for(TOGETHER))?;
            grouping.take(&mut rows)?;
        }
        Ok(())
    })?;
    grouping.take(&mut rows)?;
    Ok(grouping)
}

/// Adds baskets that were put together.
fn add_grouped(rows: &mut impl TakeBaskets, grouping: Grouping) -> Result<(), Error> {
    rows.push_columns(&grouping.into_columns()?)
}
