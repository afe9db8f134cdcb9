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

use crate::columns::bytes_of;
use crate::errors::invalid;
use crate::run::{Run, run};

/// Steps between two looks at whether the call is cancelled.
const STEPS_PER_POLL: usize = 1 << 14;

/// The longest itemset of which rules are made: it has 2^32 of them.
const MAX_LEN: usize = 32;

/// Of fewer baskets a float holds every product of two counts, and twice that.
const EXACT_PRODUCTS: u64 = 1 << 26;

/// A metric of mlxtend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    AntecedentSupport,
    ConsequentSupport,
    Support,
    Confidence,
    Lift,
    Representativity,
    Leverage,
    Conviction,
    Zhang,
    Jaccard,
    Certainty,
    Kulczynski,
}

/// The metrics with their names, and the measures of the library that they are.
const METRICS: [(&str, Metric, Option<Measure>); 12] = [
    ("antecedent support", Metric::AntecedentSupport, Some(Measure::Coverage)),
    ("consequent support", Metric::ConsequentSupport, Some(Measure::ConsequentSupport)),
    ("support", Metric::Support, Some(Measure::Support)),
    ("confidence", Metric::Confidence, Some(Measure::Confidence)),
    ("lift", Metric::Lift, Some(Measure::Lift)),
    ("representativity", Metric::Representativity, None),
    ("leverage", Metric::Leverage, Some(Measure::Leverage)),
    ("conviction", Metric::Conviction, Some(Measure::Conviction)),
    ("zhangs_metric", Metric::Zhang, Some(Measure::Zhang)),
    ("jaccard", Metric::Jaccard, Some(Measure::Jaccard)),
    ("certainty", Metric::Certainty, Some(Measure::Certainty)),
    ("kulczynski", Metric::Kulczynski, Some(Measure::Kulczynski)),
];

impl Metric {
    fn of_name(setting: &str, name: &str) -> PyResult<Self> {
        let found = METRICS.iter().find(|(known, ..)| *known == name);
        let names = METRICS.map(|(name, ..)| name).join(", ");
        found.map(|&(_, metric, _)| metric).ok_or_else(|| invalid(setting, name, format_args!("one of {names}")))
    }

    fn measure(self) -> Option<Measure> {
        METRICS[self as usize].2
    }
}

/// The itemsets of a table: ascending numbers of items, and their supports.
struct Table {
    itemsets: Vec<Vec<u32>>,
    supports: Vec<f64>,
    /// The last row of each itemset.
    rows: HashMap<Vec<u32>, u32>,
    /// The number of baskets, and in how many of them each itemset is, if that is known.
    counts: Option<(u64, Vec<u64>)>,
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
    /// The counts of a rule, if they are known and can be those of baskets.
    fn counts_of(&self, [whole, antecedent, consequent]: [u32; 3]) -> Option<Contingency> {
        let (n, counts) = self.counts.as_ref()?;
        let [n_xy, n_x, n_y] = [whole, antecedent, consequent].map(|row| counts[row as usize]);
        Contingency::new(*n, n_x, n_y, n_xy).ok()
    }

    /// The value of a metric for a rule by its rows: the itemset, the antecedent, the consequent.
    #[inline(always)]
    fn value(&self, metric: Metric, rows: [u32; 3], counts: Option<&Contingency>) -> f64 {
        if let (Some(counts), Some(measure)) = (counts, metric.measure()) {
            return of_counts(metric, counts, measure);
        }
        let [both, left, right] = rows.map(|row| self.supports[row as usize]);
        let confidence = both / left;
        match metric {
            Metric::AntecedentSupport => left,
            Metric::ConsequentSupport => right,
            Metric::Support => both,
            Metric::Confidence => confidence,
            Metric::Lift => confidence / right,
            Metric::Representativity => 1.0,
            Metric::Leverage => both - left * right,
            Metric::Conviction if confidence >= 1.0 => f64::INFINITY,
            Metric::Conviction => (1.0 - right) / (1.0 - confidence),
            Metric::Zhang => match (both * (1.0 - left)).max(left * (right - both)) {
                0.0 => 0.0,
                largest => (both - left * right) / largest,
            },
            Metric::Jaccard => both / (left + right - both),
            Metric::Certainty if right == 1.0 => 0.0,
            Metric::Certainty => (confidence - right) / (1.0 - right),
            _ => (confidence + both / right) / 2.0,
        }
    }

