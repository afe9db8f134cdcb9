//! Sets of basket numbers as columns of bits, and the loops that intersect and count them.
//!
//! `kernels` holds the loops, compiled once per instruction set; it is the one place of the crate
//! with `unsafe` code. `tid_set` holds the baskets of an item, as bits or as a list.

mod kernels;
mod tid_set;

#[cfg(test)]
pub(crate) use kernels::tests::with_each_isa;
#[cfg(target_arch = "x86_64")]
pub use kernels::{Avx2, Avx512, Popcnt};
pub use kernels::{
    Combined, Isa, LANE_ITEMS, Ops, Scalar, Task, and_count, and_count_at_least, and_count_many, and_into_count,
    compress, count, prefetch,
};
pub use tid_set::TidSet;
