//! What a search reports besides its itemsets.
//!
//! These are plain values, filled by the searches and the miner. They must not know how they were computed.
//!
//! A report whose numbers are independent of each other ([`Statistics`](statistics::Statistics), and the summary of
//! baskets) has public fields and is `#[non_exhaustive]`. A report whose numbers must fit each other, or are computed
//! on demand, has getters. In serialised form each report has a field `format`; values that occur in others (limits,
//! suggestions, statistics) have none.
//!
//! | file | its part |
//! |---|---|
//! | `counts` | the number of itemsets by length |
//! | `statistics` | which engine ran, on how many threads; Apriori's levels |
//! | `partial` | a result that a limit may have cut |
//! | `emptiness` | why nothing was found |
//! | `serde_form` | the reports as they are stored |

pub(crate) mod counts;
pub(crate) mod emptiness;
pub(crate) mod partial;
#[cfg(feature = "serde")]
mod serde_form;
pub(crate) mod statistics;
