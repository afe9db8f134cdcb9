//! Rows of a table as runs of item numbers, before they are grouped to baskets.

use crate::error::Error;
use crate::io::report::ReadReport;
use crate::io::whole_numbers::{ByNumber, canonical_label};

use super::keys::Pending;
use super::texts::Texts;

/// The numbers of labels, in the order of their first appearance.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) labels: Texts,
    /// Keys of baskets that are left out.
    pub(super) excluded: Texts,
}

/// Consecutive rows of one basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) struct Run {
    /// The number of the basket's key, or [`Run::NO_KEY`].
    pub(in crate::io) key: u32,
    /// Where its items end.
    pub(in crate::io) end: u32,
    /// How many equal baskets it is, if it has no key.
    pub(in crate::io) weight: u32,
}

impl Run {
    /// Each run is a basket of its own.
    pub(in crate::io) const NO_KEY: u32 = u32::MAX;
}

/// Runs of rows, with their items back to back.
#[derive(Debug, Default)]
pub(in crate::io) struct Encoded {
    pub(in crate::io) items: Vec<u32>,
    pub(in crate::io) runs: Vec<Run>,
    /// The keys of the runs, if they have any, which get their numbers together.
    pub(in crate::io) keys: Pending,
}

/// Rows while they are encoded.
#[derive(Debug)]
pub(in crate::io) struct Rows<'a> {
    /// The numbers given before; new ones come after them.
    known: Option<&'a Numbers>,
    pub(super) new: Numbers,
    /// Whether new labels get no number.
    pub(super) is_closed: bool,
    pub(super) encoded: Encoded,
    pub(in crate::io) report: ReadReport,
    last_key: Vec<u8>,
    /// The items of columns, as far as they are known.
    of_columns: Vec<u32>,
    /// The items of labels that are whole numbers, once rows of such are taken.
    pub(super) by_number: ByNumber<'a>,
    /// Whether no other whole number has a label, if new labels get no number.
    pub(super) are_all_known: bool,
    /// Where a label is put together.
    label: String,
}

/// Rows that were encoded by themselves, and wait to be added to those before.
#[derive(Debug)]
pub(super) struct MoreRows {
    new: Numbers,
    /// How many labels were known.
    known: usize,
    pub(super) encoded: Encoded,
    pub(super) report: ReadReport,
}

impl Numbers {
    fn new() -> Self {
        Numbers { labels: Texts::of("distinct items"), excluded: Texts::of("baskets") }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> u64 {
        self.labels.bytes_held() + self.excluded.bytes_held()
    }
}

impl Encoded {
    /// No item's number.
    pub(in crate::io) const NO_ITEM: u32 = u32::MAX;

    /// Forgets the rows, which were taken over.
    pub(in crate::io) fn clear(&mut self) {
        self.items.clear();
        self.runs.clear();
        self.keys.clear();
    }

    /// Leaves out the items without a number, and the runs that have no others.
    pub(in crate::io) fn keep_numbered(&mut self) {
        let Encoded { items, runs, keys } = self;
        let (mut start, mut kept, mut kept_runs) = (0, 0, 0);
        let is_keyed = !keys.is_empty();
        for place in 0..runs.len() {
            let Run { end, weight, key } = runs[place];
            let before = kept;
            for at in start..end as usize {
                // Written first and kept by moving on: there is no branch to mispredict.
                items[kept] = items[at];
                kept += usize::from(items[kept] != Encoded::NO_ITEM);
            }
            start = end as usize;
            runs[kept_runs] = Run { end: kept as u32, weight, key };
            if is_keyed {
                keys.copy(place, kept_runs);
            }
            kept_runs += usize::from(kept > before);
        }
        items.truncate(kept);
        runs.truncate(kept_runs);
        keys.truncate(kept_runs);
    }
}

impl Rows<'static> {
    /// No rows, in `encoded`, which is empty.
    pub(super) fn new() -> Self {
        Rows::of(None, ByNumber::new(), Encoded::default())
    }

    /// No rows yet, of items with these labels.
    pub(super) fn of_labels(labels: Texts) -> Self {
        let mut rows = Rows { is_closed: true, are_all_known: true, ..Rows::new() };
        let items = labels.len();
        for (id, label) in (0..).zip(labels.iter()) {
            let number = canonical_label(label);
            rows.are_all_known &= number == usize::MAX || rows.by_number.remember(number, id, items);
        }
        rows.new.labels = labels;
        rows
    }

    /// Gives what is new in some rows its numbers here, and renumbers the rows.
    pub(super) fn number(&mut self, mut rows: MoreRows) -> Result<MoreRows, Error> {
        let Numbers { labels, excluded } = &mut self.new;
        let added = rows.new.labels.iter().map(|label| labels.intern(label)).collect::<Result<Vec<_>, _>>()?;
        for key in rows.new.excluded.iter() {
            excluded.intern(key)?;
        }
        if !self.by_number.is_empty() {
            for (&id, label) in added.iter().zip(rows.new.labels.iter()) {
                self.by_number.remember(canonical_label(label), id, labels.len());
            }
        }
        if !added.iter().copied().eq((rows.known as u32..).take(added.len())) {
            for item in &mut rows.encoded.items {
                if let Some(&to) = (*item as usize).checked_sub(rows.known).and_then(|new| added.get(new)) {
                    *item = to;
                }
            }
        }
        Ok(rows)
    }
}

