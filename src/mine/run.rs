//! One search, from encoded rows to filled branches.

use super::engines::auto::Shape;
use super::engines::{apriori, eclat, fp_growth};
use super::estimate::sampling::{Effort, Sampled};
use super::output::rising_threshold::RisingThreshold;
use super::output::tree_output::TreeOutput;
use super::query::algorithm::Algorithm;
use super::query::bounds::{Bounds, Stopped};
use super::query::target::Target;
use super::report::statistics::AprioriLevel;
use super::{estimate, targets};
use crate::call::control::Control;
use crate::mine::output::itemset_output::ItemsetOutput;
use crate::threads::workers::Workers;
use crate::transactions::{EncodedRows, MiningDatabase, Rank, RankedRows, Ranking};

/// What a search is to do, without the labels' type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SearchRun<'a> {
    pub(crate) rows: EncodedRows<'a>,
    pub(crate) ranking: &'a Ranking,
    pub(crate) algorithm: Algorithm,
    /// What is searched for by [`run_for_target`](SearchRun::run_for_target).
    pub(crate) target: Target,
    pub(crate) bounds: Bounds,
}

/// What a search found, or that it was more than it may hold.
pub(crate) type RunResult<B> = Result<RunOutput<B>, Stopped>;

/// What a search found, and how.
#[derive(Debug)]
pub(crate) struct RunOutput<B> {
    /// The engine that ran.
    pub(crate) algorithm: Algorithm,
    /// In the canonical order.
    pub(crate) branches: Vec<B>,
    /// Those of Apriori from pairs on.
    pub(crate) levels: Vec<AprioriLevel>,
}

impl SearchRun<'_> {
    /// Recodes the rows and searches them.
    pub(crate) fn run<B: TreeOutput>(&self, workers: Workers) -> RunResult<B> {
        let database = MiningDatabase::new(self.rows, self.ranking, workers);
        workers.control().skip(0.05);
        if workers.should_stop() {
            return Err(Stopped);
        }
        match &database {
            MiningDatabase::U16(rows) => self.run_engine(rows, workers),
            MiningDatabase::U32(rows) => self.run_engine(rows, workers),
        }
    }

    /// The smallest threshold, not below the one of the bounds, at which no more itemsets are frequent than they allow, and how
    /// many are frequent at it.
    pub(crate) fn fit(&self, control: &Control) -> (u64, u64) {
        // One branch for all: with several, the threshold would rise in each for itself.
        let workers = Workers::SEQUENTIAL.watching(control);
        let fitting: Result<Vec<RisingThreshold>, Stopped> =
            match &MiningDatabase::new(self.rows, self.ranking, workers) {
                MiningDatabase::U16(rows) => eclat::mine(rows, self.bounds, workers),
                MiningDatabase::U32(rows) => eclat::mine(rows, self.bounds, workers),
            };
        // A sequential search fills one branch, and this one is never full: without it, the call was ended.
        fitting
            .ok()
            .and_then(|branches| branches.first().map(RisingThreshold::threshold))
            .unwrap_or((self.bounds.min_count.into(), 0))
    }

    /// How many itemsets there are, counted or sampled; `None` where the call was ended.
    pub(crate) fn sample(&self, effort: Effort, control: &Control) -> Option<Sampled> {
        // One thread, whatever the others: draws follow each other.
        let workers = Workers::SEQUENTIAL.watching(control);
        let database = MiningDatabase::new(self.rows, self.ranking, workers);
        control.skip(0.05);
        if control.should_stop() {
            return None;
        }
        match &database {
            MiningDatabase::U16(rows) => estimate::sampling::sample(rows, self.bounds, effort, workers),
            MiningDatabase::U32(rows) => estimate::sampling::sample(rows, self.bounds, effort, workers),
        }
    }

    /// Recodes the rows and searches them for the itemsets of a target other than all.
    pub(crate) fn run_for_target<K: ItemsetOutput>(&self, workers: Workers) -> RunResult<K> {
        let bounds = self.bounds;
        // Baskets are numbered by a u32.
        let baskets = self.rows.len() as u32;
        let database = MiningDatabase::new(self.rows, self.ranking, workers);
        workers.control().skip(0.05);
        if workers.should_stop() {
            return Err(Stopped);
        }
        let branches = match &database {
            MiningDatabase::U16(rows) => targets::mine(rows, baskets, self.target, bounds, workers)?,
            MiningDatabase::U32(rows) => targets::mine(rows, baskets, self.target, bounds, workers)?,
        };
        Ok(RunOutput { algorithm: Algorithm::Eclat, branches, levels: Vec::new() })
    }

    /// Recodes the rows and looks at them, by which `Auto` picks.
    pub(crate) fn shape(&self, workers: Workers) -> Shape {
        match &MiningDatabase::new(self.rows, self.ranking, workers) {
            MiningDatabase::U16(rows) => Shape::new(rows, self.bounds, workers),
            MiningDatabase::U32(rows) => Shape::new(rows, self.bounds, workers),
        }
    }

    fn run_engine<R: Rank, B: TreeOutput>(&self, rows: &RankedRows<R>, workers: Workers) -> RunResult<B> {
        let algorithm = match self.algorithm {
            Algorithm::Auto => Shape::new(rows, self.bounds, workers).algorithm(),
            algorithm => algorithm,
        };
        let bounds = self.bounds;
        let (branches, levels) = match algorithm {
            // It holds its levels, in which an itemset takes several times as much room as in a list.
            Algorithm::Apriori => apriori::mine(rows, Bounds { most: bounds.most / 8, ..bounds }, workers)?,
            Algorithm::FpGrowth => (fp_growth::mine(rows, bounds, workers)?, Vec::new()),
            Algorithm::Auto | Algorithm::Eclat => (eclat::mine(rows, bounds, workers)?, Vec::new()),
        };
        Ok(RunOutput { algorithm, branches, levels })
    }
}
