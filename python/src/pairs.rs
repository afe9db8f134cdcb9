//! Rules from a table of itemsets and their supports, as mlxtend makes them: of any table, complete or not.
//!
//! Where the number of baskets is known, supports become counts again, and measures are those of the library: computed
//! without rounding and rounded once, so that a value exactly on a threshold is in. Otherwise they are computed from the
//! supports, as mlxtend does.

use hashbrown::HashMap;
use itemset::{CancelToken, Contingency, Error, Measure};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyDict, PyFrozenSet, PyList};

use crate::errors::invalid;
use crate::run::{Run, run};

/// Steps between two looks at whether the call is cancelled.
const STEPS_PER_POLL: usize = 1 << 14;

/// The longest itemset of which rules are made: it has 2^32 of them.
const MAX_LEN: usize = 32;

/// Of fewer baskets a float holds every product of two counts, and twice that.
const EXACT_PRODUCTS: u64 = 1 << 26;

/// The metrics, in the order of mlxtend.
const METRICS: [(&str, Option<Measure>); 12] = [
    ("antecedent support", Some(Measure::Coverage)),
    ("consequent support", Some(Measure::ConsequentSupport)),
    ("support", Some(Measure::Support)),
    ("confidence", Some(Measure::Confidence)),
    ("lift", Some(Measure::Lift)),
    ("representativity", None),
    ("leverage", Some(Measure::Leverage)),
    ("conviction", Some(Measure::Conviction)),
    ("zhangs_metric", Some(Measure::Zhang)),
    ("jaccard", Some(Measure::Jaccard)),
    ("certainty", Some(Measure::Certainty)),
    ("kulczynski", Some(Measure::Kulczynski)),
];

/// The itemsets of a table: ascending numbers of items, and their supports.
struct Table {
    itemsets: Vec<Vec<u32>>,
    supports: Vec<f64>,
    /// The last row of each itemset.
    rows: HashMap<Vec<u32>, u32>,
    baskets: Option<u64>,
}

/// A rule by its places in the table. A side that is not there has none.
struct Pair {
    whole: u32,
    antecedent: Option<u32>,
    consequent: Option<u32>,
    /// Which items of the itemset are on the left, if a side has no place.
    left: u32,
}

/// What ends the search for rules.
enum Fault {
    /// A side is not in the table: the row of the itemset, and the items of the side.
    Lacks(u32, u32),
    TooLong(usize),
}

impl Table {
    /// The value of a metric for three supports.
    fn value(&self, metric: usize, [both, left, right]: [f64; 3]) -> f64 {
        let (name, measure) = METRICS[metric];
        if let (Some(n), Some(measure)) = (self.baskets, measure)
            && let Some(counts) = counts_of(n, [both, left, right])
        {
            return of_counts(name, &counts, measure);
        }
        let confidence = both / left;
        match name {
            "antecedent support" => left,
            "consequent support" => right,
            "support" => both,
            "confidence" => confidence,
            "lift" => confidence / right,
            "representativity" => 1.0,
            "leverage" => both - left * right,
            "conviction" if confidence >= 1.0 => f64::INFINITY,
            "conviction" => (1.0 - right) / (1.0 - confidence),
            "zhangs_metric" => match (both * (1.0 - left)).max(left * (right - both)) {
                0.0 => 0.0,
                largest => (both - left * right) / largest,
            },
            "jaccard" => both / (left + right - both),
            "certainty" if right == 1.0 => 0.0,
            "certainty" => (confidence - right) / (1.0 - right),
            _ => (confidence + both / right) / 2.0,
        }
    }

