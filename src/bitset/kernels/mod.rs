//! The loops over columns of bits, compiled once per instruction set.
//!
//! A column is a `[u64]`, bit `i % 64` of word `i / 64` standing for basket `i`. Where two or
//! three slices of different lengths meet, **the shortest one rules**: the words past its end are
//! not read and not written.
//!
//! [`Isa::run`] picks the instruction set once for a whole [`Task`], a whole search say; inside
//! it, every call of [`Ops`] is inlined and compiled for that set. This is the one file of the
//! crate with `unsafe` code, and it holds no loops: only the choice of the instruction set and a
//! few operations on vectors, which the files `avx2` and `avx512` beside it build the loops from.
//! `plain` has the loops that need no vectors.
//!
//! On the machine they were tuned on (Zen 4), AVX-512 counts an intersection as fast as a loop
//! adds up the words of both columns, AVX2 at some 90 % of that speed from the second-level cache
//! and at 55 % from the first. Columns that start at a multiple of 64 bytes are worth having for
//! AVX-512: others take half as long again in the first-level cache, 4 % longer in the second.
//!
//! Counts are `u32`, as basket numbers are: they are exact for columns of less than 2³² bits.

#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod once;
mod plain;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;
use std::sync::OnceLock;

pub use once::{and_count, and_count_at_least, and_count_many, and_into_count, compress, count};

/// The operations on columns, for one instruction set.
///
/// A value of a type that implements it is the proof that the CPU has the instructions: only
/// [`Isa`] makes one. Each method is compiled for the set where it is called from [`Task::run`]
/// and everything between is `#[inline(always)]`. The methods given here are the plain loops.
pub trait Ops: Copy + Send + Sync {
    /// Name of the instruction set, for reports.
    const NAME: &'static str;

    /// Whether [`Ops::pack_numbers`] and [`Ops::count_extensions`] take a few instructions, not some for each number.
    const PACKS_NUMBERS: bool = false;

    /// Runs a task in a function of its own, compiled for the same set.
    ///
    /// A loop that needs most of the registers loses them where it is inlined into a large function. Costs 1 to 2 ns.
    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        task.run(self)
    }

    /// Number of bits set in both columns, without building the intersection.
    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        plain::and_count(a, b)
    }

    /// Writes the intersection of two columns to `out` and returns its number of bits.
    #[inline(always)]
    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        plain::and_into_count(a, b, out)
    }

    /// Number of bits set in both columns if it is at least `min`, else `None`.
    ///
    /// Stops as soon as the words ahead, were they full, could not bring the count to `min`.
    #[inline(always)]
    fn and_count_at_least(self, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
        plain::and_count_at_least::<_, 128>(self, a, b, min)
    }

    /// Number of bits set in a column.
    #[inline(always)]
    fn count(self, a: &[u64]) -> u32 {
        plain::count(a)
    }

    /// The bits of `word` at the set positions of `mask`, packed to the low end.
    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        plain::extract(word, mask)
    }

    /// Packs the bits of `src` at the set positions of `mask` to the front of `out`, fills the
    /// last word begun with zeros and returns the number of bits packed.
    ///
    /// Bits that find no room in `out` are dropped, but counted. Words of `out` after the last
    /// one begun are left with what they had, but for the one next to it, which may be zeroed.
    #[inline(always)]
    fn compress(self, src: &[u64], mask: &[u64], out: &mut [u64]) -> usize {
        plain::compress(self, src, mask, out)
    }

    /// [`Ops::compress`] of several columns with the same mask, each to a part of `out` of `stride` words, which must have
    /// room for it; the words of a part after the last one begun are zero afterwards.
    ///
    /// # Panics
    ///
    /// If there is no such room, or a column is shorter than the mask.
    #[inline(always)]
    fn compress_several<const N: usize>(self, columns: [&[u64]; N], mask: &[u64], out: &mut [u64], stride: usize) {
        plain::compress_several(self, columns, mask, out, stride);
    }

    /// Which of 64 bytes are `from` or up to `more` above it: bit `i` for byte `i`. Both are less than 128.
    #[inline(always)]
    fn bytes_from(self, bytes: &[u8; 64], from: u8, more: u8) -> u64 {
        plain::bytes_from(bytes, from, more)
    }

    /// Writes the numbers of the bits that are set in a word, ascending from `first` for bit 0, to
    /// the front of `out` and returns how many they are.
    ///
    /// What `out` holds after them is anything.
    #[inline(always)]
    fn positions(self, word: u64, first: u32, out: &mut [u32; 64]) -> usize {
        plain::positions(word, first, out)
    }

    /// [`Ops::and_count`] of `prefix` with each of `n` columns stored back to back.
    ///
    /// Column `i` is the words from `i * stride` on, as many as the shorter of `prefix` and
    /// `stride` has; `counts[i]` gets its count. Columns or counts that are not there are left
    /// out; with a stride of 0 all counts are 0.
    #[inline(always)]
    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        plain::and_count_many(self, prefix, columns, stride, n, counts);
    }

    /// Number of bits that the columns of each combination of `N` columns share, in the word columns of `within`
    /// alone if that is given; `N` is at most [`LANE_ITEMS`].
    ///
    /// Column `i` is the words from `i * stride` on. The combination that has column `i` where bit `i` of its number is
    /// set is at its number in the result. What is not counted is 0: without `within`, the empty
    /// combination and the single columns too.
    ///
    /// # Panics
    ///
    /// If there are fewer words than the columns take.
    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        plain::count_combinations::<N>(within, columns, stride)
    }

    /// Which of the numbers are at least `min`, a bit each.
    #[inline(always)]
    fn at_least(self, numbers: Combined, min: u32) -> u16 {
        plain::at_least(numbers, min)
    }

    /// For each combination of columns, how many of those in `found`, a bit each, are it or join columns before its first
    /// to it; 0 for the empty one.
    #[inline(always)]
    fn count_extensions(self, found: u16) -> Combined {
        plain::count_extensions(found)
    }

    /// The numbers whose bits are set in `mask`, in their order from the front on; what follows them is anything.
    #[inline(always)]
    fn pack_numbers(self, numbers: Combined, mask: u16) -> Combined {
        plain::pack_numbers(numbers, mask)
    }
}

