//! Transactions as the engines see them: frequent items only, numbered by falling count.

use std::marker::PhantomData;
use std::ops::Range;

use super::{DistinctSorter, EncodedRows, Transactions};
use crate::bitset::{Isa, Ops, Task, prefetch};
use crate::workers::Workers;

/// The frequent items, most frequent first; items of equal count in the order of their labels, so
/// that neither the order of the rows nor the file's format can change a result.
///
/// The position in this order is an item's *rank*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranking {
    /// The item of each rank.
    pub(crate) ids: Vec<u32>,
    /// The baskets that hold the item of each rank, never rising.
    pub(crate) counts: Vec<u32>,
}

impl Ranking {
    pub(crate) fn new<T: Ord>(transactions: &Transactions<T>, min_count: u64) -> Self {
        let counts = transactions.counts();
        // Every item that is numbered is in some basket, and there are at most u32::MAX numbers.
        let is_frequent = |&id: &u32| u64::from(counts[id as usize]) >= min_count.max(1);
        Ranking::of(transactions, (0..counts.len() as u32).filter(is_frequent).collect())
    }

    /// The ranking of some items.
    pub(crate) fn of<T: Ord>(transactions: &Transactions<T>, mut ids: Vec<u32>) -> Self {
        let (counts, labels) = (transactions.counts(), transactions.dictionary().labels());
        ids.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            counts[b].cmp(&counts[a]).then_with(|| labels[a].cmp(&labels[b]))
        });
        let counts = ids.iter().map(|&id| counts[id as usize]).collect();
        Ranking { ids, counts }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// The rank of an item that has none.
const INFREQUENT: u32 = u32::MAX;

/// Entries that are recoded as one part at the least: some tenths of a millisecond.
const LEAST_PART: usize = 1 << 15;

/// A rank as it is stored in rows: 2 bytes where at most 65,536 items are frequent, else 4.
pub(crate) trait Rank: Copy + Default + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The largest number of ranks that the type can tell apart.
    const RANKS: usize;
    /// The largest value. It can stand for "none" wherever the ranks below one rank are numbered anew.
    const NONE: Self;
    /// `rank` is below [`Rank::RANKS`].
    fn new(rank: u32) -> Self;
    fn index(self) -> usize;
}

impl Rank for u16 {
    const RANKS: usize = 1 << 16;
    const NONE: Self = u16::MAX;

    #[inline(always)]
    fn new(rank: u32) -> Self {
        rank as u16
    }

    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Rank for u32 {
    const RANKS: usize = 1 << 32;
    const NONE: Self = u32::MAX;

    #[inline(always)]
    fn new(rank: u32) -> Self {
        rank
    }

    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// Baskets as ascending ranks, most frequent item first. Baskets with fewer than two frequent items are
/// left out: only the counts of single items need them, and those are in `counts`.
///
/// Rows stand in the order of their length. So a loop over some of them, in order, almost always guesses right where
/// each ends (T10I4D100K at 20 is mined in four fifths of the time), and where a row begins follows from its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RankedRows<R> {
    /// The baskets that hold the item of each rank, those that are left out included.
    pub(crate) counts: Vec<u32>,
    ranks: Vec<R>,
    /// The rows of each length, ascending, and a last run that begins where they end.
    runs: Vec<Run>,
}

/// Rows of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The first of them.
    row: u32,
    /// Where that one begins.
    begin: u32,
    length: u32,
}

impl<R: Rank> RankedRows<R> {
    fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        let mut rank_of = vec![INFREQUENT; rows.items()];
        for (rank, &id) in (0..).zip(&ranking.ids) {
            rank_of[id as usize] = rank;
        }
        let parts = workers.parts(rows.len(), LEAST_PART * rows.len() / rows.entries().max(1));
        let recode = |part| Isa::detect().run(Recode { rows, part, rank_of: &rank_of, ranks: PhantomData });
        let mut parts: Vec<RecodedPart<R>> = workers.run_parts(&parts, recode);

        let longest = parts.iter().map(|part| part.of_length.len()).max().unwrap_or_default();
        let mut runs = Vec::new();
        let (mut row, mut begin) = (0, 0);
        // What the parts have of each length, in the order in which it is joined.
        let mut pieces: Vec<&[R]> = Vec::new();
        let mut rest: Vec<&[R]> = parts.iter().map(|part| &part.ranks[..]).collect();
        for length in 0..longest {
            let before = row;
            for (part, rest) in parts.iter().zip(&mut rest) {
                let rows = part.of_length.get(length).copied().unwrap_or_default();
                let of_length;
                (of_length, *rest) = rest.split_at(rows as usize * length);
                pieces.push(of_length);
                row += rows;
            }
            if row > before {
                // No more than the transactions' entries, which a u32 numbers.
                runs.push(Run { row: before, begin, length: length as u32 });
                begin += (row - before) * length as u32;
            }
        }
        runs.push(Run { row, begin, length: 0 });
        let ranks = if parts.len() > 1 { workers.concat(&pieces) } else { Vec::new() };
        let ranks = match &mut parts[..] {
            // The ranks of a single part are in order already.
            [part] => std::mem::take(&mut part.ranks),
            _ => ranks,
        };
        RankedRows { counts: ranking.counts.clone(), ranks, runs }
    }

    /// Frequent items.
    pub(crate) fn items(&self) -> usize {
        self.counts.len()
    }

    /// Baskets of two frequent items or more.
    pub(crate) fn len(&self) -> usize {
        self.runs.last().map_or(0, |end| end.row as usize)
    }

    /// Their items together.
    pub(crate) fn entries(&self) -> usize {
        self.ranks.len()
    }

    /// The length that an entry's row has in the mean: more than the mean of the rows, as long ones have more entries.
    pub(crate) fn mean_len(&self) -> usize {
        let squares = self.runs.windows(2).map(|runs| {
            let rows = u128::from(runs[1].row - runs[0].row);
            rows * u128::from(runs[0].length).pow(2)
        });
        (squares.sum::<u128>() / (self.entries() as u128).max(1)) as usize
    }

    /// Each length that rows have, ascending, and how many have it.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = (u64, u64)> {
        self.runs.windows(2).map(|runs| (u64::from(runs[0].length), u64::from(runs[1].row - runs[0].row)))
    }

    /// Bytes of the rows.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.ranks[..])
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[R]> {
        self.part_of(0..self.len())
    }

    /// Some rows.
    pub(crate) fn part_of(&self, part: Range<usize>) -> impl Iterator<Item = &[R]> {
        let mut reader = self.reader();
        part.map(move |row| reader.row(row as u32))
    }

    /// Reads rows in ascending order.
    pub(crate) fn reader(&self) -> Reader<'_, R> {
        let (run, next) = match self.runs[..] {
            [run] => (run, u32::MAX),
            [run, next, ..] => (run, next.row),
            [] => unreachable!("the last run is always there"),
        };
        Reader { rows: self, next_run: 1, run, end: next }
    }
}

