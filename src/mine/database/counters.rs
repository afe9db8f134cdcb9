//! Reading rows of counters.

/// Counters that are compared at once.
const BLOCK: usize = 32;

/// Counters that are scanned in the time of one step through a basket or a path. If more counters per step were left at
/// zero, it is faster to find the others again along the way that counted them.
pub(crate) const COUNTERS_PER_STEP: usize = 16;

/// Appends the items from `start` on whose counters reach the minimum, and their counts.
pub(crate) fn pick(start: usize, counters: &[u32], min_count: u32, picked: &mut Vec<(u32, u32)>) {
    for (first, block) in (start as u32..).step_by(BLOCK).zip(counters.chunks(BLOCK)) {
        if block.iter().fold(0, |most, &count| most.max(count)) >= min_count {
            picked.extend((first..).zip(block.iter().copied()).filter(|&(_, count)| count >= min_count));
        }
    }
}
