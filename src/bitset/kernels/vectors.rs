//! All `unsafe` code of the crate: entering a function compiled for an instruction set, and the operations on its
//! vectors.
//!
//! There are no loops here. `avx2`, `avx512` and `neon` build them from these operations, in safe code. Each processor
//! has a part of this file.

#![allow(unsafe_code)]

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

#[cfg(target_arch = "aarch64")]
use super::isa::Neon;
use super::isa::for_each_instruction_set;
#[cfg(target_arch = "x86_64")]
use super::isa::{Avx2, Avx512, Popcnt};
use super::ops::Task;

/// Entry of an instruction set, with the features that its detection checks.
macro_rules! entry {
    ($token:ident, $entry:ident, $($feature:tt),+) => {
        impl $token {
            /// Runs a task compiled for this set, as a function that is not inlined.
            #[cfg_attr(debug_assertions, allow(dead_code, reason = "builds with debug assertions enter two sets alone"))]
            pub(super) fn call<T: Task>(self, task: T) -> T::Output {
                // SAFETY: only `detect` makes a token, and it checks each feature that the function is compiled with.
                unsafe { $entry(self, task) }
            }
        }

        $(#[target_feature(enable = $feature)])+
        #[inline(never)]
        fn $entry<T: Task>(token: $token, task: T) -> T::Output {
            // Vectors spilled to the stack would lie across cache lines if the frame begins inside one: the search
            // then takes up to an eighth longer. This aligns the frame.
            let line = Line(0);
            std::hint::black_box(&line);
            task.run(token)
        }
    };
}

/// A value that begins a cache line.
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "only its address matters")] u8);

for_each_instruction_set!(entry);

/// Asks the CPU to fetch an element that will be read soon, if the slice has it, into its nearest cache.
///
/// It is a hint: it changes no result.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn prefetch<T>(slice: &[T], index: usize) {
    if let Some(element) = slice.get(index) {
        // SAFETY: every x86-64 CPU has the instruction, and it accesses nothing: a prefetch cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) }
    }
}

