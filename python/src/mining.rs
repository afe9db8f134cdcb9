//! The settings of a search, and the search.

use itemset::{Constraints, Error, ItemsetList, MinSupport, Miner};
use pyo3::prelude::*;

use crate::baskets::Baskets;
use crate::errors::{invalid, raised};
use crate::itemsets::{Found, ItemsetTable};
use crate::labels::{Kind, labels_of, one_label};
use crate::run::{Run, run};

/// A threshold: a fraction, or a number of baskets.
#[derive(FromPyObject)]
pub(crate) enum Threshold {
    #[pyo3(transparent)]
    Count(u64),
    #[pyo3(transparent)]
    Fraction(f64),
}

impl From<Threshold> for MinSupport {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Count(count) => MinSupport::count(count),
            Threshold::Fraction(fraction) => fraction.into(),
        }
    }
}

/// What is searched, as the class `Miner` of Python has it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MineSettings<'py> {
    min_support: Threshold,
    target: String,
    algorithm: String,
    min_len: usize,
    max_len: Option<usize>,
    top_k: Option<usize>,
    max_itemsets: Option<u64>,
    exclude: Option<Bound<'py, PyAny>>,
    only: Option<Bound<'py, PyAny>>,
    must_contain: Option<Bound<'py, PyAny>>,
    at_most_one_of: Option<Vec<Bound<'py, PyAny>>>,
    never_with: Option<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
    item_min_support: Option<Vec<(Bound<'py, PyAny>, Threshold)>>,
    min_support_at_len: Option<Vec<(usize, Threshold)>>,
    max_support: Option<Threshold>,
}

impl MineSettings<'_> {
    /// The constraints, if there are any.
    fn constraints(&mut self, kind: Kind) -> PyResult<Option<Constraints<String>>> {
        let (mut constraints, mut are_some) = (Constraints::new(), false);
        let mut has = |is_some: bool| {
            are_some |= is_some;
            is_some
        };
        if has(self.exclude.is_some())
            && let Some(items) = &self.exclude
        {
            constraints = constraints.exclude(labels_of(items, kind, "exclude")?);
        }
        if has(self.only.is_some())
            && let Some(items) = &self.only
        {
            constraints = constraints.only(labels_of(items, kind, "only")?);
        }
        if has(self.must_contain.is_some())
            && let Some(items) = &self.must_contain
        {
            constraints = constraints.must_contain(labels_of(items, kind, "must_contain")?);
        }
        for group in self.at_most_one_of.take().into_iter().flatten() {
            has(true);
            constraints = constraints.at_most_one_of(labels_of(&group, kind, "at_most_one_of")?);
        }
        for (item, others) in self.never_with.take().into_iter().flatten() {
            has(true);
            let others = labels_of(&others, kind, "never_with")?;
            constraints = constraints.never_with(one_label(&item, kind, "never_with")?, others);
        }
        for (item, threshold) in self.item_min_support.take().into_iter().flatten() {
            has(true);
            constraints = constraints.item_min_support(one_label(&item, kind, "item_min_support")?, threshold);
        }
        for (len, threshold) in self.min_support_at_len.take().into_iter().flatten() {
            has(true);
            constraints = constraints.min_support_at_len(len, threshold);
        }
        if let Some(threshold) = self.max_support.take() {
            has(true);
            constraints = constraints.max_support(threshold);
        }
        Ok(are_some.then_some(constraints))
    }
}

/// Itemsets of baskets. All frequent ones come as such, any others as a list.
#[pyfunction]
pub(crate) fn mine(
    py: Python<'_>,
    baskets: &Bound<'_, Baskets>,
    mut settings: MineSettings<'_>,
    options: Run<'_>,
) -> PyResult<ItemsetTable> {
    let Baskets { baskets, kind } = baskets.get();
    let constraints = settings.constraints(*kind)?;
    let MineSettings { target, algorithm, min_len, max_len, top_k, max_itemsets, .. } = settings;
    let target: itemset::Target = target.parse().map_err(raised)?;
    let algorithm = algorithm.parse().map_err(raised)?;
    let is_plain = target == itemset::Target::All && constraints.is_none() && min_len == 1 && top_k.is_none();
    let mut miner = Miner::new().min_support(settings.min_support).algorithm(algorithm);
    if let (true, Some(max_len)) = (is_plain, max_len) {
        miner = miner.max_len(max_len);
    }
    if let Some(itemsets) = max_itemsets {
        miner = miner.max_itemsets(itemsets);
    }
    if min_len == 0 {
        return Err(invalid("min_len", 0, "at least 1"));
    }
    let found = run(py, &options, move |options, _| -> Result<Found, Error> {
        let miner = miner.run_options(options);
        if is_plain {
            return Ok(Found::Frequent(miner.mine(baskets)?));
        }
        let mut search = miner.search(baskets).target(target).min_len(min_len);
        if let Some(constraints) = &constraints {
            search = search.constraints(constraints);
        }
        if let Some(max_len) = max_len {
            search = search.max_len(max_len);
        }
        if let Some(k) = top_k {
            search = search.top_k(k);
        }
        let found: ItemsetList<String> = search.collect()?;
        Ok(Found::List(found))
    })?;
    Ok(ItemsetTable::new(found, *kind))
}
