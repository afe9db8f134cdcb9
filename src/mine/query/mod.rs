//! What a search is asked for.

pub(crate) mod algorithm;
pub(crate) mod bounds;
pub(crate) mod min_support;
pub(crate) mod target;
