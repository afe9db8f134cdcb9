//! Rows of labels to ids, with a fast path for labels that are whole numbers.

use std::sync::Mutex;

use super::whole_numbers::{ByNumber, PIECE, Places, UNKNOWN, canonical_label};
use crate::bitset::Ops;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

/// Labels and their numbers: a dictionary, and a table from small whole numbers to the numbers of their items beside
/// it.
///
/// The table only remembers what the dictionary said, so results and order are those of the
/// dictionary alone. It saves hashing, which is most of the time of reading whole numbers.
#[derive(Debug)]
struct Labels<'a> {
    dictionary: Dictionary<String>,
    by_number: ByNumber<'a>,
}

/// Encodes rows of labels.
#[derive(Debug)]
pub(super) struct LabelledRows<'a> {
    /// The labels of the rows before these. New ones are numbered after them.
    known: Option<&'a Dictionary<String>>,
    labels: Labels<'a>,
    columns: Columns,
    places: Box<Places>,
    /// Rows that come after those in the columns.
    waiting: Vec<MoreRows>,
    /// Columns that were taken over, whose memory is used again.
    spare: Mutex<Vec<Columns>>,
}

/// Rows that were encoded by themselves, and wait to be added to those before.
#[derive(Debug)]
pub(super) struct MoreRows {
    dictionary: Dictionary<String>,
    columns: Columns,
    /// How many labels were known, and the numbers that those of the dictionary have after them.
    known: usize,
    added: Vec<u32>,
}

/// What rows that follow others are encoded with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    labels: &'a Labels<'a>,
    spare: &'a Mutex<Vec<Columns>>,
}

/// Rows, and those that will be added to them.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    columns: &'a mut Columns,
    waiting: &'a mut Vec<MoreRows>,
    spare: &'a Mutex<Vec<Columns>>,
}

impl Labels<'_> {
    fn new() -> Self {
        Labels { dictionary: Dictionary::new(), by_number: ByNumber::new() }
    }

    /// Of labels that follow these. Each part of a text has its own.
    fn after(&self) -> Labels<'_> {
        Labels { dictionary: Dictionary::new(), by_number: self.by_number.after() }
    }

    /// The number of a label; of those that are `known` already, or else after them.
    fn intern(&mut self, label: &str, known: Option<&Dictionary<String>>) -> Result<u32, Error> {
        match canonical_label(label.as_bytes()) {
            usize::MAX => self.intern_text(label, known),
            number => self.intern_number(number, label, known),
        }
    }

    /// The same for a label that is hashed.
    #[inline]
    fn intern_text(&mut self, label: &str, known: Option<&Dictionary<String>>) -> Result<u32, Error> {
        match known.and_then(|known| known.id(label)) {
            Some(id) => Ok(id.0),
            None => self.number_after(known, |dictionary| {
                dictionary.index();
                dictionary.intern_borrowed(label)
            }),
        }
    }

    /// The same, with the [`canonical_label`] of the label.
    fn intern_number(&mut self, number: usize, label: &str, known: Option<&Dictionary<String>>) -> Result<u32, Error> {
        let id = self.by_number.get(number);
        if id != UNKNOWN {
            return Ok(id);
        }
        let id = if self.by_number.has_all_up_to(number) {
            // The table has all of these that were seen, so this one is new: nothing is hashed.
            self.number_after(known, |dictionary| dictionary.add_unseen(label.to_string()))?
        } else {
            self.intern_text(label, known)?
        };
        self.by_number.remember(number, id, self.dictionary.len());
        Ok(id)
    }

    /// The number that a label has after those that are `known`.
    fn number_after(
        &mut self,
        known: Option<&Dictionary<String>>,
        intern: impl FnOnce(&mut Dictionary<String>) -> Result<u32, Error>,
    ) -> Result<u32, Error> {
        let id = intern(&mut self.dictionary)? as usize + known.map_or(0, Dictionary::len);
        let id = u32::try_from(id).ok().filter(|&id| id != UNKNOWN);
        id.ok_or_else(|| Error::too_large("distinct items", u32::MAX))
    }
}

