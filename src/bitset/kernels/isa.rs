//! The instruction sets: the tokens that prove them, their detection, and the entry into code compiled for one.
//!
//! A token ([`Popcnt`], [`Avx2`], [`Avx512`]) proves that the CPU has every feature of its set. The operations in
//! `vectors` are safe functions because they take one. Tokens have a private field and this module has no children,
//! so `detect` below is the only safe code that can make one.

use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use super::combine::count_combinations;
use super::ops::{Ops, Task};
#[cfg(target_arch = "x86_64")]
use super::{carries, ops::Combined};
#[cfg(feature = "__small")]
use crate::bitset::called::{Called, run};
#[cfg(feature = "__small")]
use crate::bitset::weights::Weighted;

/// Hands each instruction set, the name of its entry function and the list of its features to the macro `$use`.
///
/// Detection in this file and `#[target_feature]` in `vectors` read this one list: no feature is enabled without a
/// check.
#[cfg(target_arch = "x86_64")]
macro_rules! for_each_instruction_set {
    ($use:ident) => {
        $use!(Popcnt, run_popcnt, "popcnt");
        $use!(Avx2, run_avx2, "avx2", "bmi1", "bmi2", "popcnt", "lzcnt");
        $use!(
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
    };
}
#[cfg(target_arch = "aarch64")]
macro_rules! for_each_instruction_set {
    ($use:ident) => {
        $use!(Neon, run_neon, "neon");
    };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use for_each_instruction_set;

#[cfg(target_arch = "aarch64")]
use std::arch::is_aarch64_feature_detected as is_feature_detected;
#[cfg(target_arch = "x86_64")]
use std::arch::is_x86_feature_detected as is_feature_detected;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! detection {
    ($token:ident, $entry:ident, $($feature:tt),+) => {
        impl $token {
            /// The token, if the CPU has every feature of the set.
            fn detect() -> Option<Self> {
                ($(is_feature_detected!($feature))&&+).then_some(Self(()))
            }
        }
    };
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
for_each_instruction_set!(detection);

/// The instructions that every CPU of the target has: plain loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar(());

#[cfg(not(target_arch = "x86_64"))]
impl Ops for Scalar {}

/// x86-64 has vectors of two words, and no instruction that counts bits.
#[cfg(target_arch = "x86_64")]
impl Ops for Scalar {
    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        carries::and_count(a, b)
    }

    #[inline(always)]
    fn and_count_at_least(self, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
        carries::and_count_at_least(self, a, b, min)
    }

    #[inline(always)]
    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        carries::and_into_count(a, b, out)
    }

    #[inline(always)]
    fn count(self, a: &[u64]) -> u32 {
        carries::count(a)
    }

    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        count_combinations::<2, N, _>(carries::Pairs, within, columns, stride)
    }
}

/// The plain loops, with an instruction that counts the bits of a word.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Popcnt(());

#[cfg(target_arch = "x86_64")]
impl Ops for Popcnt {
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
pub(super) struct Avx2(());

/// Vectors of 8 words with an instruction that counts the bits of each.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Avx512(());

/// Vectors of 2 words with an instruction that counts the bits of each byte: every CPU with 64-bit Arm has them.
#[cfg(target_arch = "aarch64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Neon(());

/// An instruction set found on this CPU.
///
/// Opaque: only detection makes one, so running a task with it is safe.
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
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
}

impl Isa {
    /// The best instruction set of this CPU, detected once.
    pub fn detect() -> Isa {
        #[cfg(test)]
        if let Some(isa) = super::tests::forced() {
            return isa;
        }
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| *Self::available().last().unwrap_or(&Self(Kind::Scalar(Scalar(())))))
    }

    /// The instruction sets of this CPU that the crate has code for, the best one last.
    pub fn available() -> Vec<Isa> {
        #[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), allow(unused_mut))]
        let mut kinds = vec![Kind::Scalar(Scalar(()))];
        #[cfg(target_arch = "x86_64")]
        {
            kinds.extend(Popcnt::detect().map(Kind::Popcnt));
            kinds.extend(Avx2::detect().map(Kind::Avx2));
            kinds.extend(Avx512::detect().map(Kind::Avx512));
        }
        #[cfg(target_arch = "aarch64")]
        kinds.extend(Neon::detect().map(Kind::Neon));
        kinds.into_iter().map(Isa).collect()
    }

    /// Names of the instruction sets that the crate has code for and this CPU lacks.
    #[cfg(any(test, feature = "__bench"))]
    pub fn missing() -> Vec<&'static str> {
        let available = Self::available();
        ["scalar", "popcnt", "avx2", "avx512", "neon"]
            .into_iter()
            .filter(|name| available.iter().all(|isa| isa.name() != *name))
            .collect()
    }

    /// Name of the instruction set.
    #[cfg(any(test, feature = "__bench"))]
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar(_) => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Popcnt(_) => "popcnt",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(_) => "neon",
        }
    }

    /// Runs a task compiled for this instruction set.
    ///
    /// Costs a jump and a call, two to three nanoseconds: pass a loop, not a single kernel call.
    ///
    /// Every search is compiled once per instruction set. In builds with debug assertions that would be most of the build time, so they
    /// have two sets in place of four: the other two run as one that they include. Unit tests, which compare all four, have all.
    /// The feature `__small` leaves out the same two, and plain loops are then [`Called`].
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", not(feature = "__small"), any(test, not(debug_assertions))))]
            Kind::Popcnt(token) => token.call(task),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(token) => token.call(task),
            #[cfg(all(target_arch = "x86_64", not(feature = "__small"), any(test, not(debug_assertions))))]
            Kind::Avx512(token) => token.call(task),
            // Detection of AVX-512 asks for every feature of AVX2.
            #[cfg(all(target_arch = "x86_64", any(feature = "__small", not(any(test, not(debug_assertions))))))]
            Kind::Avx512(_) => Avx2(()).call(task),
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(token) => token.call(task),
            // One arm, as each is a copy of the task.
            #[cfg(feature = "__small")]
            _ => run(Called::Plain(Scalar(())), task),
            #[cfg(not(feature = "__small"))]
            _ => task.run(Scalar(())),
        }
    }

    /// The operations on columns with weights, as those that `run` takes without vectors.
    #[cfg(feature = "__small")]
    pub(in crate::bitset) fn weighted(ops: Weighted<'_>) -> Called<'_, impl Ops> {
        Called::<Scalar>::Weighted(ops)
    }
}
