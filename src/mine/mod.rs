//! The search for itemsets, on numbers alone.
//!
//! In come encoded baskets, a ranking of the frequent items and what is asked; out go filled outputs, in the canonical
//! order. Nothing here knows labels, files or how results are stored.
//!
//! Read from the top; each folder imports from those above it only.
//!
//! | folder or file | its part |
//! |---|---|
//! | `query` | what is asked: thresholds, algorithm, target |
//! | `report` | what is reported besides the itemsets |
//! | `output` | where a search puts what it finds |
//! | `parallel` | a search divided among threads |
//! | `database` | the baskets in the forms that the searches read |
//! | `columns` | the depth-first search over bit columns |
//! | `engines` | Apriori, FP-Growth and Eclat, and the choice among them |
//! | `targets` | closed, maximal and generator itemsets |
//! | `constrained` | itemsets under constraints, and the best by support |
//! | `estimate` | how many itemsets there are, without finding all |
//! | `run` | one search: recode, choose an engine, run it |

pub(crate) mod columns;
pub(crate) mod constrained;
pub(crate) mod database;
pub(crate) mod engines;
pub(crate) mod estimate;
pub(crate) mod output;
pub(crate) mod parallel;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod targets;
