use std::io;

use super::*;
use crate::error::ErrorKind;
use crate::io::{Encoding, Trim};
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
pub(in crate::io) fn texts() -> impl Strategy<Value = Vec<u8>> {
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

fn options() -> impl Strategy<Value = (Options, Option<Weight>)> {
    let comments = prop::sample::select(vec![None, Some('#'), Some('1'), Some('x')]);
    let options = (prop::sample::select(Trim::ALL), any::<bool>(), comments, any::<bool>());
    let options = options.prop_map(|(trim, case_fold, comment, weight_last)| {
        (Options { trim, case_fold, comment }, weight_last.then_some(Weight::Last))
    });
    prop_oneof![Just((Options::default(), None)), options]
}

proptest! {
    #[test]
    fn several_threads_read_what_one_reads(
        text in texts(),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
        (block, worker, part) in (1..3000usize, 1..5000usize, 1..2000usize),
        broken: bool,
        (each, weight) in options(),
    ) {
        let read = |threads, sizes| {
            let mut reader = BasketReader::new().delimiter(delimiter).threads(threads);
            (reader.options.each, reader.weight) = (each, weight.clone());
            let input = match broken {
                true => Input::of(Broken(&text), Encoding::Utf8),
                false => Source::bytes(&text).into_input(Encoding::Utf8),
            };
            let read = input.and_then(|input| reader.read_input(input, sizes));
            read.map_err(|error| error.to_string())
        };
        let expected = read(1, Sizes::default());
        prop_assert_eq!(read(3, Sizes { several: 0, label: 0, block, worker, part }), expected);
    }
}

proptest! {
    #[test]
    fn both_ways_of_reading_give_the_same(
        text in texts(),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
    ) {
        let reader = BasketReader::new().delimiter(delimiter).threads(1);
        // Which of two errors is told is not the same for a NUL byte after a quote that is never closed.
        let told = |error: Error| Some(error.to_string()).filter(|_| !text.contains(&0));
        let read = reader.read(&text[..]).map_err(told);
        prop_assert_eq!(reader.read_with_report(&text[..]).map(|(baskets, _)| baskets).map_err(told), read);
    }
}

/// Rows of whole numbers with all that may be between them.
fn numbers() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        8 => (0..2000u32).prop_map(|number| number.to_string()),
        1 => (0..20_000_000u32).prop_map(|number| number.to_string()),
        1 => prop::sample::select(vec!["007", "x", "\"1 2\"", "-1", "\u{a0}"]).prop_map(str::to_string),
    ];
    let between = prop_oneof![
        20 => Just(" "),
        4 => Just("\n"),
        4 => prop::sample::select(vec!["\r\n", "\r", "\t", ",", "  ", "\n\n", "\r\r\n", " \n", ",\n"]),
    ];
    let some = prop::collection::vec((token, between), 1..60);
    // Repeated, so that texts are long, and most of it are numbers.
    (some, 1..60usize, any::<bool>()).prop_map(|(some, times, comma)| {
        let all: String = some.iter().map(|(token, between)| format!("{token}{between}")).collect();
        let all = if comma { all.replace(' ', ",") } else { all };
        all.replace('x', "").repeat(times).into_bytes().into_iter().chain(all.into_bytes()).collect()
    })
}

proptest! {
    /// With a null word rows are cut into fields.
    #[test]
    fn whole_numbers_are_read_as_any_labels(
        text in numbers(),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
        block in 1100..9000usize,
        threads in 1..4usize,
    ) {
        let sizes = Sizes { several: 0, label: 0, block, worker: 2 * block, part: block / 2 };
        let read = |reader: BasketReader| {
            let input = Source::bytes(&text).into_input(Encoding::Utf8);
            input.and_then(|input| reader.read_grouped(input, sizes)).map_err(|error| error.to_string())
        };
        let reader = BasketReader::new().delimiter(delimiter).threads(threads);
        prop_assert_eq!(read(reader.clone()), read(reader.null("none")));
    }
}

/// Most lines of the text above have no weight at their end.
#[test]
fn several_threads_add_weights() {
    let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
    let read = |text: &str, threads: usize, sizes| {
        let reader = BasketReader::new().weight_last().threads(threads);
        Input::of(text.as_bytes(), Encoding::Utf8)
            .and_then(|input| reader.read_input(input, sizes))
            .map_err(|error| error.to_string())
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
    let text = format!("a {}\n", u32::MAX / 900).repeat(1000);
    let expected = read(&text, 1, Sizes::default()).unwrap();
    assert_eq!(expected.len() as u64, u64::from(u32::MAX / 900) * 1000);
    assert_eq!(read(&text, 3, sizes), Ok(expected));
}

#[test]
fn the_pool_of_the_caller_may_read() {
    let text: String = (0..2000).map(|row| format!("{} {} {}\n", row % 50, row % 70 + 100, row)).collect();
    let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
    let expected = BasketReader::new().threads(1).read(text.as_bytes()).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for reader in [BasketReader::new(), BasketReader::new().threads(2)] {
        let read =
            || Input::of(text.as_bytes(), Encoding::Utf8).and_then(|input| reader.read_input(input, sizes)).unwrap();
        assert_eq!(pool.install(read), expected);
        assert_eq!(read(), expected);
    }
}

#[test]
fn no_threads_are_refused() {
    let error = BasketReader::new().threads(0).read(&b"a"[..]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "threads", .. }), "{error}");
}