/// The most columns whose combinations are counted in one go.
///
/// Their counters fill half of the registers of AVX-512. More columns would take no fewer steps a combination.
pub const LANE_ITEMS: usize = 4;

/// The counts of the combinations of some columns.
pub type Combined = [u32; 1 << LANE_ITEMS];

/// For each combination but the empty one, itself and those that join columns before its first to it, a bit each: the
/// numbers that follow it, with other bits below its lowest.
const EXTENSIONS: Combined = {
    let mut extensions = [0; 1 << LANE_ITEMS];
    let mut combination = 1;
    while combination < extensions.len() {
        extensions[combination] = ((1 << (1 << combination.trailing_zeros())) - 1) << combination;
        combination += 1;
    }
    extensions
};

/// Work to be compiled once per instruction set.
pub trait Task {
    /// What the work returns.
    type Output;

    /// Does the work with the operations of one instruction set.
    ///
    /// Mark it, and what it calls with `ops`, `#[inline(always)]`: code that is not inlined here
    /// is compiled without the instruction set, and gives the same answer more slowly.
    fn run<O: Ops>(self, ops: O) -> Self::Output;
}

/// The instructions each CPU of the target has: plain loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar(());

impl Ops for Scalar {
    const NAME: &'static str = "scalar";
}

/// The plain loops, with an instruction that counts the bits of a word.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Popcnt(());

#[cfg(target_arch = "x86_64")]
impl Ops for Popcnt {
    const NAME: &'static str = "popcnt";

    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        self.call(task)
    }
}

/// Vectors of 4 words, and the bit manipulation of the same CPUs.
///
/// On the first two generations of Zen, [`Ops::extract`] is an instruction as slow as the loop.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Vectors of 8 words with an instruction that counts the bits of each.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(());

