//! The engines by name.

use crate::text_enum::text_enum;

text_enum! {
    /// The engine that searches for frequent itemsets. Every engine gives the same result in the same order.
    ///
    /// ```
    /// use itemset::Algorithm;
    ///
    /// assert_eq!("fp-growth".parse::<Algorithm>()?, Algorithm::FpGrowth);
    /// assert_eq!(Algorithm::Eclat.to_string(), "eclat");
    /// assert!(Algorithm::ALL.contains(&Algorithm::Auto));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[derive(Default)]
    pub enum Algorithm for "algorithm" {
        /// Eclat, or FP-Growth where its estimated work is less: where the data consist of long baskets of some hundred
        /// items, few of which differ. The data and the threshold alone decide;
        /// [`Miner::explain`](crate::Miner::explain) gives the reason.
        #[default]
        Auto = "auto",
        /// Level by level, with candidates (Agrawal & Srikant 1994).
        #[doc(alias = "candidate generation")]
        Apriori = "apriori",
        /// Pattern growth over prefix trees (Han, Pei & Yin 2000).
        #[doc(alias = "FP-tree")]
        #[doc(alias = "fpgrowth")]
        #[doc(alias = "pattern growth")]
        FpGrowth = "fp-growth",
        /// Depth first over bitsets (Zaki 2000).
        #[doc(alias = "tidset")]
        #[doc(alias = "vertical mining")]
        Eclat = "eclat",
    }
}
