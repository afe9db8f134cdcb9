//! A plain reader of the format to compare with, random files, and inputs that arrive in awkward pieces.

use std::io::{self, Read};

use itemset::io::{BasketReader, Delimiter, Trim};
use itemset::{ErrorKind, Transactions};
use proptest::prelude::*;

/// The settings of a reader besides the delimiter.
#[derive(Clone, Copy, Debug)]
struct Options {
    trim: Trim,
    case_fold: bool,
    comment: Option<char>,
    weight_last: bool,
}

const NO_OPTIONS: Options = Options { trim: Trim::Ascii, case_fold: false, comment: None, weight_last: false };

impl Options {
    fn reader(self, delimiter: Delimiter) -> BasketReader {
        let reader = BasketReader::new().delimiter(delimiter).trim(self.trim).case_fold(self.case_fold);
        let reader = if let Some(char) = self.comment { reader.comment(char) } else { reader };
        if self.weight_last { reader.weight_last() } else { reader }
    }

    fn is_white(self, char: char) -> bool {
        match self.trim {
            Trim::Unicode => char.is_whitespace(),
            _ => char.is_ascii_whitespace(),
        }
    }

    /// What is removed around fields.
    fn is_removed(self, char: char) -> bool {
        let is_without_width = self.trim == Trim::Unicode && matches!(char, '\u{200b}' | '\u{feff}');
        self.trim != Trim::None && (self.is_white(char) || is_without_width)
    }
}

/// A line's fields, all of them, with what they are labelled in the end. `None` if the weight is wrong.
fn weigh(mut fields: Vec<String>, options: Options) -> Option<(Vec<String>, u32)> {
    if fields.iter().all(String::is_empty) {
        return Some((Vec::new(), 0));
    }
    let mut weight = 1;
    if options.weight_last {
        let last = fields.pop()?;
        if last.is_empty() || last.contains(|char: char| !char.is_ascii_digit()) {
            return None;
        }
        weight = last.parse().ok()?;
    }
    fields.retain(|field| !field.is_empty());
    if options.case_fold {
        fields.iter_mut().for_each(|field| *field = field.to_lowercase());
    }
    if fields.is_empty() {
        weight = 0;
    }
    Some((fields, weight))
}

/// One basket per line with its weight, read character by character. `Err` is the line of the error.
fn read_plainly(text: &str, delimiter: Delimiter, options: Options) -> Result<Vec<(Vec<String>, u32)>, u64> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_break = |char: char| matches!(char, '\n' | '\r');
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let (mut line, mut begun) = (1, 1);
    let mut chars = text.chars().peekable();
    let mut starts = true;
    loop {
        let separates = |char: char| match delimiter {
            Delimiter::Char(delimiter) => char == delimiter,
            _ => options.is_white(char) && !is_break(char),
        };
        let pads = |char: char| options.is_removed(char) && !separates(char) && !is_break(char);
        if std::mem::take(&mut starts) {
            begun = line;
            let is_blank = |char: char| !is_break(char) && (char.is_ascii_whitespace() || options.is_removed(char));
            let first = chars.clone().find(|&char| !is_blank(char));
            if first.is_some() && first == options.comment {
                while chars.next_if(|&char| !is_break(char)).is_some() {}
            }
        }
        // A field, from its first character that is not padding.
        while chars.next_if(|&char| pads(char)).is_some() {}
        let mut field = String::new();
        let is_quoted = chars.next_if_eq(&'"').is_some();
        if is_quoted {
            let opened = line;
            loop {
                match chars.next() {
                    None => return Err(opened),
                    Some('"') if chars.next_if_eq(&'"').is_none() => break,
                    Some(char) => {
                        line += u64::from(is_break(char) && !(char == '\n' && field.ends_with('\r')));
                        field.push(char);
                    }
                }
            }
            while chars.next_if(|&char| pads(char)).is_some() {}
            if chars.peek().is_some_and(|&char| !separates(char) && !is_break(char)) {
                return Err(line);
            }
        } else {
            while let Some(char) = chars.next_if(|&char| !separates(char) && !is_break(char)) {
                field.push(char);
            }
        }
        let field = field.trim_matches(|char| options.is_removed(char));
        // A run of white space separates, so nothing is between two of them.
        if is_quoted || !field.is_empty() || delimiter != Delimiter::Whitespace {
            row.push(field.to_string());
        }
        let ended = chars.next();
        if ended.is_none_or(is_break) {
            let (labels, weight) = weigh(std::mem::take(&mut row), options).ok_or(begun)?;
            if weight > 0 {
                rows.push((labels, weight));
            }
            if ended == Some('\r') {
                let _ = chars.next_if_eq(&'\n');
            }
            line += 1;
            starts = true;
        }
        if ended.is_none() {
            return Ok(rows);
        }
    }
}

