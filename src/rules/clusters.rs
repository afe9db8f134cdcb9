//! Rules that fire on the same baskets, in groups.

use std::hash::Hash;

use super::rule::Rule;
use super::rule_set::Rules;
use super::select::holds_all;
use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

impl<T: Eq + Hash> Rules<T> {
    /// The rules in groups that fire on the same baskets, those that hold both sides.
    ///
    /// The first rule in the present order leads the first group. Each other rule joins the first group whose leader
    /// fires on similar baskets (the baskets of both, as a share of the baskets of either, are at least
    /// `min_similarity`), or leads a new group. So first sort the rules by the measure that leaders should be best at.
    /// With 1, a group holds the rules that fire on exactly the same baskets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a similarity that is no fraction from 0 to
    /// 1.
    ///
    /// # Complexity
    ///
    /// For each rule a comparison with each group, of n / 64 steps for n stored rows, and one for each row of
    /// both if rows have weights; n / 8 bytes per group. Suitable for a few thousand rules.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["tea", "milk"], vec!["tea", "milk", "beer"],
    /// ])?;
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?.sorted_by(Measure::Lift);
    /// let groups = rules.clusters(&baskets, 0.9)?;
    /// assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]); // milk with tea, beer with diapers
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn clusters(
        &self,
        transactions: &Transactions<T>,
        min_similarity: f64,
    ) -> Result<Vec<Vec<Rule<'_, T>>>, Error> {
        self.clusters_with(transactions, min_similarity, &RunOptions::default())
    }

    /// As [`clusters`](Rules::clusters), with [options](RunOptions). It stays on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`clusters`](Rules::clusters), and those of [`RunOptions`].
    pub fn clusters_with(
        &self,
        transactions: &Transactions<T>,
        min_similarity: f64,
        options: &RunOptions,
    ) -> Result<Vec<Vec<Rule<'_, T>>>, Error> {
        if !(0.0..=1.0).contains(&min_similarity) {
            return Err(Error::invalid_setting("min_similarity", min_similarity, "a fraction from 0 to 1"));
        }
        options.run(|control| self.clusters_under(transactions, min_similarity, options, control))
    }

    fn clusters_under(
        &self,
        transactions: &Transactions<T>,
        min_similarity: f64,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<Vec<Rule<'_, T>>>, Error> {
        control.begin(SEARCH, self.len() as u64);
        let mut ticker = Ticker::new(control);
        let rows = transactions.rows();
        let words = rows.stored().div_ceil(64);
        let mut groups: Vec<(Vec<u64>, Vec<Rule<'_, T>>)> = Vec::new();
        for rule in self {
            let mut own = vec![0u64; words];
            if let Some(ids) = rule.ids_in(transactions) {
                for row in 0..rows.stored() {
                    ticker.check(1 + ids.len())?;
                    if holds_all(rows.row(row), &ids) {
                        own[row / 64] |= 1 << (row % 64);
                    }
                }
            }
            let like = |leader: &[u64]| {
                let words = || leader.iter().zip(&own);
                let (both, either) = (rows.weigh(words().map(|(a, b)| a & b)), rows.weigh(words().map(|(a, b)| a | b)));
                // Two rules that never fire do so on the same baskets.
                either == 0 || both as f64 / either as f64 >= min_similarity
            };
            let mut joined = None;
            for (group, (leader, _)) in groups.iter().enumerate() {
                ticker.check(1 + words / 8)?;
                if like(leader) {
                    joined = Some(group);
                    break;
                }
            }
            match joined {
                Some(group) => groups[group].1.push(rule),
                None => {
                    options.check_room(8 * (words * (groups.len() + 1)) as u64)?;
                    groups.push((own, vec![rule]));
                }
            }
            ticker.done(1);
            ticker.check(1)?;
        }
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }
}
