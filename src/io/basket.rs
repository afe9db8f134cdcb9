//! The `basket` format: one basket per line, its items separated by a delimiter.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::fields::Fields;
use super::options::Options;
use super::{BYTE_ORDER_MARK, Delimiter, Trim, not_text};
use crate::error::Error;
use crate::threads::pool::Pool;
use crate::transactions::Transactions;

/// Bytes that are read at a time. 16 KiB are 5 % slower, from 64 KiB on the speed is the same; this size leaves room in
/// the second-level cache.
const BLOCK: usize = 256 << 10;

/// Reads baskets from text: one basket per line, its items separated by a delimiter.
///
/// - ASCII whitespace around items is removed, inside quotes too. Empty fields are skipped, and a line without items is
///   not a basket. An item that occurs twice in a line counts once.
/// - Lines end with a line feed, a carriage return, or both. A byte-order mark at the beginning is skipped.
/// - The text is UTF-8 and has no NUL byte. Other encodings, compressed files and other binary files are refused.
/// - Fields may be quoted as in CSV (RFC 4180), with every delimiter. A field that begins with a double quote ends with
///   one: between them it may hold the delimiter, line breaks and quotes, which are doubled, as in `"6"" nails"`. After
///   the closing quote comes the delimiter or the end of the line. A quote in a field that does not begin with one is
///   text, as in `6"`. So a label that begins with a quote has to be quoted itself, as `"""hello"` is for `"hello`.
/// - Labels are compared exactly, as text: `7` and `007` differ.
///
/// | setting | what else is done |
/// |---|---|
/// | [`trim`](BasketReader::trim) | white space beyond ASCII is removed too, or none |
/// | [`case_fold`](BasketReader::case_fold) | `Beer` and `beer` are one item |
/// | [`comment`](BasketReader::comment) | lines that begin with a character are skipped |
/// | [`weight_last`](BasketReader::weight_last) | the last field is the number of baskets that a line stands for |
///
/// Reading takes linear time, and the memory of the [`Transactions`] plus a few blocks (256 KiB, or 512 KiB per thread
/// if there are several). The file is never held as a whole. Whole numbers are read fastest.
///
/// ```
/// use itemset::io::{BasketReader, Delimiter};
///
/// let text = "beer, diapers ,beer\n\n\"chips, salted\",,beer\r\n";
/// let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.duplicates_skipped()), (2, 1));
/// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "chips, salted"]);
///
/// let baskets = BasketReader::new().read("\"whole milk\" 6\" soda\n".as_bytes())?;
/// assert_eq!(baskets.dictionary().labels(), ["whole milk", "6\"", "soda"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct BasketReader {
    delimiter: Delimiter,
    options: Options,
    pool: Pool,
}

impl BasketReader {
    /// A reader of items that are separated by whitespace.
    pub fn new() -> Self {
        BasketReader::default()
    }

