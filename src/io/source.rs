//! Where data come from: opened, decompressed and decoded to text in UTF-8.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

#[cfg(any(feature = "gzip", feature = "zstd"))]
use super::decompress::decompressor;
use super::not_text;
use super::options::Encoding;
use crate::error::Error;

/// The byte-order mark of UTF-8, with which a text may begin.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where data come from: a file, bytes in memory, or a stream.
///
/// Files and bytes can be read several times; a stream can be read once. What is compressed with gzip or zstd, as its
/// first bytes tell, is decompressed while it is read (features `gzip` and `zstd`). The memory for that does not grow
/// with the text.
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

    /// What can be opened several times; `None` of a stream.
    pub(super) fn into_reopened(self) -> Option<Reopened<'a>> {
        match self.0 {
            Kind::File(path) => Some(Reopened::File(path)),
            Kind::Bytes(bytes) => Some(Reopened::Bytes(bytes)),
            Kind::Stream(_) => None,
        }
    }

    /// Opens it for a format that is not read from the beginning to the end: what is no file is held in memory.
    #[cfg(feature = "parquet")]
    pub(super) fn into_whole(self) -> Result<Whole, Error> {
        let mut bytes = Vec::new();
        match self.0 {
            Kind::File(path) => {
                let mut file = File::open(path)?;
                if file.metadata()?.is_file() {
                    return Ok(Whole::File(file));
                }
                file.read_to_end(&mut bytes)?;
            }
            Kind::Bytes(all) => bytes.extend_from_slice(all),
            Kind::Stream(mut stream) => {
                stream.read_to_end(&mut bytes)?;
            }
        }
        Ok(Whole::Bytes(bytes))
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

/// What can be read anywhere.
#[cfg(feature = "parquet")]
pub(super) enum Whole {
    File(File),
    Bytes(Vec<u8>),
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

/// A source that can be opened several times.
#[derive(Debug)]
pub(super) enum Reopened<'a> {
    File(PathBuf),
    Bytes(&'a [u8]),
}

impl<'a> Reopened<'a> {
    /// Opens it, from its beginning. What is no file, such as a pipe, would not be the same again: `None`.
    pub(super) fn open(&self, encoding: Encoding) -> Result<Option<Input<'a>>, Error> {
        match self {
            Reopened::File(path) if std::fs::metadata(path)?.is_file() => Input::of_file(path, encoding).map(Some),
            Reopened::File(_) => Ok(None),
            Reopened::Bytes(bytes) => Source::bytes(bytes).into_input(encoding).map(Some),
        }
    }
}

/// An input that was opened: text in UTF-8, without a byte-order mark.
pub(super) struct Input<'a> {
    text: Box<dyn Read + 'a>,
    size: Option<u64>,
    /// The lines handed on, if the input is not read as it is.
    lines: Option<Lines>,
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

    fn open(input: Box<dyn Read + 'a>, mut size: Option<u64>, encoding: Encoding) -> Result<Self, Error> {
        let mut text = Begun::new(input);
        let mut lines = None;
        if let Some(decompressed) = decompressor(text.start()) {
            text = Begun::new(decompressed(Box::new(text)));
            (size, lines) = (None, Some(Lines::default()));
        }
        not_text::check(text.start().strip_prefix(BYTE_ORDER_MARK).unwrap_or(text.start()), encoding)?;
        if encoding != Encoding::Utf8 {
            text = decode(text, encoding)?;
            size = size.map(|size| if encoding == Encoding::Utf16 { size / 2 } else { size });
            lines = Some(Lines::default());
        }
        if text.start().starts_with(BYTE_ORDER_MARK) {
            text.at = BYTE_ORDER_MARK.len();
        }
        Ok(Input { text: Box::new(text), size, lines })
    }

    /// The same input, read through something else.
    pub(super) fn through<'b, R: Read + 'b>(self, wrap: impl FnOnce(Input<'a>) -> R) -> Input<'b> {
        let size = self.size;
        Input { text: Box::new(wrap(self)), size, lines: None }
    }

    /// About the length of the text in bytes, if it is known without reading it.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(lines) = &mut self.lines else { return self.text.read(into) };
        match self.text.read(into) {
            Ok(read) => {
                lines.count(&into[..read]);
                Ok(read)
            }
            Err(error) => Err(match error.downcast::<Broken>() {
                Ok(Broken(reason)) => io::Error::other(Error::malformed(1 + lines.breaks, reason)),
                Err(error) => error,
            }),
        }
    }
}

/// What makes text of compressed bytes.
pub(super) type Decompress<'a> = fn(Box<dyn Read + 'a>) -> Box<dyn Read + 'a>;

#[cfg(not(any(feature = "gzip", feature = "zstd")))]
fn decompressor<'a>(_: &[u8]) -> Option<Decompress<'a>> {
    None
}

#[cfg(feature = "encoding")]
fn decode(input: Begun<'_>, encoding: Encoding) -> Result<Begun<'_>, Error> {
    let start = input.start().to_vec();
    Ok(Begun::new(Box::new(super::decode::Decode::new(input, &start, encoding))))
}

#[cfg(not(feature = "encoding"))]
fn decode(_: Begun<'_>, encoding: Encoding) -> Result<Begun<'_>, Error> {
    let setting = if encoding == Encoding::Utf16 { "encoding utf-16" } else { "encoding latin-1" };
    Err(Error::new(crate::error::ErrorKind::MissingFeature { setting, feature: "encoding" }))
}

/// What is wrong with an input that is not read as it is. The line is added to it.
#[derive(Debug)]
pub(super) struct Broken(String);

impl Broken {
    #[cfg(any(feature = "gzip", feature = "zstd", feature = "encoding"))]
    pub(super) fn error(reason: impl Into<String>) -> io::Error {
        io::Error::other(Broken(reason.into()))
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// Line breaks of a text in pieces, a carriage return and a line feed together counted once.
#[derive(Debug, Default)]
struct Lines {
    breaks: u64,
    after_return: bool,
}

impl Lines {
    fn count(&mut self, text: &[u8]) {
        let (Some(first), Some(last)) = (text.first(), text.last()) else { return };
        let pairs = text.iter().zip(&text[1..]).filter(|&(&one, &next)| one == b'\r' && next == b'\n').count();
        let breaks = text.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count();
        self.breaks += (breaks - pairs) as u64 - u64::from(self.after_return && *first == b'\n');
        self.after_return = *last == b'\r';
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