/// Finds rows by their number, each in constant time as long as the numbers ascend.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a, R> {
    rows: &'a RankedRows<R>,
    run: Run,
    /// The row that the next run begins with.
    end: u32,
    next_run: usize,
}

impl<'a, R: Rank> Reader<'a, R> {
    /// A row. It must not be before the one that was read last.
    #[inline(always)]
    pub(crate) fn row(&mut self, row: u32) -> &'a [R] {
        while row >= self.end {
            self.go_on();
        }
        &self.rows.ranks[self.place(row)..][..self.run.length as usize]
    }

    /// Asks for a row that is going to be read soon.
    #[inline(always)]
    pub(crate) fn ask_for(&self, row: u32) {
        prefetch(&self.rows.ranks, self.place(row));
    }

    /// Where a row begins, if it is of the run at hand.
    #[inline(always)]
    fn place(&self, row: u32) -> usize {
        self.run.begin as usize + (row - self.run.row) as usize * self.run.length as usize
    }

    #[cold]
    fn go_on(&mut self) {
        self.run = self.rows.runs[self.next_run];
        self.next_run += 1;
        self.end = self.rows.runs.get(self.next_run).map_or(u32::MAX, |run| run.row);
    }
}

/// Some rows as ranks, in the order of their length.
struct RecodedPart<R> {
    /// How many rows there are of each length.
    of_length: Vec<u32>,
    ranks: Vec<R>,
}

/// Gives some rows their ranks.
struct Recode<'a, R> {
    rows: EncodedRows<'a>,
    part: Range<usize>,
    rank_of: &'a [u32],
    ranks: PhantomData<R>,
}

impl<R: Rank> Task for Recode<'_, R> {
    type Output = RecodedPart<R>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let Recode { rows, part, rank_of, .. } = self;
        let mut lengths = Vec::with_capacity(part.len());
        let mut ranks = Vec::with_capacity(part.clone().map(|position| rows.row(position).len()).sum());
        let (mut row, mut sorted, mut sorter) = (Vec::new(), Vec::new(), DistinctSorter::default());
        for position in part {
            let items = rows.row(position);
            if sorted.len() < items.len() + DistinctSorter::ROOM {
                row.resize(items.len() + DistinctSorter::ROOM, INFREQUENT);
                sorted.resize(items.len() + DistinctSorter::ROOM, 0);
            }
            let mut known = 0;
            for &id in items {
                // Written first and kept by moving on: there is no branch to mispredict.
                row[known] = rank_of[id as usize];
                known += usize::from(row[known] != INFREQUENT);
            }
            if known < 2 {
                continue;
            }
            // The items of a basket are distinct, so all of the row stays.
            let distinct = sorter.sort(ops, &row, known, &mut sorted);
            ranks.extend(sorted[..distinct].iter().map(|&rank| R::new(rank)));
            lengths.push(distinct as u32);
        }
        by_length(&lengths, &ranks)
    }
}

/// Puts rows in the order of their length, by counting sort.
fn by_length<R: Rank>(lengths: &[u32], ranks: &[R]) -> RecodedPart<R> {
    let mut of_length: Vec<u32> = Vec::new();
    for &length in lengths {
        if of_length.len() <= length as usize {
            of_length.resize(length as usize + 1, 0);
        }
        of_length[length as usize] += 1;
    }
    let mut ends = Vec::with_capacity(of_length.len());
    let mut end = 0;
    for (length, &rows) in of_length.iter().enumerate() {
        ends.push(end);
        end += rows as usize * length;
    }
    let (mut sorted, mut rest) = (vec![R::NONE; ranks.len()], ranks);
    for &length in lengths {
        let row;
        (row, rest) = rest.split_at(length as usize);
        let end = &mut ends[length as usize];
        sorted[*end..*end + row.len()].copy_from_slice(row);
        *end += row.len();
    }
    RecodedPart { of_length, ranks: sorted }
}

/// [`RankedRows`] in the narrowest form that holds their ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MiningDatabase {
    Narrow(RankedRows<u16>),
    Wide(RankedRows<u32>),
}

impl MiningDatabase {
    /// Linear in the entries, apart from sorting each basket.
    pub(crate) fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        if ranking.len() <= u16::RANKS {
            MiningDatabase::Narrow(RankedRows::new(rows, ranking, workers))
        } else {
            MiningDatabase::Wide(RankedRows::new(rows, ranking, workers))
        }
    }
}
