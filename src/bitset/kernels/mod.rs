//! The loops over columns of bits, compiled once per instruction set.
//!
//! In come slices of words, out go counts and packed words. The kernels know nothing of items, baskets or searches.
//! A column is a `[u64]`: bit `i % 64` of word `i / 64` stands for basket `i`. If slices of different lengths meet,
//! **the shortest decides**: words past its end are neither read nor written. Counts are `u32`, as basket numbers
//! are; they are exact for columns of less than 2³² bits.
//!
//! [`Isa::run`] picks the instruction set once for a whole [`Task`], such as a search. Inside the task, every call
//! of [`Ops`] is inlined and compiled for that set.
//!
//! | file | its part |
//! |---|---|
//! | `isa` | instruction sets: the tokens that prove them, detection, [`Isa::run`] |
//! | `ops` | the operations as the trait [`Ops`], and [`Task`] |
//! | `vectors` | all `unsafe` code of the crate: entry into an instruction set, operations on vectors |
//! | `plain` | the loops without vectors: what `Popcnt` runs, and what the tests compare the others with |
//! | `carries` | what `Scalar` runs instead on x86-64, where it has no instruction that counts bits |
//! | `avx2`, `avx512`, `neon` | the loops over vectors, in safe code |
//! | `combine` | one loop over vectors of any set: the combinations of some columns |
//! | `tests` | every instruction set of the CPU against the plain loops and against counts bit by bit |
//!
//! On the machine they were tuned on (Zen 4), AVX-512 counts an intersection as fast as a loop adds up the words of
//! both columns. AVX2 reaches 90 % of that speed from the second-level cache and 55 % from the first. Columns
//! should start at a multiple of 64 bytes: with AVX-512, others take half as long again in the first-level cache
//! and 4 % longer in the second.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod carries;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod combine;
mod isa;
#[cfg(target_arch = "aarch64")]
mod neon;
mod ops;
mod plain;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vectors;

pub use isa::Isa;
pub(crate) use ops::{Combined, LANE_ITEMS};
pub use ops::{Ops, Task};
#[cfg(not(target_arch = "x86_64"))]
pub(crate) use plain::prefetch;
#[cfg(target_arch = "x86_64")]
pub(crate) use vectors::prefetch;