impl LabelledRows<'static> {
    pub(super) fn new() -> Self {
        LabelledRows {
            known: None,
            labels: Labels::new(),
            columns: Columns::new(),
            places: Box::new(Places::new()),
            waiting: Vec::new(),
            spare: Mutex::default(),
        }
    }

    pub(super) fn build(mut self) -> Result<Transactions<String>, Error> {
        self.settle()?;
        self.columns.close();
        self.labels.dictionary.index();
        TransactionsBuilder::from_columns(self.labels.dictionary, self.columns).build()
    }

    /// Gives the labels of some more rows their numbers. The rows are added later, while others are read.
    pub(super) fn number(&mut self, mut rows: MoreRows) -> Result<(), Error> {
        let added = rows.dictionary.labels().iter().map(|label| self.labels.intern(label, None));
        rows.added = added.collect::<Result<_, _>>()?;
        self.waiting.push(rows);
        Ok(())
    }
}

impl<'a> Known<'a> {
    /// No rows yet.
    pub(super) fn rows(self) -> LabelledRows<'a> {
        let spare = self.spare.lock().ok().and_then(|mut spare| spare.pop());
        LabelledRows {
            known: Some(&self.labels.dictionary),
            labels: self.labels.after(),
            columns: spare.unwrap_or_else(Columns::new),
            ..LabelledRows::new()
        }
    }
}

impl Waiting<'_> {
    /// Adds the rows that wait.
    pub(super) fn settle(self) -> Result<(), Error> {
        for mut rows in self.waiting.drain(..) {
            self.columns.append(&mut rows.columns, rows.known, &rows.added);
            self.columns.check()?;
            if let Ok(mut spare) = self.spare.lock() {
                spare.push(rows.columns.emptied());
            }
        }
        Ok(())
    }
}

