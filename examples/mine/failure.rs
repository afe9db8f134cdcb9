//! What ends the program early, and what it reports then.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use itemset::{Error, ErrorKind};

use crate::deadline::Deadline;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The options are wrong.
    Options(String),
    /// The input or the output could not be used, or a limit was reached.
    Run(String),
    /// Nobody reads the output any more, which is not an error.
    ClosedPipe,
}

impl Failure {
    /// A failure to read the input of this name.
    pub(crate) fn of_input(name: &str, error: &Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidSetting { .. } | ErrorKind::MissingFeature { .. } => {
                Failure::Options(with_options(error))
            }
            ErrorKind::MemoryLimit { .. } => Failure::Run(format!("{name}: {}", with_options(error))),
            _ => {
                let mut text = error.to_string();
                for (advice, instead) in READING_ADVICE {
                    text = text.replace(advice, instead);
                }
                Failure::Run(format!("{name}: {text}"))
            }
        }
    }

    /// A failure to write the output of this name.
    pub(crate) fn of_output(name: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Run(format!("{name}: {error}")),
        }
    }

    /// Reports what happened; returns the exit status.
    pub(crate) fn report(self) -> ExitCode {
        let (message, status) = match self {
            Failure::ClosedPipe => return ExitCode::SUCCESS,
            Failure::Options(message) => (message, 2),
            Failure::Run(message) => (message, 1),
        };
        say_error(&message);
        ExitCode::from(status)
    }
}

/// A failure of the search: the settings were wrong, or it found more than can be held.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidSetting { .. } | ErrorKind::MissingFeature { .. } => {
                Failure::Options(with_options(&error))
            }
            ErrorKind::TimeLimit { done, .. } => Failure::Run(match Deadline::of_run() {
                Some(deadline) => deadline.message(Some(*done)),
                None => with_options(&error),
            }),
            _ => Failure::Run(with_options(&error)),
        }
    }
}

/// What the library calls settings, and the options that set them here.
const OPTIONS: [(&str, &str); 22] = [
    ("algorithm", "--algorithm"),
    ("min_support", "--min-support"),
    ("min_count", "--min-count"),
    ("min_confidence", "--min-confidence"),
    ("min_len", "--min-len"),
    ("max_len", "--max-len"),
    ("max_itemsets", "--max-itemsets"),
    ("max_memory", "--max-memory"),
    ("time_limit", "--time-limit"),
    ("non_redundant", "--non-redundant"),
    ("top_k", "--top-k"),
    ("alpha", "--significant"),
    ("threads", "--threads"),
    ("delimiter", "--delimiter"),
    ("header", "--header"),
    ("comment", "--comment"),
    ("encoding", "--encoding"),
    ("trim", "--trim"),
    ("null", "--null"),
    ("pattern", "--exclude-basket"),
    ("two_pass", "--two-pass"),
    ("temporary_folder", "--temporary-folder"),
];

/// What the library advises, and what does it here.
const ADVICE: [(&str, &str); 3] = [
    (", allow one consequent, or make the rule basis", ", or allow --consequents one alone"),
    (" (Miner::search selects them by length)", ""),
    ("itemsets (the other algorithms", "itemsets (the other --algorithm"),
];

/// The same for errors in the input, whose texts may hold anything.
const READING_ADVICE: [(&str, &str); 6] = [
    (
        "read it with `read_parquet` (feature `parquet`)",
        if cfg!(feature = "parquet") {
            "read it with --format parquet"
        } else {
            "build mine with --features parquet and read it with --format parquet"
        },
    ),
    (" (a column of lists is read with ListReader)", " (a column of lists is read without --basket-columns)"),
    ("leave the column out (not_items)", "leave the column out (--not-items), or name the columns of line items"),
    (
        "this table is read without a header: read it with one, or give the column's number",
        "this file is read without a header: give --header (leave out --no-header), or the column's number",
    ),
    ("is this the right delimiter?", "is this the right --delimiter?"),
    ("; temporary_folder sets another folder", "; --temporary-folder sets another folder"),
];

/// Advice that only some runs can follow.
const PARTIAL_ADVICE: (&str, &str) = ("or ask for a partial result", "or use --allow-partial");

/// Whether this run could have a partial result.
static CAN_BE_PARTIAL: AtomicBool = AtomicBool::new(true);

/// This run has no partial result.
pub(crate) fn cannot_be_partial() {
    CAN_BE_PARTIAL.store(false, Ordering::Relaxed);
}

/// The message of an error, in the words of the command line.
fn with_options(error: &Error) -> String {
    let mut text = error.to_string();
    for (advice, instead) in ADVICE {
        text = text.replace(advice, instead);
    }
    let (advice, instead) = PARTIAL_ADVICE;
    text = match CAN_BE_PARTIAL.load(Ordering::Relaxed) {
        true => text.replace(advice, instead),
        false => text.replace(&format!(", {advice}"), ""),
    };
    in_options(&text)
}

/// A text of the library with the names of the options in place of settings.
pub(crate) fn in_options(text: &str) -> String {
    let mut message = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|char: char| char.is_ascii_lowercase()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|char: char| !(char.is_ascii_lowercase() || char == '_')).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        message.push_str(before);
        // `threads` and the like are words, too: as settings they follow `invalid`.
        let is_setting = word.contains('_') || message.ends_with("invalid ") || after.starts_with(" needs the feature");
        let option = OPTIONS.iter().find(|(setting, _)| is_setting && *setting == word);
        message.push_str(option.map_or(word, |(_, option)| option));
        rest = after;
    }
    message + rest
}

/// An error is one line, whatever file names and options contain.
pub(crate) fn say_error(message: &str) {
    let mut line = String::from("error: ");
    for char in message.chars() {
        if char.is_control() {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
    }
    say(&line);
}

/// Writes a line to standard error, unless that is closed.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
