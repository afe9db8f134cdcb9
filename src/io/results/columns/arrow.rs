//! Results as record batches of Arrow 60.

use std::fmt::Display;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use super::super::column::{RuleColumn, each_once, refuse_compared};
use super::super::rows::{ItemsetRow, RuleRow};
use super::build::Batch;
use super::read::{self, rows};
use crate::error::Error;
use crate::io::columns::arrow_error;
use crate::itemsets::Itemset;
use crate::rules::{Redundancy, Rule};

/// Itemsets as record batches, in the order of the iterator: `items`, a list of texts, `count` and `support` (feature
/// `arrow_60`).
///
/// A batch has up to 8,192 rows, and is made when it is asked for. There is always one, for the names and types of the
/// columns.
///
/// ```
/// use itemset::io::arrow_60::{itemset_batches, read_itemsets};
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"]])?;
/// let itemsets = Miner::new().min_support(0.9).mine(&baskets)?;
/// let batches = itemset_batches(&itemsets).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((batches[0].num_rows(), batches[0].schema().field(1).name().as_str()), (1, "count"));
/// let rows = read_itemsets(batches.into_iter().map(Ok)).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((&rows[0].items[..], rows[0].count), (&["beer".to_string()][..], 2));
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn itemset_batches<'a, T: Display + 'a>(
    itemsets: impl IntoIterator<Item = Itemset<'a, T>>,
) -> impl Iterator<Item = Result<RecordBatch, Error>> {
    batches(Batch::of_itemsets(), itemsets.into_iter(), |batch, itemset| {
        batch.add_itemset(itemset.iter(), itemset.count(), itemset.support());
    })
}

/// Rules as record batches, in the order of the iterator, with the columns of [`CsvWriter`](crate::io::CsvWriter):
/// `antecedent` and `consequent`, lists of texts, the four counts, and the chosen measures, each named once (feature
/// `arrow_60`).
///
/// # Errors
///
/// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that
/// [needs redundancy](RuleColumn::needs_redundancy).
///
/// ```
/// use itemset::io::arrow_60::rule_batches;
/// use itemset::{Measure, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]])?;
/// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
/// let batches = rule_batches(&rules, [Measure::Lift])?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((batches[0].num_rows(), batches[0].num_columns()), (2, 7));
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn rule_batches<'a, T: Display + 'a>(
    rules: impl IntoIterator<Item = Rule<'a, T>>,
    columns: impl IntoIterator<Item = impl Into<RuleColumn>>,
) -> Result<impl Iterator<Item = Result<RecordBatch, Error>>, Error> {
    let columns = each_once(columns);
    refuse_compared(&columns)?;
    Ok(batches(Batch::of_rules(&columns), rules.into_iter(), move |batch, rule| batch.add_rule(rule, None, &columns)))
}

/// The same of rules with what each says beyond simpler ones, for example [`Rules::iter`](crate::Rules::iter) zipped
/// with [`Rules::redundancy`](crate::Rules::redundancy) (feature `arrow_60`).
pub fn compared_rule_batches<'a, T: Display + 'a>(
    rules: impl IntoIterator<Item = (Rule<'a, T>, Redundancy)>,
    columns: impl IntoIterator<Item = impl Into<RuleColumn>>,
) -> impl Iterator<Item = Result<RecordBatch, Error>> {
    let columns = each_once(columns);
    batches(Batch::of_rules(&columns), rules.into_iter(), move |batch, (rule, redundancy)| {
        batch.add_rule(rule, Some(&redundancy), &columns);
    })
}

/// Batches of rows, of which there is at least one.
fn batches<R>(
    mut batch: Batch,
    mut rows: impl Iterator<Item = R>,
    add: impl Fn(&mut Batch, R),
) -> impl Iterator<Item = Result<RecordBatch, Error>> {
    let (mut is_first, mut has_ended) = (true, false);
    std::iter::from_fn(move || {
        let mut is_empty = true;
        while !has_ended && !batch.is_full() {
            match rows.next() {
                Some(row) => add(&mut batch, row),
                None => has_ended = true,
            }
            is_empty &= has_ended;
        }
        let is_last = is_empty && !is_first;
        is_first = false;
        (!is_last).then(|| batch.take())
    })
}

/// Reads the itemsets of [`itemset_batches`], one by one (feature `arrow_60`). Lists may also be large ones, and texts
/// of any kind.
///
/// # Errors
///
/// [`ErrorKind::Table`](crate::ErrorKind::Table) for other columns, with the row for a value that is missing or of
/// another type, and for the error of a batch. Do not go on after an error.
pub fn read_itemsets(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
) -> impl Iterator<Item = Result<ItemsetRow, Error>> {
    rows(batches.into_iter().map(|batch| batch.map_err(arrow_error)), read::itemsets)
}

/// Reads the rules of [`rule_batches`], one by one (feature `arrow_60`).
///
/// # Errors
///
/// Those of [`read_itemsets`]; [`ErrorKind::Table`](crate::ErrorKind::Table) also for a column that is no
/// [`RuleColumn`], and for counts that no rule can have.
pub fn read_rules(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
) -> impl Iterator<Item = Result<RuleRow, Error>> {
    rows(batches.into_iter().map(|batch| batch.map_err(arrow_error)), read::rules)
}
