//! Baskets of ranks in a temporary file, each with those whose rarest item is about as frequent.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::plan::RankPlan;
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::Control;
use crate::error::Error;
use crate::spill::{Spill, put, take};
use crate::transactions::DistinctSorter;

/// The most parts. With more, pieces are small; with fewer, a search cannot be as large as memory allows.
const MOST_PARTS: usize = 256;

/// Bytes of rows that are read at a time: so many that it pays to wake another thread for them.
const TEXT: usize = if cfg!(test) { 1 << 6 } else { 1 << 20 };

/// Baskets of ranks. A basket is in the part that has its last rank, the rarest item; parts are of consecutive ranks.
#[derive(Debug)]
pub(crate) struct RankFiles {
    pub(super) plan: Arc<RankPlan>,
    /// The first rank of each part, and, last, the number of ranks.
    pub(super) firsts: Vec<u32>,
    part_of: Vec<u32>,
    spill: Spill,
    pub(super) parts: Vec<PartSize>,
    /// The bytes that are gathered before they are written.
    buffered: u64,
    /// The baskets with the item of each rank that were added.
    came: Vec<u64>,
    /// Items that a basket had once more.
    duplicates: u64,
    sorter: DistinctSorter,
    /// The basket that is added, as it came and sorted.
    open: Vec<u32>,
    sorted: Vec<u32>,
}

/// A row that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'b> {
    pub(super) ranks: &'b [u32],
    pub(super) weight: u64,
    /// The bytes of the ranks.
    steps: &'b [u8],
}

/// What a part has.
#[derive(Clone, Debug, Default)]
pub(super) struct PartSize {
    /// Up to some length, and of those beyond.
    of_short: Vec<u64>,
    of_long: BTreeMap<usize, u64>,
    pub(super) rows: u64,
    pub(super) entries: u64,
    /// Whether a row stands for several baskets.
    pub(super) weighs: bool,
}

/// The shortest length that is long: few rows have it.
const LONG: usize = 256;

impl PartSize {
    #[inline(always)]
    fn add(&mut self, len: usize, weight: u64) {
        self.rows += 1;
        self.entries += len as u64;
        self.weighs |= weight != 1;
        if len >= LONG {
            *self.of_long.entry(len).or_default() += 1;
            return;
        }
        if self.of_short.len() <= len {
            self.of_short.resize(len + 1, 0);
        }
        self.of_short[len] += 1;
    }

    /// Each length, ascending, and how many rows have it.
    pub(super) fn lengths(&self) -> impl Iterator<Item = (usize, u64)> {
        let short = self.of_short.iter().copied().enumerate().filter(|&(_, rows)| rows > 0);
        short.chain(self.of_long.iter().map(|(&len, &rows)| (len, rows)))
    }

    /// That of two together.
    pub(super) fn and(mut self, other: &PartSize) -> PartSize {
        let longest = self.of_short.len().max(other.of_short.len());
        self.of_short.resize(longest, 0);
        self.of_short.iter_mut().zip(&other.of_short).for_each(|(rows, more)| *rows += more);
        other.of_long.iter().for_each(|(&len, rows)| *self.of_long.entry(len).or_default() += rows);
        let (rows, entries) = (self.rows + other.rows, self.entries + other.entries);
        PartSize { rows, entries, weighs: self.weighs || other.weighs, ..self }
    }
}

impl RankFiles {
    /// In a folder, or that of the system. About `buffered` bytes are gathered before they are written.
    pub(super) fn new(plan: Arc<RankPlan>, folder: Option<&Path>, buffered: u64) -> Result<Self, Error> {
        let firsts = divided(&plan.counts);
        let parts = firsts.len() - 1;
        let part_of = (0..)
            .zip(firsts.windows(2))
            .flat_map(|(part, ranks)| std::iter::repeat_n(part, (ranks[1] - ranks[0]) as usize));
        Ok(RankFiles {
            part_of: part_of.collect(),
            firsts,
            spill: Spill::new(folder, parts, buffered)?,
            parts: vec![PartSize::default(); parts],
            buffered,
            came: vec![0; plan.counts.len()],
            duplicates: 0,
            sorter: DistinctSorter::default(),
            open: Vec::new(),
            sorted: Vec::new(),
            plan,
        })
    }

    /// Adds a basket of ranks, in any order.
    pub(super) fn add(&mut self, ranks: impl IntoIterator<Item = u32>, weight: u64) -> Result<(), Error> {
        let mut open = std::mem::take(&mut self.open);
        open.clear();
        open.extend(ranks);
        let added = self.add_all(&open, [(open.len(), weight)].into_iter());
        self.open = open;
        added
    }

    /// Adds baskets of ranks in any order, each with where it ends in `ranks`, and how often it comes.
    pub(super) fn add_all(&mut self, ranks: &[u32], ends: impl Iterator<Item = (usize, u64)>) -> Result<(), Error> {
        Isa::detect().run(AddAll { files: self, ranks, ends })
    }

