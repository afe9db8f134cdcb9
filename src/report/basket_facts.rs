//! What one pass over the baskets finds.

use std::fmt::Display;

use super::fingerprint::Fingerprint;
use super::text::named;
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::describe::LengthCount;
use crate::error::Error;
use crate::transactions::{Summary, Transactions};

/// Items whose frequencies are shown.
const ITEMS: usize = 20;

/// How often items are bought, how long baskets are, and what tells the data from others.
pub(super) struct BasketFacts {
    pub(super) summary: Summary,
    /// The most frequent items and the baskets that hold them, the most frequent first.
    pub(super) items: Vec<(String, u64)>,
    /// The lengths that baskets have, ascending.
    pub(super) lengths: Vec<LengthCount>,
    pub(super) fingerprint: String,
}

impl BasketFacts {
    pub(super) fn of<T: Display>(baskets: &Transactions<T>, control: &Control) -> Result<Self, Error> {
        let (labels, counts, rows) = (baskets.dictionary().labels(), baskets.counts(), baskets.rows());
        let mut ticker = Ticker::new(control);
        let mut texts = Vec::with_capacity(labels.len());
        for label in labels {
            texts.push(label.to_string());
            ticker.check(16)?;
        }
        let mut fingerprint = Fingerprint::new(&texts);
        let mut lengths = vec![0; 1];
        for (row, weight) in rows.weighted() {
            fingerprint.add(row, weight);
            if row.len() >= lengths.len() {
                lengths.resize(row.len() + 1, 0);
            }
            lengths[row.len()] += u64::from(weight);
            ticker.check(1 + row.len())?;
        }
        // Of equal counts in the order of the texts, as numbers depend on the order of the rows.
        let mut items: Vec<(u64, &String)> =
            counts.iter().copied().zip(&texts).filter(|&(count, _)| count > 0).collect();
        items.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let lengths = (0..).zip(lengths).filter(|&(_, baskets)| baskets > 0);
        Ok(BasketFacts {
            // The memory of the labels is not shown: it depends on how the baskets are stored.
            summary: baskets.summary(),
            items: items.into_iter().take(ITEMS).map(|(count, text)| (named(text), count)).collect(),
            lengths: lengths.map(|(items, baskets)| LengthCount { items, baskets }).collect(),
            fingerprint: fingerprint.text(),
        })
    }
}
