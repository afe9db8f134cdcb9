//! Labels that are whole numbers: found 64 bytes at a time, numbered without hashing.

use std::borrow::Cow;
use std::sync::Mutex;

use crate::bitset::Ops;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

/// The most digits of a number that the table knows: seven, so that eight bytes hold it and what follows it.
const MAX_DIGITS: usize = 7;

/// Bytes whose numbers are located before they are read, so that neither step waits for the other: enough that the
/// loops rarely end, which the CPU mispredicts, and few enough that all stays in the first-level cache.
const PIECE: usize = 1024;

/// Where the numbers in a piece of text are.
#[derive(Debug)]
struct Places {
    starts: [u32; Places::ROOM],
    ends: [u32; Places::ROOM],
    /// The eight bytes that each number begins, and the number.
    words: [u64; Places::ROOM],
    numbers: [u32; Places::ROOM],
    /// How many numbers end before each line break.
    breaks: Vec<u32>,
}

/// How far [`Places::find`] came.
#[derive(Clone, Copy, Debug)]
struct Found {
    numbers: usize,
    /// Bytes before the first field that may be something else than a number.
    bytes: usize,
    /// Lines that end in them.
    lines: u64,
}

impl Places {
    /// A number takes two bytes at least, and 64 places are written at once.
    const ROOM: usize = PIECE / 2 + 64;

    fn new() -> Self {
        let none = [0; Places::ROOM];
        Places { starts: none, ends: none, words: [0; Places::ROOM], numbers: none, breaks: Vec::new() }
    }

    /// Finds the runs of digits up to the first byte that is neither a digit nor a line break nor a separator.
    #[inline(always)]
    fn find<O: Ops>(&mut self, ops: O, text: &[u8], separators: [u8; 2], mut after_return: bool) -> Found {
        let (mut starts, mut ends, mut lines) = (0, 0, 0);
        let mut in_number = false;
        let mut bytes = 0;
        self.breaks.clear();
        for (window, first) in text.as_chunks().0.iter().zip((0..).step_by(64)) {
            let digits = ops.bytes_from(window, b'0', 9);
            let returns = ops.bytes_from(window, b'\r', 0);
            let breaks = returns | ops.bytes_from(window, b'\n', 0);
            let known =
                digits | breaks | ops.bytes_from(window, separators[0], 0) | ops.bytes_from(window, separators[1], 0);
            // Its lowest bits, up to the first byte that is something else.
            let reach = known & !known.wrapping_add(1);
            let digits_before = digits << 1 | u64::from(in_number);
            let begin = digits & !digits_before & reach;
            let end = !digits & digits_before & reach;
            let breaks = breaks & reach;
            let second_half = breaks & !returns & (returns << 1 | u64::from(after_return));
            lines += u64::from((breaks & !second_half).count_ones());
            let mut left = breaks;
            while left != 0 {
                let up_to = left ^ (left - 1);
                self.breaks.push(ends as u32 + (end & up_to).count_ones());
                left &= left - 1;
            }
            if let (Some(begins_here), Some(ends_here)) =
                (self.starts[starts..].first_chunk_mut(), self.ends[ends..].first_chunk_mut())
            {
                starts += ops.positions(begin, first, begins_here);
                ends += ops.positions(end, first, ends_here);
            }
            bytes += reach.trailing_ones() as usize;
            if reach != u64::MAX {
                break;
            }
            in_number = digits >> 63 == 1;
            after_return = returns >> 63 == 1;
        }
        if starts > ends {
            bytes = self.starts[ends] as usize;
        }
        Found { numbers: ends, bytes, lines }
    }

    /// The first `len` numbers of those that were found, [`UNKNOWN`] in place of those that are not canonical.
    ///
    /// Two loops, of which the second is compiled to vector instructions.
    #[inline(always)]
    fn read(&mut self, text: &[u8; PIECE + 8], len: usize) -> &[u32] {
        let (starts, ends) = (&self.starts[..len], &self.ends[..len]);
        for (word, &start) in self.words.iter_mut().zip(starts) {
            *word = text[start as usize % PIECE..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        }
        for (number, (&word, (&start, &end))) in
            self.numbers.iter_mut().zip(self.words.iter().zip(starts.iter().zip(ends)))
        {
            *number = canonical_number(word, end - start);
        }
        &self.numbers[..len]
    }
}

/// The value of the first `len` of eight bytes, which are digits. [`UNKNOWN`] if there are more than [`MAX_DIGITS`], or
/// if the number begins with a zero and is not `0`.
#[inline(always)]
fn canonical_number(word: u64, len: u32) -> u32 {
    // The digits move to the end of an eight-digit number, whose pairs, fours and eights are put together.
    let digits = (word ^ 0x3030_3030_3030_3030) << (64u32.wrapping_sub(8 * len) & 63);
    let pairs = (digits & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    let canonical = (len <= MAX_DIGITS as u32) & ((word as u8 != b'0') | (len == 1));
    if canonical { eight as u32 } else { UNKNOWN }
}

/// Labels and their numbers: a dictionary, and a table from small whole numbers to the numbers of their items beside
/// it.
///
/// The table only remembers what the dictionary said, so results and order are those of the
/// dictionary alone. It saves hashing, which is most of the time of reading whole numbers.
#[derive(Debug)]
struct Labels<'a> {
    dictionary: Dictionary<String>,
    /// The item's number for each whole number that was seen, [`UNKNOWN`] for others. A table that is borrowed only
    /// has what was known before.
    by_number: Cow<'a, [u32]>,
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

/// No item's number.
const UNKNOWN: u32 = u32::MAX;
/// Whole numbers below this one are always remembered: 256 KiB of table.
const ALWAYS: usize = 1 << 16;
/// Beyond, only those below this many times the number of distinct items are, so that the table stays about as large
/// as the dictionary (24 bytes a `String`, its text and 5 to 10 for hashing).
const PLACES_PER_ITEM: usize = 8;

impl Labels<'_> {
    fn new() -> Self {
        Labels { dictionary: Dictionary::new(), by_number: Cow::Owned(Vec::new()) }
    }

    /// Of labels that follow these. Each part of a text has its own: a table that takes longer to copy than the part
    /// takes to read is borrowed, and what is new is hashed.
    fn after(&self) -> Labels<'_> {
        let by_number = match self.by_number.len() {
            ..=ALWAYS => Cow::Owned(self.by_number.to_vec()),
            _ => Cow::Borrowed(&self.by_number[..]),
        };
        Labels { dictionary: Dictionary::new(), by_number }
    }

