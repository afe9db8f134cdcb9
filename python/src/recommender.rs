//! The class of recommenders.

use hashbrown::HashMap;
use itemset::recommend::{Policy, Reason, Recommender, Request, Scratch};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::{invalid, raised};
use crate::labels::{Kind, Objects, labels_of, one_label};
use crate::rules::{Row, RuleTable};
use crate::run::{Run, run};

/// Rules at work, and what their labels are.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct RecommenderTable {
    recommender: Recommender<String>,
    kind: Kind,
}

/// An item, its score, whether no rule speaks for it, and why it is there, in words.
type Recommended<'py> = (Bound<'py, PyAny>, f64, bool, String);

impl RuleTable {
    pub(crate) fn recommender_of(
        &self,
        py: Python<'_>,
        policy: &str,
        margins: Option<Vec<(Bound<'_, PyAny>, f64)>>,
        fill: bool,
        options: &Run<'_>,
    ) -> PyResult<RecommenderTable> {
        let policy: Policy = policy.parse().map_err(raised)?;
        let margins = margins.map(|margins| -> PyResult<HashMap<String, f64>> {
            margins.iter().map(|(item, margin)| Ok((one_label(item, self.kind, "margins")?, *margin))).collect()
        });
        let margins = margins.transpose()?;
        if let Some(margins) = &margins {
            // Of the rules that are there, each item needs one.
            let labels = self.rules.iter().flat_map(|rule| rule.antecedent().chain(rule.consequent()));
            if let Some(label) = labels.into_iter().find(|label| !margins.contains_key(*label)) {
                return Err(invalid("margins", format_args!("none for {label}"), "one for each item of the rules"));
            }
        }
        let recommender = run(py, options, |options, _| {
            let mut builder = self.rules.recommender().policy(policy).fill(fill).run_options(&options);
            if let Some(margins) = &margins {
                builder = builder.margins(|label: &String| margins.get(label).copied().unwrap_or(0.0));
            }
            builder.build()
        })?;
        Ok(RecommenderTable { recommender, kind: self.kind })
    }
}

#[pymethods]
impl RecommenderTable {
    /// The rules.
    fn __len__(&self) -> usize {
        self.recommender.len()
    }

    /// The baskets that the rules are from.
    fn basket_count(&self) -> u64 {
        self.recommender.basket_count()
    }

    /// For each basket the best items, of some and without others.
    #[pyo3(signature = (baskets, k, only, without))]
    fn recommend<'py>(
        &self,
        baskets: Vec<Bound<'py, PyAny>>,
        k: usize,
        only: Option<Bound<'py, PyAny>>,
        without: Option<Bound<'py, PyAny>>,
        py: Python<'py>,
    ) -> PyResult<Vec<Vec<Recommended<'py>>>> {
        let set = |items: Option<Bound<'py, PyAny>>, setting: &str| -> PyResult<_> {
            let labels = items.map(|items| labels_of(&items, self.kind, setting)).transpose()?;
            Ok(labels.map(|labels| self.recommender.item_set(labels.iter().map(String::as_str))))
        };
        let (only, without) = (set(only, "only")?, set(without, "without")?);
        let mut request = Request::new(k);
        if let Some(only) = &only {
            request = request.only(only);
        }
        if let Some(without) = &without {
            request = request.without(without);
        }
        let (mut scratch, mut objects) = (Scratch::new(), Objects::new(py, self.kind));
        let mut all = Vec::with_capacity(baskets.len());
        for basket in &baskets {
            let labels = labels_of(basket, self.kind, "basket")?;
            let found = self.recommender.recommend_in(&mut scratch, labels.iter().map(String::as_str), &request);
            let rows = found.iter().map(|item| {
                let reason = item.reasons().first().map_or("as it is popular".to_string(), ToString::to_string);
                Ok((objects.get(item.item())?, item.score(), item.is_popular(), reason))
            });
            all.push(rows.collect::<PyResult<_>>()?);
        }
        Ok(all)
    }

    /// The rules that fire for a basket, the best first: all, or those that speak for an item.
    #[pyo3(signature = (basket, item))]
    fn explain<'py>(&self, basket: &Bound<'py, PyAny>, item: Option<Bound<'py, PyAny>>) -> PyResult<Vec<Row<'py>>> {
        let labels = labels_of(basket, self.kind, "basket")?;
        let item = item.map(|item| one_label(&item, self.kind, "item")).transpose()?;
        let mut objects = Objects::new(basket.py(), self.kind);
        let fired = self.recommender.fired(labels.iter().map(String::as_str));
        let speaks =
            |reason: &&Reason<'_, String>| item.as_ref().is_none_or(|item| reason.consequent().contains(&item));
        let mut row = |reason: &Reason<'_, String>| {
            let mut side = |labels: &[&String]| PyTuple::new(basket.py(), objects.all(labels.iter().copied())?);
            let counts = reason.counts();
            let (antecedent, consequent) = (side(reason.antecedent())?, side(reason.consequent())?);
            Ok((antecedent, consequent, counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()))
        };
        fired.iter().filter(speaks).map(&mut row).collect()
    }
}
