//! What a search reports besides its itemsets.

pub(crate) mod counts;
pub(crate) mod emptiness;
pub(crate) mod partial;
pub(crate) mod statistics;
