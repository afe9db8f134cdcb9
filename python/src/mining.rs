//! The settings of a search, and the search.

use itemset::{Constraints, MinSupport, Miner, Partial, Search, Target, Transactions};
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

/// A search, without objects of Python.
pub(crate) struct Request {
    pub(crate) miner: Miner,
    target: Target,
    constraints: Option<Constraints<String>>,
    min_len: usize,
    max_len: Option<usize>,
    top_k: Option<usize>,
}

impl Request {
    pub(crate) fn new(mut settings: MineSettings<'_>, kind: Kind) -> PyResult<Self> {
        let constraints = settings.constraints(kind)?;
        let MineSettings { target, algorithm, min_len, max_len, top_k, max_itemsets, .. } = settings;
        let algorithm = algorithm.parse().map_err(raised)?;
        let mut miner = Miner::new().min_support(settings.min_support).algorithm(algorithm);
        if let Some(itemsets) = max_itemsets {
            miner = miner.max_itemsets(itemsets);
        }
        if min_len == 0 {
            return Err(invalid("min_len", 0, "at least 1"));
        }
        let target = target.parse().map_err(raised)?;
        let mut request = Request { miner, target, constraints, min_len, max_len, top_k };
        if let (true, Some(max_len)) = (request.is_plain(), max_len) {
            request.miner = request.miner.max_len(max_len);
        }
        Ok(request)
    }

    /// Whether all frequent itemsets are asked for, of which rules can be made.
    pub(crate) fn is_plain(&self) -> bool {
        self.target == Target::All && self.constraints.is_none() && self.min_len == 1 && self.top_k.is_none()
    }

    fn search<'a>(&'a self, miner: &'a Miner, baskets: &'a Transactions<String>) -> Search<'a, String> {
        let mut search = miner.search(baskets).target(self.target).min_len(self.min_len);
        if let Some(constraints) = &self.constraints {
            search = search.constraints(constraints);
        }
        if let Some(max_len) = self.max_len {
            search = search.max_len(max_len);
        }
        if let Some(k) = self.top_k {
            search = search.top_k(k);
        }
        search
    }
}

/// Itemsets of baskets. All frequent ones come as such, any others as a list.
#[pyfunction]
pub(crate) fn mine(
    py: Python<'_>,
    baskets: &Bound<'_, Baskets>,
    settings: MineSettings<'_>,
    options: Run<'_>,
) -> PyResult<ItemsetTable> {
    let Baskets { baskets, kind } = baskets.get();
    let request = Request::new(settings, *kind)?;
    let found = run(py, &options, |options, _| {
        let miner = request.miner.clone().run_options(options);
        match request.is_plain() {
            true => miner.mine(baskets).map(Found::Frequent),
            false => request.search(&miner, baskets).collect().map(Found::List),
        }
    })?;
    Ok(ItemsetTable::new(found, *kind))
}

/// The same, or what is frequent at a higher threshold if a limit is reached: that threshold as a number of baskets, the
/// limit, and both in words.
#[pyfunction]
pub(crate) fn mine_partial(
    py: Python<'_>,
    baskets: &Bound<'_, Baskets>,
    settings: MineSettings<'_>,
    options: Run<'_>,
) -> PyResult<(ItemsetTable, u64, Option<String>, String)> {
    let Baskets { baskets, kind } = baskets.get();
    let request = Request::new(settings, *kind)?;
    fn parts<R>(partial: Partial<R>, found: fn(R) -> Found) -> (Found, u64, Option<String>, String) {
        let (from, limit) = (partial.complete_from(), partial.limit().map(|limit| limit.to_string()));
        let text = partial.to_string();
        (found(partial.into_inner()), from, limit, text)
    }
    let (found, from, limit, text) = run(py, &options, |options, _| {
        let miner = request.miner.clone().run_options(options);
        Ok(match request.is_plain() {
            true => parts(miner.mine_partial(baskets)?, Found::Frequent),
            false => parts(request.search(&miner, baskets).partial()?, Found::List),
        })
    })?;
    Ok((ItemsetTable::new(found, *kind), from, limit, text))
}

/// How many itemsets there are of each length, and the threshold as a number of baskets.
#[pyfunction]
pub(crate) fn count(
    py: Python<'_>,
    baskets: &Bound<'_, Baskets>,
    settings: MineSettings<'_>,
    options: Run<'_>,
) -> PyResult<(Vec<u128>, u64)> {
    let Baskets { baskets, kind } = baskets.get();
    let request = Request::new(settings, *kind)?;
    let counts = run(py, &options, |options, _| {
        let miner = request.miner.clone().run_options(options);
        request.search(&miner, baskets).count()
    })?;
    Ok((counts.by_len().to_vec(), counts.min_count()))
}

/// About how many itemsets there are: the exact number if they were counted, the estimate and its logarithm, standard
/// error, the ends of an interval, the threshold as a number of baskets, and all of it in words.
type Estimated = (Option<u128>, [f64; 5], u64, String);

/// About how many itemsets there are.
#[pyfunction]
pub(crate) fn estimate(
    py: Python<'_>,
    baskets: &Bound<'_, Baskets>,
    settings: MineSettings<'_>,
    options: Run<'_>,
) -> PyResult<Estimated> {
    let Baskets { baskets, kind } = baskets.get();
    let request = Request::new(settings, *kind)?;
    let found = run(py, &options, |options, _| {
        let miner = request.miner.clone().run_options(options);
        request.search(&miner, baskets).estimate()
    })?;
    let numbers = [found.itemsets(), found.log10(), found.standard_error(), found.low(), found.high()];
    Ok((found.exact(), numbers, found.min_count(), found.to_string()))
}
