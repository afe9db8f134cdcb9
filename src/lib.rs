//! Frequent itemsets and association rules from basket data.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod dictionary;
mod error;
mod itemsets;
mod mine;
mod transactions;

pub use dictionary::{Dictionary, ItemId};
pub use error::{Error, ErrorKind};
pub use itemsets::{FrequentItemsets, Itemset, Itemsets};
pub use mine::{Algorithm, Level, MinSupport, Statistics};
pub use transactions::{Basket, Baskets, LengthPercentiles, Summary, Transactions, TransactionsBuilder};
