//! The plain loops: all that `Scalar` and `Popcnt` have, and what the others are tested against.

use std::hint::select_unpredictable;

use super::Ops;

/// Words after which [`and_count_at_least`] looks whether to go on.
pub(super) const BLOCK: usize = 128;

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
pub(super) fn count(a: &[u64]) -> u32 {
    let mut count = 0u64;
    for x in a {
        count = count.wrapping_add(u64::from(x.count_ones()));
    }
    count as u32
}

#[inline(always)]
pub(super) fn and_count_at_least<O: Ops>(ops: O, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
    let words = a.len().min(b.len());
    let (mut a, mut b) = (&a[..words], &b[..words]);
    let min = u64::from(min);
    let mut count = 0u64;
    while a.len() > BLOCK {
        let (a_block, b_block);
        (a_block, a) = a.split_at(BLOCK);
        (b_block, b) = b.split_at(BLOCK);
        count += u64::from(ops.and_count(a_block, b_block));
        if count + a.len() as u64 * 64 < min {
            return None;
        }
    }
    count += u64::from(ops.and_count(a, b));
    (count >= min).then_some(count as u32)
}

#[inline(always)]
pub(super) fn extract(word: u64, mask: u64) -> u64 {
    let mut bits = 0;
    let mut left = mask;
    let mut place = 0;
    while left != 0 {
        let bit = (word >> left.trailing_zeros()) & 1;
        bits |= bit << place;
        place = (place + 1) & 63;
        left &= left - 1;
    }
    bits
}

#[inline(always)]
pub(super) fn compress<O: Ops>(ops: O, src: &[u64], mask: &[u64], out: &mut [u64]) -> usize {
    let mut word = 0u64;
    let mut fill = 0u32;
    let mut at = 0usize;
    for (&s, &m) in src.iter().zip(mask) {
        let bits = ops.extract(s, m);
        word |= bits << fill;
        if let Some(slot) = out.get_mut(at) {
            *slot = word;
        }
        let over = (bits >> 1) >> (63 - fill);
        fill += m.count_ones();
        word = select_unpredictable(fill >= 64, over, word);
        at += (fill >> 6) as usize;
        fill &= 63;
    }
    if fill > 0 && let Some(slot) = out.get_mut(at) {
        *slot = word;
    }
    at * 64 + fill as usize
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
    for (column, count) in columns.chunks_exact(stride.max(1)).zip(counts).take(n) {
        *count = if stride == 0 { 0 } else { ops.and_count(prefix, column) };
    }
}
