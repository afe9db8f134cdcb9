//! The baskets of a table, and what was left out.

use std::collections::BTreeSet;
use std::fmt;

use super::groups::Groups;
use super::items::{ColumnItems, Labels};
use super::settings::Recipe;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::shape::Table;
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

/// Baskets that a [`Recipe`] made of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaped {
    baskets: Transactions<String>,
    /// The label and the kind of each item.
    labels: Vec<(String, String)>,
    kinds: Vec<String>,
    report: ShapeReport,
}

/// What became of the rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ShapeReport {
    /// Rows of the table.
    pub rows: u64,
    /// Rows left out as a column of their key is missing, or their time, if there are sessions.
    pub rows_without_key: u64,
    /// Baskets made.
    pub baskets: u64,
    /// Keys none of whose rows has an item.
    pub empty_baskets: u64,
    /// The columns with missing fields, and how many; those of rows that were left out do not count.
    pub missing: Vec<(String, u64)>,
    /// Items of which the lack was asked for, and that no basket has.
    pub never_bought: Vec<String>,
    /// Different times that the clock of the time zone showed twice, or skipped. The usual reading was taken.
    pub ambiguous_times: u64,
}

/// The times that a clock showed twice or never: the column and the number of the text.
pub(super) type Ambiguous = BTreeSet<(String, u32)>;

impl Recipe {
    /// The baskets of a table, in the order in which their first rows come.
    ///
    /// A basket holds the items of all its rows, each once. One without any item is none. A table without columns, as that
    /// of an empty file, has no baskets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a recipe with bins that is not
    /// [fitted](Recipe::fit), a column that the table does not have, a field that is no number or no time, and a label that
    /// items of two columns have; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond
    /// `u32::MAX` baskets, entries or items.
    ///
    /// # Complexity
    ///
    /// Linear in the fields, apart from sorting each basket; each different text is looked at once. With sessions, the
    /// rows of each key are sorted by time.
    pub fn shape(&self, table: &Table) -> Result<Shaped, Error> {
        let mut report = ShapeReport { rows: table.len() as u64, ..ShapeReport::default() };
        if table.names().is_empty() {
            return Ok(Shaped { baskets: Transactions::default(), labels: Vec::new(), kinds: Vec::new(), report });
        }
        let mut ambiguous = Ambiguous::new();
        let groups = self.groups(table, &mut ambiguous)?;
        report.rows_without_key = groups.of_row.iter().filter(|&&group| group == Groups::NONE).count() as u64;
        let mut labels = Labels::new();
        let mut items = self.columns(table, &mut labels, &mut ambiguous)?;
        report.ambiguous_times = ambiguous.len() as u64;
        let (rows, ends) = groups.rows();
        let mut columns = Columns::new();
        let mut used = Used::new(labels.dictionary.len());
        let (mut start, mut last) = (0, vec![None; items.len()]);
        for end in ends {
            last.fill(None);
            for &row in &rows[start..end] {
                for (column, last) in items.iter_mut().zip(&mut last) {
                    let code = column.codes[row as usize];
                    // Most rows of a basket agree in most columns.
                    if *last != Some(code) || code == Table::MISSING {
                        column.add(code, columns.open_row());
                        *last = Some(code);
                    }
                }
            }
            start = end;
            let row = columns.open_row();
            row.iter_mut().for_each(|item| *item = used.number(*item));
            match row.is_empty() {
                true => report.empty_baskets += 1,
                false => columns.end_row(1),
            }
            columns.check()?;
        }
        for ColumnItems { name, missed, .. } in items.iter().filter(|column| column.missed > 0) {
            // A column that is used twice is told once.
            if !report.missing.iter().any(|(column, _)| column == name) {
                report.missing.push((name.to_string(), *missed));
            }
        }
        let Labels { dictionary, kind_of, kinds, .. } = labels;
        let label = |&item: &u32| {
            let item = item as usize;
            (dictionary.labels()[item].clone(), kinds[kind_of[item] as usize].clone())
        };
        let mut labels: Vec<(String, String)> = used.items.iter().map(label).collect();
        let dictionary = Dictionary::from_labels(labels.iter().map(|(label, _)| label.clone()))?;
        // That a basket has an item in several rows is no duplicate.
        columns.forget_duplicates();
        let mut baskets = TransactionsBuilder::from_columns(dictionary, columns).build()?;
        let mut lacks: Vec<(String, String)> = Vec::new();
        for item in self.absent.iter().collect::<BTreeSet<_>>() {
            match labels.iter().find(|(label, _)| label == item) {
                Some(known) => lacks.push(known.clone()),
                None => report.never_bought.push(item.clone()),
            }
        }
        if !lacks.is_empty() {
            let items = lacks.iter().map(|(label, _)| label.as_str());
            baskets = baskets.with_absent(items, |label| format!("!{label}"))?;
            labels.extend(lacks.into_iter().map(|(label, kind)| (format!("!{label}"), kind)));
        }
        report.baskets = baskets.len() as u64;
        Ok(Shaped { baskets, labels, kinds, report })
    }

