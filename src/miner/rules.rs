//! The calls that make rules.

use super::Miner;
use crate::call::control::Control;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::rules::{RuleBuilder, Rules};
use crate::transactions::Transactions;

/// # Make rules
impl Miner {
    /// Finds all association rules that reach both thresholds, in the canonical order.
    ///
    /// The same as [`mine`](Miner::mine) followed by [`FrequentItemsets::rules`] with this miner's min confidence and
    /// consequents.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the min
    /// confidence is not from 0 to 1.
    pub fn rules<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Rules<T>, Error> {
        self.call(|control| {
            let itemsets = control.section(0.6, || self.mine_under(control, transactions))?;
            self.rules_under(control, &itemsets)
        })
    }

    /// Makes the rules of itemsets that were mined before, with this miner's min confidence, consequents and threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the min confidence is not from 0 to 1,
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` rules.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec!["chips"]])?;
    /// let miner = Miner::new().min_support(0.3).min_confidence(0.5);
    /// let itemsets = miner.mine(&baskets)?;
    /// assert_eq!(miner.rules_of(&itemsets)?, miner.rules(&baskets)?);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn rules_of<T>(&self, itemsets: &FrequentItemsets<T>) -> Result<Rules<T>, Error> {
        self.call(|control| self.rules_under(control, itemsets))
    }

    fn rules_under<T>(&self, control: &Control, itemsets: &FrequentItemsets<T>) -> Result<Rules<T>, Error> {
        let rules = itemsets.rules().min_confidence(self.settings.min_confidence);
        self.generate_under(control, rules.consequents(self.settings.consequents))
    }

    /// Runs a rule builder on this miner's threads. All other settings are those of the builder.
    ///
    /// # Errors
    ///
    /// Those of [`RuleBuilder::generate`], and those of this miner's settings.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let miner = Miner::new().min_support(0.3).threads(1);
    /// let itemsets = miner.mine(&baskets)?;
    /// let rules = miner.generate_rules(itemsets.rules().min(Measure::Lift, 1.2))?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn generate_rules<T>(&self, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.call(|control| self.generate_under(control, rules))
    }

    fn generate_under<T>(&self, control: &Control, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.settings.check()?;
        rules.generate_under(&self.settings.run, control)
    }
}
