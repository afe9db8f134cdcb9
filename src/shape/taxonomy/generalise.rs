//! Baskets with their categories, and the itemsets of all levels.

use std::borrow::Cow;
use std::hash::Hash;

use super::Taxonomy;
use crate::constraints::Constraints;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::miner::Miner;
use crate::transactions::Transactions;

impl<T: Eq + Hash + Clone> Taxonomy<T> {
    /// The baskets with everything that is above their items. What is above no item of a basket is in none.
    ///
    /// Linear in the entries of the result, apart from sorting each row.
    ///
    /// # Errors
    ///
    /// Those of [`TransactionsBuilder::build`](crate::TransactionsBuilder::build).
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::Taxonomy;
    ///
    /// let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer"), ("beer", "drinks"), ("chips", "snacks")])?;
    /// let baskets = Transactions::from_rows([vec!["ale", "lager"], vec!["wipes"]])?;
    /// let extended = taxonomy.extend(&baskets)?;
    /// assert_eq!((extended.count_of("beer"), extended.count_of("drinks")), (Some(1), Some(1)));
    /// assert_eq!((extended.entries(), extended.count_of("snacks")), (5, None));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn extend(&self, transactions: &Transactions<T>) -> Result<Transactions<T>, Error> {
        let labels = transactions.dictionary().labels();
        // Items keep their numbers.
        let mut dictionary = Dictionary::from_labels(labels.iter().cloned())?;
        let mut rows: Vec<Vec<u32>> = Vec::with_capacity(labels.len());
        // Items are numbered by a u32.
        for (id, label) in (0..).zip(labels) {
            let above = self.ancestors(label).map(|label| dictionary.intern(label.clone()));
            rows.push(std::iter::once(Ok(id)).chain(above).collect::<Result<_, _>>()?);
        }
        transactions.replaced(dictionary, |id| &rows[id as usize])
    }

    /// Whether all baskets have everything that is above their items.
    fn is_extended(&self, transactions: &Transactions<T>) -> bool {
        let dictionary = transactions.dictionary();
        let above = |label: &T| -> Option<Vec<u32>> {
            self.ancestors(label).map(|label| dictionary.id(label).map(|id| id.0)).collect()
        };
        // `None` of an item above which something is in no basket.
        let above: Vec<Option<Vec<u32>>> = dictionary.labels().iter().map(above).collect();
        transactions.rows().weighted().all(|(row, _)| {
            let has = |above: &Vec<u32>| above.iter().all(|id| row.binary_search(id).is_ok());
            row.iter().all(|&id| above[id as usize].as_ref().is_some_and(has))
        })
    }

    /// Constraints by which no itemset has an item together with one that is above it: that tells nothing. For
    /// [`Search::constraints`](crate::Search::constraints), with baskets that are [extended](Taxonomy::extend).
    ///
    /// ```
    /// use itemset::shape::Taxonomy;
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer")])?;
    /// let baskets = taxonomy.extend(&Transactions::from_rows([["ale", "diapers"], ["lager", "diapers"]])?)?;
    /// let miner = Miner::new().min_support(MinSupport::count(2));
    /// // Another threshold for what is at the lowest level.
    /// let mut constraints = taxonomy.constraints().min_len(2);
    /// for label in taxonomy.at_level(1) {
    ///     constraints = constraints.item_min_support(*label, MinSupport::count(1));
    /// }
    /// assert_eq!(miner.search(&baskets).constraints(&constraints).collect()?.len(), 3);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn constraints(&self) -> Constraints<T> {
        let mut constraints = Constraints::new();
        for label in self.labels() {
            let above: Vec<T> = self.ancestors(label).cloned().collect();
            if !above.is_empty() {
                constraints = constraints.never_with(label.clone(), above);
            }
        }
        constraints
    }

    /// All frequent itemsets of all levels: products, categories and departments together, but none with what is above
    /// one of its items. Counts are those of the [extended](Taxonomy::extend) baskets; those that are extended already are
    /// not copied.
    ///
    /// Rules are made from them as from any itemsets; none is trivial, as {beer} => {drinks} is. Those that a more
    /// general rule explains are left out by [`interesting`](Taxonomy::interesting).
    ///
    /// # Source
    ///
    /// R. Srikant, R. Agrawal: Mining generalized association rules, VLDB 1995.
    ///
    /// # Errors
    ///
    /// Those of [`Search::collect`](crate::Search::collect).
    ///
    /// # Complexity
    ///
    /// That of a search under constraints among all items and what is above them.
    pub fn mine(&self, miner: &Miner, transactions: &Transactions<T>) -> Result<FrequentItemsets<T>, Error>
    where
        T: Ord + Send + Sync,
    {
        let extended = match self.is_extended(transactions) {
            true => Cow::Borrowed(transactions),
            false => Cow::Owned(self.extend(transactions)?),
        };
        miner.search(&extended).constraints(&self.constraints()).collect()?.into_frequent()
    }
}
