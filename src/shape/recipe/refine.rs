//! What is done to baskets once they are made: filters, categories, lacks, samples.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::report::ShapeReport;
use super::settings::Recipe;
use crate::error::Error;
use crate::shape::Taxonomy;
use crate::transactions::{Basket, Transactions};

/// Baskets, and the label and the kind of each item.
pub(super) struct Refined {
    pub(super) baskets: Transactions<String>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) taxonomy: Option<Taxonomy<String>>,
}

impl Recipe {
    /// Filters baskets, adds categories and lacks, and takes a sample, in this order.
    pub(super) fn refine(
        &self,
        baskets: Transactions<String>,
        labels: Vec<(String, String)>,
        report: &mut ShapeReport,
    ) -> Result<Refined, Error> {
        let mut refined = Refined { baskets, labels, taxonomy: self.taxonomy_of_pairs()? };
        refined.filter(self, report)?;
        refined.generalise()?;
        refined.add_lacks(&self.absent, report)?;
        #[cfg(feature = "random")]
        refined.sample(self, report)?;
        report.baskets = refined.baskets.len() as u64;
        Ok(refined)
    }

    pub(super) fn taxonomy_of_pairs(&self) -> Result<Option<Taxonomy<String>>, Error> {
        match &self.taxonomy[..] {
            [] => Ok(None),
            pairs => Taxonomy::new(pairs.iter().cloned()).map(Some),
        }
    }
}

impl Refined {
    fn filter(&mut self, recipe: &Recipe, report: &mut ShapeReport) -> Result<(), Error> {
        let filter = &recipe.filter;
        if filter.keeps_all() {
            return Ok(());
        }
        if filter.needs_fit() {
            let value = "the items of the filter are not fitted";
            return Err(Error::invalid_setting("recipe", value, "a recipe after `fit`"));
        }
        let is_plain = |kind: &String| recipe.items.contains(kind);
        let before = self.labels.len();
        if !filter.keeps_items() {
            self.labels.retain(|(label, kind)| !is_plain(kind) || filter.keeps_item(label));
            let kept: BTreeSet<&str> = self.labels.iter().map(|(label, _)| label.as_str()).collect();
            self.baskets = self.baskets.map_items(|label| kept.contains(label.as_str()).then(|| label.clone()))?;
        }
        report.items_left_out = (before - self.labels.len()) as u64;
        let before = self.baskets.len();
        if !filter.keeps_baskets() {
            let plain = self.labels.iter().filter(|(_, kind)| is_plain(kind)).map(|(label, _)| label.as_str());
            let plain: BTreeSet<&str> = plain.collect();
            // By number, as each basket is looked at.
            let labels = self.baskets.dictionary().labels();
            let is_counted: Vec<bool> = labels.iter().map(|label| plain.contains(label.as_str())).collect();
            let len = |basket: Basket<'_, String>| basket.ids().filter(|id| is_counted[id.index()]).count();
            self.baskets = self.baskets.filter(|basket| filter.keeps_basket(len(basket)));
        }
        report.baskets_left_out = (before - self.baskets.len()) as u64;
        Ok(())
    }

    /// Adds what is above items, with the kind of the first item below.
    fn generalise(&mut self) -> Result<(), Error> {
        let Some(taxonomy) = &self.taxonomy else { return Ok(()) };
        self.baskets = taxonomy.extend(&self.baskets)?;
        let mut kinds: HashMap<String, String> = self.labels.iter().cloned().collect();
        for (label, kind) in self.labels.clone() {
            for above in taxonomy.ancestors(&label) {
                if !kinds.contains_key(above) {
                    kinds.insert(above.clone(), kind.clone());
                    self.labels.push((above.clone(), kind.clone()));
                }
            }
        }
        Ok(())
    }

    fn add_lacks(&mut self, absent: &[String], report: &mut ShapeReport) -> Result<(), Error> {
        let mut lacks: Vec<(String, String)> = Vec::new();
        for item in absent.iter().collect::<BTreeSet<_>>() {
            let is_there = self.baskets.count_of(item).is_some();
            match self.labels.iter().find(|(label, _)| is_there && label == item) {
                Some(known) => lacks.push(known.clone()),
                None => report.never_bought.push(item.clone()),
            }
        }
        if !lacks.is_empty() {
            let items = lacks.iter().map(|(label, _)| label.as_str());
            self.baskets = self.baskets.with_absent(items, |label| format!("!{label}"))?;
            self.labels.extend(lacks.into_iter().map(|(label, kind)| (format!("!{label}"), kind)));
        }
        Ok(())
    }

    #[cfg(feature = "random")]
    fn sample(&mut self, recipe: &Recipe, report: &mut ShapeReport) -> Result<(), Error> {
        let Some(sampling) = &recipe.sample else { return Ok(()) };
        (self.baskets, report.sample) = sampling.portion.draw(&self.baskets, sampling.seed)?;
        Ok(())
    }
}
