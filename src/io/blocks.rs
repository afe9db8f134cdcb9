//! Text in blocks: on one thread, or whole lines on several.

use std::io::{self, Read};
use std::ops::Range;

use crate::error::Error;
use crate::threads::pool::Pool;

/// Bytes that are read at a time. 16 KiB are 5 % slower. 256 KiB take 48 pages more from the system, and so a tenth more
/// time for files of half a megabyte.
const BLOCK: usize = 64 << 10;

/// The first of them: enough to guess how long the columns will be, before they have taken much memory.
const FIRST: usize = 8 << 10;

/// The largest block for several workers. It bounds the memory, however many there are.
const LARGEST: usize = 64 << 20;

/// What takes the text of a format.
pub(super) trait TakeText {
    /// Takes text up to an unfinished field or record, or to its end if it is the `last`. Returns the number of bytes
    /// taken.
    fn take(&mut self, text: &[u8], last: bool) -> Result<usize, Error>;

    /// Takes whole lines on several threads, in parts of about `part` bytes, while `here` runs on this one. Returns the
    /// number of bytes taken.
    ///
    /// It is less than all if the text was split inside a quoted field, or if there is an error, which only
    /// [`take`](TakeText::take) can name. Reading continues from there, at the beginning of a line.
    fn take_lines(&mut self, lines: &[u8], pool: &Pool, part: usize, here: impl FnOnce()) -> Result<usize, Error>;

    /// Distinct labels so far.
    fn labels(&self) -> usize;

    /// Reserves memory for all of an input of about `size` bytes, of which `done` were taken.
    fn reserve_for(&mut self, done: u64, size: u64);
}

/// Hands an input to what takes its text. `size` is the length of the input, if known. It only decides how much memory
/// is reserved and whether threads pay.
pub(super) fn read_blocks(
    rows: &mut impl TakeText,
    input: &mut dyn Read,
    size: Option<u64>,
    pool: &Pool,
    sizes: Sizes,
) -> Result<(), Error> {
    let (mut block, mut next) = (Block::default(), Block::default());
    block.fill(input, sizes.block.min(FIRST));
    let mut done = 0;
    // Whether the block is one for several threads: it begins with a line, and the previous block had few new labels.
    let mut several = false;
    loop {
        let workers = if size.unwrap_or(done) < sizes.several { 1 } else { pool.workers() };
        let labels = rows.labels();
        let mut lines = if workers > 1 { block.lines() } else { 0 };
        if several && lines >= sizes.part {
            next.restart(&mut block, lines);
            let text = &block.text()[..lines];
            let taken = rows.take_lines(text, pool, sizes.part, || next.fill(input, sizes.of_several(workers)))?;
            done += taken as u64;
            if taken == lines {
                several = (rows.labels() - labels) * sizes.label <= taken;
                std::mem::swap(&mut block, &mut next);
                continue;
            }
            block.rejoin(&mut next, lines);
            block.discard(taken);
            lines = block.lines();
        }
        let text = if lines > 0 && block.end.is_none() { &block.text()[..lines] } else { block.text() };
        let taken = rows.take(text, matches!(block.end, Some(Ok(()))))?;
        if let Some(end) = block.end {
            return end;
        }
        several = lines > 0 && taken == lines && (rows.labels() - labels) * sizes.label <= taken;
        done += taken as u64;
        // From the first block, and better from the next.
        if let Some(size) = size.filter(|_| done > 0 && done <= 2 * sizes.block as u64) {
            rows.reserve_for(done, size);
        }
        block.discard(taken);
        block.fill(input, if several { sizes.of_several(workers) } else { sizes.block });
    }
}

/// How much is read at a time, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// The smallest input that several workers read. For smaller ones, starting threads and filling their memory takes
    /// as long as they save.
    pub(super) several: u64,
    /// The bytes per new label of a block from which several workers read the next block. Each numbers new labels by
    /// itself first.
    pub(super) label: usize,
    /// A block for one worker.
    pub(super) block: usize,
    /// A worker's part of a block for several.
    pub(super) worker: usize,
    /// The bytes that a worker takes at a time.
    pub(super) part: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { several: 4 << 20, label: 1 << 8, block: BLOCK, worker: 16 * BLOCK, part: 2 * BLOCK }
    }
}

