//! Rules from a table of itemsets and their supports, as mlxtend makes them: of any table, complete or not.
//!
//! Where the number of baskets is known, supports become counts again, and measures are those of the library: computed
//! without rounding and rounded once, so that a value exactly on a threshold is in. Otherwise they are computed from the
//! supports, as mlxtend does.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hashbrown::HashMap;
use itemset::{CancelToken, Error};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyList};

use crate::columns::filled;
use crate::errors::invalid;
use crate::metrics::{EXACT_PRODUCTS, Metric};
use crate::run::{Run, on_threads, run};
use crate::subsets::{Held, Masks, NONE, Sets, Subsets};

/// Steps between two looks at whether the call is cancelled.
const STEPS_PER_POLL: usize = 1 << 14;

/// The longest itemset of which rules are made: it has 2^32 of them.
const MAX_LEN: usize = 32;

/// Possible rules that are worth a thread of their own.
const PER_THREAD: usize = 1 << 15;

/// The itemsets of a table, and their supports.
struct Table {
    itemsets: Sets,
    supports: Vec<f64>,
    /// The last row of each itemset.
    subsets: Subsets,
    /// The number of baskets, and in how many of them each itemset is, if that is known.
    counts: Option<(u64, Vec<u64>)>,
}

/// A rule by its places in the table: the itemset, the antecedent, the consequent. A side that is not there is `NONE`.
#[derive(Clone, Copy)]
struct Pair {
    rows: [u32; 3],
    /// Which items of the itemset are on the left, if a side has no place.
    left: u32,
}

/// Rules, and whether the counts of all of them are known.
struct Pairs {
    pairs: Vec<Pair>,
    are_counted: bool,
}

/// What ends the search for rules.
enum Fault {
    /// A side is not in the table: the row of the itemset, and the items of the side.
    Lacks(u32, u32),
    TooLong(usize),
}

/// Which rules are made: those of which this metric reaches a threshold.
#[derive(Clone, Copy)]
struct Asked {
    metric: Metric,
    least: f64,
    support_only: bool,
}

impl Table {
    /// The value of a metric for a rule by its rows, and whether it is from counts: they are known, and can be those
    /// of baskets.
    #[inline(always)]
    fn value(&self, metric: Metric, [whole, antecedent, consequent]: [u32; 3]) -> (f64, bool) {
        let (whole, antecedent, consequent) = (whole as usize, antecedent as usize, consequent as usize);
        if let Some((n, counts)) = &self.counts
            && let Some(value) = metric.of_counts(*n, counts[antecedent], counts[consequent], counts[whole])
        {
            return (value, true);
        }
        (metric.of_supports(self.supports[whole], self.supports[antecedent], self.supports[consequent]), false)
    }

    /// The rules of some itemsets, in the order of mlxtend: of each itemset those with the most items on the left first.
    fn pairs_of(&self, part: Range<usize>, asked: Asked, token: &CancelToken) -> Result<Pairs, Fault> {
        let mut found = Pairs { pairs: Vec::new(), are_counted: self.counts.is_some() };
        let (mut held, mut masks) = (Held::default(), Masks::default());
        let mut steps = 0;
        for row in part {
            let itemset = self.itemsets.get(row);
            // An itemset that occurs again has the support of its last row, and the place of its first.
            let (first, whole) = self.subsets.rows_of(itemset);
            if first as usize != row {
                continue;
            }
            if itemset.len() > MAX_LEN {
                return Err(Fault::TooLong(itemset.len()));
            }
            let all = u32::MAX >> (32 - itemset.len().max(1));
            let row_of = self.subsets.rows_of_all(itemset, &mut held);
            let both = self.supports[whole as usize];
            let mut fault = None;
            masks.each(itemset.len(), |mask| {
                steps += 1;
                if steps % STEPS_PER_POLL == 0 && token.is_cancelled() {
                    return false;
                }
                let rows = [whole, row_of(mask), row_of(all ^ mask)];
                let value = match rows {
                    _ if asked.support_only => both,
                    [_, NONE, _] => {
                        fault = Some(Fault::Lacks(row as u32, mask));
                        return false;
                    }
                    [_, _, NONE] => {
                        fault = Some(Fault::Lacks(row as u32, all ^ mask));
                        return false;
                    }
                    _ => {
                        let (value, is_counted) = self.value(asked.metric, rows);
                        found.are_counted &= is_counted;
                        value
                    }
                };
                if value >= asked.least {
                    found.pairs.push(Pair { rows, left: mask });
                }
                true
            });
            match fault {
                Some(fault) => return Err(fault),
                None if token.is_cancelled() => break,
                None => {}
            }
        }
        Ok(found)
    }

