//! Which engine a search takes, and why.

use std::fmt;

use super::auto::Shape;
use crate::mine::query::algorithm::Algorithm;

/// Which engine a search takes, and the numbers that [`Algorithm::Auto`] decides by, from [`Miner::explain`](crate::Miner::explain).
///
/// What `Auto` compares are *steps*: estimates of how many entries of baskets an engine goes through, a step about as
/// long as reading one of them (a nanosecond). They cover what differs between the engines, from the
/// encoded baskets to the databases of single items; not the search in those, which depends on what there is to find.
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

    /// The engine that the search takes, never [`Algorithm::Auto`].
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.asked {
            Algorithm::Auto => self.shape.algorithm(),
            set => set,
        }
    }

    /// Whether the engine was set, so that nothing was to choose. All numbers are there nevertheless.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.asked != Algorithm::Auto
    }

    /// The smallest count that is frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// All baskets.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// Baskets of two frequent items or more: the only ones that a search goes through.
    #[must_use]
    pub fn searched_baskets(&self) -> u64 {
        self.shape.baskets
    }

    /// Frequent items.
    #[must_use]
    pub fn frequent_items(&self) -> u64 {
        self.shape.items
    }

    /// Frequent items of all searched baskets together, each as often as it is there.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.shape.entries
    }

    /// Mean number of frequent items of a searched basket; 0 where there is none.
    #[must_use]
    pub fn mean_len(&self) -> f64 {
        self.shape.entries as f64 / self.shape.baskets.max(1) as f64
    }

    /// The part of the frequent items that a searched basket holds on average, from 0 to 1; 0 where there is none.
    #[must_use]
    pub fn density(&self) -> f64 {
        self.mean_len() / self.shape.items.max(1) as f64
    }

    /// About how many of the searched baskets differ in their frequent items, judged by those of middle length. `None` where it makes no difference, so that
    /// it was not looked at.
    #[must_use]
    pub fn distinct_baskets(&self) -> Option<u64> {
        self.shape.distinct
    }

    /// The estimated steps of an engine, that which is taken for [`Algorithm::Auto`]. FP-Growth's are those of a thousand baskets alike on
    /// average where [`distinct_baskets`](EngineChoice::distinct_baskets) was not looked at.
    ///
    /// `None` for Apriori, which is never picked: it counts pairs as Eclat does, and then candidates, whose number
    /// nobody knows before they are made.
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

/// The engine, why, and on a second line what the baskets are like.
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
