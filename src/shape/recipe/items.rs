//! Texts to items, each different text once.

use super::fit::numbers_of_texts;
use super::settings::{Missing, Numbers, Recipe};
use super::shape::ShapeReport;
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
}

impl Labels {
    pub(super) fn new() -> Self {
        Labels { dictionary: Dictionary::new(), kind_of: Vec::new(), kinds: Vec::new() }
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

    /// The number of an item. One that has several kinds, as a product may be called like a store, is of the first.
    fn item(&mut self, label: String, kind: u32) -> Result<u32, Error> {
        let id = self.dictionary.intern(label)?;
        if self.kind_of.len() < self.dictionary.len() {
            self.kind_of.push(kind);
        }
        Ok(id)
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
                let kind = labels.kind(name);
                Some(labels.item(label, kind)?)
            }
            _ => None,
        };
        Ok(ColumnItems { codes, ends, items, missing, missed: 0, name })
    }

    /// Adds the items of a field.
    #[inline(always)]
    pub(super) fn add(&mut self, code: u32, row: &mut Vec<u32>) {
        if code == Table::MISSING {
            self.missed += 1;
            row.extend(self.missing);
        } else {
            let code = code as usize;
            let start = if code == 0 { 0 } else { self.ends[code - 1] };
            row.extend_from_slice(&self.items[start as usize..self.ends[code] as usize]);
        }
    }
}

impl Recipe {
    /// All columns that become items.
    pub(super) fn columns<'t>(
        &'t self,
        table: &'t Table,
        labels: &mut Labels,
        report: &mut ShapeReport,
    ) -> Result<Vec<ColumnItems<'t>>, Error> {
        let missing = |column: &str| (self.missing == Missing::Item).then(|| format!("{column}=?"));
        let mut columns = Vec::new();
        for column in &self.items {
            let kind = labels.kind(column);
            columns.push(ColumnItems::new(table, column, labels, missing(column), |_, text, labels| {
                labels.push((text.to_string(), kind));
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
            let (read, kinds) = (times.reader()?, times.parts.iter().map(|part| labels.kind(part.name())));
            let kinds: Vec<u32> = kinds.collect();
            columns.push(ColumnItems::new(table, &times.column, labels, missing(&times.column), |_, text, labels| {
                let time = read.time(text)?;
                report.ambiguous_times += u64::from(time.is_ambiguous);
                labels.extend(times.parts.iter().zip(&kinds).map(|(part, &kind)| (times.label(*part, &time), kind)));
                Ok(())
            })?);
        }
        #[cfg(not(feature = "time"))]
        let _ = report;
        for Numbers { column, bins, .. } in &self.numbers {
            let bins = bins.as_ref().ok_or_else(|| {
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
        Ok(columns)
    }
}
