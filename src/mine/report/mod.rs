//! What a search reports besides its itemsets.
//!
//! A report whose numbers are independent of each other ([`Statistics`](statistics::Statistics), and the summary of baskets) has public
//! fields and is `#[non_exhaustive]`. A report whose numbers must fit each other, or are computed on demand, has getters.
//! In serialised form each report has a field `format`; values that occur in others (limits, suggestions, statistics) have none.

pub(crate) mod counts;
pub(crate) mod emptiness;
pub(crate) mod partial;
#[cfg(feature = "serde")]
mod serde_form;
pub(crate) mod statistics;
