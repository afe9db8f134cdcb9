//! Guessing how many itemsets lie below one, by the counts of its extensions alone.

use crate::bitset::Isa;
use crate::mine::columns::ColumnSearch;
use crate::mine::columns::descent::SearchNode;
use crate::mine::output::big_float::{BigFloat, subsets};
use crate::mine::query::bounds::Bounds;

/// What is known of an itemset's extensions, and a guess of how many itemsets are made of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess {
    /// Extensions in all baskets of the itemset.
    pub(crate) perfect: usize,
    /// All others that are frequent.
    pub(crate) width: usize,
    /// Itemsets of those others, the itemset alone included.
    pub(crate) apart: BigFloat,
    /// Itemsets with the perfect extensions too, within the length that is allowed.
    pub(crate) itemsets: BigFloat,
}

/// The steps in which the way from an itemset's count to the threshold is told.
const STEPS: usize = 32;

/// Sums are kept below the largest float: looked at after so many items, which make them at most so many bits longer.
const ITEMS_PER_CHECK: usize = 64;
const TOO_LARGE: f64 = 1e200;
const SHIFT: i64 = 512;

impl Guess {
    /// For an itemset in `count` baskets, whose extensions share so many with it each; `room` more items may be in it.
    ///
    /// As if the extensions were independent of each other in the baskets of the itemset: then each takes away a part of them, so that on a
    /// scale of logarithms a set of extensions is frequent if its parts together do not reach below the threshold. The sets are
    /// counted by the sum of their parts, in steps, as for a knapsack.
    #[inline(always)]
    pub(crate) fn new(count: u32, together: impl Iterator<Item = u32>, min_count: u32, room: usize) -> Self {
        let (mut perfect, mut width) = (0, 0);
        let mut sets = [0.0; STEPS];
        sets[0] = 1.0;
        let mut exponent = 0;
        let all = 1.0 / count as f32;
        // The last step is the threshold.
        let steps = (STEPS - 1) as f32 / libm::logf(min_count as f32 * all).min(-f32::MIN_POSITIVE);
        for both in together {
            if both < min_count {
                continue;
            }
            if both == count {
                perfect += 1;
                continue;
            }
            width += 1;
            let part = f64::from(libm::logf(both as f32 * all) * steps).clamp(0.0, (STEPS - 1) as f64);
            // Between two steps it is on both, by how near it is.
            let (step, beyond) = (part as usize, part - part.floor());
            let before = sets;
            for (into, from) in sets[step..].iter_mut().zip(before) {
                *into += (1.0 - beyond) * from;
            }
            for (into, from) in sets[(step + 1).min(STEPS)..].iter_mut().zip(before) {
                *into += beyond * from;
            }
            if width % ITEMS_PER_CHECK == 0 && sets.iter().sum::<f64>() > TOO_LARGE {
                sets.iter_mut().for_each(|sets| *sets *= 2.0_f64.powi(-(SHIFT as i32)));
                exponent += SHIFT;
            }
        }
        let apart = BigFloat::scaled(sets.iter().sum(), exponent);
        let itemsets = apart * BigFloat::power_of_two(perfect);
        // The guess knows nothing of lengths.
        let itemsets = if room < width + perfect { itemsets.min(subsets(width + perfect, room)) } else { itemsets };
        Guess { perfect, width, apart, itemsets }
    }
}

impl Guess {
    /// So many itemsets, whatever they are made of.
    pub(crate) fn like(itemsets: BigFloat) -> Self {
        let itemsets = itemsets.max(BigFloat::ONE);
        Guess { perfect: 0, width: 2, apart: itemsets, itemsets }
    }

    /// With so many perfect extensions that were set apart before.
    pub(crate) fn with_perfect(self, perfect: usize) -> Self {
        let itemsets = self.itemsets * BigFloat::power_of_two(perfect);
        Guess { perfect: self.perfect + perfect, itemsets, ..self }
    }

    /// By the guesses for all its children, beside the perfect extensions that were set apart.
    pub(crate) fn with_below(self, children: &[Guess], perfect: usize) -> Self {
        let below = children.iter().fold(BigFloat::ONE, |all, child| all + child.itemsets);
        let apart = children.iter().fold(BigFloat::ONE, |all, child| all + child.apart);
        Guess { itemsets: below * BigFloat::power_of_two(perfect), apart, ..self }
    }

    /// As much more as others of its kind turned out to be.
    pub(crate) fn times(self, factor: f64) -> Self {
        Guess { itemsets: self.itemsets * factor, apart: self.apart * factor, ..self }
    }
}

/// A guess for an itemset on the way down a search, by the counts of its extensions.
pub(crate) fn guess_node(search: &ColumnSearch, node: SearchNode, bounds: Bounds) -> Guess {
    let (count, extensions) = search.extensions(node);
    let room = bounds.max_len.saturating_sub(node.len());
    Guess::new(count, extensions.iter().copied(), bounds.min_count, room).with_perfect(node.perfect())
}

/// Appends a guess for each extension of an itemset: how many itemsets there are that it comes last in.
pub(crate) fn guess_extensions(
    search: &mut ColumnSearch,
    isa: Isa,
    node: SearchNode,
    bounds: Bounds,
    guesses: &mut Vec<Guess>,
) {
    let room = bounds.max_len.saturating_sub(node.len() + 1);
    search.pairs_of(isa, node, |count, together| {
        guesses.push(Guess::new(count, together.iter().copied(), bounds.min_count, room));
    });
}
