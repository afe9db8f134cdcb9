//! The plain loops: all that `Scalar` and `Popcnt` have, and what the others are tested against.

use std::hint::select_unpredictable;

use super::ops::{Combined, EXTENSIONS, LANE_ITEMS, Ops};

#[inline(always)]
pub(super) fn and_count(a: &[u64], b: &[u64]) -> u32 {
    let mut count = 0u64;
    for (x, y) in a.iter().zip(b) {
        count = count.wrapping_add(u64::from((x & y).count_ones()));
    }
    count as u32
}

#[inline(always)]
pub(super) fn and_into_count(a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
    let mut count = 0u64;
    for ((x, y), z) in a.iter().zip(b).zip(out) {
        *z = x & y;
        count = count.wrapping_add(u64::from(z.count_ones()));
    }
    count as u32
}

#[inline(always)]
pub(super) fn and_weigh(a: &[u64], b: &[u64], weights: &[[u32; 64]]) -> u32 {
    let mut sum = 0u32;
    for ((x, y), weights) in a.iter().zip(b).zip(weights) {
        let mut both = x & y;
        while both != 0 {
            sum = sum.wrapping_add(weights[both.trailing_zeros() as usize]);
            both &= both - 1;
        }
    }
    sum
}

/// Checks every `BLOCK` words whether `min` is still in reach.
#[inline(always)]
pub(super) fn and_count_at_least<O: Ops, const BLOCK: usize>(ops: O, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
    let words = a.len().min(b.len());
    let (mut a, mut b) = (&a[..words], &b[..words]);
    let min = u64::from(min);
    let mut count = 0u64;
    while a.len() > BLOCK {
        let (a_block, b_block);
        (a_block, a) = a.split_at(BLOCK);
        (b_block, b) = b.split_at(BLOCK);
        count = count.wrapping_add(u64::from(ops.and_count(a_block, b_block)));
        if count.wrapping_add(bits(a)) < min {
            return None;
        }
    }
    count = count.wrapping_add(u64::from(ops.and_count(a, b)));
    (count >= min).then_some(count as u32)
}

/// Number of bits a column has room for.
#[inline(always)]
fn bits(column: &[u64]) -> u64 {
    (column.len() as u64).wrapping_mul(64)
}

#[inline(always)]
pub(super) fn count(a: &[u64]) -> u32 {
    let mut count = 0u64;
    for x in a {
        count = count.wrapping_add(u64::from(x.count_ones()));
    }
    count as u32
}

/// Each bit moves down by the number of gaps in the mask below it: by 1 if that number is odd, then by 2, 4 and so on.
/// A bit that moves by 1 passes one gap, so the number of gaps below its new place has the same higher digits, and the
/// digits of all places are known in advance.
///
/// Half of the work depends on the mask alone: the compiler does it once for several columns. Four at once take 7 ns a
/// word, one alone 16 ns. A table of half bytes takes 11 ns and 14 ns.
#[inline(always)]
pub(super) fn extract(word: u64, mask: u64) -> u64 {
    let mut packed = word & mask;
    let mut gaps = !mask;
    for digit in 0..6 {
        // Bit by bit, the parity of the gaps below. There is at most one 32nd gap below a bit.
        let mut odd = gaps << 1;
        if digit < 5 {
            for step in 0..6 {
                odd ^= odd << (1 << step);
            }
        } else {
            odd = odd.wrapping_neg();
        }
        let moved = packed & odd;
        packed = (packed ^ moved) | moved >> (1 << digit);
        // Every second gap is counted on, in twos.
        gaps &= odd;
    }
    packed
}

/// One word of the mask after the other, without a branch that depends on it: 4 to 5 cycles
/// per word where `extract` is an instruction.
#[inline(always)]
#[cfg(any(test, feature = "__bench"))]
pub(super) fn compress<O: Ops>(ops: O, src: &[u64], mask: &[u64], out: &mut [u64]) -> usize {
    let mut word = 0u64;
    let mut fill = 0u32;
    let mut at = 0usize;
    for (&s, &m) in src.iter().zip(mask) {
        let bits = ops.extract(s, m);
        word |= bits << fill;
        // Stored again and again until it is full, which is cheaper than a test.
        if let Some(slot) = out.get_mut(at) {
            *slot = word;
        }
        // The bits that did not fit into the word; two shifts, as one by 64 is not defined.
        let over = (bits >> 1) >> (63 - fill);
        fill += m.count_ones();
        word = select_unpredictable(fill >= 64, over, word);
        at += (fill >> 6) as usize;
        fill &= 63;
    }
    if fill > 0
        && let Some(slot) = out.get_mut(at)
    {
        *slot = word;
    }
    at * 64 + fill as usize
}

