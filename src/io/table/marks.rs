//! The bytes of a table's text that may mean something, found 64 at a time.

use crate::bitset::{Isa, Ops, Task};

/// Where the bytes of a text are that may mean something.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub(super) delimiters: Vec<u32>,
    /// Quotes, line breaks, NUL bytes, and some control characters, as one comparison finds all that are not above the
    /// carriage return.
    pub(super) others: Vec<u32>,
}

/// The marks that come next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Next {
    pub(super) delimiter: usize,
    pub(super) other: usize,
}

impl Marks {
    /// Finds those of a text.
    pub(super) fn find(&mut self, text: &[u8], delimiter: u8, quote: u8) {
        Isa::detect().run(FindMarks { delimiter, quote, text, marks: self });
    }

    /// The next mark.
    #[inline(always)]
    pub(super) fn take(&self, next: &mut Next) -> Option<usize> {
        let (delimiter, other) = (self.delimiters.get(next.delimiter), self.others.get(next.other));
        let found = match (delimiter, other) {
            (Some(&delimiter), Some(&other)) if other < delimiter => other,
            (Some(&delimiter), _) => {
                next.delimiter += 1;
                return Some(delimiter as usize);
            }
            (None, other) => *other?,
        };
        next.other += 1;
        Some(found as usize)
    }

    /// Passes the delimiters before a place.
    #[inline(always)]
    pub(super) fn skip_delimiters(&self, next: &mut Next, before: usize) {
        while self.delimiters.get(next.delimiter).is_some_and(|&delimiter| (delimiter as usize) < before) {
            next.delimiter += 1;
        }
    }
}

/// Finds the bytes of a text that may mean something.
struct FindMarks<'a> {
    delimiter: u8,
    quote: u8,
    text: &'a [u8],
    marks: &'a mut Marks,
}

impl FindMarks<'_> {
    /// The delimiters and the others, a bit each.
    #[inline(always)]
    fn of_window<O: Ops>(&self, ops: O, window: &[u8; 64]) -> [u64; 2] {
        let delimiters = ops.bytes_from(window, self.delimiter, 0);
        let others = ops.bytes_from(window, self.quote, 0) | ops.bytes_from(window, 0, b'\r');
        [delimiters, others & !delimiters]
    }
}

impl Task for FindMarks<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let mut lists = [std::mem::take(&mut self.marks.delimiters), std::mem::take(&mut self.marks.others)];
        let (windows, rest) = self.text.as_chunks::<64>();
        let (mut found, mut first) = ([0; 2], 0);
        // As many as the last text had and some more, not all that memory was ever reserved for: after a long record
        // filling that would take longer than reading a text.
        lists.iter_mut().for_each(|list| list.resize(list.len() + list.len() / 8 + 1024, 0));
        for window in windows {
            let masks = self.of_window(ops, window);
            for ((list, found), mask) in lists.iter_mut().zip(&mut found).zip(masks) {
                if list.len() - *found < 64 {
                    list.resize(2 * list.len(), 0);
                }
                if let Some(room) = list[*found..].first_chunk_mut() {
                    *found += ops.positions(mask, first, room);
                }
            }
            first += 64;
        }
        // Letters mean nothing.
        let mut window = [b'a'; 64];
        window[..rest.len()].copy_from_slice(rest);
        let masks = self.of_window(ops, &window);
        for ((list, found), mut left) in lists.iter_mut().zip(found).zip(masks) {
            list.truncate(found);
            while left != 0 {
                list.push(first + left.trailing_zeros());
                left &= left - 1;
            }
        }
        [self.marks.delimiters, self.marks.others] = lists;
    }
}
