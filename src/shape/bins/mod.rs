//! Numbers to bins: prices, ages and quantities become a few items.
//!
//! In come numbers, for some methods with a class each; out go [`Bins`], a value that puts numbers of any other data in
//! the same bins.
//!
//! | file | its part |
//! |---|---|
//! | `bins` | cuts and labels; the bin of a number |
//! | `numbers` | checks and sorts numbers, and counts equal ones |
//! | `equal` | bins of equal width or frequency, and quantiles |
//! | `k_means` | bins around means, with the least squared distance |
//! | `classes` | how often each class occurs on both sides of a cut |
//! | `entropy` | bins that tell classes apart, by the description length |
//! | `chi_merge` | bins that tell classes apart, by the chi-squared test |
//! | `serde_form` | the stored form |

#[allow(clippy::module_inception)]
mod bins;
mod chi_merge;
mod classes;
mod entropy;
mod equal;
mod k_means;
mod numbers;
#[cfg(feature = "serde")]
mod serde_form;

pub use bins::Bins;
