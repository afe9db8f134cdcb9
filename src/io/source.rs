//! Where data come from: opened, decompressed and decoded to text in UTF-8.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::not_text;
use super::options::Encoding;
use crate::error::Error;

/// The byte-order mark of UTF-8, with which a text may begin.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where data come from: a file, bytes in memory, or a stream.
///
/// Files and bytes can be read several times; a stream can be read once.
///
/// ```
/// use itemset::io::{LongReader, Source};
///
/// let reader = LongReader::new("order", "item");
/// let (baskets, report) = reader.read_with_report("order,item\n1,beer\n".as_bytes())?;
/// assert_eq!((baskets.len(), report.rows), (1, 1));
/// let (same, _) = reader.read_with_report(Source::stream(&mut "order,item\n1,beer\n".as_bytes()))?;
/// assert_eq!(same, baskets);
/// # Ok::<(), itemset::Error>(())
/// ```
pub struct Source<'a>(Kind<'a>);

enum Kind<'a> {
    File(PathBuf),
    Bytes(&'a [u8]),
    Stream(Box<dyn Read + 'a>),
}

impl<'a> Source<'a> {
    /// A file.
    pub fn file(path: impl Into<PathBuf>) -> Source<'static> {
        Source(Kind::File(path.into()))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Source(Kind::Bytes(bytes))
    }

    /// A stream, which is read once, to its end, in large blocks: it needs no buffer.
    #[must_use]
    pub fn stream(stream: impl Read + 'a) -> Self {
        Source(Kind::Stream(Box::new(stream)))
    }

    /// Opens it.
    pub(super) fn into_input(self, encoding: Encoding) -> Result<Input<'a>, Error> {
        match self.0 {
            Kind::File(path) => Input::of_file(&path, encoding),
            Kind::Bytes(bytes) => Input::open(Box::new(bytes), Some(bytes.len() as u64), encoding),
            Kind::Stream(stream) => Input::open(stream, None, encoding),
        }
    }
}

impl From<PathBuf> for Source<'_> {
    fn from(path: PathBuf) -> Self {
        Source(Kind::File(path))
    }
}

impl From<&Path> for Source<'_> {
    fn from(path: &Path) -> Self {
        Source(Kind::File(path.to_path_buf()))
    }
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Source::bytes(bytes)
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => f.debug_tuple("File").field(path).finish(),
            Kind::Bytes(bytes) => f.debug_tuple("Bytes").field(&bytes.len()).finish(),
            Kind::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// An input that was opened: text in UTF-8, without a byte-order mark.
pub(super) struct Input<'a> {
    text: Box<dyn Read + 'a>,
    size: Option<u64>,
}

impl<'a> Input<'a> {
    pub(super) fn of(input: impl Read + 'a, encoding: Encoding) -> Result<Self, Error> {
        Input::open(Box::new(input), None, encoding)
    }

    pub(super) fn of_file(path: &Path, encoding: Encoding) -> Result<Input<'static>, Error> {
        let file = File::open(path)?;
        let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
        Input::open(Box::new(file), size, encoding)
    }

    fn open(input: Box<dyn Read + 'a>, size: Option<u64>, encoding: Encoding) -> Result<Self, Error> {
        let start = Begun::new(input);
        let mut text = decode(start, encoding)?;
        if encoding == Encoding::Utf8 {
            not_text::check(text.start().strip_prefix(BYTE_ORDER_MARK).unwrap_or(text.start()))?;
        }
        if text.start().starts_with(BYTE_ORDER_MARK) {
            text.at = BYTE_ORDER_MARK.len();
        }
        Ok(Input { text: Box::new(text), size })
    }

    /// The length of the text in bytes, if it is known without reading it.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.text.read(into)
    }
}

fn decode<'a>(input: Begun<'a>, encoding: Encoding) -> Result<Begun<'a>, Error> {
    match encoding {
        Encoding::Utf8 => Ok(input),
        _ => Err(crate::error::Error::new(crate::error::ErrorKind::MissingFeature {
            setting: "encoding",
            feature: "encoding",
        })),
    }
}

/// An input whose first bytes were read.
struct Begun<'a> {
    start: Vec<u8>,
    /// How many of them were handed on.
    at: usize,
    /// How reading ended, if it did.
    end: Option<io::Result<()>>,
    rest: Box<dyn Read + 'a>,
}

impl<'a> Begun<'a> {
    fn new(mut rest: Box<dyn Read + 'a>) -> Self {
        let mut start = vec![0; BYTE_ORDER_MARK.len() + not_text::START];
        let (mut filled, mut end) = (0, None);
        while end.is_none() && filled < start.len() {
            match rest.read(&mut start[filled..]) {
                Ok(0) => end = Some(Ok(())),
                // Do not trust a reader that reports more bytes than it had room for.
                Ok(read) => filled = (filled + read).min(start.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => end = Some(Err(error)),
            }
        }
        start.truncate(filled);
        Begun { start, at: 0, end, rest }
    }

    fn start(&self) -> &[u8] {
        &self.start
    }
}

impl Read for Begun<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at < self.start.len() {
            let read = (&self.start[self.at..]).read(into)?;
            self.at += read;
            return Ok(read);
        }
        match &mut self.end {
            None => self.rest.read(into),
            // An error is told once.
            Some(end) => std::mem::replace(end, Ok(())).map(|()| 0),
        }
    }
}
