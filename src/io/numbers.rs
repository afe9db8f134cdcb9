//! Labels that are whole numbers: found 64 bytes at a time, numbered without hashing.

use crate::error::Error;
use crate::transactions::TransactionsBuilder;

/// The most digits of a number that is read here: seven, so that eight bytes hold it and what follows it.
pub(super) const MAX_DIGITS: usize = 7;

/// Which of 64 bytes are no digits: bit `i` for byte `i`.
#[inline(always)]
pub(super) fn no_digits(bytes: &[u8; 64]) -> u64 {
    let mut mask = 0;
    let (words, _) = bytes.as_chunks::<8>();
    for word in words.iter().rev() {
        // A digit is at most 9 after this. Adding to the lower seven bits alone keeps carries inside a byte.
        let digits = u64::from_le_bytes(*word) ^ 0x3030_3030_3030_3030;
        let above = (digits & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676;
        let no_digit = ((above | digits) & 0x8080_8080_8080_8080) >> 7;
        // The product gathers the lowest bits of the eight bytes in the highest one.
        mask = mask << 8 | no_digit.wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    mask
}

/// The number that the first `len` of eight bytes stand for, which are digits; `len` is from 1 to [`MAX_DIGITS`].
#[inline(always)]
pub(super) fn number(bytes: [u8; 8], len: usize) -> u32 {
    // The digits move to the end of an eight-digit number, whose pairs, fours and eights are put together.
    let digits = (u64::from_le_bytes(bytes) ^ 0x3030_3030_3030_3030) << ((64 - 8 * len) & 63);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    eight as u32
}

/// Builds transactions, with a table from small whole numbers to the numbers of their items beside the dictionary.
///
/// The table only remembers what the dictionary said, so results and order are those of the
/// dictionary alone. It saves hashing, which is most of the time of reading whole numbers.
#[derive(Debug)]
pub(super) struct LabelledRows {
    pub(super) rows: TransactionsBuilder<String>,
    /// One more than the item's number for each whole number that was seen, 0 for others.
    by_number: Vec<u32>,
}

/// Whole numbers below this one are always remembered: 256 KiB of table.
const ALWAYS: usize = 1 << 16;
/// Beyond, only those below this many times the number of distinct items are, so that the table stays about as large
/// as the dictionary (24 bytes a `String`, its text and 5 to 10 for hashing).
const PLACES_PER_ITEM: usize = 8;

impl LabelledRows {
    pub(super) fn new() -> Self {
        LabelledRows { rows: TransactionsBuilder::new(), by_number: Vec::new() }
    }

    /// The rows, without the table.
    pub(super) fn into_rows(self) -> TransactionsBuilder<String> {
        self.rows
    }

    /// Adds an item to the open row.
    #[inline]
    pub(super) fn push(&mut self, label: &str) -> Result<(), Error> {
        let id = self.rows.intern_borrowed(label)?;
        self.rows.push_id(id);
        Ok(())
    }

    /// Adds an item whose label is a whole number in its canonical form: no sign, no leading zero.
    #[inline(always)]
    pub(super) fn push_number<'a>(&mut self, number: u32, label: impl FnOnce() -> &'a str) -> Result<(), Error> {
        match self.by_number.get(number as usize) {
            Some(&known) if known != 0 => {
                self.rows.push_id(known - 1);
                Ok(())
            }
            _ => self.push_new_number(number as usize, label()),
        }
    }

    #[cold]
    fn push_new_number(&mut self, number: usize, label: &str) -> Result<(), Error> {
        let id = self.rows.intern_borrowed(label)?;
        self.rows.push_id(id);
        if number < ALWAYS.max(PLACES_PER_ITEM * self.rows.distinct_items()) {
            if number >= self.by_number.len() {
                self.by_number.resize((number + 1).next_power_of_two().max(1024), 0);
            }
            self.by_number[number] = id + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_that_are_no_digits(bytes in prop::collection::vec(prop_oneof![b'0'..=b'9', b'+'..=b'=', any::<u8>()], 64)) {
            let bytes: [u8; 64] = bytes.try_into().unwrap();
            let expected = (0..64).filter(|&i| !bytes[i].is_ascii_digit()).fold(0, |mask, i| mask | 1u64 << i);
            prop_assert_eq!(no_digits(&bytes), expected);
        }

        #[test]
        fn numbers_as_the_standard_library_reads_them(bytes in prop::array::uniform8(any::<u8>()), value in 0..9_999_999u32, digits in 1..=MAX_DIGITS) {
            let text = (value % 10u32.pow(digits as u32)).to_string();
            let mut bytes = bytes;
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            prop_assert_eq!(number(bytes, text.len()).to_string(), text);
        }
    }

    #[test]
    fn numbers_beyond_the_table_are_found_again() {
        let mut labels = LabelledRows::new();
        let numbers = [9_999_999, 3, 70_000, 3, 9_999_999, 65_535, 70_000];
        for number in numbers {
            let label = number.to_string();
            labels.push_number(number, || &label).unwrap();
        }
        assert!(labels.by_number.len() <= ALWAYS);
        labels.rows.end_row();
        let baskets = labels.rows.build().unwrap();
        assert_eq!(baskets.dictionary().labels(), ["9999999", "3", "70000", "65535"]);
        assert_eq!((baskets.entries(), baskets.duplicates_skipped()), (4, 3));
    }
}