    /// Adds the basket of the first `len` ranks.
    #[inline(always)]
    fn add_with<O: Ops>(&mut self, ops: O, from: &[u32], len: usize, weight: u64) -> Result<(), Error> {
        if len == 0 || weight == 0 {
            return Ok(());
        }
        let mut sorted = std::mem::take(&mut self.sorted);
        if sorted.len() < len + DistinctSorter::ROOM {
            sorted.resize(len + DistinctSorter::ROOM, 0);
        }
        let distinct = self.sorter.sort(ops, from, len, &mut sorted);
        self.duplicates += (len - distinct) as u64 * weight;
        let row = &sorted[..distinct];
        row.iter().for_each(|&rank| self.came[rank as usize] += weight);
        let added = self.put(row, weight);
        self.sorted = sorted;
        added
    }

    /// Writes ascending ranks, each once. One rank alone has no itemsets but itself.
    #[inline(always)]
    pub(super) fn put(&mut self, row: &[u32], weight: u64) -> Result<(), Error> {
        let Some((&last, [_, ..])) = row.split_last() else { return Ok(()) };
        let part = self.part_of[last as usize] as usize;
        self.parts[part].add(row.len(), weight);
        self.spill.add(part, |bytes| write(bytes, row, weight))
    }

    /// Items that baskets had once more, counted with the weights.
    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The baskets with the item of each rank that were added.
    pub(super) fn came(&self) -> &[u64] {
        &self.came
    }

    /// The same baskets under a plan with other counts, which need not descend.
    pub(super) fn with_counts(self, counts: Vec<u64>) -> Self {
        let plan = Arc::new(RankPlan { counts, ..RankPlan::clone(&self.plan) });
        RankFiles { plan, ..self }
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> u64 {
        self.buffered + (self.came.len() * size_of::<u64>()) as u64
    }

    /// Bytes in the temporary file.
    pub(super) fn written(&self) -> u64 {
        self.spill.written()
    }

    /// Hands on the rows of some parts, as often as it is called.
    pub(super) fn for_each_row(
        &mut self,
        parts: Range<usize>,
        control: &Control,
        mut take: impl FnMut(&mut Self, Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let items = self.came.len();
        self.for_each_text(parts, control, |files, text| rows_of(text, items, |row| take(files, row).map(|()| true)))
    }

    /// Hands on the rows of some parts as they were written, about a megabyte of them at a time. `take` returns whether they
    /// are rows of the plan.
    pub(super) fn for_each_text(
        &mut self,
        parts: Range<usize>,
        control: &Control,
        mut take: impl FnMut(&mut Self, &[u8]) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut text = Vec::new();
        for part in parts.clone() {
            let pieces = self.spill.pieces(part);
            for piece in 0..pieces {
                if control.should_stop() {
                    control.check()?;
                }
                self.spill.read_piece(part, piece, &mut text)?;
                let is_last = part + 1 == parts.end && piece + 1 == pieces;
                if text.len() >= TEXT || is_last {
                    if !take(self, &text)? {
                        return Err(self.spill.damaged());
                    }
                    text.clear();
                }
            }
        }
        Ok(())
    }

    /// An error for rows that are not those that were added.
    pub(super) fn damaged(&self) -> Error {
        self.spill.damaged()
    }

    /// Adds what a row has below a rank to the part where it goes on.
    #[inline(always)]
    pub(super) fn go_on(&mut self, row: Row<'_>, below: u32) -> Result<(), Error> {
        let Row { ranks, weight, steps } = row;
        let end = ranks.partition_point(|&rank| rank < below);
        if weight != 1 || steps.len() != ranks.len() || end < 2 {
            return self.put(&ranks[..end], weight);
        }
        // Each step is a byte: they are written as they were read.
        let part = self.part_of[ranks[end - 1] as usize] as usize;
        self.parts[part].add(end, 1);
        self.spill.add(part, |bytes| {
            put(bytes, (end as u64) << 1);
            bytes.extend_from_slice(&steps[..end]);
        })
    }

    /// Frees the memory of parts that are not read again.
    pub(super) fn forget(&mut self, parts: Range<usize>) {
        for part in parts {
            self.spill.forget(part);
            self.parts[part] = PartSize::default();
        }
    }
}

/// [`RankFiles::add_all`], compiled for each instruction set.
struct AddAll<'a, E> {
    files: &'a mut RankFiles,
    ranks: &'a [u32],
    ends: E,
}

impl<E: Iterator<Item = (usize, u64)>> Task for AddAll<'_, E> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let AddAll { files, ranks, ends } = self;
        let mut start = 0;
        for (end, weight) in ends {
            files.add_with(ops, &ranks[start..], end - start, weight)?;
            start = end;
        }
        Ok(())
    }
}

