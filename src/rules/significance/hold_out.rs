//! The settings of repeated hold-outs.

use super::Correction;
use crate::mine::query::min_support::MinSupport;

/// How baskets are held out again and again, and when a rule counts as found and as confirmed: for
/// [`Rules::stability`](crate::Rules::stability), which defines both. Nothing is checked until it runs.
///
/// ```
/// use itemset::{Correction, HoldOut};
///
/// // Set the thresholds of the search that found the rules.
/// let hold_out = HoldOut::new(0.5).splits(200).seed(7).min_support(0.01).min_confidence(0.5);
/// let hold_out = hold_out.alpha(0.05).correction(Correction::Holm); // as by default
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[must_use]
pub struct HoldOut {
    pub(super) held_out: f64,
    pub(super) splits: u32,
    pub(super) seed: u64,
    pub(super) min_support: MinSupport,
    pub(super) min_confidence: f64,
    pub(super) alpha: f64,
    pub(super) correction: Correction,
}

impl HoldOut {
    /// The fraction of the baskets that is held out, above 0 and below 1, and the defaults: 100 splits.
    pub fn new(held_out: f64) -> Self {
        HoldOut {
            held_out,
            splits: 100,
            seed: 1,
            min_support: MinSupport::count(1),
            min_confidence: 0.0,
            alpha: 0.05,
            correction: Correction::Holm,
        }
    }

    /// The number of splits, at least 1; the default is 100. With 100 the standard error of a share is at most 0.05.
    pub fn splits(mut self, splits: u32) -> Self {
        self.splits = splits;
        self
    }

    /// The seed of the first split; the default is 1. The next split has the next number.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The smallest support of a rule that is found, in the explored baskets; the default is one basket. Set that of
    /// the search; a count should be smaller there, as only some of the baskets are explored.
    pub fn min_support(mut self, min_support: impl Into<MinSupport>) -> Self {
        self.min_support = min_support.into();
        self
    }

    /// The smallest confidence of a rule that is found, in the explored baskets, from 0 to 1; the default is 0. Set
    /// that of the search.
    pub fn min_confidence(mut self, min_confidence: f64) -> Self {
        self.min_confidence = min_confidence;
        self
    }

    /// The level at which a rule is confirmed, above 0 and below 1; the default is 0.05.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// The correction for the number of rules found in a split; the default is [`Correction::Holm`].
    pub fn correction(mut self, correction: Correction) -> Self {
        self.correction = correction;
        self
    }
}

/// Half of the baskets.
impl Default for HoldOut {
    fn default() -> Self {
        HoldOut::new(0.5)
    }
}
