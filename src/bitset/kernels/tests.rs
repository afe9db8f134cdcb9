//! Every instruction set of the CPU against the plain loops and against counts bit by bit.

use std::cell::Cell;

use super::*;

/// Pseudo-random words (SplitMix64).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A column that ends its allocation, so that a read past it is a read past the
    /// allocation. Words are random, sparse, all zero or all one.
    fn column(&mut self, words: usize) -> Box<[u64]> {
        let mut word = || match self.next() % 8 {
            0 => 0,
            1 => u64::MAX,
            2 => self.next() & self.next() & self.next(),
            _ => self.next(),
        };
        (0..words).map(|_| word()).collect()
    }
}

/// The results of all kernels for one input.
#[derive(PartialEq)]
struct Results {
    and_count: u32,
    at_least: Vec<Option<u32>>,
    and_into_count: (u32, Box<[u64]>),
    count: u32,
    extract: Vec<u64>,
    compress: (usize, Box<[u64]>),
}

/// What `out` holds before: words that must not be written still hold it afterwards.
const BEFORE: u64 = 0x5555_aaaa_5555_aaaa;

#[derive(Clone, Copy)]
struct All<'a> {
    a: &'a [u64],
    b: &'a [u64],
    out: usize,
}

impl All<'_> {
    fn before(&self) -> Box<[u64]> {
        vec![BEFORE; self.out].into()
    }

    /// The results from bits alone.
    fn expected(&self) -> Results {
        let Self { a, b, out } = *self;
        let both: Vec<u64> = a.iter().zip(b).map(|(x, y)| x & y).collect();
        let ones =
            |words: &[u64]| words.iter().map(|word| (0..64).filter(|bit| word >> bit & 1 == 1).count() as u32).sum();
        let and_count = ones(&both);
        let mut into = self.before();
        into.iter_mut().zip(&both).for_each(|(into, both)| *into = *both);
        let mut packed = Vec::new();
        let mut extract = Vec::new();
        for (x, y) in a.iter().zip(b) {
            let bits: Vec<u64> = (0..64).filter(|i| y >> i & 1 == 1).map(|i| x >> i & 1).collect();
            extract.push(bits.iter().rev().fold(0, |word, bit| word << 1 | bit));
            packed.extend(bits);
        }
        let mut compress = self.before();
        for (word, bits) in compress.iter_mut().zip(packed.chunks(64)) {
            *word = bits.iter().rev().fold(0, |word, bit| word << 1 | bit);
        }
        let limits = [0, and_count, and_count.saturating_add(1), u32::MAX];
        Results {
            and_count,
            at_least: limits.map(|min| (and_count >= min).then_some(and_count)).into(),
            and_into_count: (ones(&both[..both.len().min(out)]), into),
            count: ones(a),
            extract,
            compress: (packed.len(), compress),
        }
    }
}

impl Task for All<'_> {
    type Output = Results;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Results {
        let Self { a, b, .. } = self;
        let and_count = ops.and_count(a, b);
        let limits = [0, and_count, and_count.saturating_add(1), u32::MAX];
        let mut into = self.before();
        let mut compress = self.before();
        let bits = ops.compress(a, b, &mut compress);
        // The word after the last one begun is free to be zeroed.
        if let Some(word) = compress.get_mut(bits.div_ceil(64)) {
            assert!(*word == 0 || *word == BEFORE);
            *word = BEFORE;
        }
        Results {
            and_count,
            at_least: limits.map(|min| ops.and_count_at_least(a, b, min)).into(),
            and_into_count: (ops.and_into_count(a, b, &mut into), into),
            count: ops.count(a),
            extract: a.iter().zip(b).map(|(&x, &y)| ops.extract(x, y)).collect(),
            compress: (bits, compress),
        }
    }
}

fn check(all: All<'_>) {
    let expected = all.expected();
    for isa in Isa::available() {
        let place = (isa.name(), all.a.len(), all.b.len(), all.out);
        // Not `assert_eq!`, whose message would list all words.
        assert!(isa.run(all) == expected, "instruction set, words of a, b and out: {place:?}");
    }
}