/// Detection and entry of an instruction set from one list of its features, so that no feature
/// is enabled that was not looked for.
#[cfg(target_arch = "x86_64")]
macro_rules! instruction_set {
    ($token:ident, $entry:ident, $($feature:tt),+) => {
        impl $token {
            /// The token, if the CPU has every feature of the set.
            fn detect() -> Option<Self> {
                ($(is_x86_feature_detected!($feature))&&+).then_some(Self(()))
            }

            /// Runs a task compiled for this set, in a function of its own.
            fn call<T: Task>(self, task: T) -> T::Output {
                // SAFETY: tokens come from `detect` alone, which looks for each feature that the
                // function is compiled with.
                unsafe { $entry(self, task) }
            }
        }

        $(#[target_feature(enable = $feature)])+
        #[inline(never)]
        fn $entry<T: Task>(token: $token, task: T) -> T::Output {
            // Vectors that are put on the stack for a while would lie across cache lines where the frame happens to begin within
            // one: the search takes up to an eighth longer so. This puts the frame in line.
            let line = Line(0);
            std::hint::black_box(&line);
            task.run(token)
        }
    };
}

/// Something that begins with a cache line.
#[cfg(target_arch = "x86_64")]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "for its place alone")] u8);

#[cfg(target_arch = "x86_64")]
instruction_set!(Popcnt, run_popcnt, "popcnt");
#[cfg(target_arch = "x86_64")]
instruction_set!(Avx2, run_avx2, "avx2", "bmi1", "bmi2", "popcnt", "lzcnt");
#[cfg(target_arch = "x86_64")]
instruction_set!(
    Avx512,
    run_avx512,
    "avx512f",
    "avx512bw",
    "avx512dq",
    "avx512vl",
    "avx512vpopcntdq",
    "avx512vbmi2",
    "avx2",
    "bmi1",
    "bmi2",
    "popcnt",
    "lzcnt"
);

/// An instruction set found on this CPU.
///
/// Opaque: detection alone makes one, so that running a task with it is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scalar(Scalar),
    #[cfg(target_arch = "x86_64")]
    Popcnt(Popcnt),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Isa {
    /// The best instruction set of this CPU, looked for once.
    pub fn detect() -> Isa {
        #[cfg(test)]
        if let Some(isa) = tests::forced() {
            return isa;
        }
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| *Self::available().last().unwrap_or(&Self(Kind::Scalar(Scalar(())))))
    }

    /// Every instruction set of this CPU that there is code for, the best one last.
    pub fn available() -> Vec<Isa> {
        #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
        let mut kinds = vec![Kind::Scalar(Scalar(()))];
        #[cfg(target_arch = "x86_64")]
        {
            kinds.extend(Popcnt::detect().map(Kind::Popcnt));
            kinds.extend(Avx2::detect().map(Kind::Avx2));
            kinds.extend(Avx512::detect().map(Kind::Avx512));
        }
        kinds.into_iter().map(Isa).collect()
    }

    /// Names of the instruction sets there is code for on some CPU, but not on this one.
    pub fn missing() -> Vec<&'static str> {
        let available = Self::available();
        ["scalar", "popcnt", "avx2", "avx512"]
            .into_iter()
            .filter(|name| available.iter().all(|isa| isa.name() != *name))
            .collect()
    }

    /// Name of the instruction set.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar(_) => Scalar::NAME,
            #[cfg(target_arch = "x86_64")]
            Kind::Popcnt(_) => Popcnt::NAME,
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => Avx2::NAME,
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => Avx512::NAME,
        }
    }

    /// Runs a task compiled for this instruction set.
    ///
    /// Costs a jump and a call, two to three nanoseconds: give it a loop, not a kernel.
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            Kind::Scalar(token) => task.run(token),
            #[cfg(target_arch = "x86_64")]
            Kind::Popcnt(token) => token.call(task),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(token) => token.call(task),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(token) => token.call(task),
        }
    }
}

/// Asks the CPU to fetch an element, if it is there, into its nearest cache: it will be read soon.
///
/// A hint, which changes no result, and does nothing on other processors than x86-64.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = slice.get(index) {
        // SAFETY: every x86-64 CPU has the instruction, and it accesses nothing: a prefetch cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}