/// The target positions are computed once for all columns, whose chains do not depend on each other: 4 columns take
/// half as long as one by one.
#[inline(always)]
pub(super) fn compress_several<O: Ops, const N: usize>(
    ops: O,
    columns: [&[u64]; N],
    mask: &[u64],
    out: &mut [u64],
    stride: usize,
) {
    let mut words = [0u64; N];
    let mut fill = 0u32;
    let mut at = 0usize;
    let (out, columns) = (&mut out[..N * stride], columns.map(|column| &column[..mask.len()]));
    let mut parts = out.chunks_exact_mut(stride.max(1));
    let mut parts: [&mut [u64]; N] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    for (i, &m) in mask.iter().enumerate() {
        // Passing over words without baskets saved 4 % of the instructions on mushroom, and lost 11 % of the time on
        // T40I10D100K at 500, where a word in two or three has some.
        let count = m.count_ones();
        let full = fill + count >= 64;
        for ((word, column), part) in words.iter_mut().zip(&columns).zip(&mut parts) {
            let bits = ops.extract(column[i], m);
            let sum = *word | bits << fill;
            // Stored again and again until it is full, as for one column; past the end nothing is left to store.
            if let Some(slot) = part.get_mut(at) {
                *slot = sum;
            }
            // The bits that did not fit into the word; two shifts, as one by 64 is not defined.
            let over = (bits >> 1) >> (63 - fill);
            *word = select_unpredictable(full, over, sum);
        }
        at += usize::from(full);
        fill = (fill + count) & 63;
    }
    for (part, word) in parts.into_iter().zip(words) {
        part[at.min(stride)..].fill(0);
        if fill > 0 {
            part[at] = word;
        }
    }
}

/// Eight bytes at a time, in a register.
#[inline(always)]
pub(super) fn bytes_from(bytes: &[u8; 64], from: u8, more: u8) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (from, above) = (u64::from_ne_bytes([from; 8]), u64::from_ne_bytes([0x7f - more; 8]));
    let mut mask = 0;
    for word in bytes.as_chunks::<8>().0.iter().rev() {
        let word = u64::from_le_bytes(*word);
        // Byte by byte, with the high bits set before so that nothing is carried: the difference, its high bit set
        // unless it is negative, then the same bit set if the difference is more than `more`.
        let moved = (word | HIGH) - from;
        let more = (moved & !HIGH) + above;
        let found = (moved & !more & !word & HIGH) >> 7;
        // The product gathers the lowest bits of the eight bytes in the highest one.
        mask = mask << 8 | found.wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    mask
}

/// Four bits at a time without a test in between, as most words of a sorted row hold no more.
#[inline(always)]
pub(super) fn positions(mut word: u64, first: u32, out: &mut [u32; 64]) -> usize {
    let count = word.count_ones() as usize;
    for four in out.as_chunks_mut::<4>().0 {
        for number in four {
            *number = first.wrapping_add(word.trailing_zeros());
            word &= word.wrapping_sub(1);
        }
        if word == 0 {
            break;
        }
    }
    count
}

#[inline(always)]
pub(super) fn and_count_many<O: Ops>(
    ops: O,
    prefix: &[u64],
    columns: &[u64],
    stride: usize,
    n: usize,
    counts: &mut [u32],
) {
    let Some((prefix, columns, counts)) = clip(prefix, columns, stride, n, counts) else {
        return;
    };
    match stride {
        1 => many_fixed::<1>(prefix, columns, counts),
        2 => many_fixed::<2>(prefix, columns, counts),
        3 => many_fixed::<3>(prefix, columns, counts),
        4 => many_fixed::<4>(prefix, columns, counts),
        8 => many_fixed::<8>(prefix, columns, counts),
        _ => one_by_one(ops, prefix, columns, stride, counts),
    }
}

