//! What is stored, as bytes and back, and what came of storing it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// A basket that was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Who bought it, if that is known.
    pub customer: Option<String>,
    /// What is in it.
    pub items: Vec<String>,
}

/// Sales that are stored together, or not at all.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What they are known by: a second submission of this key is the same one.
    pub key: String,
    /// The sales.
    pub sales: Vec<Sale>,
}

/// What came of a change.
#[derive(Debug)]
pub enum Outcome {
    /// All is stored: by submission, under which numbers, and whether only now.
    Stored(Vec<(Range<u64>, bool)>),
    /// A key stands for other sales. Nothing of the change is stored.
    Conflict,
    /// A customer is forgotten.
    Forgotten(Forgotten),
}

/// What a customer leaves.
#[derive(Debug)]
pub struct Forgotten {
    /// Their sales in the store, which are no longer there.
    pub sales: Vec<Sale>,
    /// Whether their baskets in the base data counted until now.
    pub base: bool,
}

impl Outcome {
    /// Whether something is to be written.
    pub(super) fn is_change(&self) -> bool {
        match self {
            Outcome::Stored(stored) => stored.iter().any(|(_, new)| *new),
            Outcome::Conflict => false,
            Outcome::Forgotten(gone) => gone.base || !gone.sales.is_empty(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SaleRecord {
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(rename = "i")]
    items: Vec<String>,
    #[serde(rename = "k")]
    pub(super) key: String,
}

impl SaleRecord {
    pub(super) fn new(sale: &Sale, key: &str) -> Self {
        SaleRecord { customer: sale.customer.clone(), items: sale.items.clone(), key: key.to_string() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and lists of them always have a form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("damaged sale: {error}"))
    }

    pub(super) fn into_sale(self) -> Sale {
        Sale { customer: self.customer, items: self.items }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct KeyRecord {
    #[serde(rename = "f")]
    pub(super) first: u64,
    #[serde(rename = "n")]
    pub(super) len: u64,
    /// Of the sales; none when a customer among them is forgotten.
    #[serde(rename = "p")]
    pub(super) print: Option<u64>,
}

impl KeyRecord {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        serde_json::to_vec(&self).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("damaged key: {error}"))
    }

    pub(super) fn ids(&self) -> Range<u64> {
        self.first..self.first.saturating_add(self.len)
    }
}

/// A number that tells sales from other sales, whatever the order of their items.
pub(super) fn fingerprint(sales: &[Sale]) -> u64 {
    let mut hash = Hash::new();
    for sale in sales {
        hash.add(if sale.customer.is_some() { "customer" } else { "" });
        hash.add(sale.customer.as_deref().unwrap_or_default());
        let mut items: Vec<&str> = sale.items.iter().map(String::as_str).collect();
        items.sort_unstable();
        items.dedup();
        hash.add(&items.len().to_string());
        items.into_iter().for_each(|item| hash.add(item));
    }
    hash.value()
}