#[test]
fn available_and_missing_sets_are_all_sets() {
    let available: Vec<_> = Isa::available().iter().map(|isa| isa.name()).collect();
    let missing = Isa::missing();
    assert_eq!(available[0], "scalar");
    assert_eq!(Some(&Isa::detect().name()), available.last());
    let mut all = [available, missing].concat();
    all.sort_unstable();
    assert_eq!(all, ["avx2", "avx512", "neon", "popcnt", "scalar"]);
}

#[test]
fn every_length_and_start() {
    let mut words = Words(1);
    for length in 0..=300 {
        let (start_a, start_b) = (length % 8, words.below(8));
        let (a, b) = (words.column(start_a + length), words.column(start_b + length));
        check(All { a: &a[start_a..], b: &b[start_b..], out: length });
    }
    for start in 0..64 {
        let (a, b) = (words.column(start % 8 + 70), words.column(start / 8 + 70));
        check(All { a: &a[start % 8..], b: &b[start / 8..], out: 70 });
    }
}

#[test]
fn shortest_slice_decides() {
    let mut words = Words(2);
    for _ in 0..300 {
        let most = [10, 40, 300][words.below(3)];
        let (a, b) = (words.below(most), words.below(most));
        let (a, b) = (words.column(a), words.column(b));
        check(All { a: &a, b: &b, out: words.below(most) });
    }
}

#[test]
fn zeros_and_ones() {
    let mut words = Words(3);
    for length in [1, 3, 4, 7, 8, 9, 24, 64, 123, 124, 127, 128, 191, 300, 1500] {
        let (zeros, ones) = (vec![0; length], vec![u64::MAX; length]);
        let any = words.column(length);
        for a in [&zeros[..], &ones, &any] {
            for b in [&zeros[..], &ones, &any] {
                check(All { a, b, out: length });
            }
        }
    }
}

#[test]
fn count_at_least_stops_when_out_of_reach() {
    for isa in Isa::available() {
        // The bits are in the last of several blocks, or in the first.
        for at in [0, 999] {
            let mut a = vec![0; 1000];
            a[at] = u64::MAX;
            let at_least = |min| isa.run(AtLeast { a: &a, b: &a, min });
            assert_eq!([64, 65].map(at_least), [Some(64), None]);
        }
    }
}

struct AtLeast<'a> {
    a: &'a [u64],
    b: &'a [u64],
    min: u32,
}

impl Task for AtLeast<'_> {
    type Output = Option<u32>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Option<u32> {
        ops.and_count_at_least(self.a, self.b, self.min)
    }
}

struct Many<'a> {
    prefix: &'a [u64],
    columns: &'a [u64],
    stride: usize,
    n: usize,
    counts: &'a mut [u32],
}

impl Task for Many<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        ops.and_count_many(self.prefix, self.columns, self.stride, self.n, self.counts);
    }
}

/// Compares the counts of many columns with those of each column by itself.
fn check_many(prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: usize) {
    let mut expected = vec![u32::MAX; counts];
    for (i, count) in expected.iter_mut().enumerate().take(n) {
        let Some(column) = columns.get(i * stride..(i + 1) * stride) else {
            break;
        };
        *count = plain::and_count(prefix, column);
    }
    for isa in Isa::available() {
        let mut counts = vec![u32::MAX; counts];
        isa.run(Many { prefix, columns, stride, n, counts: &mut counts });
        let place = (isa.name(), prefix.len(), columns.len(), stride, n);
        assert_eq!(counts, expected, "instruction set, prefix, columns, stride, n: {place:?}");
    }
}

#[test]
fn many_columns_of_every_stride() {
    let mut words = Words(4);
    for stride in 0..=34 {
        for n in 0..=26 {
            let start = words.below(8);
            let columns = words.column(start + n * stride);
            let prefix = words.column(stride);
            check_many(&prefix, &columns[start..], stride, n, n);
        }
    }
    check_many(&[u64::MAX; 300], &[u64::MAX; 9 * 300], 300, 9, 9);
}

#[test]
fn many_columns_some_missing() {
    let mut words = Words(5);
    for _ in 0..1000 {
        let stride = words.below(27);
        let (prefix, columns) = (words.below(stride + 3), words.below(20 * stride + 3));
        let (prefix, columns) = (words.column(prefix), words.column(columns));
        check_many(&prefix, &columns, stride, words.below(24), words.below(24));
    }
    check_many(&[1], &[1, 3, 5], 1, usize::MAX, 5);
    check_many(&[1, 2], &[1, 3, 5], usize::MAX, 2, 5);
}

