//! The weights of a [`NextBasket`](super::NextBasket).

use crate::error::Error;

/// How much each kind of evidence counts for a [`NextBasket`](super::NextBasket): either your own, or
/// [fitted](super::NextBasket::fit).
///
/// ```
/// use itemset::recommend::HabitWeights;
///
/// let weights = HabitWeights::new().decay(0.8).pairs(0.5);
/// assert_eq!((weights.get_decay(), weights.get_pairs(), weights.get_popularity()), (0.8, 0.5, 0.01));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored"))]
#[must_use]
pub struct HabitWeights {
    pub(super) decay: f64,
    pub(super) pairs: f64,
    pub(super) popularity: f64,
}

/// As they are read: weights that are not allowed are refused then.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename = "HabitWeights")]
struct Stored {
    decay: f64,
    pairs: f64,
    popularity: f64,
}

#[cfg(feature = "serde")]
impl Default for Stored {
    fn default() -> Self {
        let HabitWeights { decay, pairs, popularity } = HabitWeights::new();
        Stored { decay, pairs, popularity }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for HabitWeights {
    type Error = Error;

    fn try_from(Stored { decay, pairs, popularity }: Stored) -> Result<Self, Error> {
        let weights = HabitWeights { decay, pairs, popularity };
        weights.check().map(|()| weights)
    }
}

impl HabitWeights {
    /// A decay of 0.9, 0.2 for pairs, 0.01 for popularity.
    pub fn new() -> Self {
        HabitWeights { decay: 0.9, pairs: 0.2, popularity: 0.01 }
    }

    /// What a basket counts, beside the one after it: above 0 and at most 1. 1 counts all alike.
    pub fn decay(mut self, decay: f64) -> Self {
        self.decay = decay;
        self
    }

    /// What the confidences of pairs count, beside the customer's own frequency: 0 or more.
    pub fn pairs(mut self, weight: f64) -> Self {
        self.pairs = weight;
        self
    }

    /// What the share of all baskets that hold the item counts, beside the customer's own frequency: 0 or more.
    pub fn popularity(mut self, weight: f64) -> Self {
        self.popularity = weight;
        self
    }

    /// What a basket counts, beside the one after it.
    #[must_use]
    pub fn get_decay(&self) -> f64 {
        self.decay
    }

    /// What the confidences of pairs count.
    #[must_use]
    pub fn get_pairs(&self) -> f64 {
        self.pairs
    }

    /// What popularity counts.
    #[must_use]
    pub fn get_popularity(&self) -> f64 {
        self.popularity
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if !(self.decay > 0.0 && self.decay <= 1.0) {
            return Err(Error::invalid_setting("decay", self.decay, "a number above 0 and up to 1"));
        }
        for (setting, weight) in [("pairs", self.pairs), ("popularity", self.popularity)] {
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(Error::invalid_setting(setting, weight, "a finite number of at least 0"));
            }
        }
        Ok(())
    }
}

/// As [`new`](HabitWeights::new).
impl Default for HabitWeights {
    fn default() -> Self {
        HabitWeights::new()
    }
}
