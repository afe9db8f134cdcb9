//! The calls that make rules.

use super::Miner;
use super::itemsets::{collect, no_itemsets};
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
            let itemsets = control.section(0.6, || {
                self.mine_for_rules_under(control, transactions, |rules| self.with_own_settings(rules))
            })?;
            self.generate_under(control, self.with_own_settings(itemsets.rules()))
        })
    }

    /// Finds all frequent itemsets as [`mine`](Miner::mine) does, for rules that `build` describes. If they have far
    /// more rules than there is room for, this is an error before the itemsets are listed: one basket of 28 items has
    /// 2^28 itemsets, which there is room for, and 3^28 rules.
    ///
    /// `build` is called with a builder without itemsets, of which only the settings are read; make the rules with the
    /// same settings.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for too many rules.
    ///
    /// ```
    /// use itemset::{Consequents, ErrorKind, MinSupport, Miner, RuleBuilder, Transactions};
    ///
    /// fn settings(rules: RuleBuilder<'_, u32>) -> RuleBuilder<'_, u32> {
    ///     rules.min_confidence(0.5).consequents(Consequents::Any)
    /// }
    ///
    /// let basket = Transactions::from_rows([0..28])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let error = miner.mine_for_rules(&basket, settings).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
    ///
    /// let itemsets = miner.max_len(3).mine_for_rules(&basket, settings)?;
    /// assert_eq!(settings(itemsets.rules()).generate()?.len(), 28 * 27 / 2 * 2 + 28 * 27 * 26 / 6 * 6);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_for_rules<T: Ord>(
        &self,
        transactions: &Transactions<T>,
        build: impl FnOnce(RuleBuilder<'_, T>) -> RuleBuilder<'_, T>,
    ) -> Result<FrequentItemsets<T>, Error> {
        self.settings.check()?;
        self.call(|control| self.mine_for_rules_under(control, transactions, build))
    }

    fn mine_for_rules_under<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        build: impl FnOnce(RuleBuilder<'_, T>) -> RuleBuilder<'_, T>,
    ) -> Result<FrequentItemsets<T>, Error> {
        self.call_under(control, transactions, |call| {
            let nothing = no_itemsets(call)?;
            let plan = build(nothing.rules()).plan(&self.settings.run);
            collect(&call.for_rules(plan.as_ref()), None, FrequentItemsets::new)
        })
    }

    fn with_own_settings<'a, T>(&self, rules: RuleBuilder<'a, T>) -> RuleBuilder<'a, T> {
        rules.min_confidence(self.settings.min_confidence).consequents(self.settings.consequents)
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
        self.call(|control| self.generate_under(control, self.with_own_settings(itemsets.rules())))
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
