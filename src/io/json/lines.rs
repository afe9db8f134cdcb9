//! JSON lines to rows, on one or several threads.

use super::JsonLinesReader;
use super::paths::Node;
use super::row::Row;
use super::walk::{Wrong, read as read_object};
use crate::error::Error;
use crate::io::blocks::{Sizes, TakeText, not_utf8, read_blocks, utf8_prefix};
use crate::io::report::ReadReport;
use crate::io::source::Input;
use crate::io::table::{Gather, Rows, Texts};
use crate::threads::pool::Pool;

/// The longest line, in bytes. It bounds the memory that a file without line breaks can take.
const MAX_LINE: usize = 64 << 20;

/// Hands on the rows of JSON lines. The labels by their numbers, and what was read.
pub(super) fn read(
    reader: &JsonLinesReader,
    mut input: Input<'_>,
    sizes: Sizes,
    gather: Gather<'_>,
) -> Result<(Texts, ReadReport), Error> {
    let pool = &reader.options.pool;
    pool.check()?;
    let lines = Lines { reader, root: Node::of(reader)? };
    let mut json = JsonLines { lines, row: Row::new(reader), line: 1, is_in_line: false, gather };
    let size = input.size();
    read_blocks(&mut json, &mut input, size, pool, sizes)?;
    let (labels, mut report) = json.gather.finish()?;
    report.lines = json.line - 1 + u64::from(json.is_in_line);
    Ok((labels, report))
}

/// JSON lines while they are read.
struct JsonLines<'r, 't> {
    lines: Lines<'r>,
    row: Row,
    /// The line that comes next, from 1.
    line: u64,
    /// Whether the input ended without a line break.
    is_in_line: bool,
    gather: Gather<'t>,
}

/// What lines mean.
struct Lines<'r> {
    reader: &'r JsonLinesReader,
    root: Node,
}

impl Lines<'_> {
    /// Takes the lines of a text that end with a line feed: the bytes taken.
    fn take(&self, text: &str, line: &mut u64, row: &mut Row, rows: &mut Rows<'_>) -> Result<usize, Error> {
        let mut at = 0;
        while let Some(len) = text[at..].find('\n') {
            self.take_line(&text[at..at + len], *line, row, rows)?;
            at += len + 1;
            *line += 1;
        }
        Ok(at)
    }

    #[inline(always)]
    fn take_line(&self, text: &str, line: u64, row: &mut Row, rows: &mut Rows<'_>) -> Result<(), Error> {
        if text.trim_ascii_start().is_empty() {
            rows.report.blank_lines += 1;
            return Ok(());
        }
        rows.report.rows += 1;
        match read_object(text, &self.root, self.reader, row) {
            Ok(()) => row.end(self.reader, rows),
            Err(wrong) => self.refuse(line, wrong, rows),
        }
    }

    #[cold]
    fn refuse(&self, line: u64, wrong: Wrong, rows: &mut Rows<'_>) -> Result<(), Error> {
        let reason = match wrong {
            Wrong::Value(reason) => reason,
            Wrong::Json(error) => {
                let told = error.to_string();
                let told = told.rsplit_once(" at line ").map_or(&told[..], |(told, _)| told);
                let hint = match error.is_eof() {
                    true => "; an object must be on one line: write a JSON document as lines, with `jq -c '.[]' FILE`",
                    false => "",
                };
                format!("column {}: {told}{hint}", error.column())
            }
        };
        if !self.reader.options.lenient {
            return Err(Error::malformed(line, reason));
        }
        rows.report.fault(line, reason);
        Ok(())
    }
}

impl TakeText for JsonLines<'_, '_> {
    fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Error> {
        self.gather.settle()?;
        let (text, invalid) = utf8_prefix(bytes, last);
        let JsonLines { lines, row, line, gather, .. } = self;
        let mut taken = lines.take(text, line, row, &mut gather.rows)?;
        if let Some(byte) = invalid {
            return Err(not_utf8(*line, byte));
        }
        if last && taken < text.len() {
            lines.take_line(&text[taken..], *line, row, &mut gather.rows)?;
            taken = text.len();
            self.is_in_line = true;
        } else if bytes.len() - taken > MAX_LINE {
            let reason = format_args!("a line of more than {MAX_LINE} bytes; JSON lines have an object on each line");
            return Err(Error::malformed(*line, reason));
        }
        self.gather.take_rows(taken)?;
        Ok(taken)
    }

    fn take_lines(&mut self, text: &[u8], pool: &Pool, part: usize, here: impl FnOnce()) -> Result<usize, Error> {
        let JsonLines { lines, line, gather, .. } = self;
        gather.take_lines(text, (pool, part), line, here, |text, rows| {
            let mut line = 1;
            let taken = lines.take(text, &mut line, &mut Row::new(lines.reader), rows).ok()?;
            (taken == text.len()).then_some(line - 1)
        })
    }

    fn labels(&self) -> usize {
        self.gather.labels()
    }

    fn reserve_for(&mut self, done: u64, size: u64) {
        self.gather.reserve_for(done, size);
    }
}
