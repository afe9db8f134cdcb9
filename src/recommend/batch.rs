//! Many baskets at once.

use std::hash::Hash;

use super::recommender::Recommender;
use super::request::Request;
use super::scratch::Scratch;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// Rows per part, at least.
const MIN_ROWS: usize = 64;

/// Bytes of an item of the answer.
const BYTES_PER_ITEM: u64 = 24;

/// What is recommended for each of many baskets; from [`Recommender::recommend_batch`].
#[derive(Clone, Debug)]
pub struct BatchRecommendations<'r, T> {
    of: &'r Recommender<T>,
    /// Where the items of each stored row begin, and one more.
    starts: Vec<usize>,
    items: Vec<(u32, f64)>,
    /// Where the baskets of each stored row end.
    ends: Vec<usize>,
}

impl<'r, T> BatchRecommendations<'r, T> {
    /// Baskets, as the transactions had.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there were no baskets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items recommended for the basket at a position of the transactions, with their scores, the best first; `None`
    /// beyond the last.
    pub fn get(&self, position: usize) -> Option<impl ExactSizeIterator<Item = (&'r T, f64)>> {
        let row = self.ends.partition_point(|&end| end <= position);
        (row < self.ends.len()).then(|| {
            let (of, items) = (self.of, &self.items[self.starts[row]..self.starts[row + 1]]);
            items.iter().map(move |&(item, score)| (of.label(item), score))
        })
    }
}

impl<T: Eq + Hash> Recommender<T> {
    /// What [`recommend_in`](Recommender::recommend_in) gives for each of many baskets, on all threads.
    ///
    /// Filters of the request are asked once for each item, on the calling thread. The baskets may have other labels
    /// than the rules.
    ///
    /// ```
    /// use itemset::recommend::Request;
    /// use itemset::{Miner, RunOptions, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
    /// ])?;
    /// let recommender = Miner::new().min_support(0.25).rules(&baskets)?.recommender().build()?;
    /// let today = Transactions::from_rows([vec!["beer"], vec!["wipes", "towels"]])?;
    /// let found = recommender.recommend_batch(&today, &Request::new(1), &RunOptions::new())?;
    /// let best: Vec<_> = found.get(1).unwrap().collect();
    /// assert_eq!(best, [(&"diapers", 1.0)]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`].
    pub fn recommend_batch(
        &self,
        baskets: &Transactions<T>,
        request: &Request<'_, T>,
        options: &RunOptions,
    ) -> Result<BatchRecommendations<'_, T>, Error> {
        options.run(|control| {
            let rows = baskets.rows();
            let per_row = request.k.min(self.index.item_count()) as u64;
            options.check_room(BYTES_PER_ITEM.saturating_mul(per_row).saturating_mul(rows.stored() as u64))?;
            let labels = baskets.dictionary().labels().iter();
            let numbers: Vec<Option<u32>> = labels.map(|label| self.item(label)).collect();
            let wanted = request.resolve(&self.index, |item| self.label(item));
            // The labels stay on this thread.
            let (index, scoring, k) = (&self.index, &self.scoring, request.k);
            control.begin(SEARCH, rows.stored() as u64);
            let parts = options.on_threads(control, |workers| {
                workers.run_parts(&workers.parts(rows.stored(), MIN_ROWS), |part| {
                    let (mut scratch, mut ticker) = (Scratch::new(), Ticker::new(workers.control()));
                    let mut wanted = |item| wanted.as_ref().is_none_or(|set| set.contains(item));
                    let (mut lens, mut items) = (Vec::with_capacity(part.len()), Vec::new());
                    for stored in part {
                        scratch.begin(index.item_count());
                        let known = rows.row(stored).iter().filter_map(|&id| numbers[id as usize]);
                        known.for_each(|item| scratch.push(item));
                        scratch.fire(index);
                        scratch.rank(index, scoring, k, &mut wanted);
                        lens.push(scratch.found.len());
                        items.extend(scratch.found.iter().map(|found| (found.item, found.score)));
                        ticker.done(1);
                        if ticker.step(100 + scratch.fired.len()).is_break() {
                            break;
                        }
                    }
                    (lens, items)
                })
            })?;
            let (mut starts, mut items) = (vec![0], Vec::new());
            for (lens, mut of_part) in parts {
                lens.into_iter().for_each(|len| starts.push(starts[starts.len() - 1] + len));
                items.append(&mut of_part);
            }
            let ends = (0..rows.stored()).map(|stored| rows.positions(stored).end).collect();
            Ok(BatchRecommendations { of: self, starts, items, ends })
        })
    }
}