    /// The rules whose metric reaches a threshold, in the order of mlxtend: of each itemset those with the most items on
    /// the left first.
    fn pairs(&self, metric: usize, least: f64, support_only: bool, token: &CancelToken) -> Result<Vec<Pair>, Fault> {
        let mut pairs = Vec::new();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let mut steps = 0;
        for (row, itemset) in self.itemsets.iter().enumerate() {
            // An itemset that occurs again has the support of its last row, and the place of its first.
            let whole = self.rows[itemset];
            if whole as usize != row && self.itemsets[..row].contains(itemset) {
                continue;
            }
            if itemset.len() > MAX_LEN {
                return Err(Fault::TooLong(itemset.len()));
            }
            let both = self.supports[whole as usize];
            for len in (1..itemset.len()).rev() {
                for mask in Masks::new(itemset.len(), len) {
                    steps += 1;
                    if steps % STEPS_PER_POLL == 0 && token.is_cancelled() {
                        return Ok(pairs);
                    }
                    left.clear();
                    right.clear();
                    for (place, &item) in itemset.iter().enumerate() {
                        if mask >> place & 1 == 1 { left.push(item) } else { right.push(item) }
                    }
                    let (antecedent, consequent) = (self.rows.get(&left), self.rows.get(&right));
                    let supports = match (antecedent, consequent) {
                        _ if support_only => [both, f64::NAN, f64::NAN],
                        (Some(&antecedent), Some(&consequent)) => {
                            [both, self.supports[antecedent as usize], self.supports[consequent as usize]]
                        }
                        (None, _) => return Err(Fault::Lacks(row as u32, mask)),
                        (_, None) => return Err(Fault::Lacks(row as u32, !mask)),
                    };
                    let value = if support_only { both } else { self.value(metric, supports) };
                    if value >= least {
                        let (antecedent, consequent) = (antecedent.copied(), consequent.copied());
                        pairs.push(Pair { whole, antecedent, consequent, left: mask });
                    }
                }
            }
        }
        Ok(pairs)
    }
}

/// The value of a metric for counts: computed without rounding and rounded once.
fn of_counts(name: &str, counts: &Contingency, measure: Measure) -> f64 {
    let [n, n_x, n_y, n_xy] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    match name {
        // A rule that always holds has infinite conviction, even if its right side is in all baskets.
        "conviction" if n_xy == n_x => return f64::INFINITY,
        // The certainty of mlxtend is not scaled anew where it is below 0, and 0 where there is nothing to win.
        "certainty" if n == n_y => return 0.0,
        "certainty" => {
            let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(i128::from);
            return (n * n_xy - n_x * n_y) as f64 / (n_x * (n - n_y)) as f64;
        }
        _ => {}
    }
    if n < EXACT_PRODUCTS {
        // The library's formulas, whose products a float holds.
        let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(|count| count as f64);
        let quotient = match name {
            "antecedent support" => Some((n_x, n)),
            "consequent support" => Some((n_y, n)),
            "support" => Some((n_xy, n)),
            "confidence" => Some((n_xy, n_x)),
            "lift" => Some((n * n_xy, n_x * n_y)),
            "leverage" => Some((n * n_xy - n_x * n_y, n * n)),
            "conviction" => Some((n_x * (n - n_y), n * (n_x - n_xy))),
            "jaccard" => Some((n_xy, n_x + n_y - n_xy)),
            "kulczynski" => Some((n_xy * (n_x + n_y), 2.0 * n_x * n_y)),
            "zhangs_metric" => {
                let largest = (n_xy * (n - n_x)).max(n_x * (n_y - n_xy));
                Some(if largest == 0.0 { (0.0, 1.0) } else { (n * n_xy - n_x * n_y, largest) })
            }
            _ => None,
        };
        if let Some((above, below)) = quotient {
            return above / below;
        }
    }
    let value = counts.measure(measure);
    // 0 divided by 0 is 0.
    if value.is_nan() && name == "zhangs_metric" { 0.0 } else { value }
}

/// The counts that three supports are of `n` baskets, if they can be.
fn counts_of(n: u64, supports: [f64; 3]) -> Option<Contingency> {
    let [both, left, right] = supports.map(|support| (support * n as f64).round() as u64);
    Contingency::new(n, left, right, both).ok()
}

/// The sets of `len` of some places, in lexicographic order.
struct Masks {
    places: Vec<usize>,
    of: usize,
    is_done: bool,
}

impl Masks {
    fn new(of: usize, len: usize) -> Self {
        Masks { places: (0..len).collect(), of, is_done: false }
    }
}

impl Iterator for Masks {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.is_done {
            return None;
        }
        let mask = self.places.iter().fold(0, |mask, &place| mask | 1 << place);
        let len = self.places.len();
        match (0..len).rev().find(|&at| self.places[at] < self.of - len + at) {
            None => self.is_done = true,
            Some(at) => {
                self.places[at] += 1;
                (at + 1..len).for_each(|next| self.places[next] = self.places[next - 1] + 1);
            }
        }
        Some(mask)
    }
}

/// Antecedents, consequents, and a column of floats for each metric.
type Columns<'py> = (Bound<'py, PyList>, Bound<'py, PyList>, Vec<Bound<'py, PyByteArray>>);

