//! The settings of a miner.

#[cfg(feature = "serde")]
use std::time::Duration;

use crate::error::Error;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::mine::query::target::Target;
use crate::rules::Consequents;
use crate::run_options::RunOptions;
#[cfg(feature = "serde")]
use crate::stored_format::Format;
#[cfg(feature = "serde")]
use crate::threads::pool::Pool;

/// The settings as given, valid or not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "FlatSettings", into = "FlatSettings"))]
pub(super) struct Settings {
    pub(super) min_support: MinSupport,
    pub(super) min_confidence: f64,
    pub(super) consequents: Consequents,
    pub(super) algorithm: Algorithm,
    pub(super) max_len: Option<usize>,
    pub(super) max_itemsets: Option<u64>,
    pub(super) run: RunOptions,
}

/// The serialised form, with the run options at the same level. `serde(flatten)` would give that too, but not together
/// with `deny_unknown_fields`, and not in formats without field names.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename = "Settings")]
struct FlatSettings {
    format: Format<1>,
    min_support: MinSupport,
    min_confidence: f64,
    consequents: Consequents,
    algorithm: Algorithm,
    max_len: Option<usize>,
    max_itemsets: Option<u64>,
    max_memory: Option<u64>,
    time_limit: Option<Duration>,
    threads: Pool,
}

#[cfg(feature = "serde")]
impl Default for FlatSettings {
    fn default() -> Self {
        Settings::default().into()
    }
}

#[cfg(feature = "serde")]
impl From<Settings> for FlatSettings {
    fn from(settings: Settings) -> Self {
        let Settings { min_support, min_confidence, consequents, algorithm, max_len, max_itemsets, run } = settings;
        let RunOptions { max_memory, time_limit, pool: threads, .. } = run;
        FlatSettings {
            format: Format,
            min_support,
            min_confidence,
            consequents,
            algorithm,
            max_len,
            max_itemsets,
            max_memory,
            time_limit,
            threads,
        }
    }
}

#[cfg(feature = "serde")]
impl From<FlatSettings> for Settings {
    fn from(flat: FlatSettings) -> Self {
        let FlatSettings { min_support, min_confidence, consequents, algorithm, max_len, max_itemsets, .. } = flat;
        let FlatSettings { max_memory, time_limit, threads: pool, .. } = flat;
        let run = RunOptions { max_memory, time_limit, pool, ..RunOptions::default() };
        Settings { min_support, min_confidence, consequents, algorithm, max_len, max_itemsets, run }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            min_support: MinSupport::fraction(0.01),
            min_confidence: 0.5,
            consequents: Consequents::One,
            algorithm: Algorithm::Auto,
            max_len: None,
            max_itemsets: None,
            run: RunOptions::default(),
        }
    }
}

impl Settings {
    /// Returns an error for the first invalid setting. Every call begins with this check.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.min_support.min_count(1)?;
        crate::rules::check_min_confidence(self.min_confidence)?;
        if self.max_len == Some(0) {
            return Err(Error::invalid_setting("max_len", 0, "at least 1"));
        }
        self.run.check()
    }

    /// The same for a search that only Eclat supports.
    pub(super) fn check_for(&self, target: Target) -> Result<(), Error> {
        self.check()?;
        if target != Target::All && !matches!(self.algorithm, Algorithm::Auto | Algorithm::Eclat) {
            let allowed = "auto or eclat for closed, maximal and generator itemsets";
            return Err(Error::invalid_setting("algorithm", self.algorithm, allowed));
        }
        Ok(())
    }

    /// Returns an error if a result of all itemsets of a target cannot be complete at the configured length.
    pub(super) fn check_lengths(&self, target: Target) -> Result<(), Error> {
        match (target, self.max_len) {
            (Target::Closed | Target::Maximal, Some(max_len)) => {
                let allowed = "no limit for closed and maximal itemsets (Miner::search selects them by length)";
                Err(Error::invalid_setting("max_len", max_len, allowed))
            }
            _ => Ok(()),
        }
    }
}