impl Sizes {
    /// A block for several workers.
    fn of_several(&self, workers: usize) -> usize {
        self.worker.saturating_mul(workers).min(LARGEST)
    }
}

/// A piece of the input.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    /// The number of bytes that are text.
    filled: usize,
    /// How the input ended after the text, if it did.
    end: Option<Result<(), Error>>,
}

impl Block {
    fn text(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// The length of the lines that end in the text with a line feed.
    fn lines(&self) -> usize {
        self.text().iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1)
    }

    /// Reads until there are `room` bytes, or twice the present number, or the input ends.
    fn fill(&mut self, input: &mut dyn Read, room: usize) {
        let room = room.max(2 * self.filled);
        if self.bytes.is_empty() {
            // What the input leaves free is never touched.
            self.bytes = vec![0; room];
        } else if self.bytes.len() < room {
            self.bytes.resize(room, 0);
        }
        while self.end.is_none() && self.filled < room {
            match input.read(&mut self.bytes[self.filled..room]) {
                Ok(0) => self.end = Some(Ok(())),
                // Do not trust a reader that reports more bytes than it had room for.
                Ok(read) => self.filled = (self.filled + read).min(room),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end = Some(Err(error.into())),
            }
        }
    }

    /// Drops the first bytes.
    fn discard(&mut self, len: usize) {
        self.bytes.copy_within(len..self.filled, 0);
        self.filled -= len;
    }

    /// Becomes the block after the first `len` bytes of another: takes the rest of its text, and its end.
    fn restart(&mut self, before: &mut Block, len: usize) {
        let rest = &before.text()[len..];
        self.bytes.resize(self.bytes.len().max(rest.len()), 0);
        self.bytes[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
        self.end = before.end.take();
    }

    /// Takes back the text after the first `len` bytes, with the text that was added to it.
    fn rejoin(&mut self, next: &mut Block, len: usize) {
        self.bytes.truncate(len);
        self.bytes.extend_from_slice(next.text());
        self.filled = self.bytes.len();
        self.end = next.end.take();
    }
}

/// Cuts a text into parts that end with lines, of `len` bytes or as few more as that takes.
pub(super) fn whole_lines(text: &[u8], len: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let least = (start + len).min(text.len());
        let line = text[least - 1..].iter().position(|&byte| byte == b'\n');
        let end = line.map_or(text.len(), |last| least + last);
        parts.push(start..end);
        start = end;
    }
    parts
}

/// The longest prefix of some bytes that is text, and the byte after it if that cannot be part of any text. Unless the
/// bytes are the `last`, a character that is cut at their end may still be completed.
pub(super) fn utf8_prefix(bytes: &[u8], last: bool) -> (&str, Option<u8>) {
    match str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let invalid = rest.first().copied().filter(|_| last || error.error_len().is_some());
            (str::from_utf8(valid).unwrap_or_default(), invalid)
        }
    }
}

/// An error for a byte that is in no text.
pub(super) fn not_utf8(line: u64, byte: u8) -> Error {
    let reason = format_args!(
        "byte {byte:#04x} is not UTF-8; save the file as UTF-8, or read it with its encoding, such as `latin-1`"
    );
    Error::malformed(line, reason)
}

/// Line breaks in a text, a carriage return and a line feed together counted once.
pub(super) fn line_breaks(text: &[u8]) -> u64 {
    let mut after_return = false;
    let mut breaks = 0;
    for &byte in text {
        breaks += u64::from(byte == b'\r' || (byte == b'\n' && !after_return));
        after_return = byte == b'\r';
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_bounded_with_any_number_of_workers() {
        let sizes = Sizes::default();
        assert_eq!(sizes.of_several(2), 2 << 20);
        assert_eq!([2000, usize::MAX].map(|workers| sizes.of_several(workers)), [LARGEST; 2]);
    }
}
