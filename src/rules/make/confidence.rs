//! Which antecedents reach the minimum confidence.

use crate::itemsets::CountTable;
use crate::rules::measures::Fraction;

/// The code of the largest count of an antecedent that reaches the confidence with the count of the code `n_xy`; that
/// itself does.
pub(super) fn largest_antecedent(table: &CountTable, baskets: u64, min_confidence: f64, n_xy: u32) -> u32 {
    if !table.is_plain() {
        let whole = table.count(n_xy);
        return table.last_from(n_xy, |n_x| Fraction::new(whole, n_x).value() >= min_confidence);
    }
    let whole = u64::from(n_xy);
    // The one division that a user would write, so a threshold that was computed as k / n keeps k.
    let reaches = |n_x: u64| whole as f64 / n_x as f64 >= min_confidence;
    // Stored counts are never above u32::MAX.
    let most = baskets.clamp(whole, u64::from(u32::MAX));
    // The float guess is off by rounding alone; it is walked to the exact place.
    let mut n_x = ((whole as f64 / min_confidence) as u64).clamp(whole, most);
    while n_x < most && reaches(n_x + 1) {
        n_x += 1;
    }
    while n_x > whole && !reaches(n_x) {
        n_x -= 1;
    }
    // At most u32::MAX, as above.
    n_x as u32
}

/// Codes of counts that are remembered: 16 KiB.
const REMEMBERED: usize = 1 << 12;

/// The largest antecedents of low counts, which most itemsets have: dividing for each of them took a sixth of the time of
/// the rules of sparse data.
#[derive(Debug, Default)]
pub(super) struct LargestAntecedents {
    /// By the code of the count of both sides; 0 where it is not known yet.
    by_code: Vec<u32>,
}

impl LargestAntecedents {
    /// What `find` returns for the code `n_xy`, which is the same in every call.
    #[inline(always)]
    pub(super) fn of(&mut self, n_xy: u32, find: impl FnOnce(u32) -> u32) -> u32 {
        match self.by_code.get(n_xy as usize) {
            Some(&known) if known > 0 => known,
            _ => self.remember(n_xy, find),
        }
    }

    #[inline(never)]
    fn remember(&mut self, n_xy: u32, find: impl FnOnce(u32) -> u32) -> u32 {
        let (found, place) = (find(n_xy), n_xy as usize);
        if place < REMEMBERED {
            self.by_code.resize(self.by_code.len().max(place + 1), 0);
            self.by_code[place] = found;
        }
        found
    }
}