/// Operations on registers alone: safe to call on a token, which proves that the CPU has them.
#[cfg(target_arch = "x86_64")]
macro_rules! register_operations {
    ($token:ident: $($(#[$doc:meta])* fn $name:ident $(<const $k:ident: $kind:ty>)?
        ($($x:ident: $type:ty),*) -> $output:ty = $body:expr;)+) => {
        impl $token {$(
            $(#[$doc])*
            #[inline(always)]
            fn $name $(<const $k: $kind>)? (self, $($x: $type),*) -> $output {
                // SAFETY: the token proves that the CPU has the instructions, which touch
                // registers alone.
                unsafe { $body }
            }
        )+}
    };
}

#[cfg(target_arch = "x86_64")]
register_operations! {
    Avx2:
    /// Bits of the word at the set positions of the mask, packed to the low end.
    fn pext(word: u64, mask: u64) -> u64 = _pext_u64(word, mask);
    /// Which bytes are at most `most` after `from` was taken from each.
    fn within(bytes: __m256i, from: u8, most: u8) -> u32 = {
        let moved = _mm256_sub_epi8(bytes, _mm256_set1_epi8(from.cast_signed()));
        let least = _mm256_min_epu8(moved, _mm256_set1_epi8(most.cast_signed()));
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(moved, least)).cast_unsigned()
    };
    /// No bits.
    fn zero() -> __m256i = _mm256_setzero_si256();
    /// Bits set in both.
    fn and(a: __m256i, b: __m256i) -> __m256i = _mm256_and_si256(a, b);
    /// Bits set in either.
    fn or(a: __m256i, b: __m256i) -> __m256i = _mm256_or_si256(a, b);
    /// Bits set in one of the two.
    fn xor(a: __m256i, b: __m256i) -> __m256i = _mm256_xor_si256(a, b);
    /// Sums of the words.
    fn add(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi64(a, b);
    /// Number of bits of each byte: both its halves looked up in a table of 16.
    fn count_bytes(a: __m256i) -> __m256i = {
        let table = _mm256_broadcastsi128_si256(_mm_setr_epi8(
            0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
        ));
        let half = _mm256_set1_epi8(15);
        let low = _mm256_shuffle_epi8(table, _mm256_and_si256(a, half));
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(a), half);
        _mm256_add_epi8(low, _mm256_shuffle_epi8(table, high))
    };
    /// Sum of the 8 bytes of each word.
    fn sum_bytes(a: __m256i) -> __m256i = _mm256_sad_epu8(a, _mm256_setzero_si256());
    /// Sum of the words of each of 4 vectors, as numbers of 32 bits. Here and below, words are
    /// less than 2¹⁵: packed to 16 bits, pairs of them are added up.
    fn sum_of_four(v: [__m256i; 4]) -> __m128i = {
        let all = _mm256_packus_epi32(_mm256_packus_epi32(v[0], v[1]), _mm256_packus_epi32(v[2], v[3]));
        let all = _mm256_madd_epi16(all, _mm256_set1_epi16(1));
        _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256::<1>(all))
    };
    /// Sum of the 4 words.
    fn sum(a: __m256i) -> u64 = {
        let half = _mm_add_epi64(_mm256_castsi256_si128(a), _mm256_extracti128_si256::<1>(a));
        let word = _mm_add_epi64(half, _mm_unpackhi_epi64(half, half));
        _mm_cvtsi128_si64(word).cast_unsigned()
    };
}

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    /// Reads 4 words.
    #[inline(always)]
    fn load(self, words: &[u64; 4]) -> __m256i {
        // SAFETY: the token proves that the CPU has the instruction, which reads 32 bytes from
        // any address: the array's.
        unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
    }

    /// Reads 32 bytes.
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; 32]) -> __m256i {
        // SAFETY: as for `load`.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    /// Reads up to 4 words; the others of the vector are zero.
    #[inline(always)]
    fn load_part(self, words: &[u64]) -> __m256i {
        /// A window of 4 words that starts `n` words before the zeros is a mask of `n` words.
        static MASK: [u64; 8] = [u64::MAX, u64::MAX, u64::MAX, u64::MAX, 0, 0, 0, 0];
        // As for AVX-512.
        if words.is_empty() {
            return self.zero();
        }
        let mask = MASK[4 - words.len().min(4)..].first_chunk().map_or(self.zero(), |mask| self.load(mask));
        // SAFETY: the token proves that the CPU has the instruction. The mask has as many words
        // set as the slice has, and 4 at most; words outside of the mask are not accessed.
        unsafe { _mm256_maskload_epi64(words.as_ptr().cast(), mask) }
    }

    /// Writes 4 numbers.
    #[inline(always)]
    fn store_counts(self, counts: &mut [u32; 4], vector: __m128i) {
        // SAFETY: the token proves that the CPU has the instruction, which writes 16 bytes to
        // any address: the array's.
        unsafe { _mm_storeu_si128(counts.as_mut_ptr().cast(), vector) }
    }
}

