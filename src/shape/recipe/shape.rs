//! The baskets of a table, and what was left out.

use std::collections::BTreeSet;

use super::groups::Groups;
use super::items::{ColumnItems, Labels};
use super::refine::Refined;
use super::report::ShapeReport;
use super::settings::Recipe;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::shape::{Incomplete, Table, Taxonomy};
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

/// Baskets that a [`Recipe`] made of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaped {
    baskets: Transactions<String>,
    /// The label and the kind of each item.
    labels: Vec<(String, String)>,
    kinds: Vec<String>,
    taxonomy: Option<Taxonomy<String>>,
    /// The items of missing fields, and the kinds of those that are there.
    marks: Vec<(String, Vec<String>)>,
    report: ShapeReport,
}

/// The times that a clock showed twice or never: the column and the number of the text.
pub(super) type Ambiguous = BTreeSet<(String, u32)>;

impl Recipe {
    /// The baskets of a table, in the order in which their first rows come.
    ///
    /// A basket holds the items of all its rows, each once. One without any item is none. A table without columns, as that
    /// of an empty file, has no baskets. Then, in this order, the [filter](Recipe::filter) is applied, what is above items in
    /// the [taxonomy](Recipe::taxonomy) and [lacks](Recipe::absent) are added, and a sample is drawn.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a recipe with bins that is not
    /// [fitted](Recipe::fit), a taxonomy with something above itself, a column that the table does not have, a field that is no number or no time, and a label that
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
            let (baskets, taxonomy) = (Transactions::default(), self.taxonomy_of_pairs()?);
            return Ok(Shaped { baskets, labels: Vec::new(), kinds: Vec::new(), taxonomy, marks: Vec::new(), report });
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
            items.iter_mut().for_each(|column| column.end_basket(columns.open_row()));
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
        let labels: Vec<(String, String)> = used.items.iter().map(label).collect();
        let dictionary = Dictionary::from_labels(labels.iter().map(|(label, _)| label.clone()))?;
        // That a basket has an item in several rows is no duplicate.
        columns.forget_duplicates();
        let baskets = TransactionsBuilder::from_columns(dictionary, columns).build()?;
        let Refined { baskets, labels, taxonomy } = self.refine(baskets, labels, &mut report)?;
        Ok(Shaped { baskets, labels, kinds, taxonomy, marks: self.marks(), report })
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

    /// The baskets with what is not known of them, after a recipe with [`Missing::Adjust`](super::Missing::Adjust): supports
    /// are then over the baskets in which nothing is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that becomes items in two ways.
    ///
    /// ```
    /// use itemset::Miner;
    /// use itemset::shape::{Missing, Recipe, Table};
    ///
    /// let sales = Table::from_rows(
    ///     ["item", "age"],
    ///     [("beer", Some("20")), ("beer", Some("20")), ("tea", Some("60")), ("tea", None)].map(|(a, b)| [Some(a), b]),
    /// )?;
    /// let baskets = Recipe::new("item").context("age").missing(Missing::Adjust).shape(&sales)?.into_incomplete()?;
    /// let found = baskets.mine(&Miner::new(), 0.6, 0.5)?;
    /// let texts: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(texts, ["{age=20} (2 of 3)", "{age=20, beer} (2 of 3)"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn into_incomplete(self) -> Result<Incomplete<String>, Error> {
        let Shaped { baskets, labels, marks, .. } = self;
        let attributes = marks.into_iter().map(|(mark, kinds)| {
            let of_kinds = labels.iter().filter(|(label, kind)| kinds.contains(kind) && *label != mark);
            let items: Vec<String> = of_kinds.map(|(label, _)| label.clone()).collect();
            (mark, items)
        });
        Incomplete::new(baskets, attributes.collect::<Vec<_>>())
    }

    /// What items belong to, if the recipe says so: its [constraints](Taxonomy::constraints) keep what is trivial out of a
    /// search.
    #[must_use]
    pub fn taxonomy(&self) -> Option<&Taxonomy<String>> {
        self.taxonomy.as_ref()
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