    /// The delimiter between items. Default: [`Delimiter::Whitespace`].
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// What is removed around fields. Default: [`Trim::Ascii`].
    ///
    /// With [`Delimiter::Whitespace`], [`Trim::Unicode`] makes all white space of Unicode separate fields; spaces
    /// without width only surround them. With [`Trim::None`], ASCII whitespace separates as ever, and the text in
    /// quotes stays as it is; with a character as delimiter, a line of spaces is a basket of one item.
    ///
    /// ```
    /// use itemset::io::{BasketReader, Delimiter, Trim};
    ///
    /// let reader = BasketReader::new().delimiter(Delimiter::Char(','));
    /// let items = |trim| reader.clone().trim(trim).read("milk,bread\u{a0}\nmilk, bread\n".as_bytes());
    /// assert_eq!(items(Trim::Ascii)?.dictionary().labels(), ["milk", "bread\u{a0}", "bread"]);
    /// assert_eq!(items(Trim::Unicode)?.dictionary().labels(), ["milk", "bread"]);
    /// assert_eq!(items(Trim::None)?.dictionary().labels(), ["milk", "bread\u{a0}", " bread"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn trim(mut self, trim: Trim) -> Self {
        self.options.trim = trim;
        self
    }

    /// Whether labels become lower case, by [`str::to_lowercase`]. Default: `false`.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let baskets = BasketReader::new().case_fold(true).read("Beer BEER Öl\nbeer öl\n".as_bytes())?;
    /// assert_eq!(baskets.dictionary().labels(), ["beer", "öl"]);
    /// assert_eq!((baskets.count_of("beer"), baskets.duplicates_skipped()), (Some(2), 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn case_fold(mut self, case_fold: bool) -> Self {
        self.options.case_fold = case_fold;
        self
    }

    /// Skips lines that begin with this character, or with white space and then this character. Default: no line is
    /// skipped.
    ///
    /// White space is that of ASCII, whatever the delimiter, and with [`Trim::Unicode`] all that it removes. A comment
    /// ends with its line, whatever quotes are in it. It counts as a line in errors, and has to be UTF-8 without NUL
    /// bytes too. A quoted field is no comment.
    ///
    /// The character must be ASCII and neither white space, a line break, NUL, a double quote nor the delimiter; the
    /// call that reads refuses any other.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let text = "# made by hand\nbeer #1\n \"#2\" beer\n";
    /// let baskets = BasketReader::new().comment('#').read(text.as_bytes())?;
    /// assert_eq!(baskets.dictionary().labels(), ["beer", "#1", "#2"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn comment(mut self, char: char) -> Self {
        self.options.comment = Some(char);
        self
    }

    /// Takes the last field of each line for its weight: the number of equal baskets that the line stands for, as for
    /// [`push_weighted`](crate::TransactionsBuilder::push_weighted). Default: each line is one basket.
    ///
    /// A weight is a whole number from 0 to `u32::MAX`, of digits alone; it may begin with zeros, and be quoted. A line
    /// of weight 0 is no basket, and its labels are not in the dictionary. A line with nothing before the weight is no
    /// basket either, and neither is a line without any text in its fields. Any other line without a weight, or with
    /// another text in its place, is an error. With a character as delimiter, one at the end of a line leaves the weight
    /// empty.
    ///
    /// Such files are read more slowly, and the memory of the longest line is needed besides.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let reader = BasketReader::new().weight_last();
    /// let baskets = reader.read("beer diapers 30\nbeer 70\nchips 0\n".as_bytes())?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer"), baskets.count_of("chips")), (100, Some(100), None));
    /// let error = reader.read("beer 2\nbeer chips\n".as_bytes()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2: this is no weight: the last field is \"chips\", and must be a whole number from 0 to 4294967295"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn weight_last(mut self) -> Self {
        self.options.weight_last = true;
        self
    }

    /// The number of threads, at least 1. 1 stays on the calling thread; more are started when a call needs them.
    /// Default: the rayon pool in which the call is made, or rayon's default pool outside of any.
    ///
    /// The baskets, their order, the items' numbers and the errors are the same with any number of threads. Inputs of
    /// less than 4 MiB, and those with new items throughout, are read on the calling thread alone. Without the feature
    /// `rayon` more than 1 is an error.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let baskets = BasketReader::new().threads(1).read("beer diapers".as_bytes())?;
    /// assert_eq!(baskets.len(), 1);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.pool = Pool::new(Some(threads));
        self
    }

    /// The baskets of a text, read to its end in large blocks, so the input needs no buffer.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line: text that is not UTF-8, or has a NUL
    ///   byte; a quote that is never closed, or text after a closing quote; an item of more than 1 MiB, a sign of a
    ///   wrong delimiter; a weight that is missing or none. Of UTF-16 and UTF-32, files that are compressed, workbooks, databases and other inputs that
    ///   are no text the error says what they are, as far as their first bytes show it.
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a character that cannot be a delimiter, or
    ///   cannot begin comments, or 0 threads; [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for several threads without the
    ///   feature `rayon`; [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system refuses threads.
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, entries or distinct items;
    ///   baskets and entries are counted with their weights.
    pub fn read(&self, mut input: impl Read) -> Result<Transactions<String>, Error> {
        self.read_blocks(&mut input, None, Sizes::default())
    }

    /// The baskets of a file.
    ///
    /// # Errors
    ///
    /// Those of [`read`](BasketReader::read), and [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened.
    /// None of them names the file.
    ///
    /// ```
    /// use itemset::{ErrorKind, io::BasketReader};
    ///
    /// let error = BasketReader::new().read_file("no/such/file.dat").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Io(_)));
    /// ```
    pub fn read_file(&self, path: impl AsRef<Path>) -> Result<Transactions<String>, Error> {
        let mut file = File::open(path)?;
        let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
        self.read_blocks(&mut file, size, Sizes::default())
    }

    /// `size` is the length of the input, if known. It only decides how much memory is reserved and whether threads
    /// pay.
    fn read_blocks(
        &self,
        input: &mut dyn Read,
        size: Option<u64>,
        sizes: Sizes,
    ) -> Result<Transactions<String>, Error> {
        self.pool.check()?;
        let mut fields = Fields::new(self.delimiter, self.options)?;
        let (mut block, mut next) = (Block::default(), Block::default());
        block.fill(input, sizes.block.max(BYTE_ORDER_MARK.len() + not_text::START));
        if block.text().starts_with(BYTE_ORDER_MARK) {
            block.discard(BYTE_ORDER_MARK.len());
        }
        not_text::check(block.text())?;
        let mut done = 0;
        // Whether the block is one for several threads: it begins with a line, and the previous block had few new
        // labels.
        let mut several = false;
        loop {
            let workers = if size.unwrap_or(done) < sizes.several { 1 } else { self.pool.workers() };
            let labels = fields.labels();
            let mut lines = if workers > 1 { block.lines() } else { 0 };
            if several && lines >= sizes.part {
                next.restart(&mut block, lines);
                let text = &block.text()[..lines];
                let taken =
                    fields.take_lines(text, &self.pool, sizes.part, || next.fill(input, workers * sizes.worker))?;
                done += taken as u64;
                if taken == lines {
                    several = (fields.labels() - labels) * sizes.label <= taken;
                    std::mem::swap(&mut block, &mut next);
                    continue;
                }
                block.rejoin(&mut next, lines);
                block.discard(taken);
                lines = block.lines();
            }
            let text = if lines > 0 && block.end.is_none() { &block.text()[..lines] } else { block.text() };
            let taken = fields.take(text, matches!(block.end, Some(Ok(()))))?;
            if let Some(end) = block.end {
                end?;
                return fields.finish();
            }
            several = lines > 0 && taken == lines && (fields.labels() - labels) * sizes.label <= taken;
            if let (0, Some(size)) = (done, size) {
                fields.columns().reserve_for(taken as u64, size);
            }
            done += taken as u64;
            block.discard(taken);
            block.fill(input, if several { workers * sizes.worker } else { sizes.block });
        }
    }
}

