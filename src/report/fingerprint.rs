//! A short text that tells baskets from others.

use crate::mix::{GOLDEN_GAMMA, hash, mix};

/// Adds up baskets to a number that depends on what they hold and how often, not on their order or how they are stored.
///
/// It shows whether two reports were made from the same data. It is no seal: who wants to can make other baskets with
/// the same one.
pub(super) struct Fingerprint {
    items: Vec<u64>,
    sum: u64,
}

impl Fingerprint {
    /// Of baskets of these items. Labels of the same text are one.
    pub(super) fn new(texts: &[String]) -> Self {
        let of_text = |text: &String| {
            text.bytes()
                .fold(hash(text.len() as u64), |state, byte| mix(state.wrapping_add(u64::from(byte)) ^ GOLDEN_GAMMA))
        };
        Fingerprint { items: texts.iter().map(of_text).collect(), sum: 0 }
    }

    /// Adds baskets that hold the same items.
    pub(super) fn add(&mut self, row: &[u32], weight: u32) {
        // A sum of items and a sum of baskets, as neither depends on an order.
        let items = row.iter().fold(row.len() as u64, |sum, &id| sum.wrapping_add(self.items[id as usize]));
        self.sum = self.sum.wrapping_add(hash(items).wrapping_mul(u64::from(weight)));
    }

    /// Four groups of four digits.
    pub(super) fn text(&self) -> String {
        let digits = format!("{:016x}", mix(self.sum));
        [&digits[..4], &digits[4..8], &digits[8..12], &digits[12..]].join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[&str], rows: &[(&[u32], u32)]) -> String {
        let mut fingerprint = Fingerprint::new(&labels.iter().map(|label| label.to_string()).collect::<Vec<_>>());
        rows.iter().for_each(|&(row, weight)| fingerprint.add(row, weight));
        fingerprint.text()
    }

    #[test]
    fn order_and_storage_do_not_matter_and_contents_do() {
        let one = of(&["beer", "wipes"], &[(&[0, 1], 2), (&[1], 1)]);
        assert_eq!(one, of(&["wipes", "beer"], &[(&[0], 1), (&[0, 1], 1), (&[0, 1], 1)]));
        for other in [
            of(&["beer", "wipes"], &[(&[0, 1], 2), (&[0], 1)]),
            of(&["beer", "wipes"], &[(&[0, 1], 3), (&[1], 1)]),
            of(&["beer", "wipes"], &[(&[0, 1], 2), (&[1], 1), (&[], 1)]),
            of(&["beer", "wipe"], &[(&[0, 1], 2), (&[1], 1)]),
            of(&[], &[]),
        ] {
            assert_ne!(one, other);
        }
        assert_eq!(one.len(), 19);
    }
}