/// The first rank of each part, and the number of ranks: parts have about the same number of entries.
fn divided(counts: &[u64]) -> Vec<u32> {
    let share = (counts.iter().sum::<u64>() / MOST_PARTS as u64).max(1);
    let (mut firsts, mut held) = (vec![0], 0);
    // There are no more ranks than a u32 numbers.
    for (rank, &count) in (0..).zip(counts) {
        if held >= share && firsts.len() < MOST_PARTS {
            firsts.push(rank);
            held = 0;
        }
        held += count;
    }
    if !counts.is_empty() {
        firsts.push(counts.len() as u32);
    }
    firsts
}

/// Hands on the rows of a text. Returns whether they are rows of so many items, and `take` returned that they are for all.
pub(super) fn rows_of(
    mut text: &[u8],
    items: usize,
    mut take: impl FnMut(Row<'_>) -> Result<bool, Error>,
) -> Result<bool, Error> {
    let mut ranks = Vec::new();
    while !text.is_empty() {
        let Some((weight, steps)) = read(&mut text, &mut ranks) else { return Ok(false) };
        // They ascend as they are written.
        if ranks.last().is_none_or(|&last| last as usize >= items) || !take(Row { ranks: &ranks, weight, steps })? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes a row: its length and weight, and by how much each rank is above the one before.
#[inline(always)]
fn write(bytes: &mut Vec<u8>, row: &[u32], weight: u64) {
    // Most weights are 1, and take no byte then.
    put(bytes, (row.len() as u64) << 1 | u64::from(weight != 1));
    if weight != 1 {
        put(bytes, weight);
    }
    let mut before = 0;
    for &rank in row {
        put(bytes, u64::from(rank - before));
        before = rank;
    }
}

/// Reads a row, and returns its weight and the bytes of its ranks; `None` if the bytes are none.
#[inline(always)]
fn read<'b>(bytes: &mut &'b [u8], row: &mut Vec<u32>) -> Option<(u64, &'b [u8])> {
    let head = take(bytes)?;
    let weight = if head & 1 == 1 { take(bytes)? } else { 1 };
    let (start, len) = (*bytes, usize::try_from(head >> 1).ok()?);
    row.clear();
    let mut rank = 0_u32;
    // Nearly all steps are a byte each.
    if let Some((steps, rest)) = start.split_at_checked(len)
        && steps.iter().fold(0, |all, step| all | step) < 0x80
        && len < 1 << 24
    {
        row.extend(steps.iter().map(|&step| {
            rank += u32::from(step);
            rank
        }));
        *bytes = rest;
        return Some((weight, steps));
    }
    for _ in 0..len {
        rank = rank.checked_add(u32::try_from(take(bytes)?).ok()?)?;
        row.push(rank);
    }
    Some((weight, &start[..start.len() - bytes.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_read_back(
            ranks in prop::collection::btree_set(prop_oneof![0..300u32, any::<u32>()], 0..9),
            weight in prop_oneof![Just(1u64), any::<u64>()],
            more in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let row: Vec<u32> = ranks.into_iter().collect();
            let mut bytes = Vec::new();
            write(&mut bytes, &row, weight);
            let len = bytes.len();
            bytes.extend_from_slice(&more);
            let (mut found, mut left) = (Vec::new(), &bytes[..]);
            prop_assert_eq!(read(&mut left, &mut found).map(|(weight, _)| weight), Some(weight));
            prop_assert_eq!((found, left), (row, &more[..]));
            for end in 0..len {
                prop_assert_eq!(read(&mut &bytes[..end], &mut Vec::new()), None);
            }
        }

        #[test]
        fn parts_have_all_ranks(counts in prop::collection::vec(0..1000u64, 0..600)) {
            let firsts = divided(&counts);
            prop_assert!(firsts.is_sorted_by(|a, b| a < b) && firsts.len() <= MOST_PARTS + 1);
            prop_assert_eq!((firsts[0], firsts[firsts.len() - 1]), (0, counts.len() as u32));
        }

        #[test]
        fn sizes_add_up(rows in prop::collection::vec((0..2usize, 2..600usize, 1..3u64), 0..40)) {
            let mut parts = [PartSize::default(), PartSize::default()];
            rows.iter().for_each(|&(part, len, weight)| parts[part].add(len, weight));
            let [first, second] = parts;
            let both = first.and(&second);
            let mut expected = BTreeMap::new();
            rows.iter().for_each(|&(_, len, _)| *expected.entry(len).or_insert(0) += 1);
            prop_assert!(both.lengths().eq(expected));
            prop_assert_eq!(both.rows, rows.len() as u64);
            prop_assert_eq!(both.entries, rows.iter().map(|&(_, len, _)| len as u64).sum::<u64>());
            prop_assert_eq!(both.weighs, rows.iter().any(|&(_, _, weight)| weight > 1));
        }
    }
}