    /// The rules of all itemsets.
    fn pairs(&self, asked: Asked, token: &CancelToken) -> Result<Pairs, Fault> {
        let parts = parts_of(self.itemsets.iter().map(|itemset| 1 << itemset.len().min(MAX_LEN)));
        let mut all = Pairs { pairs: Vec::new(), are_counted: true };
        for part in on_threads(parts, |part| self.pairs_of(part, asked, token)) {
            let mut part = part?;
            all.are_counted &= part.are_counted;
            match all.pairs.is_empty() {
                true => all.pairs = part.pairs,
                false => all.pairs.append(&mut part.pairs),
            }
        }
        Ok(all)
    }

    /// Fills a part of the columns: of each metric the floats of some rules.
    fn fill(
        &self,
        pairs: &[Pair],
        are_counted: bool,
        support_only: bool,
        metrics: &[Metric],
        columns: &[&[AtomicU64]],
    ) {
        let columns = columns.iter().copied().zip(metrics);
        let each = |column: &[AtomicU64], value: &dyn Fn(&Pair) -> f64| {
            column.iter().zip(pairs).for_each(|(float, pair)| float.store(value(pair).to_bits(), Relaxed));
        };
        let support = |pair: &Pair| self.supports[pair.rows[0] as usize];
        match &self.counts {
            // Sides need not be there.
            _ if support_only => columns.for_each(|(column, metric)| match metric {
                Metric::Support => each(column, &support),
                _ => each(column, &|_| f64::NAN),
            }),
            Some((n, counts)) if are_counted && *n < EXACT_PRODUCTS => {
                // Three columns of counts, from which all others are.
                let counts_of =
                    |side: usize| pairs.iter().map(|pair| counts[pair.rows[side] as usize] as f64).collect::<Vec<_>>();
                let [n_xy, n_x, n_y] = [0, 1, 2].map(counts_of);
                columns.for_each(|(column, metric)| match metric {
                    // As it was given.
                    Metric::Support => each(column, &support),
                    _ => metric.fill(*n as f64, &n_x, &n_y, &n_xy, column),
                });
            }
            _ => columns.for_each(|(column, metric)| match metric {
                Metric::Support => each(column, &support),
                _ => each(column, &|pair| self.value(*metric, pair.rows).0),
            }),
        }
    }
}

/// Itemsets in ranges of about equal cost, one for each processor.
fn parts_of(costs: impl Iterator<Item = usize> + Clone) -> Vec<Range<usize>> {
    let total = costs.clone().fold(0usize, usize::saturating_add);
    let parts = std::thread::available_parallelism().map_or(1, usize::from).min(total / PER_THREAD + 1);
    let (mut ends, mut sum, mut len) = (Vec::with_capacity(parts), 0usize, 0);
    for (place, cost) in costs.enumerate() {
        (sum, len) = (sum.saturating_add(cost), place + 1);
        if ends.len() + 1 < parts && sum >= total / parts * (ends.len() + 1) {
            ends.push(len);
        }
    }
    ends.push(len);
    let mut start = 0;
    ends.into_iter().map(|end| std::mem::replace(&mut start, end)..end).collect()
}