    /// The rules whose metric reaches a threshold, in the order of mlxtend: of each itemset those with the most items on
    /// the left first.
    fn pairs(&self, metric: Metric, least: f64, support_only: bool, token: &CancelToken) -> Result<Vec<Pair>, Fault> {
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
                    let value = match (antecedent, consequent) {
                        _ if support_only => both,
                        (Some(&antecedent), Some(&consequent)) => {
                            let rows = [whole, antecedent, consequent];
                            self.value(metric, rows, self.counts_of(rows).as_ref())
                        }
                        (None, _) => return Err(Fault::Lacks(row as u32, mask)),
                        (_, None) => return Err(Fault::Lacks(row as u32, !mask)),
                    };
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
#[inline(always)]
fn of_counts(metric: Metric, counts: &Contingency, measure: Measure) -> f64 {
    let [n, n_x, n_y, n_xy] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    match metric {
        // A rule that always holds has infinite conviction, even if its right side is in all baskets.
        Metric::Conviction if n_xy == n_x => return f64::INFINITY,
        // The certainty of mlxtend is not scaled anew where it is below 0, and 0 where there is nothing to win.
        Metric::Certainty if n == n_y => return 0.0,
        Metric::Certainty => {
            let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(i128::from);
            return (n * n_xy - n_x * n_y) as f64 / (n_x * (n - n_y)) as f64;
        }
        _ => {}
    }
    if n < EXACT_PRODUCTS {
        // The library's formulas, whose products a float holds.
        let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(|count| count as f64);
        let quotient = match metric {
            Metric::AntecedentSupport => Some((n_x, n)),
            Metric::ConsequentSupport => Some((n_y, n)),
            Metric::Support => Some((n_xy, n)),
            Metric::Confidence => Some((n_xy, n_x)),
            Metric::Lift => Some((n * n_xy, n_x * n_y)),
            Metric::Leverage => Some((n * n_xy - n_x * n_y, n * n)),
            Metric::Conviction => Some((n_x * (n - n_y), n * (n_x - n_xy))),
            Metric::Jaccard => Some((n_xy, n_x + n_y - n_xy)),
            Metric::Kulczynski => Some((n_xy * (n_x + n_y), 2.0 * n_x * n_y)),
            Metric::Zhang => {
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
    if value.is_nan() && metric == Metric::Zhang { 0.0 } else { value }
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
        let all = |pair: &Pair| {
            pair.antecedent.zip(pair.consequent).filter(|_| !support_only).map(|(x, y)| [pair.whole, x, y])
        };
        let rows: Vec<Option<[u32; 3]>> = pairs.iter().map(all).collect();
        let counts: Vec<Option<Contingency>> = rows.iter().map(|rows| table.counts_of((*rows)?)).collect();
        // A loop for each metric, whose formula is chosen where it is compiled.
        macro_rules! column {
            ($chosen:expr, $($metric:ident),+) => {
                match $chosen {
                    Metric::Support => {
                        bytes_of(pairs.iter().map(|pair| table.supports[pair.whole as usize].to_ne_bytes()))
                    }
                    $(Metric::$metric => bytes_of(rows.iter().zip(&counts).map(|(rows, counts)| {
                        rows.map_or(f64::NAN, |rows| table.value(Metric::$metric, rows, counts.as_ref())).to_ne_bytes()
                    })),)+
                }
            };
        }
        let column = |&metric: &Metric| {
            column!(
                metric,
                AntecedentSupport,
                ConsequentSupport,
                Confidence,
                Lift,
                Representativity,
                Leverage,
                Conviction,
                Zhang,
                Jaccard,
                Certainty,
                Kulczynski
            )
        };
        metrics.iter().map(column).collect()
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
    Ok((Table { itemsets: numbered, supports, rows, counts: None }, items))
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
