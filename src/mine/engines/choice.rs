//! The engine that a search uses, and why.

use std::fmt;

use super::auto::Shape;
use crate::mine::query::algorithm::Algorithm;

/// The engine that a search uses, and the numbers by which [`Algorithm::Auto`] decides, from
/// [`Miner::explain`](crate::Miner::explain).
///
/// `Auto` compares *steps*: estimates of the number of entries of baskets that an engine reads, one step per entry
/// (about a nanosecond). They cover the work that differs between the engines, from the encoded baskets to the
/// databases of single items. They do not cover the search in those databases, which depends on what is frequent.
///
/// ```
/// use itemset::{Algorithm, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["wipes"]])?;
/// let choice = Miner::new().min_support(0.5).explain(&baskets)?;
/// assert_eq!(choice.algorithm(), Algorithm::Eclat);
/// assert_eq!((choice.basket_count(), choice.searched_baskets(), choice.frequent_items()), (3, 2, 2));
/// let set = Miner::new().algorithm(Algorithm::Apriori).explain(&baskets)?;
/// assert!(set.is_set() && set.to_string().starts_with("apriori, as set"));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineChoice {
    asked: Algorithm,
    baskets: u64,
    min_count: u64,
    shape: Shape,
}

impl EngineChoice {
    pub(crate) fn new(asked: Algorithm, baskets: u64, min_count: u64, shape: Shape) -> Self {
        EngineChoice { asked, baskets, min_count, shape }
    }

    /// The engine that the search uses, never [`Algorithm::Auto`].
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.asked {
            Algorithm::Auto => self.shape.algorithm(),
            set => set,
        }
    }

    /// Whether the engine was set explicitly. All numbers are present nevertheless.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.asked != Algorithm::Auto
    }

    /// The smallest frequent count.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The number of baskets.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// The number of baskets with at least two frequent items, the only ones that a search reads.
    #[must_use]
    pub fn searched_baskets(&self) -> u64 {
        self.shape.baskets
    }

    /// The number of frequent items.
    #[must_use]
    pub fn frequent_items(&self) -> u64 {
        self.shape.items
    }

    /// The number of entries in all searched baskets: occurrences of frequent items.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.shape.entries
    }

    /// The mean number of frequent items per searched basket; 0 without searched baskets.
    #[must_use]
    pub fn mean_len(&self) -> f64 {
        self.shape.entries as f64 / self.shape.baskets.max(1) as f64
    }

    /// The mean fraction of the frequent items that a searched basket contains, from 0 to 1; 0 without searched
    /// baskets.
    #[must_use]
    pub fn density(&self) -> f64 {
        self.mean_len() / self.shape.items.max(1) as f64
    }

    /// About the number of searched baskets that differ in their frequent items, estimated from those of medium length.
    /// `None` if it was not examined, because it could not change the choice.
    #[must_use]
    pub fn distinct_baskets(&self) -> Option<u64> {
        self.shape.distinct
    }

    /// The estimated steps of an engine; for [`Algorithm::Auto`] those of the engine it picks. If
    /// [`distinct_baskets`](EngineChoice::distinct_baskets) was not examined, FP-Growth's steps assume groups of a
    /// thousand equal baskets on average.
    ///
    /// `None` for Apriori, which is never picked: it counts pairs as Eclat does, and then candidates, whose number is
    /// not known before they are made.
    #[must_use]
    pub fn steps(&self, algorithm: Algorithm) -> Option<u64> {
        match algorithm {
            Algorithm::Auto => self.steps(self.algorithm()),
            Algorithm::Apriori => None,
            Algorithm::FpGrowth => Some(self.shape.fp_growth_steps),
            Algorithm::Eclat => Some(self.shape.eclat_steps),
        }
    }
}

/// The engine and the reason; the second line describes the baskets in numbers.
impl fmt::Display for EngineChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shape { items, baskets, entries, distinct, eclat_steps, fp_growth_steps, .. } = self.shape;
        write!(f, "{}, ", self.algorithm())?;
        if self.is_set() {
            let pick = self.shape.algorithm();
            write!(f, "as set (auto would pick {pick}): ")?;
        } else {
            f.write_str("picked by auto: ")?;
        }
        if eclat_steps == 0 {
            f.write_str("there is nothing to search but single items")?;
        } else {
            write!(f, "about {eclat_steps} steps for eclat, ")?;
            match distinct {
                Some(distinct) => {
                    write!(f, "{fp_growth_steps} for fp-growth with about {distinct} different baskets")?;
                }
                None => write!(f, "{fp_growth_steps} for fp-growth even if nearly all baskets were alike")?,
            }
            f.write_str(" (apriori is never picked)")?;
        }
        write!(
            f,
            "\n{baskets} of {} baskets hold 2 or more of {items} frequent items (min count {}): {entries} entries, mean length {:.1}, \
             density {:.4}",
            self.baskets,
            self.min_count,
            self.mean_len(),
            self.density()
        )
    }
}

#[cfg(feature = "serde")]
mod serde_form {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Algorithm, EngineChoice, Shape};
    use crate::stored_format::Format;

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "EngineChoice")]
    struct Stored {
        format: Format<1>,
        asked: Algorithm,
        baskets: u64,
        min_count: u64,
        shape: Shape,
    }

    impl Serialize for EngineChoice {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let EngineChoice { asked, baskets, min_count, shape } = *self;
            Stored { format: Format, asked, baskets, min_count, shape }.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for EngineChoice {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let Stored { asked, baskets, min_count, shape, .. } = Stored::deserialize(deserializer)?;
            Ok(EngineChoice { asked, baskets, min_count, shape })
        }
    }
}
