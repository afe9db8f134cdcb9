//! Rows of a table as runs of item numbers, before they are grouped to baskets.

use crate::error::Error;
use crate::io::report::ReadReport;

use super::keys::{Keys, Pending};
use super::texts::Texts;

/// The numbers of labels and keys, in the order of their first appearance.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) labels: Texts,
    pub(super) keys: Keys,
    /// Keys of baskets that are left out.
    pub(super) excluded: Texts,
}

/// Consecutive rows of one basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The number of the basket's key, or [`Run::NO_KEY`].
    pub(super) key: u32,
    /// Where its items end.
    pub(super) end: u32,
    /// How many equal baskets it is, if it has no key.
    pub(super) weight: u32,
}

impl Run {
    /// Each run is a basket of its own.
    pub(super) const NO_KEY: u32 = u32::MAX;
}

/// Rows that were encoded.
#[derive(Debug)]
pub(in crate::io) struct Rows<'a> {
    /// The numbers given before; new ones come after them.
    known: Option<&'a Numbers>,
    pub(super) new: Numbers,
    pub(super) items: Vec<u32>,
    pub(super) runs: Vec<Run>,
    pub(in crate::io) report: ReadReport,
    /// The keys of the runs, which get their numbers together, and the last one.
    pending: Pending,
    last_key: Vec<u8>,
    /// The items of columns, as far as they are known.
    of_columns: Vec<u32>,
    /// Where a label is put together.
    label: String,
}

/// No item's number.
const NO_ITEM: u32 = u32::MAX;

/// Rows that were encoded by themselves, and wait to be added to those before.
#[derive(Debug)]
pub(super) struct MoreRows {
    new: Numbers,
    known_labels: usize,
    known_keys: usize,
    pub(super) items: Vec<u32>,
    pub(super) runs: Vec<Run>,
    pub(super) report: ReadReport,
}

impl Numbers {
    /// None. Those of a part are going to be numbered again.
    fn new(is_part: bool) -> Self {
        let (labels, excluded) = (Texts::of("distinct items"), Texts::of("baskets"));
        Numbers { labels, keys: Keys::new(is_part), excluded }
    }

    /// Gives what is new in some rows its numbers here, and renumbers the rows.
    pub(super) fn number(&mut self, mut rows: MoreRows) -> Result<MoreRows, Error> {
        let labels = rows.new.labels.iter().map(|label| self.labels.intern(label));
        let labels = labels.collect::<Result<Vec<_>, _>>()?;
        let keys = self.keys.number_again(&rows.new.keys)?;
        for key in rows.new.excluded.iter() {
            self.excluded.intern(key)?;
        }
        renumber(rows.items.iter_mut(), rows.known_labels, &labels);
        let keyed = rows.runs.iter_mut().map(|run| &mut run.key).filter(|key| **key != Run::NO_KEY);
        renumber(keyed, rows.known_keys, &keys);
        Ok(rows)
    }
}

/// Puts `added` in the place of the numbers from `known` on.
fn renumber<'n>(numbers: impl Iterator<Item = &'n mut u32>, known: usize, added: &[u32]) {
    if added.iter().copied().eq((known as u32..).take(added.len())) {
        return;
    }
    for number in numbers {
        if let Some(&to) = (*number as usize).checked_sub(known).and_then(|new| added.get(new)) {
            *number = to;
        }
    }
}

impl<'a> Rows<'a> {
    pub(super) fn new(known: Option<&'a Numbers>) -> Self {
        Rows {
            known,
            new: Numbers::new(known.is_some()),
            items: Vec::new(),
            runs: Vec::new(),
            report: ReadReport::default(),
            pending: Pending::default(),
            last_key: Vec::new(),
            of_columns: Vec::new(),
            label: String::new(),
        }
    }

    pub(super) fn into_more(mut self) -> Result<MoreRows, Error> {
        self.number_keys()?;
        Ok(MoreRows {
            known_labels: self.known.map_or(0, |known| known.labels.len()),
            known_keys: self.known.map_or(0, |known| known.keys.len()),
            new: self.new,
            items: self.items,
            runs: self.runs,
            report: self.report,
        })
    }

    /// Adds an item to the open run.
    #[inline(always)]
    pub(in crate::io) fn push(&mut self, label: &str) -> Result<(), Error> {
        let known = self.known.map(|known| &known.labels);
        self.items.push(self.new.labels.intern_after(known, label.as_bytes())?);
        Ok(())
    }

    /// Adds the item of a column, whose number is kept for further rows.
    #[inline(always)]
    pub(in crate::io) fn push_of_column(&mut self, column: usize, label: &str) -> Result<(), Error> {
        match self.of_columns.get(column) {
            Some(&id) if id != NO_ITEM => self.items.push(id),
            _ => {
                self.push(label)?;
                if self.of_columns.len() <= column {
                    self.of_columns.resize(column + 1, NO_ITEM);
                }
                self.of_columns[column] = self.items.last().copied().unwrap_or(NO_ITEM);
            }
        }
        Ok(())
    }

    /// Adds the item whose label is two texts together.
    #[inline(always)]
    pub(in crate::io) fn push_joined(&mut self, first: &str, second: &str) -> Result<(), Error> {
        let mut label = std::mem::take(&mut self.label);
        label.clear();
        label.push_str(first);
        label.push_str(second);
        let pushed = self.push(&label);
        self.label = label;
        pushed
    }

    /// Adds the items since the last run to the basket with this key.
    #[inline(always)]
    pub(in crate::io) fn end_keyed(&mut self, key: &[u8]) {
        // A block has fewer entries than bytes.
        let end = self.items.len() as u32;
        match self.runs.last_mut() {
            Some(run) if self.last_key == key => run.end = end,
            _ => {
                self.last_key.clear();
                self.last_key.extend_from_slice(key);
                self.pending.push(key);
                self.runs.push(Run { key: Run::NO_KEY, end, weight: 1 });
            }
        }
    }

    /// Gives the keys of the runs their numbers.
    pub(super) fn number_keys(&mut self) -> Result<(), Error> {
        let Rows { known, new, pending, runs, .. } = self;
        new.keys.number(known.map(|known| &known.keys), pending, runs.iter_mut().map(|run| &mut run.key))
    }

    /// Makes the items since the last run `weight` baskets of their own. Without items, or with a weight of 0, they are
    /// none.
    #[inline(always)]
    pub(in crate::io) fn end_row(&mut self, weight: u32) {
        let (start, end) = (self.runs.last().map_or(0, |run| run.end), self.items.len() as u32);
        if start == end {
            self.report.empty_rows += 1;
        } else if weight > 0 {
            self.runs.push(Run { key: Run::NO_KEY, end, weight });
        }
    }

    /// Notes that the basket with this key is left out.
    pub(in crate::io) fn exclude(&mut self, key: &[u8]) -> Result<(), Error> {
        if self.known.is_none_or(|known| known.excluded.find(key).is_none()) {
            self.new.excluded.intern(key)?;
        }
        Ok(())
    }

    /// Forgets the rows, which were taken over.
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.runs.clear();
    }
}