/// The rules of a table whose metric reaches a threshold.
#[pyfunction]
#[pyo3(signature = (itemsets, supports, baskets, metric, min_threshold, support_only, metrics, options))]
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
    options: Run<'py>,
) -> PyResult<Columns<'py>> {
    let place = |name: &str| METRICS.iter().position(|(metric, _)| *metric == name);
    let names = || METRICS.map(|(name, _)| name).join(", ");
    let metric = place(metric).ok_or_else(|| invalid("metric", metric, format_args!("one of {}", names())))?;
    let metrics: Vec<usize> = metrics
        .iter()
        .map(|name| place(name).ok_or_else(|| invalid("return_metrics", name, format_args!("some of {}", names()))))
        .collect::<PyResult<_>>()?;
    if itemsets.len() != supports.len() || u32::try_from(itemsets.len()).is_err() {
        let given = format_args!("{} for {} itemsets", supports.len(), itemsets.len());
        return Err(invalid("supports", given, "one for each of at most 2^32 - 1 itemsets"));
    }
    let (mut table, items) = numbered(py, &itemsets, supports)?;
    table.baskets = baskets;
    let pairs = run(py, &options, |_, token| -> Result<_, Error> {
        Ok(table.pairs(metric, min_threshold, support_only, token))
    })?
    .map_err(|fault| raised(py, fault, &table, &items))?;

    let (antecedents, consequents) = (PyList::empty(py), PyList::empty(py));
    for pair in &pairs {
        let itemset = &table.itemsets[pair.whole as usize];
        let side = |row: Option<u32>, mask: u32| match row {
            Some(row) => Ok(itemsets[row as usize].clone()),
            None => set_of(py, itemset, mask, &items),
        };
        antecedents.append(side(pair.antecedent, pair.left)?)?;
        consequents.append(side(pair.consequent, !pair.left)?)?;
    }
    let columns = py.detach(|| -> Vec<Vec<u8>> {
        let supports = |pair: &Pair| {
            [Some(pair.whole), pair.antecedent, pair.consequent]
                .map(|row| row.map_or(f64::NAN, |row| table.supports[row as usize]))
        };
        let value = |metric: usize, pair: &Pair| match METRICS[metric].0 {
            "support" => table.supports[pair.whole as usize],
            _ if support_only => f64::NAN,
            _ => table.value(metric, supports(pair)),
        };
        metrics
            .iter()
            .map(|&metric| pairs.iter().flat_map(|pair| value(metric, pair).to_ne_bytes()).collect())
            .collect()
    });
    let columns = columns.iter().map(|column| PyByteArray::new(py, column)).collect();
    Ok((antecedents, consequents, columns))
}

/// The table with items as numbers, and the items.
fn numbered<'py>(
    py: Python<'py>,
    itemsets: &[Bound<'py, PyAny>],
    supports: Vec<f64>,
) -> PyResult<(Table, Vec<Bound<'py, PyAny>>)> {
    let numbers = PyDict::new(py);
    let mut items: Vec<Bound<'py, PyAny>> = Vec::new();
    let mut numbered = Vec::with_capacity(itemsets.len());
    let mut rows = HashMap::with_capacity(itemsets.len());
    for (row, itemset) in itemsets.iter().enumerate() {
        let mut set: Vec<u32> = Vec::new();
        for item in itemset.try_iter()? {
            let item = item?;
            set.push(match numbers.get_item(&item)? {
                Some(number) => number.extract()?,
                None => {
                    let number = items.len() as u32;
                    numbers.set_item(&item, number)?;
                    items.push(item);
                    number
                }
            });
        }
        set.sort_unstable();
        set.dedup();
        rows.insert(set.clone(), row as u32);
        numbered.push(set);
    }
    Ok((Table { itemsets: numbered, supports, rows, baskets: None }, items))
}

/// The items of a mask as a set.
fn set_of<'py>(
    py: Python<'py>,
    itemset: &[u32],
    mask: u32,
    items: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let chosen = itemset.iter().enumerate().filter(|(place, _)| mask >> place & 1 == 1);
    let chosen: Vec<_> = chosen.map(|(_, &item)| &items[item as usize]).collect();
    Ok(PyFrozenSet::new(py, chosen)?.into_any())
}

fn raised(py: Python<'_>, fault: Fault, table: &Table, items: &[Bound<'_, PyAny>]) -> PyErr {
    match fault {
        Fault::Lacks(row, mask) => match set_of(py, &table.itemsets[row as usize], mask, items) {
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