/// Operations that touch only registers, as safe methods of the token that proves the instructions.
///
/// **For reviewers:** the macro wraps every body in `unsafe`, so the compiler accepts any intrinsic here, also one
/// that would be unsound. Check each body for two things:
///
/// 1. It neither reads nor writes memory: no parameter, constant or intrinsic has a pointer, and there is no load,
///    store, gather, scatter or `transmute`. An operation on memory is a function with an `unsafe` block and a
///    SAFETY note instead, as in the `impl` blocks below.
/// 2. Every intrinsic needs only features that [`for_each_instruction_set`] lists for the token.
macro_rules! register_operations {
    ($token:ident: $($(#[$doc:meta])* fn $name:ident $(<const $k:ident: $kind:ty>)?
        ($($x:ident: $type:ty),*) -> $output:ty = $body:expr;)+) => {
        impl $token {$(
            $(#[$doc])*
            #[inline(always)]
            pub(super) fn $name $(<const $k: $kind>)? (self, $($x: $type),*) -> $output {
                // SAFETY: the token proves that the CPU has the instructions, which touch
                // only registers.
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
    /// Sums of the bytes.
    fn add_bytes(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi8(a, b);
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
    /// Sums of numbers of 32 bits.
    fn add_numbers(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi32(a, b);
    /// The same, of those whose bit is set.
    fn add_where(sum: __m256i, bits: u8, numbers: __m256i) -> __m256i = {
        let each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        let set = _mm256_and_si256(_mm256_set1_epi32(i32::from(bits)), each);
        _mm256_add_epi32(sum, _mm256_and_si256(_mm256_cmpeq_epi32(set, each), numbers))
    };
    /// Sum of the 8 numbers of 32 bits.
    fn sum_numbers(a: __m256i) -> u32 = {
        let half = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256::<1>(a));
        let pair = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
        _mm_cvtsi128_si32(_mm_add_epi32(pair, _mm_shuffle_epi32::<1>(pair))).cast_unsigned()
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
    pub(super) fn load(self, words: &[u64; 4]) -> __m256i {
        // SAFETY: the token proves that the CPU has the instruction, which reads 32 bytes from
        // any address: the array's.
        unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
    }

    /// Reads 32 bytes.
    #[inline(always)]
    pub(super) fn load_bytes(self, bytes: &[u8; 32]) -> __m256i {
        // SAFETY: as for `load`.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    /// Reads 8 numbers.
    #[inline(always)]
    pub(super) fn load_numbers(self, numbers: &[u32; 8]) -> __m256i {
        // SAFETY: as for `load`.
        unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
    }

    /// Reads up to 4 words; the others of the vector are zero.
    #[inline(always)]
    pub(super) fn load_part(self, words: &[u64]) -> __m256i {
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
    pub(super) fn store_counts(self, counts: &mut [u32; 4], vector: __m128i) {
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
    /// Sums of numbers of 32 bits.
    fn add_numbers(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi32(a, b);
    /// The same, of those whose bit is set.
    fn add_where(sum: __m512i, bits: u16, numbers: __m512i) -> __m512i =
        _mm512_mask_add_epi32(sum, bits, sum, numbers);
    /// Sum of the 16 numbers of 32 bits.
    fn sum_numbers(a: __m512i) -> u32 = _mm512_reduce_add_epi32(a).cast_unsigned();
    /// The low halves of the words.
    fn halves(a: __m512i) -> __m256i = _mm512_cvtepi64_epi32(a);
    /// Sum of the 8 words.
    fn sum(a: __m512i) -> u64 = _mm512_reduce_add_epi64(a).cast_unsigned();
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// Reads 8 words.
    #[inline(always)]
    pub(super) fn load(self, words: &[u64; 8]) -> __m512i {
        // SAFETY: the token proves that the CPU has the instruction, which reads 64 bytes from
        // any address: the array's.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    /// Reads 64 bytes.
    #[inline(always)]
    pub(super) fn load_bytes(self, bytes: &[u8; 64]) -> __m512i {
        // SAFETY: as for `load`.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    /// Reads up to 8 words; the others of the vector are zero.
    #[inline(always)]
    pub(super) fn load_part(self, words: &[u64]) -> __m512i {
        // A load with an empty mask takes some 30 ns if the address is not mapped.
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
    pub(super) fn store(self, words: &mut [u64; 8], vector: __m512i) {
        // SAFETY: the token proves that the CPU has the instruction, which writes 64 bytes to
        // any address: the array's.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
    }

    /// Writes 16 numbers.
    #[inline(always)]
    pub(super) fn store_numbers(self, numbers: &mut [u32; 16], vector: __m512i) {
        // SAFETY: as for `store`.
        unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().cast(), vector) }
    }

    /// Reads 16 numbers.
    #[inline(always)]
    pub(super) fn load_numbers(self, numbers: &[u32; 16]) -> __m512i {
        // SAFETY: as for `load`.
        unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
    }

    /// Reads 8 numbers.
    #[inline(always)]
    pub(super) fn load_counts(self, numbers: &[u32; 8]) -> __m256i {
        // SAFETY: as for `load`, with 32 bytes read.
        unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
    }

    /// Writes as many numbers as the slice has, up to 8.
    #[inline(always)]
    pub(super) fn store_counts(self, counts: &mut [u32], vector: __m256i) {
        // SAFETY: as for `load_part`, with numbers written.
        unsafe { _mm256_mask_storeu_epi32(counts.as_mut_ptr().cast(), first(counts.len()), vector) }
    }

    /// Writes as many words as the slice has, up to 8.
    #[inline(always)]
    pub(super) fn store_part(self, words: &mut [u64], vector: __m512i) {
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

#[cfg(target_arch = "aarch64")]
register_operations! {
    Neon:
    /// No bits.
    fn zero() -> uint8x16_t = vdupq_n_u8(0);
    /// A word, and one without bits.
    fn single(word: u64) -> uint8x16_t = vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(word), vcreate_u64(0)));
    /// A word twice.
    fn twice(word: u64) -> uint8x16_t = vreinterpretq_u8_u64(vdupq_n_u64(word));
    /// Bits set in both.
    fn and(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t = vandq_u8(a, b);
    /// Number of bits of each byte.
    fn count_bytes(a: uint8x16_t) -> uint8x16_t = vcntq_u8(a);
    /// Sums of the bytes.
    fn add(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t = vaddq_u8(a, b);
    /// Sums of neighbouring bytes: the 8 pairs of `a`, then those of `b`.
    fn add_pairs(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t = vpaddq_u8(a, b);
    /// Adds to each of 4 numbers of 32 bits the sum of 4 bytes.
    fn add_bytes(sums: uint32x4_t, bytes: uint8x16_t) -> uint32x4_t = vpadalq_u16(sums, vpaddlq_u8(bytes));
    /// Sums of 4 bytes each.
    fn sum_bytes(bytes: uint8x16_t) -> uint32x4_t = vpaddlq_u16(vpaddlq_u8(bytes));
    /// Sum of the bytes, which is less than 2¹⁶.
    fn sum_all_bytes(bytes: uint8x16_t) -> u32 = vaddlvq_u8(bytes).into();
    /// Four numbers of 32 bits that are 0.
    fn no_numbers() -> uint32x4_t = vdupq_n_u32(0);
    /// Sum of the numbers.
    fn sum_numbers(a: uint32x4_t) -> u32 = vaddvq_u32(a);
    /// Which of 16 bytes are at most `most` after `from` was taken from each: for each that is, the bit of its place in 8.
    fn within(bytes: uint8x16_t, from: u8, most: u8) -> uint8x16_t = {
        let found = vcleq_u8(vsubq_u8(bytes, vdupq_n_u8(from)), vdupq_n_u8(most));
        let places = vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201_u64.to_le()));
        vandq_u8(found, places)
    };
    /// The first 8 bytes as a word, the first of them its lowest.
    fn first_word(bytes: uint8x16_t) -> u64 = u64::from_le(vgetq_lane_u64::<0>(vreinterpretq_u64_u8(bytes)));
}

#[cfg(target_arch = "aarch64")]
impl Neon {
    /// Reads 2 words.
    #[inline(always)]
    pub(super) fn load(self, words: &[u64; 2]) -> uint8x16_t {
        // SAFETY: the token proves that the CPU has the instruction, which reads 16 bytes from any address of a word:
        // the array's.
        unsafe { vreinterpretq_u8_u64(vld1q_u64(words.as_ptr())) }
    }

    /// Reads 16 bytes.
    #[inline(always)]
    pub(super) fn load_bytes(self, bytes: &[u8; 16]) -> uint8x16_t {
        // SAFETY: as for `load`.
        unsafe { vld1q_u8(bytes.as_ptr()) }
    }

    /// Writes 2 words.
    #[inline(always)]
    pub(super) fn store(self, words: &mut [u64; 2], vector: uint8x16_t) {
        // SAFETY: as for `load`, with 16 bytes written.
        unsafe { vst1q_u64(words.as_mut_ptr(), vreinterpretq_u64_u8(vector)) }
    }

    /// Writes 4 numbers.
    #[inline(always)]
    pub(super) fn store_numbers(self, numbers: &mut [u32; 4], vector: uint32x4_t) {
        // SAFETY: as for `load`, with 16 bytes written.
        unsafe { vst1q_u32(numbers.as_mut_ptr(), vector) }
    }
}
