//! What can go wrong, and what to do about it.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::limit::{Limit, Suggestion};

/// The error of every fallible call of this crate.
///
/// Its text names the value that was refused, what is allowed, and what to do. [`Error::kind`] returns the same as
/// data.
///
/// ```
/// use itemset::{ErrorKind, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([["beer", "diapers"]])?;
/// let error = Miner::new().min_support(1.5).mine(&baskets).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "min_support", .. }));
/// assert_eq!(
///     error.to_string(),
///     "invalid min_support: 1.5 (expected a fraction above 0 and up to 1; for a number of baskets use \
///      MinSupport::count)"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What an [`Error`] is about.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting has a value that is not allowed. Set it to one that `allowed` describes.
    #[non_exhaustive]
    InvalidSetting {
        /// The setter's name.
        setting: &'static str,
        /// The value that was given.
        value: String,
        /// The values that are allowed.
        allowed: &'static str,
    },
    /// A setting needs a part of the crate that is not in this build. Enable the feature, or leave the setting out.
    #[non_exhaustive]
    MissingFeature {
        /// The setter's name.
        setting: &'static str,
        /// The cargo feature that it needs.
        feature: &'static str,
    },
    /// The data or the result exceed what can be stored. For a result: raise the minimum support or set a maximum
    /// length.
    #[non_exhaustive]
    TooLarge {
        /// The quantity that is too large.
        what: &'static str,
        /// The most that can be stored.
        limit: u128,
    },
    /// More itemsets are frequent than a limit of the miner allows. Raise the minimum support, to the suggestion or
    /// above, or raise the limit. [`Miner::mine_partial`](crate::Miner::mine_partial) returns what is frequent at the
    /// suggested threshold.
    #[non_exhaustive]
    LimitReached {
        /// The limit.
        limit: Limit,
        /// The threshold of the call, as a count.
        min_count: u64,
        /// The lowest threshold within the limit. For closed, maximal and generator itemsets: the lowest one at which
        /// *all* frequent itemsets, which include them, are within it.
        suggestion: Suggestion,
    },
    /// The call was ended by its [`CancelToken`](crate::CancelToken).
    Cancelled,
    /// The call took longer than [`Miner::time_limit`](crate::Miner::time_limit) allows. Raise the minimum support or
    /// the limit. [`Miner::mine_partial`](crate::Miner::mine_partial) returns what was found in the time.
    #[non_exhaustive]
    TimeLimit {
        /// The limit.
        limit: Duration,
        /// About how much of the work was done, from 0 to 1: the last value that
        /// [`Miner::on_progress`](crate::Miner::on_progress) would have reported.
        done: f64,
    },
    /// What a call has to hold takes more memory than it may use. Raise the limit, or do what lowers the need.
    #[non_exhaustive]
    MemoryLimit {
        /// What takes the memory.
        what: &'static str,
        /// About how many bytes it needs, as far as is known: at least so many, or at most if it is foreseen.
        needed: u64,
        /// The limit.
        limit: Limit,
    },
    /// The input was read twice, and was not the same: something changes it. Read it when it is complete.
    InputChanged,
    /// The operating system refused memory or threads.
    #[non_exhaustive]
    Refused {
        /// What was requested.
        what: &'static str,
        /// The message of the system or the library.
        reason: String,
    },
    /// Reading or writing failed.
    Io(io::Error),
    /// The input does not follow its format.
    #[non_exhaustive]
    Malformed {
        /// The line of the input, from 1.
        line: u64,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },
    /// A table of columns, from Parquet or Arrow, does not have what it must (features `parquet` and `arrow_60`).
    #[non_exhaustive]
    Table {
        /// The row, from 1, if it is about one.
        row: Option<u64>,
        /// What is wrong with it, and what is allowed. It names the column.
        reason: String,
    },
    /// A snapshot cannot be read (feature `snapshot`): it was cut or changed, is from a later version of this crate, or
    /// does not hold what was asked for.
    #[non_exhaustive]
    Snapshot {
        /// The section that it is about.
        section: &'static str,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// What was given to a search in groups does not belong to its plan: see [`distributed`](crate::distributed).
    #[non_exhaustive]
    Group {
        /// The group, if it is about one.
        group: Option<usize>,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A message between owners of baskets was refused (feature `owners`): it came twice, late or out of turn, or is
    /// from another session or agreement.
    #[non_exhaustive]
    Message {
        /// Who refused it.
        receiver: String,
        /// What the receiver waits for.
        expected: String,
        /// What is wrong with the message.
        reason: String,
    },
    /// Stored data contradict themselves: they were damaged, or not written by this crate.
    #[non_exhaustive]
    Inconsistent {
        /// What was being read.
        what: &'static str,
        /// The contradiction.
        reason: &'static str,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }

    pub(crate) fn invalid_setting(setting: &'static str, value: impl fmt::Display, allowed: &'static str) -> Self {
        Error::new(ErrorKind::InvalidSetting { setting, value: value.to_string(), allowed })
    }

    pub(crate) fn too_large(what: &'static str, limit: impl Into<u128>) -> Self {
        Error::new(ErrorKind::TooLarge { what, limit: limit.into() })
    }

    pub(crate) fn malformed(line: u64, reason: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Malformed { line, reason: reason.to_string() })
    }

    /// An error in a table of columns.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    pub(crate) fn table(row: Option<u64>, reason: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Table { row, reason: reason.to_string() })
    }

    /// An error in a snapshot.
    #[cfg(feature = "snapshot")]
    pub(crate) fn snapshot(section: &'static str, reason: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Snapshot { section, reason: reason.to_string() })
    }

    pub(crate) fn group(group: Option<usize>, reason: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Group { group, reason: reason.to_string() })
    }

    pub(crate) fn inconsistent(what: &'static str, reason: &'static str) -> Self {
        Error::new(ErrorKind::Inconsistent { what, reason })
    }

    /// What the error is about, as data.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::InvalidSetting { setting, value, allowed } => {
                write!(f, "invalid {setting}: {value} (expected {allowed})")
            }
            ErrorKind::MissingFeature { setting, feature } => {
                write!(f, "{setting} needs the feature `{feature}`, which is not enabled in this build")
            }
            ErrorKind::TooLarge { what, limit } => write!(f, "more than {limit} {what}"),
            ErrorKind::LimitReached { limit, min_count, suggestion } => write!(
                f,
                "more itemsets than {limit} allows at min count {min_count}; {suggestion} stays within it: raise the minimum \
                 support or the limit, or ask for a partial result"
            ),
            ErrorKind::Cancelled => write!(f, "cancelled"),
            ErrorKind::TimeLimit { limit, done } => write!(
                f,
                "time_limit of {limit:?} reached with about {:.0} % of the work done: raise the minimum support or the limit",
                100.0 * done
            ),
            ErrorKind::MemoryLimit { what, needed, limit } => {
                write!(f, "{what} take about {needed} bytes of memory, and {limit} allows less: raise the limit")
            }
            ErrorKind::InputChanged => {
                f.write_str("the input changed while it was read twice: read it when nothing writes to it")
            }
            ErrorKind::Refused { what, reason } => write!(f, "the system refused {what}: {reason}"),
            ErrorKind::Io(error) => write!(f, "{error}"),
            ErrorKind::Malformed { line, reason } => write!(f, "line {line}: {reason}"),
            ErrorKind::Table { row: Some(row), reason } => write!(f, "row {row}: {reason}"),
            ErrorKind::Table { row: None, reason } => write!(f, "{reason}"),
            ErrorKind::Snapshot { section, reason } => write!(f, "snapshot, section {section}: {reason}"),
            ErrorKind::Group { group: Some(group), reason } => write!(f, "group {group}: {reason}"),
            ErrorKind::Group { group: None, reason } => write!(f, "{reason}"),
            ErrorKind::Message { receiver, expected, reason } => {
                write!(f, "{receiver} refused a message: {reason} (expected {expected})")
            }
            ErrorKind::Inconsistent { what, reason } => write!(f, "the stored {what} are damaged: {reason}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        // An error of this crate may have come through a `Read`.
        error.downcast().unwrap_or_else(|error| Error::new(ErrorKind::Io(error)))
    }
}
