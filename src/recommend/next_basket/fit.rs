//! The weights that would have been best.

use std::hash::Hash;

use hashbrown::HashSet;

use super::scorer::NextBasket;
use super::weights::HabitWeights;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::run_options::RunOptions;

/// What is tried. Few weights of few values cannot fit chance.
const DECAYS: [f64; 6] = [0.6, 0.7, 0.8, 0.9, 0.95, 1.0];
const PAIRS: [f64; 6] = [0.0, 0.05, 0.1, 0.2, 0.5, 1.0];
const POPULARITIES: [f64; 3] = [0.001, 0.01, 0.1];

/// Customers whose last baskets are looked at: of more, every n-th.
const CUSTOMERS: usize = 2000;

impl<T: Clone + Eq + Hash + Ord> NextBasket<T> {
    /// Learns from the baskets of customers, the oldest first, and fits the weights to lists of `k` items.
    ///
    /// The last basket of each customer who has at least two is held out; each combination of 6 decays, 6 weights of
    /// pairs and 3 of popularity is tried on 2000 of these customers at most (of more, every n-th), with what is learned
    /// from all earlier baskets. The best mean recall wins; of equal ones, the first: the smaller weight of pairs, then
    /// of popularity, then the smaller decay. Then it learns from all baskets. Without such a customer the weights are
    /// [`HabitWeights::new`].
    ///
    /// The baskets to be foretold must not be among these: give it the histories of a [trial](crate::recommend).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a k of 0.
    pub fn fit<H: AsRef<[Vec<T>]>>(customers: impl IntoIterator<Item = H>, k: usize) -> Result<Self, Error> {
        NextBasket::fit_with(customers, k, &RunOptions::new())
    }

    /// As [`fit`](NextBasket::fit), with [options](RunOptions). It runs on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`fit`](NextBasket::fit), and those of [`RunOptions`].
    pub fn fit_with<H: AsRef<[Vec<T>]>>(
        customers: impl IntoIterator<Item = H>,
        k: usize,
        options: &RunOptions,
    ) -> Result<Self, Error> {
        options.run(|control| {
            if k == 0 {
                return Err(Error::invalid_setting("k", 0, "a number of at least 1"));
            }
            let customers: Vec<H> = customers.into_iter().collect();
            let customers: Vec<&[Vec<T>]> = customers.iter().map(AsRef::as_ref).collect();
            let held_out = customers.iter().filter_map(|baskets| match baskets {
                [earlier @ .., last] if !earlier.is_empty() && !last.is_empty() => Some((earlier, last)),
                _ => None,
            });
            let mut held_out: Vec<(&[Vec<T>], &Vec<T>)> = held_out.collect();
            let every = held_out.len().div_ceil(CUSTOMERS).max(1);
            held_out = held_out.into_iter().step_by(every).collect();
            control.begin(SEARCH, (DECAYS.len() * held_out.len()) as u64);
            let mut ticker = Ticker::new(control);
            let mut weights = HabitWeights::new();
            if !held_out.is_empty() {
                let earlier = customers.iter().flat_map(|baskets| match baskets {
                    [earlier @ .., _] if !earlier.is_empty() => earlier,
                    all => *all,
                });
                let model = NextBasket::learn(earlier, weights, &mut ticker)?;
                weights = model.best_weights(&held_out, k, &mut ticker)?;
            }
            let baskets = customers.iter().flat_map(|baskets| baskets.iter());
            NextBasket::learn(baskets, weights, &mut ticker)
        })
    }

    fn best_weights(
        &self,
        held_out: &[(&[Vec<T>], &Vec<T>)],
        k: usize,
        ticker: &mut Ticker<'_>,
    ) -> Result<HabitWeights, Error> {
        let mut tried: Vec<(HabitWeights, f64)> = Vec::new();
        for decay in DECAYS {
            let weights = |pairs| POPULARITIES.map(|popularity| HabitWeights { decay, pairs, popularity });
            let mut recalls: Vec<(HabitWeights, f64)> =
                PAIRS.into_iter().flat_map(weights).map(|of| (of, 0.0)).collect();
            for &(earlier, last) in held_out {
                let parts = self.parts(&[], earlier, decay, k);
                let hidden: HashSet<&T> = last.iter().collect();
                for (weights, recall) in &mut recalls {
                    let mut scored: Vec<(f64, Option<&T>)> =
                        parts.iter().map(|(item, parts)| (parts.score(weights), self.pairs.label(*item))).collect();
                    let order =
                        |a: &(f64, Option<&T>), b: &(f64, Option<&T>)| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1));
                    let k = k.min(scored.len());
                    if 0 < k && k < scored.len() {
                        scored.select_nth_unstable_by(k - 1, order);
                    }
                    let hits = scored[..k].iter().filter(|(_, item)| item.is_some_and(|item| hidden.contains(item)));
                    *recall += hits.count() as f64 / hidden.len() as f64;
                    ticker.check(1 + parts.len())?;
                }
                ticker.done(1);
            }
            tried.append(&mut recalls);
        }
        let mut best: Option<(HabitWeights, f64)> = None;
        tried.sort_by(|(a, _), (b, _)| {
            let by_weights = a.pairs.total_cmp(&b.pairs).then_with(|| a.popularity.total_cmp(&b.popularity));
            by_weights.then_with(|| a.decay.total_cmp(&b.decay))
        });
        for (weights, recall) in tried {
            if best.is_none_or(|(_, most)| recall > most) {
                best = Some((weights, recall));
            }
        }
        Ok(best.map_or_else(HabitWeights::new, |(weights, _)| weights))
    }
}
