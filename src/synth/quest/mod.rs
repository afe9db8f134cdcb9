//! The IBM Quest generator: its settings.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the settings, checked when rows are asked for |
//! | `patterns` | the potentially large itemsets that the baskets are made of |
//! | `rows` | the baskets, one by one |

mod patterns;
mod rows;

pub use rows::QuestRows;

use crate::error::Error;
use patterns::Patterns;

/// The most potentially large itemsets, and the most items.
const MOST: u32 = 10_000_000;
/// The longest average length of a transaction or of a potentially large itemset.
const LONGEST: f64 = 10_000.0;
/// The most items in all potentially large itemsets together, on average: 400 MB of them.
const MOST_PATTERN_ITEMS: f64 = 1e8;

/// Settings of the IBM Quest generator of synthetic basket data.
///
/// The generator is the one of Agrawal and Srikant, *Fast Algorithms for Mining Association Rules*
/// (VLDB 1994), the source of the data sets called `T10.I4.D100K` and the like. It first makes a list of
/// *potentially large itemsets* (patterns), then fills each transaction with patterns drawn from that list:
///
/// - The size of a pattern is Poisson distributed. A part of its items comes from the previous pattern; that part is
///   exponentially distributed around the correlation level. The other items are drawn uniformly. The weight of a
///   pattern (how often it is drawn) is exponentially distributed.
/// - Each pattern has a corruption level, normally distributed. When the pattern is added to a transaction, random
///   items of it are dropped for as long as a uniform random number is below that level.
/// - The size of a transaction is Poisson distributed. A pattern that no longer fits is added anyway in half of the
///   cases, and becomes the first of the next transaction in the others.
///
/// The paper leaves some cases open. They are decided as follows:
///
/// - A drawn size of 0 counts as 1, and a pattern never has more items than exist.
/// - A pattern fits if those of its items fit that are left after corruption and are not yet in the transaction. An
///   empty transaction always takes a pattern, even one that is too large.
/// - A transaction is complete early if it contains every item that occurs in a pattern, or if 1,000 patterns in a row
///   could not add anything to it. This happens only if transactions are about as long as there are items, or if nearly
///   all patterns are fully corrupted. Only in the latter case can a transaction be empty.
///
/// The rows depend on the settings alone, on every platform and in all releases, unless the changelog says otherwise.
/// The first rows do not depend on the number of transactions.
///
/// # Examples
///
/// ```
/// use itemset::synth::Quest;
///
/// let rows: Vec<Vec<u32>> = Quest::new().transactions(1_000).items(500).seed(7).rows()?.collect();
/// assert_eq!(rows.len(), 1_000);
/// assert!(rows.iter().all(|row| row.is_sorted_by(|a, b| a < b)));
/// assert!(rows.iter().flatten().all(|&item| item < 500));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Quest {
    transactions: u64,
    transaction_len: f64,
    pattern_len: f64,
    patterns: u32,
    items: u32,
    correlation: f64,
    corruption: f64,
    corruption_variance: f64,
    seed: u64,
}

impl Quest {
    /// The settings of T10.I4.D100K with the paper's N = 1,000 items and |L| = 2,000 patterns, and seed 0.
    pub fn new() -> Self {
        Quest {
            transactions: 100_000,
            transaction_len: 10.0,
            pattern_len: 4.0,
            patterns: 2_000,
            items: 1_000,
            correlation: 0.5,
            corruption: 0.5,
            corruption_variance: 0.1,
            seed: 0,
        }
    }

    /// |D|, the number of transactions. Default: 100,000; any number is allowed.
    pub fn transactions(mut self, transactions: u64) -> Self {
        self.transactions = transactions;
        self
    }

    /// |T|, the average size that transactions are filled up to, in items. Default: 10; allowed: above
    /// 0, at most 10,000.
    ///
    /// The average length of the rows is within a few per cent of it if it is larger than that of the patterns, and
    /// above it otherwise, since the first pattern of a transaction is added whole.
    pub fn transaction_len(mut self, mean: f64) -> Self {
        self.transaction_len = mean;
        self
    }

    /// |I|, the average length of the patterns (maximal potentially large itemsets), in items. Default:
    /// 4; allowed: above 0, at most 10,000.
    pub fn pattern_len(mut self, mean: f64) -> Self {
        self.pattern_len = mean;
        self
    }

    /// |L|, the number of patterns. Default: 2,000; allowed: 1 to 10,000,000, and at most 100,000,000 items in all
    /// patterns together (this number times the average length).
    pub fn patterns(mut self, patterns: u32) -> Self {
        self.patterns = patterns;
        self
    }

    /// N, the number of different items; the rows contain the numbers below it. Default: 1,000; allowed: 1 to
    /// 10,000,000. Items that are in no pattern do not occur.
    pub fn items(mut self, items: u32) -> Self {
        self.items = items;
        self
    }

    /// The average part of a pattern that is taken from the previous pattern. Default: 0.5; allowed: 0 to 1. Drawn
    /// parts above 1 count as 1.
    pub fn correlation(mut self, mean: f64) -> Self {
        self.correlation = mean;
        self
    }

    /// The average corruption level: the probability with which one (more) item is dropped from a pattern that is added
    /// to a transaction. Default: 0.5; allowed: 0 to 1.
    ///
    /// A pattern whose drawn level is 0 or less always stays whole. At 1 or more all its items are dropped.
    pub fn corruption(mut self, mean: f64) -> Self {
        self.corruption = mean;
        self
    }

    /// The variance of the patterns' corruption levels. Default: 0.1; allowed: 0 to 1.
    pub fn corruption_variance(mut self, variance: f64) -> Self {
        self.corruption_variance = variance;
        self
    }

    /// The seed of all random draws. Default: 0; any number is allowed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The generated transactions, one by one: each row contains the numbers of its items, ascending and without
    /// duplicates.
    ///
    /// This call makes the list of patterns. The rows are made on demand, so the memory in use does not depend on their
    /// number: 4 bytes per item of a pattern, 32 per pattern, and one for each of the [`items`](Quest::items).
    ///
    /// # Errors
    ///
    /// If a setting is not within the limits stated at its setter.
    pub fn rows(&self) -> Result<QuestRows, Error> {
        self.check()?;
        let patterns = Patterns::new(self);
        Ok(QuestRows::new(self, patterns))
    }

    fn check(&self) -> Result<(), Error> {
        let lengths = [("transaction_len", self.transaction_len), ("pattern_len", self.pattern_len)];
        for (setting, mean) in lengths {
            // Written so that NaN is refused.
            if !(mean > 0.0 && mean <= LONGEST) {
                return Err(Error::invalid_setting(setting, mean, "a number above 0 and up to 10000"));
            }
        }
        for (setting, number) in [("patterns", self.patterns), ("items", self.items)] {
            if !(1..=MOST).contains(&number) {
                return Err(Error::invalid_setting(setting, number, "a number from 1 to 10000000"));
            }
        }
        if f64::from(self.patterns) * self.pattern_len > MOST_PATTERN_ITEMS {
            let allowed = "a number that times pattern_len is at most 100000000";
            return Err(Error::invalid_setting("patterns", self.patterns, allowed));
        }
        let fractions = [
            ("correlation", self.correlation),
            ("corruption", self.corruption),
            ("corruption_variance", self.corruption_variance),
        ];
        for (setting, fraction) in fractions {
            if !(0.0..=1.0).contains(&fraction) {
                return Err(Error::invalid_setting(setting, fraction, "a number from 0 to 1"));
            }
        }
        Ok(())
    }
}

impl Default for Quest {
    fn default() -> Self {
        Quest::new()
    }
}