/// The baskets of weighted rows, or the text of the error.
fn baskets_of(rows: Vec<(Vec<String>, u32)>) -> Result<Transactions<String>, String> {
    let mut builder = Transactions::builder();
    for (labels, weight) in rows {
        builder.push_weighted(labels, weight);
    }
    builder.build().map_err(|error| error.to_string())
}

fn options() -> impl Strategy<Value = Options> {
    let comments = vec![None, None, Some('#'), Some('a'), Some('1'), Some('-')];
    (prop::sample::select(Trim::ALL), any::<bool>(), prop::sample::select(comments), any::<bool>())
        .prop_map(|(trim, case_fold, comment, weight_last)| Options { trim, case_fold, comment, weight_last })
}

/// Lines of the pieces that matter to options. Most of them end with a weight.
fn texts_for_options(delimiter: Delimiter) -> impl Strategy<Value = String> {
    let pieces = vec![
        "1",
        "23",
        "7890123",
        "007",
        " ",
        ",",
        ",",
        "\t",
        "\x0c",
        "\x0b",
        "\u{a0}",
        "\u{3000}",
        "\u{200b}",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "a",
        "A",
        "Milk",
        "MILK",
        "\u{c9}",
        "\u{e9}",
        "\u{130}",
        "\u{3a3}",
        "#",
        "-",
        "\"\"",
        "\"A,b\"",
        "\" #\"",
        "\"\u{a0}c \"",
        "\"b\nC\"",
    ];
    let separator = if let Delimiter::Char(char) = delimiter { char.to_string() } else { " ".to_string() };
    let weights = vec!["1", "1", "2", "007", "0", "\"12\"", "4294967295", "4294967296", "", "x"];
    let quoted = format!("\"#\"{separator}");
    let starts = ["", "", "", "", "#", " \t#\"", "\u{a0}#", &quoted].map(str::to_string).to_vec();
    let ends = vec!["\n", "\n", "\r\n", "\r", " \n", "\n\n", "\u{feff}\n"];
    let field = prop::collection::vec(prop::sample::select(pieces), 0..4).prop_map(|pieces| pieces.concat());
    let weight = prop_oneof![12 => Just("3"), 1 => prop::sample::select(weights)];
    let line = (prop::sample::select(starts), prop::collection::vec(field, 0..5), weight, prop::sample::select(ends));
    let line = line.prop_map(move |(start, fields, weight, end)| {
        let fields: String = fields.iter().map(|field| format!("{field}{separator}")).collect();
        format!("{start}{fields}{weight}{end}")
    });
    let lines =
        (prop_oneof![0..6usize, 0..120usize]).prop_flat_map(move |len| prop::collection::vec(line.clone(), len));
    (lines, any::<bool>()).prop_map(|(lines, ends)| {
        let text = lines.concat();
        if ends { text } else { text.trim_end_matches(['\r', '\n']).to_string() }
    })
}

