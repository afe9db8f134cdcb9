//! Rows of counters: the counts of many items together with one.

use crate::bitset::{Isa, Ops, Task};

/// Counters that are compared at once.
const BLOCK: usize = 32;

/// Counters that are scanned in the time of one step through a basket or a path. If more counters per step were left at
/// zero, it is faster to find the others again along the way that counted them.
pub(crate) const COUNTERS_PER_STEP: usize = 32;

/// A counter: of 16 bits where no count can be greater, so that twice as many are scanned and cleared at once.
pub(crate) trait Counter: Copy + Default + Ord + Into<u32> {
    /// The greatest count.
    const MOST: u32;

    /// A count that is not greater than [`Counter::MOST`].
    fn new(count: u32) -> Self;

    /// The sum of two counts is not greater either.
    fn add(&mut self, count: u32);
}

macro_rules! counter {
    ($($number:ty),+) => {$(
        impl Counter for $number {
            const MOST: u32 = <$number>::MAX as u32;

            #[inline(always)]
            fn new(count: u32) -> Self {
                count as $number
            }

            #[inline(always)]
            fn add(&mut self, count: u32) {
                *self += count as $number;
            }
        }
    )+};
}

counter!(u16, u32);

/// Appends the items from `start` on whose counters reach the minimum, and their counts.
pub(crate) fn pick<C: Counter>(start: usize, counters: &[C], min_count: u32, picked: &mut Vec<(u32, u32)>) {
    if min_count <= C::MOST {
        Isa::detect().run(Pick { start, counters, min_count, picked });
    }
}

struct Pick<'a, C> {
    start: usize,
    counters: &'a [C],
    min_count: u32,
    picked: &'a mut Vec<(u32, u32)>,
}

impl<C: Counter> Task for Pick<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, _ops: O) {
        let Pick { start, counters, min_count, picked } = self;
        let least = C::new(min_count);
        let (blocks, rest) = counters.as_chunks::<BLOCK>();
        let mut first = start as u32;
        for block in blocks {
            // Few counters reach the minimum, usually.
            let mut most = C::default();
            for &count in block {
                most = most.max(count);
            }
            if most >= least {
                push(first, block, least, picked);
            }
            first += BLOCK as u32;
        }
        push(first, rest, least, picked);
    }
}

#[inline(always)]
fn push<C: Counter>(first: u32, counters: &[C], least: C, picked: &mut Vec<(u32, u32)>) {
    picked.extend(
        (first..).zip(counters).filter(|&(_, &count)| count >= least).map(|(item, &count)| (item, count.into())),
    );
}
