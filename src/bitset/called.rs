//! Plain loops and loops over weights as one set of operations, each a function that is called: for the feature `__small`.
//!
//! A search is compiled once for each set of operations. With these, what runs without AVX2 and what runs with weights are
//! one copy of it, in which no loop is inlined.

use super::kernels::{Combined, Ops, Task};
use super::weights::{Weighted, Weights};

/// Operations on columns whose bits have weights, or on others.
#[derive(Clone, Copy)]
pub(super) enum Called<'a, P> {
    Plain(P),
    Weighted(Weighted<'a>),
}

/// Runs a task in its one copy.
#[inline(never)]
pub(super) fn run<P: Ops, T: Task>(ops: Called<'_, P>, task: T) -> T::Output {
    task.run(ops)
}

/// Methods that are those of either.
macro_rules! either {
    ($(fn $name:ident$(<const $n:ident: usize>)?($($argument:ident: $type:ty),*) $(-> $output:ty)?;)+) => {
        $(
            #[inline(never)]
            fn $name$(<const $n: usize>)?(self, $($argument: $type),*) $(-> $output)? {
                match self {
                    Called::Plain(ops) => ops.$name$(::<$n>)?($($argument),*),
                    Called::Weighted(ops) => ops.$name$(::<$n>)?($($argument),*),
                }
            }
        )+
    };
}

impl<P: Ops> Ops for Called<'_, P> {
    // Without weights it is another way to the same result.
    const WEIGHS: bool = true;

    either! {
        fn and_count(a: &[u64], b: &[u64]) -> u32;
        fn and_into_count(a: &[u64], b: &[u64], out: &mut [u64]) -> u32;
        fn and_into(a: &[u64], b: &[u64], out: &mut [u64]);
        fn and_weigh(a: &[u64], b: &[u64], weights: &[[u32; 64]]) -> u32;
        fn bits(column: &[u64], count: u32) -> usize;
        fn narrow(baskets: &[u64], stride: usize);
        fn merge_rows(columns: &mut [u64], stride: usize) -> usize;
        fn swap_weights(other: &mut Weights);
        fn and_count_at_least(a: &[u64], b: &[u64], min: u32) -> Option<u32>;
        fn count(a: &[u64]) -> u32;
        fn compress_several<const N: usize>(columns: [&[u64]; N], mask: &[u64], out: &mut [u64], stride: usize);
        fn and_count_many(prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]);
        fn count_combinations<const N: usize>(within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined;
    }
}
