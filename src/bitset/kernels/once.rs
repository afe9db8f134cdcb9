//! Kernels for a single use: each call picks the instruction set anew.

#![deny(unsafe_code)]

use super::{Isa, Ops, Task};

/// A function that runs one kernel on the best instruction set.
macro_rules! one_off {
    ($($name:ident($($argument:ident: $type:ty),+) $(-> $output:ty)?;)+) => {$(
        #[doc = concat!("[`Ops::", stringify!($name), "`] on the best instruction set, for a single use.")]
        pub fn $name<'a>($($argument: $type),+) $(-> $output)? {
            struct Call<'a> {
                $($argument: $type,)+
                lifetime: std::marker::PhantomData<&'a ()>,
            }
            impl<'a> Task for Call<'a> {
                type Output = one_off!(@output $($output)?);
                #[inline(always)]
                fn run<O: Ops>(self, ops: O) -> Self::Output {
                    ops.$name($(self.$argument),+)
                }
            }
            Isa::detect().run(Call { $($argument,)+ lifetime: std::marker::PhantomData })
        }
    )+};
    (@output) => { () };
    (@output $output:ty) => { $output };
}

one_off! {
    and_count(a: &'a [u64], b: &'a [u64]) -> u32;
    and_into_count(a: &'a [u64], b: &'a [u64], out: &'a mut [u64]) -> u32;
    and_count_at_least(a: &'a [u64], b: &'a [u64], min: u32) -> Option<u32>;
    count(a: &'a [u64]) -> u32;
    compress(src: &'a [u64], mask: &'a [u64], out: &'a mut [u64]) -> usize;
    and_count_many(prefix: &'a [u64], columns: &'a [u64], stride: usize, n: usize, counts: &'a mut [u32]);
}