/// Lines of numbers, which are read on a way of their own, with comments among them.
fn numbers_for_options() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec![
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\n#1 2\n",
        "\n \t#\"3\r",
        "\n\u{a0}#4\n",
        "\n,#\n",
        "\r#\"\n",
        "\u{a0}5\n",
    ]);
    prop::collection::vec((prop::collection::vec(0..300u32, 0..6), end), 0..300).prop_map(|lines| {
        let line = |(numbers, end): (Vec<u32>, &str)| {
            let numbers: Vec<String> = numbers.iter().map(|number| number.to_string()).collect();
            format!("{}{end}", numbers.join(if numbers.len().is_multiple_of(2) { "," } else { " " }))
        };
        lines.into_iter().map(line).collect()
    })
}

/// That a reader returns what the plain reader does, and the same from awkward pieces.
fn compare(text: &str, delimiter: Delimiter, options: Options, piece: usize) -> Result<(), TestCaseError> {
    let reader = options.reader(delimiter).threads(1);
    let read = reader.read(text.as_bytes());
    let again = reader.read(Trickle::new(text.as_bytes(), piece));
    prop_assert_eq!(
        again.map_err(|error| error.to_string()),
        read.as_ref().cloned().map_err(|error| error.to_string())
    );
    match (read_plainly(text, delimiter, options), read) {
        (Ok(rows), read) => prop_assert_eq!(read.map_err(|error| error.to_string()), baskets_of(rows)),
        (Err(expected), Err(error)) => {
            let is_there = matches!(error.kind(), ErrorKind::Malformed { line, .. } if *line == expected);
            prop_assert!(is_there, "{} instead of line {}", error, expected);
        }
        (Err(line), Ok(read)) => prop_assert!(false, "{:?} instead of line {}", read, line),
    }
    Ok(())
}

fn delimiters() -> impl Strategy<Value = Delimiter> {
    prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(','), Delimiter::Char('\t'), Delimiter::Char(' ')])
}

