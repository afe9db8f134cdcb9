//! What is recommended is what a plain scan of all rules gives, for every policy and filter.

#[cfg(feature = "synth")]
mod cli;
#[cfg(feature = "random")]
mod evaluation;
mod item_to_item;
#[cfg(feature = "random")]
mod next_basket;
mod plain_scan;
mod recommender;
