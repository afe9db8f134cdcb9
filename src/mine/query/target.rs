//! Which itemsets a search looks for.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// Which of the frequent itemsets are looked for.
///
/// Each but [`All`](Target::All) has a search of its own, which does not visit all frequent itemsets.
/// The text form is `all`, `closed`, `maximal` or `generators`, for reading and printing.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Target {
    /// All frequent itemsets.
    #[default]
    All,
    /// Those without a superset of the same count.
    Closed,
    /// Those without a frequent superset.
    Maximal,
    /// Those without a proper subset of the same count, the empty itemset included.
    Generators,
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

    /// All of them with their text forms.
    const NAMES: [(Target, &'static str); 4] = [
        (Target::All, "all"),
        (Target::Closed, "closed"),
        (Target::Maximal, "maximal"),
        (Target::Generators, "generators"),
    ];
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Target::NAMES.iter().find(|(target, _)| target == self);
        f.pad(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Target::NAMES.iter().find(|(_, known)| *known == name);
        found
            .map(|&(target, _)| target)
            .ok_or_else(|| Error::invalid_setting("target", name, "all, closed, maximal or generators"))
    }
}