#[derive(Clone, Copy)]
struct Combine<'a> {
    items: usize,
    within: Option<&'a [u64]>,
    columns: &'a [u64],
    stride: usize,
}

impl Combine<'_> {
    /// The counts from bits alone.
    fn expected(self) -> Combined {
        let mut counts = [0; 1 << LANE_ITEMS];
        for bit in 0..64 * self.stride {
            let has = |words: &[u64]| words[bit / 64] >> (bit % 64) & 1 == 1;
            if !self.within.is_none_or(has) {
                continue;
            }
            let items = (0..self.items).filter(|item| has(&self.columns[item * self.stride..]));
            let row = items.fold(0, |row, item| row | 1usize << item);
            for (combination, count) in counts.iter_mut().enumerate() {
                let counted = self.within.is_some() || combination.count_ones() > 1;
                *count += u32::from(counted && combination & !row == 0);
            }
        }
        counts
    }
}

impl Task for Combine<'_> {
    type Output = Combined;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Combined {
        let Self { items, within, columns, stride } = self;
        match items {
            0 => ops.count_combinations::<0>(within, columns, stride),
            1 => ops.count_combinations::<1>(within, columns, stride),
            2 => ops.count_combinations::<2>(within, columns, stride),
            3 => ops.count_combinations::<3>(within, columns, stride),
            _ => ops.count_combinations::<LANE_ITEMS>(within, columns, stride),
        }
    }
}

#[test]
fn combinations_match_bit_counts() {
    let mut words = Words(7);
    for stride in (0..20).chain([24, 40, 64, 100, 128]) {
        for items in 0..=LANE_ITEMS {
            let columns = words.column(items * stride);
            let within = words.column(stride);
            for within in [None, Some(&within[..])] {
                let combine = Combine { items, within, columns: &columns, stride };
                for isa in Isa::available() {
                    assert_eq!(isa.run(combine), combine.expected(), "{}, {items} of {stride} words", isa.name());
                }
            }
        }
    }
    // Longer than what 16-bit sums hold, with all bits set.
    let (stride, columns) = (9_000, vec![u64::MAX; 2 * 9_000]);
    let combine = Combine { items: 2, within: Some(&columns[..stride]), columns: &columns, stride };
    for isa in Isa::available() {
        assert_eq!(isa.run(combine)[..4], [64 * 9_000; 4], "{}", isa.name());
    }
}

/// The operations on the counts of combinations.
#[derive(Clone, Copy)]
struct Sift {
    counts: Combined,
    min: u32,
    mask: u16,
}

impl Sift {
    /// Combination by combination; of the packed numbers, those that are specified.
    fn expected(self) -> (u16, Combined, Vec<u32>) {
        let has = |mask: u16, bit: usize| mask >> bit & 1 == 1;
        let mut found = 0;
        let mut extensions = [0; 1 << LANE_ITEMS];
        for (combination, &count) in self.counts.iter().enumerate() {
            found |= u16::from(count >= self.min) << combination;
            for more in (0..1 << LANE_ITEMS).filter(|&more| combination > 0 && has(self.mask, more)) {
                let lowest = combination & combination.wrapping_neg();
                extensions[combination] += u32::from(more & !(lowest - 1) == combination);
            }
        }
        (
            found,
            extensions,
            (0..1 << LANE_ITEMS).filter(|&bit| has(self.mask, bit)).map(|bit| self.counts[bit]).collect(),
        )
    }
}

impl Task for Sift {
    type Output = (u16, Combined, Vec<u32>);

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let packed = ops.pack_numbers(self.counts, self.mask)[..self.mask.count_ones() as usize].to_vec();
        (ops.at_least(self.counts, self.min), ops.count_extensions(self.mask), packed)
    }
}