    #[cfg(feature = "time")]
    fn groups(&self, table: &Table, ambiguous: &mut Ambiguous) -> Result<Groups, Error> {
        let Some(session) = &self.session else { return Groups::by(table, &self.basket) };
        if self.basket.is_empty() {
            return Err(Error::invalid_setting("recipe", "sessions without a key", "the columns of `basket`"));
        }
        session.divide(table, Groups::by(table, &self.basket)?, ambiguous)
    }

    #[cfg(not(feature = "time"))]
    fn groups(&self, table: &Table, _: &mut Ambiguous) -> Result<Groups, Error> {
        Groups::by(table, &self.basket)
    }
}

/// The items that baskets have, by first appearance.
struct Used {
    /// The number of each item, or none yet.
    numbers: Vec<u32>,
    items: Vec<u32>,
}

impl Used {
    fn new(items: usize) -> Self {
        Used { numbers: vec![u32::MAX; items], items: Vec::new() }
    }

    #[inline(always)]
    fn number(&mut self, item: u32) -> u32 {
        let number = &mut self.numbers[item as usize];
        if *number == u32::MAX {
            *number = self.items.len() as u32;
            self.items.push(item);
        }
        *number
    }
}

impl Shaped {
    /// The baskets.
    #[must_use]
    pub fn baskets(&self) -> &Transactions<String> {
        &self.baskets
    }

    /// The baskets alone.
    #[must_use]
    pub fn into_baskets(self) -> Transactions<String> {
        self.baskets
    }

    /// What became of the rows.
    #[must_use]
    pub fn report(&self) -> &ShapeReport {
        &self.report
    }

    /// The items of a kind: a column, or a part of times such as `weekday`; for the
    /// [sides of rules](crate::RuleBuilder::antecedents_from).
    pub fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s str> {
        self.labels.iter().filter(move |(_, own)| own == kind).map(|(label, _)| label.as_str())
    }

    /// The kinds of items, in the order of the recipe; also those of which no basket has any.
    #[must_use]
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }
}

/// A line for each number that is not 0.
impl fmt::Display for ShapeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |number: u64, one: &str, many: &str| match number {
            1 => format!("1 {one}"),
            _ => format!("{number} {many}"),
        };
        write!(f, "{} of {}", counted(self.baskets, "basket", "baskets"), counted(self.rows, "row", "rows"))?;
        if self.rows_without_key > 0 {
            write!(f, "\nleft out: {} without a key", counted(self.rows_without_key, "row", "rows"))?;
        }
        if self.empty_baskets > 0 {
            write!(f, "\nno basket: {} without an item", counted(self.empty_baskets, "key", "keys"))?;
        }
        for (column, missing) in &self.missing {
            write!(f, "\nmissing: {} of {column}", counted(*missing, "field", "fields"))?;
        }
        for item in &self.never_bought {
            write!(f, "\nno basket has {item}, whose lack is asked for")?;
        }
        if self.ambiguous_times > 0 {
            let times = counted(self.ambiguous_times, "time", "times");
            write!(f, "\nshown twice or never by the clock of the zone: {times}")?;
        }
        Ok(())
    }
}
