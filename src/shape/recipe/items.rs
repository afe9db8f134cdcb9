//! Texts to items, each different text once.

use super::fit::numbers_of_texts;
use super::settings::{Missing, Recipe};
use super::shape::Ambiguous;
#[cfg(feature = "time")]
use super::times::TimePart;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::shape::Table;

/// The labels of items and the kind of each.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) dictionary: Dictionary<String>,
    /// The kind of each item, by its number: a place in `kinds`.
    pub(super) kind_of: Vec<u32>,
    pub(super) kinds: Vec<String>,
    /// The kinds of columns whose fields are items as they are, which may share items.
    plain: u32,
}

impl Labels {
    pub(super) fn new() -> Self {
        Labels { dictionary: Dictionary::new(), kind_of: Vec::new(), kinds: Vec::new(), plain: 0 }
    }

    /// The place of a kind.
    fn kind(&mut self, name: &str) -> u32 {
        let place = self.kinds.iter().position(|kind| kind == name).unwrap_or_else(|| {
            self.kinds.push(name.to_string());
            self.kinds.len() - 1
        });
        // There are few columns.
        place as u32
    }

    /// The number of an item. An error if it is one of another column already, as a product may be called like a store;
    /// columns of items as they are may share them.
    fn item(&mut self, label: String, kind: u32) -> Result<u32, Error> {
        let known = self.dictionary.len();
        let id = self.dictionary.intern(label)?;
        if id as usize == known {
            self.kind_of.push(kind);
        }
        let own = self.kind_of[id as usize];
        if own == kind || own < self.plain && kind < self.plain {
            return Ok(id);
        }
        let (label, [one, other]) =
            (&self.dictionary.labels()[id as usize], [own, kind].map(|kind| &self.kinds[kind as usize]));
        let value = format!("`{label}` is one of `{one}`, and of `{other}`");
        Err(Error::invalid_setting("items", value, "items that tell their columns apart: rename a column"))
    }
}

/// A column as items.
pub(super) struct ColumnItems<'t> {
    pub(super) codes: &'t [u32],
    /// Where the items of each text end in `items`.
    ends: Vec<u32>,
    items: Vec<u32>,
    /// What a missing field is.
    missing: Option<u32>,
    /// Whether that is said of baskets whose fields are all missing, and not of each field.
    marks_baskets: bool,
    /// Whether the basket so far has a field that is there, and one that is missing.
    seen: [bool; 2],
    /// How many fields of baskets were missing.
    pub(super) missed: u64,
    pub(super) name: &'t str,
}

impl<'t> ColumnItems<'t> {
    /// `labels_of` makes the items of a text that is there: their labels and their kinds.
    fn new(
        table: &'t Table,
        name: &'t str,
        labels: &mut Labels,
        missing: Option<String>,
        mut labels_of: impl FnMut(u32, &str, &mut Vec<(String, u32)>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let codes = table.column(name)?;
        let mut is_there = vec![false; table.texts()];
        // Texts are visited by their number, so the items of a column have numbers by the first appearance of texts.
        codes.iter().filter(|&&code| code != Table::MISSING).for_each(|&code| is_there[code as usize] = true);
        let (mut ends, mut items, mut new) = (Vec::with_capacity(table.texts()), Vec::new(), Vec::new());
        for (code, is_there) in (0..).zip(is_there) {
            if let Some(text) = table.text(code).filter(|_| is_there) {
                labels_of(code, text, &mut new)?;
                for (label, kind) in new.drain(..) {
                    items.push(labels.item(label, kind)?);
                }
            }
            ends.push(items.len() as u32);
        }
        let missing = match missing {
            Some(label) if codes.contains(&Table::MISSING) => {
                if labels.dictionary.id(&label).is_some() {
                    let value = format!("`{label}` is one of `{name}`, and what its missing fields are");
                    return Err(Error::invalid_setting("items", value, "no such field where missing ones are items"));
                }
                let kind = labels.kind(name);
                Some(labels.item(label, kind)?)
            }
            _ => None,
        };
        Ok(ColumnItems { codes, ends, items, missing, marks_baskets: false, seen: [false; 2], missed: 0, name })
    }

    /// Adds the items of a field.
    #[inline(always)]
    pub(super) fn add(&mut self, code: u32, row: &mut Vec<u32>) {
        if code == Table::MISSING {
            self.missed += 1;
            self.seen[1] = true;
            row.extend(self.missing.filter(|_| !self.marks_baskets));
        } else {
            self.seen[0] = true;
            let code = code as usize;
            let start = if code == 0 { 0 } else { self.ends[code - 1] };
            row.extend_from_slice(&self.items[start as usize..self.ends[code] as usize]);
        }
    }
}

impl ColumnItems<'_> {
    /// Marks a basket of which nothing is known.
    #[inline(always)]
    pub(super) fn end_basket(&mut self, row: &mut Vec<u32>) {
        if self.marks_baskets && self.seen == [false, true] {
            row.extend(self.missing);
        }
        self.seen = [false; 2];
    }
}