/// The rules of a table whose metric reaches a threshold, as columns of 64 bits a rule, one after the other:
/// antecedents and consequents, as whole numbers, and then the metrics, as floats. Sides are places in the list of
/// itemsets and, after them, in the list of those that it lacks, which is returned too. `room` makes an array of so
/// many floats.
#[pyfunction]
#[pyo3(signature = (itemsets, supports, baskets, metric, min_threshold, support_only, metrics, room, options))]
#[expect(clippy::too_many_arguments, reason = "called by one function of Python, by name")]
pub(crate) fn rules_of_table<'py>(
    py: Python<'py>,
    itemsets: Vec<Bound<'py, PyAny>>,
    supports: Vec<f64>,
    baskets: Option<u64>,
    metric: &str,
    min_threshold: f64,
    support_only: bool,
    metrics: Vec<String>,
    room: &Bound<'py, PyAny>,
    options: Run<'py>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyList>)> {
    let metric = Metric::of_name("metric", metric)?;
    let metrics: Vec<Metric> =
        metrics.iter().map(|name| Metric::of_name("return_metrics", name)).collect::<PyResult<_>>()?;
    if itemsets.len() != supports.len() || u32::try_from(itemsets.len()).is_err() {
        let given = format_args!("{} for {} itemsets", supports.len(), itemsets.len());
        return Err(invalid("supports", given, "one for each of at most 2^32 - 1 itemsets"));
    }
    let (mut table, items) = numbered(py, &itemsets, supports)?;
    table.counts = baskets.map(|n| {
        let count = |support: &f64| (support * n as f64).round() as u64;
        (n, table.supports.iter().map(count).collect())
    });
    let asked = Asked { metric, least: min_threshold, support_only };
    let Pairs { mut pairs, are_counted } =
        run(py, &options, |_, token| -> Result<_, Error> { Ok(table.pairs(asked, token)) })?
            .map_err(|fault| raised(py, fault, &table, &items))?;

    let others = PyList::empty(py);
    if support_only {
        // Sides that the table lacks have the places after it.
        for side in [1, 2] {
            for pair in pairs.iter_mut().filter(|pair| pair.rows[side] == NONE) {
                let mask = if side == 1 { pair.left } else { !pair.left };
                let place = u32::try_from(itemsets.len() + others.len()).ok().filter(|&place| place != NONE);
                pair.rows[side] =
                    place.ok_or_else(|| invalid("itemsets", "too many", "at most 2^32 - 1 sides of rules"))?;
                others.append(set_of(py, table.itemsets.get(pair.rows[0] as usize), mask, &items)?)?;
            }
        }
    }
    let columns = filled(room, 2 + metrics.len(), pairs.len(), |rows, columns| {
        let ([antecedents, consequents], metric_columns) = columns.split_first_chunk().unwrap_or((&[&[]; 2], &[]));
        let pairs = &pairs[rows.clone()];
        for (pair, (antecedent, consequent)) in pairs.iter().zip(antecedents.iter().zip(*consequents)) {
            antecedent.store(pair.rows[1].into(), Relaxed);
            consequent.store(pair.rows[2].into(), Relaxed);
        }
        table.fill(pairs, are_counted, support_only, &metrics, metric_columns);
    })?;
    Ok((columns, others))
}

/// The table with items as numbers, and the items.
fn numbered<'py>(
    py: Python<'py>,
    itemsets: &[Bound<'py, PyAny>],
    supports: Vec<f64>,
) -> PyResult<(Table, Vec<Bound<'py, PyAny>>)> {
    let numbers = PyDict::new(py);
    let mut items: Vec<Bound<'py, PyAny>> = Vec::new();
    // Most items are the same object in all itemsets. An object whose address is known stays alive here.
    let mut known: HashMap<usize, (u32, Bound<'py, PyAny>)> = HashMap::new();
    let mut sets = Sets::default();
    for itemset in itemsets {
        for item in itemset.try_iter()? {
            let item = item?;
            let address = item.as_ptr().addr();
            if let Some((number, _)) = known.get(&address) {
                sets.push(*number);
                continue;
            }
            let number = match numbers.get_item(&item)? {
                Some(number) => number.extract()?,
                None => {
                    let number = items.len() as u32;
                    numbers.set_item(&item, number)?;
                    items.push(item.clone());
                    number
                }
            };
            known.insert(address, (number, item));
            sets.push(number);
        }
        sets.end();
    }
    let subsets = Subsets::of(&sets);
    Ok((Table { itemsets: sets, supports, subsets, counts: None }, items))
}

/// The items of a mask as a set.
fn set_of<'py>(
    py: Python<'py>,
    itemset: &[u32],
    mask: u32,
    items: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let chosen = itemset.iter().enumerate().rev().filter(|(place, _)| mask >> place & 1 == 1);
    let chosen: Vec<_> = chosen.map(|(_, &item)| &items[item as usize]).collect();
    Ok(PyFrozenSet::new(py, chosen)?.into_any())
}

fn raised(py: Python<'_>, fault: Fault, table: &Table, items: &[Bound<'_, PyAny>]) -> PyErr {
    match fault {
        Fault::Lacks(row, mask) => match set_of(py, table.itemsets.get(row as usize), mask, items) {
            Ok(side) => PyKeyError::new_err(format!(
                "{side}: the frame lacks this itemset, which is a side of a rule; with `support_only=True` it is not needed"
            )),
            Err(error) => error,
        },
        Fault::TooLong(len) => {
            invalid("itemsets", format_args!("one of {len} items"), format_args!("at most {MAX_LEN} items"))
        }
    }
}