#[cfg(target_arch = "x86_64")]
register_operations! {
    Avx512:
    /// Bits of the word at the set positions of the mask, packed to the low end.
    fn pext(word: u64, mask: u64) -> u64 = _pext_u64(word, mask);
    /// No bits.
    fn zero() -> __m512i = _mm512_setzero_si512();
    /// Bits set in both.
    fn and(a: __m512i, b: __m512i) -> __m512i = _mm512_and_si512(a, b);
    /// Sums of the words.
    fn add(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi64(a, b);
    /// Number of bits of each word.
    fn count_words(a: __m512i) -> __m512i = _mm512_popcnt_epi64(a);
    /// The first `W` words over and over.
    fn repeat<const W: i64>(a: __m512i) -> __m512i = {
        let from = _mm512_setr_epi64(0, 1 % W, 2 % W, 3 % W, 4 % W, 5 % W, 6 % W, 7 % W);
        _mm512_permutexvar_epi64(from, a)
    };
    /// Which bytes are at most `most` after `from` was taken from each.
    fn within(bytes: __m512i, from: u8, most: u8) -> u64 = {
        let moved = _mm512_sub_epi8(bytes, _mm512_set1_epi8(from.cast_signed()));
        _mm512_cmple_epu8_mask(moved, _mm512_set1_epi8(most.cast_signed()))
    };
    /// The numbers of the bits that are set in a word, a byte each.
    fn bit_numbers(word: u64) -> __m512i = {
        let eight = |first: i64| 0x0706_0504_0302_0100 + first * 0x0101_0101_0101_0101;
        let all = _mm512_setr_epi64(
            eight(0), eight(8), eight(16), eight(24), eight(32), eight(40), eight(48), eight(56),
        );
        _mm512_maskz_compress_epi8(word, all)
    };
    /// `first` and one of the four parts of 16 bytes added up, as numbers of 32 bits.
    fn widen<const PART: i32>(bytes: __m512i, first: u32) -> __m512i = {
        let numbers = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32::<PART>(bytes));
        _mm512_add_epi32(numbers, _mm512_set1_epi32(first.cast_signed()))
    };
    /// Sums of neighbouring words: the 4 pairs of `a`, then those of `b`.
    fn add_pairs(a: __m512i, b: __m512i) -> __m512i = {
        let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
        let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
        _mm512_add_epi64(
            _mm512_permutex2var_epi64(a, even, b),
            _mm512_permutex2var_epi64(a, odd, b),
        )
    };
    /// Sum of the 8 words of each of 8 vectors, as numbers of 32 bits.
    fn sum_of_eight(v: [__m512i; 8]) -> __m256i = {
        let one = _mm512_set1_epi16(1);
        let low = _mm512_packus_epi32(_mm512_packus_epi32(v[0], v[1]), _mm512_packus_epi32(v[2], v[3]));
        let high = _mm512_packus_epi32(_mm512_packus_epi32(v[4], v[5]), _mm512_packus_epi32(v[6], v[7]));
        let low = _mm512_madd_epi16(low, one);
        let high = _mm512_madd_epi16(high, one);
        let low = _mm256_add_epi32(_mm512_castsi512_si256(low), _mm512_extracti64x4_epi64::<1>(low));
        let high = _mm256_add_epi32(_mm512_castsi512_si256(high), _mm512_extracti64x4_epi64::<1>(high));
        _mm256_add_epi32(
            _mm256_permute2x128_si256::<0x20>(low, high),
            _mm256_permute2x128_si256::<0x31>(low, high),
        )
    };
    /// Sum of the 4 words in each half of each of 4 vectors, as numbers of 32 bits.
    fn sum_of_four(v: [__m512i; 4]) -> __m256i = {
        let all = _mm512_packus_epi32(_mm512_packus_epi32(v[0], v[1]), _mm512_packus_epi32(v[2], v[3]));
        let all = _mm512_madd_epi16(all, _mm512_set1_epi16(1));
        let low = _mm512_castsi512_si256(all);
        let high = _mm512_extracti64x4_epi64::<1>(all);
        let sum = _mm256_add_epi32(
            _mm256_permute2x128_si256::<0x20>(low, high),
            _mm256_permute2x128_si256::<0x31>(low, high),
        );
        _mm256_permutevar8x32_epi32(sum, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
    };
    /// Two vectors as one.
    fn joined(low: __m256i, high: __m256i) -> __m512i = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
    /// Which of 8 numbers are at least `min`.
    fn not_below(numbers: __m256i, min: u32) -> u8 =
        _mm256_cmpge_epu32_mask(numbers, _mm256_set1_epi32(min.cast_signed()));
    /// The bits of one number that are set in each of 16 numbers, counted.
    fn count_common(number: u32, numbers: __m512i) -> __m512i =
        _mm512_popcnt_epi32(_mm512_and_si512(_mm512_set1_epi32(number.cast_signed()), numbers));
    /// The numbers of 32 bits at the set positions of the mask, packed to the low end.
    fn pack(numbers: __m512i, mask: u16) -> __m512i = _mm512_maskz_compress_epi32(mask, numbers);
    /// The low halves of the words.
    fn halves(a: __m512i) -> __m256i = _mm512_cvtepi64_epi32(a);
    /// Sum of the 8 words.
    fn sum(a: __m512i) -> u64 = _mm512_reduce_add_epi64(a).cast_unsigned();
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// Reads 8 words.
    #[inline(always)]
    fn load(self, words: &[u64; 8]) -> __m512i {
        // SAFETY: the token proves that the CPU has the instruction, which reads 64 bytes from
        // any address: the array's.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    /// Reads 64 bytes.
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; 64]) -> __m512i {
        // SAFETY: as for `load`.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    /// Reads up to 8 words; the others of the vector are zero.
    #[inline(always)]
    fn load_part(self, words: &[u64]) -> __m512i {
        // A load that leaves out all words takes some 30 ns where no memory is behind the address.
        if words.is_empty() {
            return self.zero();
        }
        // SAFETY: the token proves that the CPU has the instructions. The mask has the lowest
        // bits set, as many as the slice has words and 8 at most; words outside of the mask are
        // not accessed.
        unsafe { _mm512_maskz_loadu_epi64(first(words.len()), words.as_ptr().cast()) }
    }

    /// Writes 8 words.
    #[inline(always)]
    fn store(self, words: &mut [u64; 8], vector: __m512i) {
        // SAFETY: the token proves that the CPU has the instruction, which writes 64 bytes to
        // any address: the array's.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
    }

    /// Writes 16 numbers.
    #[inline(always)]
    fn store_numbers(self, numbers: &mut [u32; 16], vector: __m512i) {
        // SAFETY: as for `store`.
        unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().cast(), vector) }
    }

    /// Reads 16 numbers.
    #[inline(always)]
    fn load_numbers(self, numbers: &[u32; 16]) -> __m512i {
        // SAFETY: as for `load`.
        unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
    }

    /// Reads 8 numbers.
    #[inline(always)]
    fn load_counts(self, numbers: &[u32; 8]) -> __m256i {
        // SAFETY: as for `load`, with 32 bytes read.
        unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
    }

    /// Writes as many numbers as the slice has, up to 8.
    #[inline(always)]
    fn store_counts(self, counts: &mut [u32], vector: __m256i) {
        // SAFETY: as for `load_part`, with numbers written.
        unsafe { _mm256_mask_storeu_epi32(counts.as_mut_ptr().cast(), first(counts.len()), vector) }
    }

    /// Writes as many words as the slice has, up to 8.
    #[inline(always)]
    fn store_part(self, words: &mut [u64], vector: __m512i) {
        // SAFETY: as for `load_part`, with words written.
        unsafe { _mm512_mask_storeu_epi64(words.as_mut_ptr().cast(), first(words.len()), vector) }
    }
}

/// A mask of the first `n` of 8, of all from 8 on.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn first(n: usize) -> u8 {
    !(0xff_u32 << n.min(8)) as u8
}
