//! Generated basket data (feature `synth`).
//!
//! - [`Quest`] generates rows of item numbers, by the IBM Quest generator (Agrawal and Srikant, VLDB 1994). Use it to
//!   measure speed on data of any size and density that others know too.
//! - [`Supermarket`] generates the named goods that a small chain of supermarkets sells in a year, with noise like that
//!   of real data. Use it for examples and tests: the rules planted in it are known.
//! - [`OnlineShop`] generates a long table of sales as it is exported: a row per line item, with returns, cancelled
//!   invoices and missing descriptions.
//! - [`Regulars`] generates customers with habits, whose next basket is known as probabilities.
//!
//! All are iterators, so they can generate data that do not fit into memory.
//! All are value-stable: the same settings give the same rows on every platform. The random numbers come
//! from PCG XSL RR 128/64. Everything made from them, from bounded whole numbers to distributions, is computed in this
//! crate, with `libm` for logarithms and exponentials, so that no release of another library changes a value.
//! Tests pin the values; a release that changes them says so in the changelog.
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

// In come settings, out go rows. Nothing here knows the search, and nothing in the core knows this.
//
// | file | its part |
// |---|---|
// | `draws` | random draws whose values never change: numbers, distributions, weighted choices |
// | `quest` | the IBM Quest generator |
// | `online_shop` | a long table of sales, with returns and gaps |
// | `regulars` | customers with habits |
// | `supermarket` | the sample supermarket: goods, stores, households, calendar, planted rules |

mod draws;
mod online_shop;
mod quest;
mod regulars;
mod supermarket;

pub use online_shop::{LineItem, OnlineShop};
pub use quest::{Quest, QuestRows};
pub use regulars::{Regular, Regulars};
pub use supermarket::{
    CardOwner, Date, Department, Good, PlantedRule, Receipt, RuleContext, SaleBasket, Sales, Sex, Store, StoreKind,
    Supermarket, TimeOfDay, Weekday,
};