/// How much is read at a time, in bytes.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// The smallest input that several workers read. For smaller ones, starting threads and filling their memory takes
    /// as long as they save.
    several: u64,
    /// The bytes per new label of a block from which several workers read the next block. Each numbers new labels by
    /// itself first.
    label: usize,
    /// A block for one worker.
    block: usize,
    /// A worker's part of a block for several.
    worker: usize,
    /// The bytes that a worker takes at a time.
    part: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { several: 4 << 20, label: 1 << 10, block: BLOCK, worker: 2 * BLOCK, part: BLOCK / 2 }
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
        if self.bytes.len() < room {
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

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use proptest::prelude::*;

    /// Fails at the end of the text.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }

    /// Lines of numbers and words, new ones throughout, then some that are hard to split.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let hard: Vec<&[u8]> = vec![
            b"\r",
            b"\r\n",
            b"\"",
            b"\"a\nb\"",
            b"\"a\"\"b\"",
            b"\xff",
            b"a\0",
            b"\xc3\xa9",
            b"\n\n",
            b"007",
            b"123456789",
            b" ,",
            b"\n  #1 \"2\n",
            b"\n7#\n\xc2\xa0#3\r",
            b",Ab\xe3\x80\x80aB",
            b" 0\n",
            b",3000000000\n",
        ];
        let row = prop::collection::vec((0..400u32, 0..40u32), 0..40);
        let rows = prop::collection::vec((row, 0..60usize), 0..80);
        (rows, prop::sample::select(vec![12usize, 60, 600])).prop_map(move |(rows, rarely)| {
            let mut text = Vec::new();
            let mut places = 0;
            for (row, end) in rows {
                for (number, kind) in row {
                    places += 1;
                    match kind {
                        0 => text.extend(format!("x{number}").bytes()),
                        _ => text.extend(format!("{}", number + places / 10).bytes()),
                    }
                    text.push(if kind % 7 == 1 { b' ' } else { b',' });
                }
                text.extend(hard.get(end * rarely / 60).copied().unwrap_or(b"\n"));
            }
            text
        })
    }

    fn options() -> impl Strategy<Value = Options> {
        let comments = prop::sample::select(vec![None, Some('#'), Some('1'), Some('x')]);
        let options = (prop::sample::select(Trim::ALL), any::<bool>(), comments, any::<bool>());
        let options = options.prop_map(|(trim, case_fold, comment, weight_last)| Options {
            trim,
            case_fold,
            comment,
            weight_last,
        });
        prop_oneof![Just(Options::default()), options]
    }

    proptest! {
        #[test]
        fn several_threads_read_what_one_reads(
            text in texts(),
            delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
            (block, worker, part) in (1..3000usize, 1..5000usize, 1..2000usize),
            broken: bool,
            options in options(),
        ) {
            let read = |threads, sizes| {
                let reader = BasketReader { options, ..BasketReader::new().delimiter(delimiter).threads(threads) };
                let read = match broken {
                    true => reader.read_blocks(&mut Broken(&text), None, sizes),
                    false => reader.read_blocks(&mut &text[..], Some(text.len() as u64), sizes),
                };
                read.map_err(|error| error.to_string())
            };
            let expected = read(1, Sizes::default());
            prop_assert_eq!(read(3, Sizes { several: 0, label: 0, block, worker, part }), expected);
        }
    }

    /// Most lines of the text above have no weight at their end.
    #[test]
    fn several_threads_add_weights() {
        let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
        let read = |text: &str, threads: usize, sizes| {
            let reader = BasketReader::new().weight_last().threads(threads);
            reader.read_blocks(&mut text.as_bytes(), None, sizes).map_err(|error| error.to_string())
        };
        let line = |row: u32, weight: u32| format!("{} {} {} {weight}\n", row % 50, row % 70 + 100, row);
        // Each of weight 1; none so; and of weight 1 before others.
        for weights in [|_| 1, |row| row % 4 + 2, |row| u32::from(row > 1000) * (row % 3) + 1] {
            let text: String = (0..2000).map(|row| line(row, weights(row))).collect();
            let expected = read(&text, 1, Sizes::default());
            let mut builder = Transactions::<String>::builder();
            for row in 0..2000 {
                let labels = [row % 50, row % 70 + 100, row].map(|label| label.to_string());
                builder.push_weighted(labels, weights(row));
            }
            assert_eq!(expected, Ok(builder.build().unwrap()));
            assert_eq!(read(&text, 3, sizes), expected);
        }
        // Of rows with three items, the entries are too many first.
        for (items, what) in [("a b c", "entries, counted"), ("a", "baskets, counted")] {
            let text = format!("{items} {}\n", u32::MAX / 900).repeat(1000);
            let error = read(&text, 1, Sizes::default()).unwrap_err();
            assert!(error.contains(what), "{error}");
            assert_eq!(read(&text, 3, sizes), Err(error));
        }
    }

    #[test]
    fn the_pool_of_the_caller_may_read() {
        let text: String = (0..2000).map(|row| format!("{} {} {}\n", row % 50, row % 70 + 100, row)).collect();
        let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
        let expected = BasketReader::new().threads(1).read(text.as_bytes()).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for reader in [BasketReader::new(), BasketReader::new().threads(2)] {
            let read = || reader.read_blocks(&mut text.as_bytes(), None, sizes).unwrap();
            assert_eq!(pool.install(read), expected);
            assert_eq!(read(), expected);
        }
    }

    #[test]
    fn no_threads_are_refused() {
        let error = BasketReader::new().threads(0).read(&b"a"[..]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "threads", .. }), "{error}");
    }
}