/// Text of the pieces that matter, whole numbers above all.
fn texts() -> impl Strategy<Value = String> {
    let pieces = vec![
        "1", "23", "456", "7890123", "00", "12345678", " ", " ", " ", ",", ",", ",", "\n", "\r\n", "\r", "\t", "\x0c",
        "a", "milk", "\u{e9}", "\u{20ac}", "\"", "\"\"", "\"a,\"", "\"b\nc\"", "=>", "-", ":",
    ];
    // Some longer than what is read at a time.
    prop_oneof![0..120usize, 0..1500usize]
        .prop_flat_map(move |len| prop::collection::vec(prop::sample::select(pieces.clone()), len))
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn reader_equals_plain_reader(text in texts(), delimiter in delimiters()) {
        compare(&text, delimiter, NO_OPTIONS, 100)?;
    }

    #[test]
    fn options_equal_those_of_the_plain_reader(
        (delimiter, text) in delimiters().prop_flat_map(|delimiter| (Just(delimiter), texts_for_options(delimiter))),
        options in options(),
        piece in 1..40usize,
    ) {
        compare(&text, delimiter, options, piece)?;
    }

    #[test]
    fn options_do_not_matter_to_numbers(
        text in numbers_for_options(),
        delimiter in delimiters(),
        options in options(),
        piece in prop::sample::select(vec![1, 100, 2000]),
    ) {
        compare(&text, delimiter, options, piece)?;
        compare(&text, delimiter, Options { weight_last: false, comment: Some('#'), ..options }, piece)?;
    }

    #[test]
    fn reader_of_numbers_equals_plain_reader(
        numbers in prop::collection::vec((0..8usize, any::<u64>()), 0..200),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
    ) {
        let separators = ["\n", " ", ",", ", ", "\r\n", ",", " ", ","];
        let text: String = numbers.iter().map(|&(i, n)| format!("{}{}", n >> (8 * i), separators[(n % 8) as usize])).collect();
        let baskets = BasketReader::new().delimiter(delimiter).read(text.as_bytes()).unwrap();
        prop_assert_eq!(baskets, baskets_of(read_plainly(&text, delimiter, NO_OPTIONS).unwrap()).unwrap());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), delimiter in delimiters()) {
        let _ = BasketReader::new().delimiter(delimiter).read(&bytes[..]);
    }

    #[test]
    fn invalid_utf8_is_reported_with_its_line(text in texts(), at in any::<prop::sample::Index>()) {
        // A quote may be an error before it.
        let mut bytes = text.replace('"', "'").into_bytes();
        // Not between the bytes of a character, where the error would be reported earlier.
        let at = (0..=at.index(bytes.len() + 1)).rev().find(|&at| bytes.get(at).is_none_or(|byte| byte & 0xc0 != 0x80));
        let at = at.unwrap();
        bytes.insert(at, 0xff);
        let before = &bytes[..at];
        let line = 1 + (0..at).filter(|&i| before[i] == b'\n' || (before[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'))).count();
        let error = BasketReader::new().read(&bytes[..]).unwrap_err();
        let is_there = matches!(error.kind(), ErrorKind::Malformed { line: found, .. } if *found == line as u64);
        prop_assert!(is_there, "{} instead of line {}", error, line);
    }
}

proptest! {
    // Each case reads some blocks of 256 KiB.
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Blank lines before the text move it across the end of a block, and are no baskets.
    #[test]
    fn block_boundaries_do_not_matter(
        (delimiter, text) in delimiters()
            .prop_flat_map(|delimiter| (Just(delimiter), prop_oneof![texts(), texts_for_options(delimiter)])),
        options in prop_oneof![Just(NO_OPTIONS), options()],
        back in 0..500usize,
    ) {
        // Behind blank lines a byte-order mark is an item.
        let text = text.trim_start_matches('\u{feff}').to_string();
        let blank = (256 << 10) - back.min(text.len() + 10);
        let moved = "\n".repeat(blank) + &text;
        let read = |text: &str| options.reader(delimiter).read(text.as_bytes());
        match (read(&text), read(&moved)) {
            (Ok(expected), Ok(baskets)) => prop_assert_eq!(baskets, expected),
            (Err(expected), Err(error)) => match (expected.kind(), error.kind()) {
                (ErrorKind::Malformed { line: expected, .. }, ErrorKind::Malformed { line, .. }) => {
                    prop_assert_eq!(*line, expected + blank as u64);
                }
                _ => prop_assert_eq!(error.to_string(), expected.to_string()),
            },
            (expected, read) => prop_assert!(false, "{:?} instead of {:?}", read, expected),
        }
    }
}

/// An input that gives a few bytes at a time, and is interrupted now and then.
pub(crate) struct Trickle<'a> {
    bytes: &'a [u8],
    piece: usize,
    reads: usize,
    end: End,
}

enum End {
    Eof,
    Failure,
    Repeat(u8),
}

impl<'a> Trickle<'a> {
    pub(crate) fn new(bytes: &'a [u8], piece: usize) -> Self {
        Trickle { bytes, piece, reads: 0, end: End::Eof }
    }

    pub(crate) fn failing(bytes: &'a [u8]) -> Self {
        Trickle { end: End::Failure, ..Trickle::new(bytes, 1) }
    }

    pub(crate) fn endless(bytes: &'a [u8], byte: u8) -> Self {
        Trickle { end: End::Repeat(byte), ..Trickle::new(bytes, 100) }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.bytes.is_empty() {
            return match self.end {
                End::Eof => Ok(0),
                End::Failure => Err(io::Error::other("the disk is gone")),
                End::Repeat(byte) => {
                    into.fill(byte);
                    Ok(into.len())
                }
            };
        }
        let len = self.piece.min(into.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(len);
        into[..len].copy_from_slice(now);
        self.bytes = later;
        Ok(len)
    }
}
