//! Generated basket data (feature `synth`).
//!
//! | type | what it generates | good for |
//! |---|---|---|
//! | [`Quest`] | rows of item numbers by the IBM Quest generator (Agrawal and Srikant, VLDB 1994) | measuring speed, on data of any size and density that others know too |
//! | [`Supermarket`] | the named goods that a small chain of supermarkets sells in a year, with noise like that of real data | examples and tests, since the rules that are planted in it are known |
//!
//! Both are iterators that make one row after the other, so data that do not fit into memory can be generated,
//! and both are value-stable: the same settings give the same rows on every platform. The random numbers come
//! from PCG XSL RR 128/64; everything made of them, from bounded whole numbers to distributions, is computed in
//! this crate, with `libm` for logarithms and exponentials, so that no other library's release moves a value.
//! The values are pinned by tests; a release that changes them says so in the change log.
//!
//! # Examples
//!
//! ```
//! use itemset::synth::{Quest, Supermarket};
//!
//! // T5.I2.D1K in the notation of the paper.
//! let rows = Quest::new().transaction_len(5.0).pattern_len(2.0).transactions(1_000).rows()?;
//! assert_eq!(rows.count(), 1_000);
//!
//! let first = Supermarket::new().sales().next().ok_or("no baskets")?;
//! assert_eq!(first.date.to_string(), "2025-01-02");
//! assert!(first.names().count() >= 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draws;
mod quest;
mod supermarket;

pub use quest::{Quest, QuestRows};
pub use supermarket::{
    Date, Department, Good, PlantedRule, RuleContext, SaleBasket, Sales, Store, StoreKind, Supermarket, TimeOfDay,
    Weekday,
};