/// The prefix cut to the length of a column, the columns and as many counts as there are columns;
/// `None` where columns have no words, after the counts were set.
#[inline(always)]
pub(super) fn clip<'a>(
    prefix: &'a [u64],
    columns: &'a [u64],
    stride: usize,
    n: usize,
    counts: &'a mut [u32],
) -> Option<(&'a [u64], &'a [u64], &'a mut [u32])> {
    let n = n.min(counts.len());
    if stride == 0 {
        counts[..n].fill(0);
        return None;
    }
    // A multiplication instead of the division costs a third where columns are few.
    let n = match n.checked_mul(stride) {
        Some(words) if words <= columns.len() => n,
        _ => columns.len() / stride,
    };
    let prefix = &prefix[..prefix.len().min(stride)];
    Some((prefix, &columns[..n * stride], &mut counts[..n]))
}

/// Counts of columns of `W` words, with the prefix in registers.
#[inline(always)]
pub(super) fn many_fixed<const W: usize>(prefix: &[u64], columns: &[u64], counts: &mut [u32]) {
    let prefix: [u64; W] = prefix.first_chunk().copied().unwrap_or_else(|| {
        let mut words = [0; W];
        words.iter_mut().zip(prefix).for_each(|(word, from)| *word = *from);
        words
    });
    for (column, count) in columns.as_chunks::<W>().0.iter().zip(counts) {
        *count = and_count(&prefix, column);
    }
}

/// Counts of columns of any length, each by itself.
#[inline(always)]
pub(super) fn one_by_one<O: Ops>(ops: O, prefix: &[u64], mut columns: &[u64], stride: usize, counts: &mut [u32]) {
    // Not `chunks_exact`: its division costs as much as some columns.
    for count in counts {
        let column;
        (column, columns) = columns.split_at(stride);
        *count = ops.and_count(prefix, column);
    }
}

/// Word by word: each combination is a smaller one intersected with one more column.
#[inline(always)]
pub(super) fn count_combinations<const N: usize>(within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
    let mut counts = [0; 1 << LANE_ITEMS];
    let columns = split::<N>(columns, stride);
    let within = within.map(|within| &within[..stride]);
    for word in 0..stride {
        let mut both = [within.map_or(u64::MAX, |within| within[word]); 1 << LANE_ITEMS];
        for (item, column) in columns.iter().enumerate() {
            for combination in 0..1 << item {
                both[1 << item | combination] = both[combination] & column[word];
            }
        }
        for (combination, (count, both)) in counts.iter_mut().zip(both).enumerate().take(1 << N) {
            if within.is_some() || combination.count_ones() > 1 {
                *count += both.count_ones();
            }
        }
    }
    counts
}

/// One by one.
#[inline(always)]
pub(super) fn at_least(numbers: Combined, min: u32) -> u16 {
    let mut found = 0;
    for (bit, number) in numbers.into_iter().enumerate() {
        found |= u16::from(number >= min) << bit;
    }
    found
}

/// One by one.
#[inline(always)]
pub(super) fn count_extensions(found: u16) -> Combined {
    let mut counts = EXTENSIONS;
    for count in &mut counts {
        *count = (*count & u32::from(found)).count_ones();
    }
    counts
}

/// Written first and kept by moving on: there is no branch to mispredict.
#[inline(always)]
pub(super) fn pack_numbers(numbers: Combined, mask: u16) -> Combined {
    let mut packed = [0; 1 << LANE_ITEMS];
    let mut kept = 0;
    for (bit, number) in numbers.into_iter().enumerate() {
        packed[kept % packed.len()] = number;
        kept += usize::from(mask >> bit & 1);
    }
    packed
}

/// The first `N` columns.
#[inline(always)]
pub(super) fn split<const N: usize>(columns: &[u64], stride: usize) -> [&[u64]; N] {
    let mut split = [&[][..]; N];
    for (item, column) in split.iter_mut().enumerate() {
        *column = &columns[item * stride..][..stride];
    }
    split
}

/// Nothing: the hint is for x86-64.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn prefetch<T>(_slice: &[T], _index: usize) {}
