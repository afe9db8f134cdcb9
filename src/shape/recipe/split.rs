//! Rows to learn from, and rows to test with.

#[cfg(feature = "random")]
use std::iter::once;

use super::groups::Groups;
#[cfg(feature = "time")]
use super::shape::Ambiguous;
#[cfg(feature = "time")]
use super::times::Times;
use crate::error::Error;
use crate::shape::Table;
#[cfg(feature = "serde")]
use crate::stored_format::suggest_keys;
#[cfg(feature = "random")]
use crate::transactions::Transactions;

/// How a table is divided into rows to learn from and rows to test with: at random by a key, or at a time.
///
/// Fit a [`Recipe`](super::Recipe) on the first rows alone, and use it on both, so that nothing of the test is known
/// beforehand. Baskets without a table are divided by [`Transactions::split`](crate::Transactions::split) and
/// [`partition`](crate::Transactions::partition).
///
/// ```
/// # #[cfg(feature = "random")] {
/// use itemset::shape::{BinMethod, Recipe, Split, Table};
///
/// let rows = (0..1000).map(|n| [format!("{}", n / 4), format!("{}", n % 7), format!("{}", n % 10)]);
/// let rows: Vec<[String; 3]> = rows.collect();
/// let sales = Table::from_rows(["customer", "item", "price"], rows.iter().map(|row| row.each_ref().map(|f| Some(&**f))))?;
/// // No customer is in both.
/// let parts = Split::by_key(["customer"], 0.2, 42).divide(&sales)?;
/// assert_eq!((parts.train.len(), parts.test.len(), parts.left_out), (800, 200, 0));
/// let recipe = Recipe::new("item").basket(["customer"]).numbers("price", BinMethod::EqualFrequency(3)).fit(&parts.train)?;
/// assert_eq!(recipe.shape(&parts.train)?.baskets().len(), 200);
/// assert_eq!(recipe.shape(&parts.test)?.baskets().len(), 50);
/// # }
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
#[must_use]
pub struct Split {
    /// Rows that agree in these columns stay together; at a time, each row is alone if there are none.
    key: Vec<String>,
    by: By,
}

#[cfg(feature = "serde")]
suggest_keys!(Split);

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
enum By {
    #[cfg(feature = "random")]
    Random { held_out: f64, seed: u64 },
    #[cfg(feature = "time")]
    Time { times: Times, from: String },
}

/// The parts of a table, from [`Split::divide`]. Rows keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitTables {
    /// The rows to learn from.
    pub train: Table,
    /// The rows to test with.
    pub test: Table,
    /// Rows in none of them, as a column of the key or the time is missing.
    pub left_out: u64,
}

impl Split {
    /// A fraction of the keys, drawn at random, is held out for the test: by the receipt no basket is torn apart, by the
    /// customer nobody is in both parts. As many keys are held out as
    /// [`Transactions::split`](crate::Transactions::split) holds out baskets, and every choice is equally likely.
    ///
    /// The same seed gives the same parts, on every platform and in whatever order the rows came.
    #[cfg(feature = "random")]
    pub fn by_key(columns: impl IntoIterator<Item = impl Into<String>>, held_out: f64, seed: u64) -> Split {
        Split { key: columns.into_iter().map(Into::into).collect(), by: By::Random { held_out, seed } }
    }

    /// Rows before a time are to learn from, those from it on to test with. `from` has the form of the column; the parts of
    /// `times` are not used.
    ///
    /// ```
    /// use itemset::shape::{Split, Table, Times};
    ///
    /// let sales = Table::from_rows(
    ///     ["receipt", "day"],
    ///     [("1", "2026-10-30"), ("2", "2026-10-31"), ("2", "2026-11-01"), ("3", "2026-11-01")].map(|(a, b)| [Some(a), Some(b)]),
    /// )?;
    /// let split = Split::at_time(Times::new("day", []), "2026-11-01");
    /// assert_eq!(split.divide(&sales)?.test.len(), 2);
    /// // A basket belongs to its first row.
    /// assert_eq!(split.together(["receipt"]).divide(&sales)?.test.len(), 1);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[cfg(feature = "time")]
    pub fn at_time(times: Times, from: impl Into<String>) -> Split {
        Split { key: Vec::new(), by: By::Time { times, from: from.into() } }
    }

    /// Rows that agree in these columns stay together, at the earliest of their times.
    pub fn together(mut self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The parts of a table.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that the table does not have, no column
    /// to draw by, a fraction that is not above 0 and below 1, and a field that is no time.
    ///
    /// # Complexity
    ///
    /// Linear in the rows; at random, the different keys are sorted.
    pub fn divide(&self, table: &Table) -> Result<SplitTables, Error> {
        let groups = Groups::by(table, &self.key)?;
        let sides = match &self.by {
            #[cfg(feature = "random")]
            By::Random { held_out, seed } => self.drawn(table, &groups, *held_out, *seed)?,
            #[cfg(feature = "time")]
            By::Time { times, from } => later(times, table, &groups, from)?,
        };
        // Of a row, if its group has one.
        let side = |row: usize| sides.get(groups.of_row[row] as usize).copied().flatten();
        let (train, test) = (table.filter(|row| side(row) == Some(false)), table.filter(|row| side(row) == Some(true)));
        let left_out = (table.len() - train.len() - test.len()) as u64;
        Ok(SplitTables { train, test, left_out })
    }

    /// Whether each group is held out.
    #[cfg(feature = "random")]
    fn drawn(&self, table: &Table, groups: &Groups, held_out: f64, seed: u64) -> Result<Vec<Option<bool>>, Error> {
        if self.key.is_empty() {
            return Err(Error::invalid_setting("key", "no column", "one or more, such as that of the receipt"));
        }
        let columns = self.key.iter().map(|column| table.column(column)).collect::<Result<Vec<_>, _>>()?;
        let (rows, ends) = groups.rows();
        let firsts = once(0).chain(ends).take(groups.len).map(|start| rows[start] as usize);
        let key = |row: usize| -> Vec<&str> { columns.iter().filter_map(|codes| table.text(codes[row])).collect() };
        // A key is a basket of one item, itself, which has the number of its group. What is drawn depends on keys alone.
        let (_, test) = Transactions::from_rows(firsts.map(|row| [key(row)]))?.split(held_out, seed)?;
        let mut sides = vec![Some(false); groups.len];
        for id in test.iter().flat_map(|basket| basket.ids()) {
            sides[id.index()] = Some(true);
        }
        Ok(sides)
    }
}

/// Whether the first time of each group is as late as another one; nothing for a group without a time.
#[cfg(feature = "time")]
fn later(times: &Times, table: &Table, groups: &Groups, from: &str) -> Result<Vec<Option<bool>>, Error> {
    let from = times.instant(from)?;
    let (codes, instants) = (table.column(times.column())?, times.instants(table, &mut Ambiguous::new())?);
    let mut first: Vec<Option<i128>> = vec![None; groups.len];
    for (&group, &code) in groups.of_row.iter().zip(codes) {
        let instant = instants.get(code as usize).copied().flatten();
        if let (Some(first), Some(instant)) = (first.get_mut(group as usize), instant) {
            *first = Some(first.map_or(instant, |first| first.min(instant)));
        }
    }
    Ok(first.into_iter().map(|first| first.map(|first| first >= from)).collect())
}