impl Recipe {
    /// All columns that become items.
    pub(super) fn columns<'t>(
        &'t self,
        table: &'t Table,
        labels: &mut Labels,
        ambiguous: &mut Ambiguous,
    ) -> Result<Vec<ColumnItems<'t>>, Error> {
        let missing = |column: &str| (self.missing != Missing::Ignore).then(|| mark(column));
        let mut columns = Vec::new();
        for column in &self.items {
            let kind = labels.kind(column);
            labels.plain = labels.plain.max(kind + 1);
            // That there is no product is no gap in what is known.
            let missing = missing(column).filter(|_| self.missing == Missing::Item);
            columns.push(ColumnItems::new(table, column, labels, missing, |_, text, labels| {
                let label = if self.case_fold { text.to_lowercase() } else { text.to_string() };
                labels.push((label, kind));
                Ok(())
            })?);
        }
        for column in &self.context {
            let kind = labels.kind(column);
            columns.push(ColumnItems::new(table, column, labels, missing(column), |_, text, labels| {
                labels.push((format!("{column}={text}"), kind));
                Ok(())
            })?);
        }
        #[cfg(feature = "time")]
        for times in &self.times {
            let named = [&self.items, &self.context].into_iter().flatten();
            let named = named.chain(self.numbers.iter().map(|numbers| &numbers.column));
            if let Some(part) = times.parts.iter().find(|part| named.clone().any(|column| column == part.name())) {
                let value = format!("`{}`, which is a part of `{}` too", part.name(), times.column);
                return Err(Error::invalid_setting(
                    "items",
                    value,
                    "items that tell their columns apart: rename a column",
                ));
            }
            let (read, kinds) = (times.reader()?, times.parts.iter().map(|part| labels.kind(part.name())));
            let kinds: Vec<u32> = kinds.collect();
            columns.push(ColumnItems::new(
                table,
                &times.column,
                labels,
                missing(&times.column),
                |code, text, labels| {
                    let time = read.time(text)?;
                    if time.is_ambiguous {
                        ambiguous.insert((times.column.clone(), code));
                    }
                    let label = |part: &TimePart, &kind: &u32| times.label(*part, &time).map(|label| (label, kind));
                    labels.extend(times.parts.iter().zip(&kinds).filter_map(|(part, kind)| label(part, kind)));
                    Ok(())
                },
            )?);
        }
        #[cfg(not(feature = "time"))]
        let _ = ambiguous;
        for of_column in &self.numbers {
            let column = &of_column.column;
            let bins = of_column.bins().ok_or_else(|| {
                Error::invalid_setting(
                    "recipe",
                    format!("the bins of `{column}` are not fitted"),
                    "a recipe after `fit`",
                )
            })?;
            let (kind, numbers) = (labels.kind(column), numbers_of_texts(table, column)?);
            columns.push(ColumnItems::new(table, column, labels, missing(column), |code, _, labels| {
                let label = numbers[code as usize].and_then(|number| bins.label(bins.bin_of(number)?));
                labels.extend(label.map(|label| (format!("{column}={label}"), kind)));
                Ok(())
            })?);
        }
        columns.iter_mut().for_each(|column| column.marks_baskets = self.missing == Missing::Adjust);
        Ok(columns)
    }
}

/// The item of a missing field.
fn mark(column: &str) -> String {
    format!("{column}=?")
}

impl Recipe {
    /// The columns whose missing fields are to be told apart: the mark of each, and the kinds of its items.
    pub(super) fn marks(&self) -> Vec<(String, Vec<String>)> {
        if self.missing != Missing::Adjust {
            return Vec::new();
        }
        let numbers = self.numbers.iter().map(|numbers| &numbers.column);
        let plain = self.context.iter().chain(numbers).map(|column| (mark(column), vec![column.clone()]));
        #[cfg(feature = "time")]
        let plain = plain.chain(self.times.iter().map(|times| {
            let parts = times.parts.iter().map(|part| part.name().to_string());
            (mark(&times.column), parts.collect())
        }));
        plain.collect()
    }
}
