//! Which itemsets a search looks for.

use crate::text_enum::text_enum;

text_enum! {
    /// Which of the frequent itemsets a search looks for.
    ///
    /// Each target but [`All`](Target::All) has its own search, which does not visit all frequent itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Target, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let number = |target| miner.search(&baskets).target(target).count().map(|counts| counts.total());
    /// assert_eq!(number(Target::All)?, 7);
    /// assert_eq!(number(Target::Closed)?, 2); // {3} and {1, 2, 3}
    /// assert_eq!(number(Target::Maximal)?, 1); // {1, 2, 3}
    /// assert_eq!(number(Target::Generators)?, 2); // {1} and {2}: {3} is in every basket, as the empty itemset is
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[derive(Default)]
    pub enum Target for "target" {
        /// All frequent itemsets.
        #[default]
        All = "all",
        /// Those without a superset of the same count.
        #[doc(alias = "LCM")]
        #[doc(alias = "CHARM")]
        Closed = "closed",
        /// Those without a frequent superset.
        #[doc(alias = "FPMax")]
        #[doc(alias = "MAFIA")]
        Maximal = "maximal",
        /// Those without a proper subset of the same count, the empty itemset included.
        #[doc(alias = "free itemset")]
        #[doc(alias = "key itemset")]
        Generators = "generators",
    }
}

/// A target that has a search for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condensed {
    Closed,
    Maximal,
    Generators,
}

impl Target {
    /// The target as one that has a search for itself. `None` for all itemsets, which the engines find.
    pub(crate) fn condensed(self) -> Option<Condensed> {
        match self {
            Target::All => None,
            Target::Closed => Some(Condensed::Closed),
            Target::Maximal => Some(Condensed::Maximal),
            Target::Generators => Some(Condensed::Generators),
        }
    }
}
