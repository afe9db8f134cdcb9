//! Bins that tell classes apart, by the description length.

use std::ops::Range;

use super::Bins;
use super::classes::Classified;
use super::numbers::between;
use crate::error::Error;

impl Bins {
    /// Bins that tell classes apart: the numbers are cut where that leaves the least entropy of the classes, and both
    /// parts again, as long as a cut saves more bits than it takes to describe (the principle of minimum description
    /// length). Cuts are in the middle between two numbers. If no cut pays, there is one bin.
    ///
    /// A class is whatever is to be predicted: whether a basket holds an item, the kind of a store.
    ///
    /// # Complexity
    ///
    /// Sorts the numbers, then linear in them for each level of cuts.
    ///
    /// # Source
    ///
    /// U. M. Fayyad, K. B. Irani: Multi-interval discretization of continuous-valued attributes for classification
    /// learning, IJCAI 1993.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for `values` that are not finite or fewer than two
    /// different ones, and for `classes` that are fewer than two different ones or not one for each value.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// let ages: Vec<f64> = (18..78).map(f64::from).collect();
    /// let buys_diapers: Vec<bool> = (18..78).map(|age| (25..40).contains(&age)).collect();
    /// assert_eq!(Bins::by_entropy(&ages, &buys_diapers)?.cuts(), [24.5, 39.5]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn by_entropy<C: Ord>(values: &[f64], classes: &[C]) -> Result<Bins, Error> {
        let data = Classified::new(values, classes)?;
        let mut cuts = Vec::new();
        // Parts to cut, instead of a recursion that may be as deep as there are numbers.
        let mut parts = Vec::new();
        parts.push(0..data.numbers.len());
        while let Some(part) = parts.pop() {
            if let Some(place) = best_cut(&data, part.clone()) {
                cuts.push(between(data.numbers[place - 1], data.numbers[place]));
                parts.extend([part.start..place, place..part.end]);
            }
        }
        cuts.sort_unstable_by(f64::total_cmp);
        Ok(Bins::of_ascending(cuts))
    }
}

/// Classes of some values, and their entropy.
struct Tally {
    counts: Vec<u64>,
    values: u64,
    classes: u64,
    /// The sum of n log2 n over the counts of the classes.
    sum: f64,
}

/// n log2 n.
fn bits(count: u64) -> f64 {
    if count == 0 { 0.0 } else { count as f64 * libm::log2(count as f64) }
}

impl Tally {
    fn new(kinds: usize) -> Self {
        Tally { counts: vec![0; kinds], values: 0, classes: 0, sum: 0.0 }
    }

    fn add(&mut self, class: u32) {
        let count = &mut self.counts[class as usize];
        self.sum += bits(*count + 1) - bits(*count);
        self.classes += u64::from(*count == 0);
        *count += 1;
        self.values += 1;
    }

    fn remove(&mut self, class: u32) {
        let count = &mut self.counts[class as usize];
        self.sum += bits(*count - 1) - bits(*count);
        *count -= 1;
        self.classes -= u64::from(*count == 0);
        self.values -= 1;
    }

    /// The entropy of the classes in bits, times the values.
    fn entropy(&self) -> f64 {
        // One class alone has none, whatever rounding left.
        if self.classes < 2 { 0.0 } else { (bits(self.values) - self.sum).max(0.0) }
    }
}

/// The place before which a part is cut: where the entropy is least, if the cut pays.
fn best_cut(data: &Classified, part: Range<usize>) -> Option<usize> {
    let (mut left, mut right) = (Tally::new(data.kinds), Tally::new(data.kinds));
    part.clone().flat_map(|place| data.of(place)).for_each(|&class| right.add(class));
    let (values, classes, whole) = (right.values as f64, right.classes as f64, right.entropy());
    if right.classes < 2 {
        return None;
    }
    // The least entropy, where, and what the description of the two parts takes.
    let mut best: Option<(f64, usize, f64)> = None;
    for place in part.start..part.end - 1 {
        data.of(place).iter().for_each(|&class| {
            left.add(class);
            right.remove(class);
        });
        let (first, second) = (left.entropy(), right.entropy());
        if best.is_none_or(|(least, ..)| first + second < least) {
            let of_parts =
                left.classes as f64 * first / left.values as f64 + right.classes as f64 * second / right.values as f64;
            best = Some((first + second, place + 1, of_parts));
        }
    }
    let (least, place, of_parts) = best?;
    // log2(3^k - 2); the 2 is lost in rounding from 34 classes on.
    let ways = if classes < 34.0 { libm::log2(libm::pow(3.0, classes) - 2.0) } else { classes * libm::log2(3.0) };
    let description = libm::log2(values - 1.0) + ways - (classes * whole / values - of_parts);
    (whole - least > description).then_some(place)
}
