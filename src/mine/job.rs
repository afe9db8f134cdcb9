//! One search, from encoded rows to filled branches.

use super::{Algorithm, Bounds, Branch, Full, Level, apriori, eclat, fp_growth};
use crate::transactions::{EncodedRows, MiningDatabase, Rank, RankedRows, Ranking};
use crate::workers::Workers;

/// What a search is to do, without the labels' type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) rows: EncodedRows<'a>,
    pub(crate) ranking: &'a Ranking,
    pub(crate) algorithm: Algorithm,
    pub(crate) bounds: Bounds,
}

/// The branches of a search in the canonical order, and the levels of Apriori from pairs on.
pub(crate) type Outcome<B> = Result<(Vec<B>, Vec<Level>), Full>;

impl Job<'_> {
    /// The algorithm that runs.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self.algorithm {
            Algorithm::Auto => Algorithm::Eclat,
            algorithm => algorithm,
        }
    }

    /// Recodes the rows and searches them.
    pub(crate) fn run<B: Branch>(&self, workers: Workers) -> Outcome<B> {
        match &MiningDatabase::new(self.rows, self.ranking, workers) {
            MiningDatabase::Narrow(rows) => self.run_engine(rows, workers),
            MiningDatabase::Wide(rows) => self.run_engine(rows, workers),
        }
    }

    fn run_engine<R: Rank, B: Branch>(&self, rows: &RankedRows<R>, workers: Workers) -> Outcome<B> {
        // What one branch may take, as each thread fills its own.
        let bounds = Bounds { most: self.bounds.most / workers.threads(), ..self.bounds };
        match self.algorithm() {
            // It holds its levels, in which an itemset takes several times as much room as in a list.
            Algorithm::Apriori => apriori::mine(rows, Bounds { most: bounds.most / 8, ..bounds }, workers),
            Algorithm::FpGrowth => Ok((fp_growth::mine(rows, bounds, workers)?, Vec::new())),
            Algorithm::Auto | Algorithm::Eclat => Ok((eclat::mine(rows, bounds, workers)?, Vec::new())),
        }
    }
}
