//! The settings of a miner.

use std::time::Duration;

use crate::call::control::CancelToken;
use crate::call::progress::Listener;
use crate::error::Error;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::mine::query::target::Target;
use crate::rules::Consequents;
use crate::threads::pool::Pool;

/// The settings as they were given, valid or not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub(super) struct Settings {
    pub(super) min_support: MinSupport,
    pub(super) min_confidence: f64,
    pub(super) consequents: Consequents,
    pub(super) algorithm: Algorithm,
    pub(super) max_len: Option<usize>,
    pub(super) max_itemsets: Option<u64>,
    pub(super) max_memory: Option<u64>,
    pub(super) time_limit: Option<Duration>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) cancel_token: Option<CancelToken>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) listener: Option<Listener>,
    #[cfg_attr(feature = "serde", serde(rename = "threads"))]
    pub(super) pool: Pool,
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
            max_memory: None,
            time_limit: None,
            cancel_token: None,
            listener: None,
            pool: Pool::new(None),
        }
    }
}

impl Settings {
    pub(super) fn max_memory(&self) -> Option<u64> {
        self.max_memory
    }

    pub(super) fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    /// The first setting that is invalid, if one is: every call that runs begins with this.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.min_support.min_count(1)?;
        crate::rules::check_min_confidence(self.min_confidence)?;
        if self.max_len == Some(0) {
            return Err(Error::invalid_setting("max_len", 0, "a number of items of at least 1"));
        }
        self.pool.check()
    }

    /// The same for a search that no engine but Eclat makes.
    pub(super) fn check_for(&self, target: Target) -> Result<(), Error> {
        self.check()?;
        if target != Target::All && !matches!(self.algorithm, Algorithm::Auto | Algorithm::Eclat) {
            let allowed = "auto or eclat for closed, maximal and generator itemsets";
            return Err(Error::invalid_setting("algorithm", self.algorithm, allowed));
        }
        Ok(())
    }

    /// An error if a result of all itemsets of a target could not be complete for the length that is set.
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