impl LabelledRows<'_> {
    /// What other threads need to encode more rows, while on this one those wait no longer that do.
    pub(super) fn split(&mut self) -> (Known<'_>, Waiting<'_>) {
        let LabelledRows { labels, columns, waiting, spare, .. } = self;
        labels.dictionary.index();
        (Known { labels, spare }, Waiting { columns, waiting, spare })
    }

    /// Adds the rows that wait.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let LabelledRows { columns, waiting, spare, .. } = self;
        Waiting { columns, waiting, spare }.settle()
    }

    pub(super) fn into_more(mut self) -> MoreRows {
        self.columns.count();
        MoreRows {
            dictionary: self.labels.dictionary,
            columns: self.columns,
            known: self.known.map_or(0, Dictionary::len),
            added: Vec::new(),
        }
    }

    /// Distinct labels that were not known before.
    pub(super) fn len(&self) -> usize {
        self.labels.dictionary.len()
    }

    pub(super) fn columns(&mut self) -> &mut Columns {
        &mut self.columns
    }

    /// Makes the open row a basket, unless it is empty.
    #[inline(always)]
    pub(super) fn end_row<O: Ops>(&mut self, ops: O) {
        let end = self.columns.open_row().len();
        self.columns.end_rows(ops, [end]);
    }

    /// Adds an item to the open row.
    #[inline]
    pub(super) fn push(&mut self, label: &str) -> Result<(), Error> {
        let id = self.labels.intern(label, self.known)?;
        self.columns.open_row().push(id);
        Ok(())
    }

    /// Takes the fields that a text begins with as long as they are runs of digits, or empty; how many bytes and how
    /// many line breaks they are. What is near the end of the text may be left.
    #[inline(always)]
    pub(super) fn push_numbers<O: Ops>(
        &mut self,
        ops: O,
        text: &[u8],
        separators: [u8; 2],
        after_return: bool,
    ) -> Result<(usize, u64), Error> {
        let Some(piece) = text.first_chunk::<{ PIECE + 8 }>() else { return Ok((0, 0)) };
        let found = self.places.find(ops, &piece[..PIECE], separators, after_return);
        let numbers = self.places.read(piece, found.numbers);
        let row = self.columns.open_row();
        let open = row.len();
        if self.labels.by_number.push_all(numbers, row) {
            self.learn(piece, open)?;
        }
        let ends = self.places.breaks().iter().map(|&numbers| open + numbers as usize);
        self.columns.end_rows(ops, ends);
        self.columns.check()?;
        Ok((found.bytes, found.lines))
    }

    /// Interns those items of the open row, from the one at `open` on, that are not known.
    #[cold]
    fn learn(&mut self, text: &[u8], open: usize) -> Result<(), Error> {
        let mut next = open;
        while let Some(found) = self.columns.open_row()[next..].iter().position(|&id| id == UNKNOWN) {
            next += found;
            let place = next - open;
            let (number, label) = self.places.label(place, text);
            self.columns.open_row()[next] = self.labels.intern_number(number, label, self.known)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::io::whole_numbers::ALWAYS;
    use proptest::prelude::*;

    /// Words, numbers on both sides of [`ALWAYS`], and numbers that are written in another way.
    fn labels() -> impl Strategy<Value = Vec<String>> {
        let numbers = prop_oneof![0..60u32, 65_500..65_560u32, 0..20_000_000u32].prop_map(|number| number.to_string());
        let others = prop::sample::select(vec!["a", "b", "00", "007", "-1", "", "0x1"]).prop_map(str::to_string);
        prop::collection::vec(prop_oneof![8 => numbers, 2 => others], 0..300)
    }

    proptest! {
        #[test]
        fn labels_get_the_numbers_of_a_dictionary(before in labels(), after in labels()) {
            let mut plain = Dictionary::new();
            let mut intern = |label: &String| plain.intern_borrowed(label.as_str()).unwrap();
            let mut known = Labels::new();
            for label in &before {
                prop_assert_eq!(known.intern(label, None).unwrap(), intern(label));
            }
            known.dictionary.index();
            for (id, label) in known.dictionary.iter() {
                prop_assert_eq!(known.dictionary.id(label.as_str()), Some(id));
            }
            let borrowed = Labels { by_number: ByNumber(Cow::Borrowed(&known.by_number.0[..])), ..Labels::new() };
            for mut more in [known.after(), borrowed] {
                let mut plain = plain.clone();
                for label in &after {
                    let expected = plain.intern_borrowed(label.as_str()).unwrap();
                    prop_assert_eq!(more.intern(label, Some(&known.dictionary)).unwrap(), expected);
                }
                let all = [known.dictionary.labels(), more.dictionary.labels()].concat();
                prop_assert_eq!(&all[..], plain.labels());
            }
        }
    }

    /// Every part of a text would copy it.
    #[test]
    fn a_table_that_is_larger_than_a_part_is_not_copied() {
        let mut known = Labels::new();
        (0..10_000).for_each(|number| assert_eq!(known.intern(&number.to_string(), None).unwrap(), number));
        assert!(matches!(known.after().by_number.0, Cow::Owned(_)));
        known.intern("70000", None).unwrap();
        known.dictionary.index();
        assert!(known.by_number.0.len() > ALWAYS);
        let mut more = known.after();
        assert!(matches!(more.by_number.0, Cow::Borrowed(_)));
        for (label, id) in [("70000", 10_000), ("11111", 10_001), ("9999", 9_999), ("11111", 10_001), ("80000", 10_002)]
        {
            assert_eq!(more.intern(label, Some(&known.dictionary)).unwrap(), id);
        }
        assert!(matches!(more.by_number.0, Cow::Borrowed(_)));
    }

    #[test]
    fn the_table_stays_as_small_as_the_dictionary() {
        let mut labels = Labels::new();
        for label in ["9999999", "a", "00", "10000000", ""] {
            labels.intern(label, None).unwrap();
            assert!(labels.by_number.is_empty());
        }
        assert_eq!(labels.intern("65535", None).unwrap(), 5);
        assert_eq!((labels.by_number.0.len(), labels.by_number.get(65535)), (ALWAYS, 5));
    }
}
