//! The counts of the combinations of some columns, all in registers, one vector of each column at a time.

use super::ops::{Combined, LANE_ITEMS};
use super::plain::split;

/// Vectors of `W` words.
pub(super) trait Vectors<const W: usize>: Copy {
    /// A vector: of words, or of counts.
    type Vector: Copy;

    /// Vectors whose counts may be added up before they are counted in total.
    const SUMMED: usize;

    /// No bits, and counts of 0.
    fn none(self) -> Self::Vector;

    /// Reads words.
    fn words(self, words: &[u64; W]) -> Self::Vector;

    /// Reads fewer words, but one at least; the others of the vector are zero.
    fn part(self, words: &[u64]) -> Self::Vector;

    /// Bits set in both.
    fn both(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Adds the number of bits of each part of a vector.
    fn add_bits(self, counts: Self::Vector, bits: Self::Vector) -> Self::Vector;

    /// The sum of the counts in each vector.
    fn totals(self, counts: [Self::Vector; 1 << LANE_ITEMS]) -> Combined;
}

/// [`Ops::count_combinations`](super::ops::Ops::count_combinations) over vectors.
#[inline(always)]
pub(super) fn count_combinations<const W: usize, const N: usize, V: Vectors<W>>(
    isa: V,
    within: Option<&[u64]>,
    columns: &[u64],
    stride: usize,
) -> Combined {
    let mut counts = [0; 1 << LANE_ITEMS];
    let columns = split::<N>(columns, stride);
    let within = within.map(|within| &within[..stride]);
    for start in (0..stride / W).step_by(V::SUMMED) {
        let vectors = V::SUMMED.min(stride / W - start);
        // Slices of one length, so that no index is checked in the loop.
        let mut parts = [&[][..]; N];
        for (part, column) in parts.iter_mut().zip(&columns) {
            *part = &column.as_chunks().0[start..][..vectors];
        }
        let within = within.map(|within| &within.as_chunks().0[start..][..vectors]);
        let mut sums = [isa.none(); 1 << LANE_ITEMS];
        for i in 0..vectors {
            add_vectors(
                isa,
                &mut sums,
                within,
                &parts,
                #[inline(always)]
                |column| isa.words(&column[i]),
            );
        }
        add(&mut counts, isa.totals(sums));
    }
    let rest = stride / W * W;
    if rest < stride {
        let mut sums = [isa.none(); 1 << LANE_ITEMS];
        add_vectors(
            isa,
            &mut sums,
            within,
            &columns,
            #[inline(always)]
            |column| isa.part(&column[rest..]),
        );
        add(&mut counts, isa.totals(sums));
    }
    counts
}

/// Adds to the counts of all combinations those of one vector of each column.
#[inline(always)]
fn add_vectors<C: Copy, const W: usize, const N: usize, V: Vectors<W>>(
    isa: V,
    sums: &mut [V::Vector; 1 << LANE_ITEMS],
    within: Option<C>,
    columns: &[C; N],
    vector: impl Fn(C) -> V::Vector,
) {
    let mut both = [isa.none(); 1 << LANE_ITEMS];
    let alone = within.is_none();
    if let Some(within) = within {
        both[0] = vector(within);
        sums[0] = isa.add_bits(sums[0], both[0]);
    }
    for (item, &column) in columns.iter().enumerate() {
        let column = vector(column);
        for smaller in 0..1 << item {
            let combination = 1 << item | smaller;
            if alone && smaller == 0 {
                both[combination] = column;
            } else {
                both[combination] = isa.both(both[smaller], column);
                // At once, as not every processor has registers for all combinations.
                sums[combination] = isa.add_bits(sums[combination], both[combination]);
            }
        }
    }
}

/// Adds up counts.
#[inline(always)]
fn add(counts: &mut Combined, more: Combined) {
    for (count, more) in counts.iter_mut().zip(more) {
        *count += more;
    }
}
