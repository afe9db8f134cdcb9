//! The engines and the numbers of threads that no result may depend on.

use itemset::Algorithm;

/// What a miner can be set to: an engine, or `Auto`, which picks one.
pub(crate) const ALGORITHMS: &[Algorithm] = Algorithm::ALL;

/// The engines alone: `Auto` is the first of all.
pub(crate) const ENGINES: &[Algorithm] = Algorithm::ALL.split_at(1).1;

/// One thread alone, two, and more than the machine may have. Without `rayon` more than one is an error.
pub(crate) const THREADS: &[usize] = if cfg!(feature = "rayon") { &[1, 2, 8] } else { &[1] };

/// The same for tests that make many calls: a pool of eight threads takes longer to start than a small search.
pub(crate) const FEW_THREADS: &[usize] = if cfg!(feature = "rayon") { &[1, 2] } else { &[1] };
