//! Sets of basket numbers as columns of bits or as lists, and the loops that intersect and count them.
//!
//! In come basket numbers or words of bits, out go counts and intersections. Nothing here knows items, labels,
//! supports or how a search goes on.
//!
//! | file | its part |
//! |---|---|
//! | `kernels/` | the loops over columns of bits, once per instruction set; the only `unsafe` code of the crate |
//! | `weights` | columns whose bits stand for many baskets each |
//! | `called` | what `weights` and plain loops do as one, for a smaller program |
//! | `merge` | rows that are equal in such columns, found so that they become one |
//! | `tid_set/` | [`TidSet`]: the baskets of an item, as bits or as a sorted list |

#![cfg_attr(
    not(feature = "__bench"),
    allow(unreachable_pub, reason = "the feature `__bench` exports `Isa`, `Ops` and `Task`")
)]

#[cfg(not(target_pointer_width = "64"))]
compile_error!("itemset needs a 64-bit target: columns have words of 64 bits, and sizes are counted in `usize`");

#[cfg(feature = "__small")]
mod called;
mod kernels;
mod merge;
mod tid_set;
mod weights;

#[cfg(test)]
pub(crate) use kernels::tests::with_each_isa;
pub(crate) use kernels::{Combined, LANE_ITEMS, prefetch};
pub use kernels::{Isa, Ops, Task};
pub(crate) use tid_set::{TidSet, TidSlice, and_weigh, is_dense, set_bits_of};

pub(crate) use weights::{Weights, set_bits, stride_for};
