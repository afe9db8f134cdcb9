//! Runs the requested search over recoded baskets.

use super::engines::auto::Shape;
use super::engines::{apriori, eclat, fp_growth};
use super::estimate::sampling::{Effort, Sampled};
use super::output::budget::Budget;
use super::output::hand_over::BlockSender;
use super::output::itemset_output::ItemsetOutput;
use super::output::rising_threshold::RisingThreshold;
use super::output::tally::Tally;
use super::output::tree_output::TreeOutput;
use super::query::algorithm::Algorithm;
use super::query::bounds::{Bounds, CountRanges};
use super::query::target::Condensed;
use super::report::statistics::AprioriLevel;
use super::{estimate, targets};
use crate::call::control::{Control, Stopped};
use crate::threads::workers::Workers;
use crate::transactions::{EncodedRows, MiningDatabase, Rank, RankedRows, Ranking};

/// The baskets of a call, recoded for a ranking of items. Each attempt of the call searches them.
#[derive(Debug)]
pub(crate) struct PreparedRows {
    database: MiningDatabase,
    /// All baskets, including empty ones.
    baskets: u32,
}

/// What an engine found, and which engine.
#[derive(Debug)]
pub(crate) struct RunOutput<B> {
    /// The engine that ran.
    pub(crate) algorithm: Algorithm,
    /// In the canonical order.
    pub(crate) outputs: Vec<B>,
    /// The levels of Apriori from pairs on.
    pub(crate) levels: Vec<AprioriLevel>,
}

/// Calls a function with the rows of a database, whatever the width of their ranks.
macro_rules! with_rows {
    ($database:expr, |$rows:ident| $call:expr) => {
        match $database {
            MiningDatabase::U16($rows) => $call,
            MiningDatabase::U32($rows) => $call,
        }
    };
}

impl PreparedRows {
    /// Linear in the entries.
    pub(crate) fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        let database = MiningDatabase::new(rows, ranking, workers);
        workers.control().skip(0.05);
        // Baskets are numbered by a u32.
        PreparedRows { database, baskets: rows.len() as u32 }
    }

    /// Rows that are ranked already, of so many baskets.
    pub(crate) fn of_database(database: MiningDatabase, baskets: u32) -> Self {
        PreparedRows { database, baskets }
    }

    /// All frequent itemsets, by an engine.
    pub(crate) fn find_all<B: TreeOutput>(
        &self,
        algorithm: Algorithm,
        bounds: Bounds,
        workers: Workers,
    ) -> Result<RunOutput<B>, Stopped> {
        workers.control().keep_going()?;
        with_rows!(&self.database, |rows| run_engine(rows, algorithm, bounds, workers))
    }

    /// The closed, maximal or generator itemsets. `new` makes the output of a chunk.
    pub(crate) fn find_condensed<'a, K: ItemsetOutput>(
        &self,
        target: Condensed,
        bounds: Bounds,
        budget: &'a Budget,
        new: impl Fn(Option<BlockSender<'a>>) -> K + Sync,
        workers: Workers<'a>,
    ) -> Result<Vec<K>, Stopped> {
        workers.control().keep_going()?;
        with_rows!(&self.database, |rows| targets::mine(rows, self.baskets, target, bounds, budget, new, workers))
    }

    /// The lowest threshold, not below that of the bounds, at which no more itemsets are frequent than the bounds
    /// allow, and their number.
    pub(crate) fn fit(&self, bounds: Bounds, control: &Control) -> (u64, u64) {
        // One output for all: with several, the threshold would rise in each separately.
        let workers = Workers::SEQUENTIAL.watching(control);
        let ranges =
            if with_rows!(&self.database, |rows| rows.are_heavy()) { CountRanges::ROUGH } else { bounds.ranges };
        let mut here = Bounds { ranges, ..bounds };
        loop {
            let fitting: Result<Vec<RisingThreshold>, Stopped> =
                control.section(0.5, || with_rows!(&self.database, |rows| eclat::mine(rows, here, workers)));
            // A sequential search fills one output, and this one is never full. If it is missing, the call was stopped.
            match fitting.ok().and_then(|outputs| outputs.first().map(RisingThreshold::threshold)) {
                None => return (bounds.min_count.into(), 0),
                Some(Ok(found)) => return found,
                Some(Err(ranges)) => here = Bounds { min_count: ranges.first, ranges, ..here },
            }
        }
    }

    /// The number of frequent itemsets, counted or sampled. `None` if the call was stopped.
    pub(crate) fn sample(&self, bounds: Bounds, effort: Effort, control: &Control) -> Option<Sampled> {
        // On one thread: each draw depends on the one before.
        let workers = Workers::SEQUENTIAL.watching(control);
        control.keep_going().ok()?;
        with_rows!(&self.database, |rows| estimate::sampling::sample(rows, bounds, effort, workers))
    }

    /// Some of the frequent itemsets by length and perfect extensions: those that are counted in a few tenths of a second.
    pub(crate) fn count_some(&self, bounds: Bounds, workers: Workers) -> Tally {
        let effort = Effort { counting: 4 * Effort::DEFAULT.counting, ..Effort::DEFAULT };
        with_rows!(&self.database, |rows| estimate::sampling::count_some(rows, bounds, effort, workers))
    }

    /// The shape of the data, by which `Auto` chooses.
    pub(crate) fn shape(&self, bounds: Bounds, workers: Workers) -> Shape {
        with_rows!(&self.database, |rows| Shape::new(rows, bounds, workers))
    }
}

fn run_engine<R: Rank, B: TreeOutput>(
    rows: &RankedRows<R>,
    algorithm: Algorithm,
    bounds: Bounds,
    workers: Workers,
) -> Result<RunOutput<B>, Stopped> {
    let algorithm = match algorithm {
        Algorithm::Auto => Shape::new(rows, bounds, workers).algorithm(),
        algorithm => algorithm,
    };
    let (outputs, levels) = match algorithm {
        // Apriori holds its levels, where an itemset takes several times the memory it takes in a list.
        Algorithm::Apriori => apriori::mine(rows, Bounds { most: bounds.most / 8, ..bounds }, workers)?,
        Algorithm::FpGrowth => (fp_growth::mine(rows, bounds, workers)?, Vec::new()),
        Algorithm::Auto | Algorithm::Eclat => (eclat::mine(rows, bounds, workers)?, Vec::new()),
    };
    Ok(RunOutput { algorithm, outputs, levels })
}