impl<'a> Rows<'a> {
    /// No rows, in `encoded`, which is empty, to come after some others.
    pub(super) fn after(rows: &'a Rows<'static>, encoded: Encoded) -> Self {
        let Rows { new, is_closed, by_number, are_all_known, .. } = rows;
        let after = Rows::of(Some(new), by_number.after(), encoded);
        Rows { is_closed: *is_closed, are_all_known: *are_all_known, ..after }
    }

    fn of(known: Option<&'a Numbers>, by_number: ByNumber<'a>, encoded: Encoded) -> Self {
        Rows {
            known,
            new: Numbers::new(),
            is_closed: false,
            encoded,
            report: ReadReport::default(),
            last_key: Vec::new(),
            of_columns: Vec::new(),
            by_number,
            are_all_known: false,
            label: String::new(),
        }
    }

    /// Bytes held for labels and their numbers.
    pub(super) fn bytes_of_labels(&self) -> u64 {
        self.new.bytes() + self.by_number.bytes()
    }

    pub(super) fn into_more(self) -> MoreRows {
        let known = self.known.map_or(0, |known| known.labels.len());
        MoreRows { new: self.new, known, encoded: self.encoded, report: self.report }
    }

    /// The items since the last run.
    fn open_items(&self) -> usize {
        self.encoded.items.len() - self.encoded.runs.last().map_or(0, |run| run.end as usize)
    }

    /// Takes back the items since the last run.
    pub(in crate::io) fn drop_open_items(&mut self) {
        let open = self.open_items();
        self.encoded.items.truncate(self.encoded.items.len() - open);
    }

    /// Adds an item to the open run.
    #[inline(always)]
    pub(in crate::io) fn push(&mut self, label: &str) -> Result<(), Error> {
        let number = self.number_of(label.as_bytes())?;
        self.encoded.items.push(number);
        Ok(())
    }

    /// The number of a label.
    #[inline(always)]
    pub(super) fn number_of(&mut self, label: &[u8]) -> Result<u32, Error> {
        let known = self.known.map(|known| &known.labels);
        match self.is_closed {
            false => self.new.labels.intern_after(known, label),
            true => Ok(known.unwrap_or(&self.new.labels).find(label).unwrap_or(Encoded::NO_ITEM)),
        }
    }

    /// Labels that have a number.
    pub(super) fn labels(&self) -> usize {
        self.known.map_or(0, |known| known.labels.len()) + self.new.labels.len()
    }

    /// Adds the item of a column, whose number is kept for further rows.
    #[inline(always)]
    pub(in crate::io) fn push_of_column(&mut self, column: usize, label: &str) -> Result<(), Error> {
        match self.of_columns.get(column) {
            Some(&id) if id != Encoded::NO_ITEM => self.encoded.items.push(id),
            _ => {
                self.push(label)?;
                if self.of_columns.len() <= column {
                    self.of_columns.resize(column + 1, Encoded::NO_ITEM);
                }
                self.of_columns[column] = self.encoded.items.last().copied().unwrap_or(Encoded::NO_ITEM);
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
        let end = self.encoded.items.len() as u32;
        match self.encoded.runs.last_mut() {
            Some(run) if self.last_key == key => run.end = end,
            _ => {
                self.last_key.clear();
                self.last_key.extend_from_slice(key);
                self.encoded.keys.push(key);
                self.encoded.runs.push(Run { key: Run::NO_KEY, end, weight: 1 });
            }
        }
    }

    /// The number of the item with this label, a new one if it was not there yet.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    pub(in crate::io) fn item(&mut self, label: &str) -> Result<u32, Error> {
        self.push(label)?;
        Ok(self.encoded.items.pop().unwrap_or(Encoded::NO_ITEM))
    }

    /// Adds an item by its number to the open run.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    #[inline(always)]
    pub(in crate::io) fn push_item(&mut self, item: u32) {
        self.encoded.items.push(item);
    }

    /// Adds items by their numbers to the open run.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    #[inline(always)]
    pub(in crate::io) fn push_items(&mut self, items: &[u32]) {
        self.encoded.items.extend_from_slice(items);
    }

    /// The items of the rows that are not grouped yet.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    pub(in crate::io) fn waiting(&self) -> usize {
        self.encoded.items.len()
    }

    /// Adds the items since the last run to the basket of this number. Baskets are numbered by their first items, and
    /// none of them has a key.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    #[inline(always)]
    pub(in crate::io) fn end_numbered(&mut self, basket: u32) {
        // Blocks are small.
        let end = self.encoded.items.len() as u32;
        match self.encoded.runs.last_mut() {
            Some(run) if run.key == basket => run.end = end,
            _ => self.encoded.runs.push(Run { key: basket, end, weight: 1 }),
        }
    }

    /// Makes the items since the last run `weight` baskets of their own. Without items, or with a weight of 0, they are
    /// none.
    #[inline(always)]
    pub(in crate::io) fn end_row(&mut self, weight: u32) {
        let end = self.encoded.items.len() as u32;
        if self.open_items() == 0 {
            self.report.empty_rows += 1;
        } else if weight > 0 {
            self.encoded.runs.push(Run { key: Run::NO_KEY, end, weight });
        }
    }

    /// Notes that the basket with this key is left out.
    pub(in crate::io) fn exclude(&mut self, key: &[u8]) -> Result<(), Error> {
        // Where labels are known, so is the number of these.
        if !self.is_closed && self.known.is_none_or(|known| known.excluded.find(key).is_none()) {
            self.new.excluded.intern(key)?;
        }
        Ok(())
    }
}
