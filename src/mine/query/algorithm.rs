//! The engines by name.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The engine that searches for frequent itemsets. Every engine gives the same result in the same order.
///
/// The text form is `auto`, `apriori`, `fp-growth` or `eclat`, for reading and printing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Eclat, but FP-Growth where its estimated work is less: where a few different baskets of some length, of some hundred items,
    /// make up the data. Decided by the data and the threshold alone; [`Miner::explain`](crate::Miner::explain) says why.
    #[default]
    Auto,
    /// Level by level, with candidates (Agrawal & Srikant 1994).
    Apriori,
    /// Pattern growth over prefix trees (Han, Pei & Yin 2000).
    FpGrowth,
    /// Depth first over bitsets (Zaki 2000).
    Eclat,
}

impl Algorithm {
    /// All of them with their text forms.
    const NAMES: [(Algorithm, &'static str); 4] = [
        (Algorithm::Auto, "auto"),
        (Algorithm::Apriori, "apriori"),
        (Algorithm::FpGrowth, "fp-growth"),
        (Algorithm::Eclat, "eclat"),
    ];
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Algorithm::NAMES.iter().find(|(algorithm, _)| algorithm == self);
        f.pad(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Algorithm::NAMES.iter().find(|(_, known)| *known == name);
        found
            .map(|&(algorithm, _)| algorithm)
            .ok_or_else(|| Error::invalid_setting("algorithm", name, "auto, apriori, fp-growth or eclat"))
    }
}