    /// The number of a label; of those that are `known` already, or else after them.
    fn intern(&mut self, label: &str, known: Option<&Dictionary<String>>) -> Result<u32, Error> {
        match canonical_label(label) {
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
        if let Some(&id) = self.by_number.get(number).filter(|&&id| id != UNKNOWN) {
            return Ok(id);
        }
        let remembers = matches!(self.by_number, Cow::Owned(_));
        let id = if number < ALWAYS && remembers {
            // The table has all of these that were seen, so this one is new: nothing is hashed.
            self.number_after(known, |dictionary| dictionary.add_unseen(label.to_string()))?
        } else {
            self.intern_text(label, known)?
        };
        if let Cow::Owned(by_number) = &mut self.by_number
            && number < ALWAYS.max(PLACES_PER_ITEM * self.dictionary.len())
        {
            if number >= by_number.len() {
                by_number.resize((number + 1).next_power_of_two().max(1024), UNKNOWN);
            }
            by_number[number] = id;
        }
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
        let by_number = &self.labels.by_number[..];
        row.extend(numbers.iter().map(|&number| by_number.get(number as usize).copied().unwrap_or(UNKNOWN)));
        let highest = row[open..].iter().fold(0, |highest, &id| id.max(highest));
        if highest == UNKNOWN {
            self.learn(piece, open)?;
        }
        let ends = self.places.breaks.iter().map(|&numbers| open + numbers as usize);
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
            let digits = &text[self.places.starts[place] as usize..self.places.ends[place] as usize];
            let label = str::from_utf8(digits).unwrap_or_default();
            let number = self.places.numbers[place];
            let number = if number == UNKNOWN { usize::MAX } else { number as usize };
            self.columns.open_row()[next] = self.labels.intern_number(number, label, self.known)?;
        }
        Ok(())
    }
}

/// The number that [`canonical_number`] reads from a field with this label; `usize::MAX` if there is none.
fn canonical_label(label: &str) -> usize {
    let digits = label.len() <= MAX_DIGITS && label.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (label == "0" || !label.starts_with('0'));
    label.parse().ok().filter(|_| canonical).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_as_the_standard_library_reads_them(
            bytes in prop::array::uniform8(any::<u8>()),
            value: u64,
            len in 1..=12usize,
        ) {
            let text = format!("{value:020}")[20 - len..].to_string();
            let mut bytes = bytes;
            let shown = len.min(8);
            bytes[..shown].copy_from_slice(&text.as_bytes()[..shown]);
            let expected = match text.parse::<u32>() {
                Ok(number) if len <= MAX_DIGITS && number.to_string() == text => number,
                _ => UNKNOWN,
            };
            prop_assert_eq!(canonical_number(u64::from_le_bytes(bytes), len as u32), expected);
            prop_assert_eq!(canonical_label(&text), if expected == UNKNOWN { usize::MAX } else { expected as usize });
        }
    }

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
            let borrowed = Labels { by_number: Cow::Borrowed(&known.by_number[..]), ..Labels::new() };
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
        assert!(matches!(known.after().by_number, Cow::Owned(_)));
        known.intern("70000", None).unwrap();
        known.dictionary.index();
        assert!(known.by_number.len() > ALWAYS);
        let mut more = known.after();
        assert!(matches!(more.by_number, Cow::Borrowed(_)));
        for (label, id) in [("70000", 10_000), ("11111", 10_001), ("9999", 9_999), ("11111", 10_001), ("80000", 10_002)]
        {
            assert_eq!(more.intern(label, Some(&known.dictionary)).unwrap(), id);
        }
        assert!(matches!(more.by_number, Cow::Borrowed(_)));
    }

    #[test]
    fn the_table_stays_as_small_as_the_dictionary() {
        let mut labels = Labels::new();
        for label in ["9999999", "a", "00", "10000000", ""] {
            labels.intern(label, None).unwrap();
            assert!(labels.by_number.is_empty());
        }
        assert_eq!(labels.intern("65535", None).unwrap(), 5);
        assert_eq!((labels.by_number.len(), labels.by_number[65535]), (ALWAYS, 5));
    }
}
