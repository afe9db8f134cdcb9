//! Guessing how many itemsets lie below an itemset from the counts of its extensions alone.

use crate::bitset::Isa;
use crate::mine::columns::ColumnSearch;
use crate::mine::columns::descent::SearchNode;
use crate::mine::output::big_float::{BigFloat, subsets};
use crate::mine::query::bounds::Bounds;

/// What is known about the extensions of an itemset, and a guess of how many itemsets they make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess {
    /// Extensions that are in all baskets of the itemset.
    pub(crate) perfect: usize,
    /// All other frequent extensions.
    pub(crate) width: usize,
    /// Itemsets made of those others, the itemset alone included.
    pub(crate) apart: BigFloat,
    /// The same with the perfect extensions, within the allowed length.
    pub(crate) itemsets: BigFloat,
}

/// The resolution of the range from an itemset's count to the threshold.
const STEPS: usize = 32;

/// Sums stay below the largest float: they are checked after this many items, which add at most this many bits.
const ITEMS_PER_CHECK: usize = 64;
const TOO_LARGE: f64 = 1e200;
const SHIFT: i64 = 512;

impl Guess {
    /// For an itemset in `count` baskets, whose extensions share `together` baskets with it, and which may get `room`
    /// more items.
    ///
    /// The extensions are taken to be independent of each other in the baskets of the itemset. Then each removes a
    /// share of the baskets, and on a logarithmic scale a set of extensions is frequent if its shares together do not
    /// reach below the threshold. The sets are counted by the sum of their shares, in steps, as in a knapsack problem.
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
            // A value between two steps is split between them by distance.
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
        // The guess ignores lengths.
        let itemsets = if room < width + perfect { itemsets.min(subsets(width + perfect, room)) } else { itemsets };
        Guess { perfect, width, apart, itemsets }
    }
}

impl Guess {
    /// `itemsets` itemsets, whatever they are made of.
    pub(crate) fn like(itemsets: BigFloat) -> Self {
        let itemsets = itemsets.max(BigFloat::ONE);
        Guess { perfect: 0, width: 2, apart: itemsets, itemsets }
    }

    /// With `perfect` more perfect extensions, which were set apart before.
    pub(crate) fn with_perfect(self, perfect: usize) -> Self {
        let itemsets = self.itemsets * BigFloat::power_of_two(perfect);
        Guess { perfect: self.perfect + perfect, itemsets, ..self }
    }

    /// From the guesses for all children, and the perfect extensions that were set apart.
    pub(crate) fn with_below(self, children: &[Guess], perfect: usize) -> Self {
        let below = children.iter().fold(BigFloat::ONE, |all, child| all + child.itemsets);
        let apart = children.iter().fold(BigFloat::ONE, |all, child| all + child.apart);
        Guess { itemsets: below * BigFloat::power_of_two(perfect), apart, ..self }
    }

    /// Scaled by how much larger others of its kind turned out to be.
    pub(crate) fn times(self, factor: f64) -> Self {
        Guess { itemsets: self.itemsets * factor, apart: self.apart * factor, ..self }
    }
}

/// A guess for an itemset of a search, from the counts of its extensions.
pub(crate) fn guess_node(search: &ColumnSearch, node: SearchNode, bounds: Bounds) -> Guess {
    let (count, extensions) = search.extensions(node);
    let room = bounds.max_len.saturating_sub(node.len());
    Guess::new(count, extensions.iter().copied(), bounds.min_count, room).with_perfect(node.perfect())
}

/// Appends a guess for each extension of an itemset: the number of itemsets in which it is the last.
pub(crate) fn guess_extensions(
    search: &mut ColumnSearch,
    isa: Isa,
    node: SearchNode,
    bounds: Bounds,
    guesses: &mut Vec<Guess>,
) {
    let room = bounds.max_len.saturating_sub(node.len() + 1);
    search.pairs_of(isa, node, bounds.min_count, |count, together| {
        guesses.push(Guess::new(count, together.iter().copied(), bounds.min_count, room));
    });
}
