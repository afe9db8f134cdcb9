//! What is recommended is what a plain scan of all rules gives, for every policy and filter.

mod item_to_item;
mod plain_scan;
mod recommender;