#[test]
fn counts_are_compared_extended_and_packed() {
    let mut words = Words(13);
    let masks = words.column(200).into_iter().map(|word| word as u16).chain([0, 1, 2, 0x8000, u16::MAX]);
    for (mask, min) in masks.zip([0, 1, 9, 1 << 31, u32::MAX].into_iter().cycle()) {
        let mut counts = [0; 1 << LANE_ITEMS];
        for (count, word) in counts.iter_mut().zip(words.column(1 << LANE_ITEMS)) {
            // Numbers on, next to and far from the minimum, the greatest ones among them.
            *count = if word % 3 == 0 { word as u32 } else { min.saturating_add_signed(word as i32 % 2) };
        }
        let sift = Sift { counts, min, mask };
        for isa in Isa::available() {
            assert_eq!(isa.run(sift), sift.expected(), "{}, {counts:?} with {mask:b}", isa.name());
        }
    }
}

thread_local! {
    static FORCED: Cell<Option<Isa>> = const { Cell::new(None) };
}

/// The instruction set that replaces the best one on this thread.
pub(super) fn forced() -> Option<Isa> {
    FORCED.get()
}

/// Runs `work` on each instruction set of this CPU, on this thread.
pub(crate) fn with_each_isa(mut work: impl FnMut(Isa)) {
    for isa in Isa::available() {
        FORCED.set(Some(isa));
        work(isa);
    }
    FORCED.set(None);
}

struct Pack<'a, const N: usize> {
    columns: [&'a [u64]; N],
    mask: &'a [u64],
    stride: usize,
}

impl<const N: usize> Task for Pack<'_, N> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Vec<u64> {
        let mut out = vec![BEFORE; N * self.stride];
        ops.compress_several(self.columns, self.mask, &mut out, self.stride);
        out
    }
}

#[test]
fn several_columns_compress_as_one_by_one() {
    // The search uses one and four.
    packed_as_one_by_one::<1>();
    packed_as_one_by_one::<3>();
    packed_as_one_by_one::<4>();
}

fn packed_as_one_by_one<const N: usize>() {
    let mut words = Words(11);
    for len in (0..12).chain([63, 64, 65]) {
        let mask = words.column(len);
        let columns: [_; N] = std::array::from_fn(|_| words.column(len));
        let bits: u32 = mask.iter().map(|word| word.count_ones()).sum();
        let least = bits.div_ceil(64) as usize;
        for stride in [least, least + 1, least + 7] {
            let expected: Vec<u64> = columns
                .iter()
                .flat_map(|column| {
                    let all = All { a: column, b: &mask, out: stride };
                    let mut packed = all.expected().compress.1;
                    packed[least..].fill(0);
                    packed
                })
                .collect();
            for isa in Isa::available() {
                let pack = Pack { columns: columns.each_ref().map(|column| &**column), mask: &mask, stride };
                assert!(isa.run(pack) == expected, "{}, {len} words, {bits} bits to {stride}", isa.name());
            }
        }
    }
}

/// Bits and bytes of one window of text.
struct Window([u8; 64]);

impl Task for Window {
    type Output = Vec<(u64, Vec<u32>)>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let masks = [
            ops.bytes_from(&self.0, b'0', 9),
            ops.bytes_from(&self.0, b'7', 0),
            ops.bytes_from(&self.0, 0, 127),
            0,
            u64::MAX,
        ];
        masks
            .map(|mask| {
                let mut numbers = [0; 64];
                let len = ops.positions(mask, 1000, &mut numbers);
                (mask, numbers[..len].to_vec())
            })
            .into()
    }
}

#[test]
fn bytes_to_bits_to_positions() {
    let mut words = Words(9);
    for _ in 0..2000 {
        let mut bytes = [0; 64];
        for byte in &mut bytes {
            *byte = match words.below(3) {
                0 => b'7',
                1 => b'/' + words.below(12) as u8,
                _ => words.next() as u8,
            };
        }
        let bits = |test: &dyn Fn(u8) -> bool| (0..64).filter(|&i| test(bytes[i])).fold(0, |bits, i| bits | 1u64 << i);
        let masks =
            [bits(&|byte| byte.is_ascii_digit()), bits(&|byte| byte == b'7'), bits(&|byte| byte < 128), 0, u64::MAX];
        let expected = masks.map(|mask| (mask, (0..64).filter(|i| mask >> i & 1 == 1).map(|i| 1000 + i).collect()));
        for isa in Isa::available() {
            assert_eq!(isa.run(Window(bytes)), expected, "{}", isa.name());
        }
    }
}
