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
    /// Sorts the numbers. Then each part that is cut takes a step for each of its places where the class changes: with
    /// balanced cuts their number times its logarithm, at worst times the number of cuts.
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
        let blocks = Block::all(&data);
        let bits: Vec<f64> = (0..=values.len()).map(bits).collect();
        let mut tallies = [(); 2].map(|()| Tally::new(data.kinds, &bits));
        let mut cuts = Vec::new();
        // Parts to cut, instead of a recursion that may be as deep as there are numbers.
        let mut parts = Vec::new();
        parts.push(0..blocks.len());
        while let Some(part) = parts.pop() {
            if let Some(place) = best_cut(&blocks, part.clone(), &mut tallies) {
                let number = blocks[place].first;
                cuts.push(between(data.numbers[number - 1], data.numbers[number]));
                parts.extend([part.start..place, place..part.end]);
            }
        }
        cuts.sort_unstable_by(f64::total_cmp);
        Ok(Bins::of_ascending(cuts))
    }
}

/// Numbers between which no cut can be the best: neighbours that all have one and the same class (theorem of Fayyad and
/// Irani), or a single number.
struct Block {
    /// The place of its first number.
    first: usize,
    /// Its classes, and how often each is there.
    classes: Vec<(u32, usize)>,
}

impl Block {
    fn all(data: &Classified) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for first in 0..data.numbers.len() {
            // Classes of a number are sorted.
            let classes = data.of(first).chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len()));
            let classes: Vec<(u32, usize)> = classes.collect();
            match (blocks.last_mut().map(|block| &mut block.classes[..]), &classes[..]) {
                (Some([(own, count)]), [(other, more)]) if own == other => *count += more,
                _ => blocks.push(Block { first, classes }),
            }
        }
        blocks
    }
}

/// Classes of some values, and their entropy.
struct Tally<'a> {
    counts: Vec<usize>,
    values: usize,
    classes: u64,
    /// The sum of n log2 n over the counts of the classes.
    sum: f64,
    /// n log2 n.
    bits: &'a [f64],
}

/// n log2 n.
fn bits(count: usize) -> f64 {
    if count == 0 { 0.0 } else { count as f64 * libm::log2(count as f64) }
}

impl<'a> Tally<'a> {
    fn new(kinds: usize, bits: &'a [f64]) -> Self {
        Tally { counts: vec![0; kinds], values: 0, classes: 0, sum: 0.0, bits }
    }

    fn add(&mut self, class: u32, more: usize) {
        let count = &mut self.counts[class as usize];
        self.sum += self.bits[*count + more] - self.bits[*count];
        self.classes += u64::from(*count == 0);
        *count += more;
        self.values += more;
    }

    fn remove(&mut self, class: u32, less: usize) {
        let count = &mut self.counts[class as usize];
        self.sum += self.bits[*count - less] - self.bits[*count];
        *count -= less;
        self.classes -= u64::from(*count == 0);
        self.values -= less;
    }

    /// The entropy of the classes in bits, times the values.
    fn entropy(&self) -> f64 {
        // One class alone has none, whatever rounding left.
        if self.classes < 2 { 0.0 } else { (self.bits[self.values] - self.sum).max(0.0) }
    }
}

/// The block before which a part is cut: where the entropy is least, if the cut pays. Both tallies are empty before and
/// after.
fn best_cut(blocks: &[Block], part: Range<usize>, [left, right]: &mut [Tally<'_>; 2]) -> Option<usize> {
    let blocks = &blocks[part.clone()];
    (left.sum, right.sum) = (0.0, 0.0);
    blocks.iter().flat_map(|block| &block.classes).for_each(|&(class, count)| right.add(class, count));
    let (values, classes, whole) = (right.values as f64, right.classes as f64, right.entropy());
    // The least entropy, where, and what the description of the two parts takes.
    let mut best: Option<(f64, usize, f64)> = None;
    for (place, block) in blocks.iter().enumerate() {
        for &(class, count) in &block.classes {
            left.add(class, count);
            right.remove(class, count);
        }
        // After the last block there is nothing to cut.
        let (first, second) = (left.entropy(), right.entropy());
        if place + 1 < blocks.len() && best.is_none_or(|(least, ..)| first + second < least) {
            let of_parts =
                left.classes as f64 * first / left.values as f64 + right.classes as f64 * second / right.values as f64;
            best = Some((first + second, place + 1, of_parts));
        }
    }
    blocks.iter().flat_map(|block| &block.classes).for_each(|&(class, count)| left.remove(class, count));
    let (least, place, of_parts) = best?;
    // log2(3^k - 2); the 2 is lost in rounding from 34 classes on.
    let ways = if classes < 34.0 { libm::log2(libm::pow(3.0, classes) - 2.0) } else { classes * libm::log2(3.0) };
    let description = libm::log2(values - 1.0) + ways - (classes * whole / values - of_parts);
    (classes > 1.0 && whole - least > description).then_some(part.start + place)
}
