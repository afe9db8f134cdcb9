//! Rows of whole numbers, many at a time: without cutting each into fields, and without hashing.

use super::rows::{Encoded, Rows, Run};
use super::splitter::MAX_RECORD;
use crate::bitset::{Isa, Ops, Task};
use crate::error::Error;
use crate::io::whole_numbers::{PIECE, Places, UNKNOWN};

/// What was taken of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberRows {
    /// Up to the end of a line.
    pub(super) bytes: usize,
    pub(super) lines: u64,
    /// Lines without numbers among them, which are blank.
    pub(super) blank: u64,
}

impl Rows<'_> {
    /// Takes the lines that a text begins with as long as all of their fields are whole numbers: each is a row, and a basket
    /// of its own. `separators` are what may be between the numbers, white space if there are two. What is near the end of
    /// the text is left.
    pub(super) fn take_numbers(&mut self, text: &[u8], separators: [u8; 2]) -> Result<NumberRows, Error> {
        Isa::detect().run(TakeNumbers { rows: self, text, separators })
    }

    /// Looks for the items, from the one at `open` on, that have no number yet.
    #[cold]
    fn learn(&mut self, places: &Places, piece: &[u8], open: usize) -> Result<(), Error> {
        let mut next = open;
        while let Some(found) = self.encoded.items[next..].iter().position(|&id| id == UNKNOWN) {
            next += found;
            let (number, label) = places.label(next - open, piece);
            // Where new labels get no number, the table may have those of all others.
            if !(self.are_all_known && number != usize::MAX) {
                let id = self.number_of(label.as_bytes())?;
                if !self.is_closed && number != usize::MAX {
                    let labels = self.labels();
                    self.by_number.remember(number, id, labels);
                }
                self.encoded.items[next] = id;
            }
            next += 1;
        }
        Ok(())
    }
}

/// [`Rows::take_numbers`], compiled for each instruction set.
struct TakeNumbers<'a, 'b> {
    rows: &'a mut Rows<'b>,
    text: &'a [u8],
    separators: [u8; 2],
}

impl Task for TakeNumbers<'_, '_> {
    type Output = Result<NumberRows, Error>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let TakeNumbers { rows, text, separators } = self;
        let is_whitespace = separators[0] != separators[1];
        let mut places = Places::new();
        let mut taken = NumberRows::default();
        let mut at = 0;
        while let Some(piece) = text[at..].first_chunk::<{ PIECE + 8 }>() {
            let after_return = at > 0 && text[at - 1] == b'\r';
            let found = places.find(ops, &piece[..PIECE], separators, after_return);
            let open = rows.encoded.items.len();
            if found.bytes == 0 || open + PIECE > u32::MAX as usize || at - taken.bytes > MAX_RECORD {
                break;
            }
            let numbers = places.read(piece, found.numbers);
            if rows.by_number.push_all(numbers, &mut rows.encoded.items) {
                rows.learn(&places, &piece[..PIECE], open)?;
            }
            let Encoded { items, runs, .. } = &mut rows.encoded;
            let (first, known) = (runs.len(), runs.last().map_or(0, |run| run.end as usize));
            let mut start = known;
            for &numbers in places.breaks() {
                // A block has fewer entries than bytes.
                let end = open + numbers as usize;
                if end > start {
                    runs.push(Run { key: Run::NO_KEY, end: end as u32, weight: 1 });
                    start = end;
                }
            }
            let own = (runs.len() - first) as u64;
            let blank = found.lines - own;
            if blank > 0 && !is_whitespace {
                // Such a line may have delimiters, and be a row.
                runs.truncate(first);
                items.truncate(known);
                break;
            }
            rows.report.rows += own;
            taken.lines += found.lines;
            taken.blank += blank;
            if !places.breaks().is_empty() {
                taken.bytes = at + 1 + last_break(&piece[..found.bytes]);
            }
            at += found.bytes;
        }
        // A line feed completes a line break.
        if taken.bytes > 0 && text[taken.bytes - 1] == b'\r' && text.get(taken.bytes) == Some(&b'\n') {
            taken.bytes += 1;
        }
        rows.drop_open_items();
        Ok(taken)
    }
}

/// Where the last line break of a text is that has one.
fn last_break(text: &[u8]) -> usize {
    text.iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or_default()
}
