//! Labels that are whole numbers: found 64 bytes at a time, numbered without hashing.

use std::borrow::Cow;

use crate::bitset::Ops;

/// No item's number.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// The most digits of a number that the table knows: seven, so that eight bytes hold it and what follows it.
const MAX_DIGITS: usize = 7;

/// Bytes whose numbers are located before they are read, so that neither step waits for the other: enough that the
/// loops rarely end, which the CPU mispredicts, and few enough that all stays in the first-level cache.
pub(super) const PIECE: usize = 1024;

/// Where the numbers in a piece of text are.
#[derive(Debug)]
pub(super) struct Places {
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
pub(super) struct Found {
    pub(super) numbers: usize,
    /// Bytes before the first field that may be something else than a number.
    pub(super) bytes: usize,
    /// Lines that end in them.
    pub(super) lines: u64,
}

impl Places {
    /// A number takes two bytes at least, and 64 places are written at once.
    const ROOM: usize = PIECE / 2 + 64;

    pub(super) fn new() -> Self {
        let none = [0; Places::ROOM];
        Places { starts: none, ends: none, words: [0; Places::ROOM], numbers: none, breaks: Vec::new() }
    }

    /// Finds the runs of digits up to the first byte that is neither a digit nor a line break nor a separator.
    #[inline(always)]
    pub(super) fn find<O: Ops>(&mut self, ops: O, text: &[u8], separators: [u8; 2], mut after_return: bool) -> Found {
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
    pub(super) fn read(&mut self, text: &[u8; PIECE + 8], len: usize) -> &[u32] {
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

    /// How many numbers end before each line break.
    pub(super) fn breaks(&self) -> &[u32] {
        &self.breaks
    }

    /// The number that was read at a place, `usize::MAX` if it is not canonical, and its text.
    pub(super) fn label<'t>(&self, place: usize, text: &'t [u8]) -> (usize, &'t str) {
        let digits = &text[self.starts[place] as usize..self.ends[place] as usize];
        let number = self.numbers[place];
        (if number == UNKNOWN { usize::MAX } else { number as usize }, str::from_utf8(digits).unwrap_or_default())
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

/// The item's number for each small whole number that was seen, [`UNKNOWN`] for others.
///
/// The table only remembers what a dictionary said, so results and order are those of the dictionary alone. It saves
/// hashing, which is most of the time of reading whole numbers. A table that is borrowed only has what was known before.
#[derive(Clone, Debug)]
pub(super) struct ByNumber<'a>(pub(super) Cow<'a, [u32]>);

/// Whole numbers below this one are always remembered: 256 KiB of table.
pub(super) const ALWAYS: usize = 1 << 16;
/// Beyond, only those below this many times the number of distinct items are, so that the table stays about as large
/// as the dictionary (24 bytes a `String`, its text and 5 to 10 for hashing).
const PLACES_PER_ITEM: usize = 8;

impl ByNumber<'_> {
    pub(super) fn new() -> Self {
        ByNumber(Cow::Owned(Vec::new()))
    }

    /// For labels that follow these. A table that takes longer to copy than a part of a text takes to read is borrowed, and
    /// what is new is hashed.
    pub(super) fn after(&self) -> ByNumber<'_> {
        match self.0.len() {
            ..=ALWAYS => ByNumber(Cow::Owned(self.0.to_vec())),
            _ => ByNumber(Cow::Borrowed(&self.0[..])),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline(always)]
    pub(super) fn get(&self, number: usize) -> u32 {
        self.0.get(number).copied().unwrap_or(UNKNOWN)
    }

    /// Appends those of some numbers; whether one is not known.
    #[inline(always)]
    pub(super) fn push_all(&self, numbers: &[u32], items: &mut Vec<u32>) -> bool {
        let (before, table) = (items.len(), &self.0[..]);
        items.extend(numbers.iter().map(|&number| table.get(number as usize).copied().unwrap_or(UNKNOWN)));
        items[before..].iter().fold(0, |highest, &id| id.max(highest)) == UNKNOWN
    }

    /// Whether all numbers up to this one that were seen are remembered.
    pub(super) fn has_all_up_to(&self, number: usize) -> bool {
        number < ALWAYS && matches!(self.0, Cow::Owned(_))
    }

    /// Remembers the number of an item, if there is room for it beside a dictionary of so many items; whether it does.
    pub(super) fn remember(&mut self, number: usize, id: u32, items: usize) -> bool {
        let Cow::Owned(by_number) = &mut self.0 else { return false };
        if number >= ALWAYS.max(PLACES_PER_ITEM * items) {
            return false;
        }
        if number >= by_number.len() {
            by_number.resize((number + 1).next_power_of_two().max(1024), UNKNOWN);
        }
        by_number[number] = id;
        true
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> u64 {
        size_of_val(&self.0[..]) as u64
    }
}

/// The number that [`canonical_number`] reads from a field with this label; `usize::MAX` if there is none.
pub(super) fn canonical_label(label: &[u8]) -> usize {
    let digits = (1..=MAX_DIGITS).contains(&label.len()) && label.iter().all(u8::is_ascii_digit);
    let canonical = digits && (label == b"0" || label[0] != b'0');
    match canonical {
        true => label.iter().fold(0, |number, digit| 10 * number + usize::from(digit - b'0')),
        false => usize::MAX,
    }
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
            prop_assert_eq!(canonical_label(text.as_bytes()), if expected == UNKNOWN { usize::MAX } else { expected as usize });
        }
    }
}
