//! A column per item.

use super::calls::column_calls;
use super::codes::Codes;
use super::lists::Weights;
use super::signs::{Sign, read_signs};
use super::table::{Batch, Columns, Format, Schema};
use super::types::named;
use crate::error::Error;
use crate::io::OneHotReader;
use crate::io::options::ReadOptions;
use crate::io::table::Rows;

column_calls! {
    OneHotReader,
    /// An item is there if its field is `true` or a number above 0, or a text that says so.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, BooleanArray, Int8Array, RecordBatch};
    /// use itemset::io::OneHotReader;
    ///
    /// let beer: ArrayRef = Arc::new(BooleanArray::from(vec![true, true]));
    /// let chips: ArrayRef = Arc::new(Int8Array::from(vec![0, 1]));
    /// let batch = RecordBatch::try_from_iter([("beer", beer), ("chips", chips)]).unwrap();
    /// let (baskets, _) = OneHotReader::new().read_arrow_60([Ok(batch)])?;
    /// assert_eq!((baskets.count_of("beer"), baskets.count_of("chips")), (Some(2), Some(1)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
}

/// The columns of a [`OneHotReader`].
pub(in crate::io) struct OneHotColumns {
    reader: OneHotReader,
    places: Vec<usize>,
    columns: Vec<ItemColumn>,
    weight: Option<Weights>,
    /// For each row, the columns whose items are there, and the first fault.
    there: Vec<Vec<u32>>,
    faults: Vec<Option<(usize, String)>>,
    signs: Vec<Sign>,
}

struct ItemColumn {
    label: String,
    /// For what is no plain number or truth value.
    codes: Codes,
    by_code: Vec<Option<bool>>,
}

impl Format for OneHotReader {
    type Columns = OneHotColumns;

    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn columns(&self, schema: &Schema<'_>) -> Result<OneHotColumns, Error> {
        if self.sparse {
            return Err(Error::invalid_setting("sparse", true, "false: each column is an item"));
        }
        let mut are_items = vec![true; schema.types.len()];
        for column in &self.not_items {
            are_items[schema.place(column)?] = false;
        }
        if let Some(weight) = &self.weight {
            are_items[schema.place(weight)?] = false;
        }
        let (mut places, mut columns) = (Vec::new(), Vec::new());
        for place in (0..are_items.len()).filter(|&place| are_items[place]) {
            let class = schema.class(place, "what says whether an item is there")?;
            if schema.types[place].is_temporal() {
                let expected = "which does not say whether an item is there: leave the column out (not_items)";
                let reason = format!("{}, {expected}", named(schema.types[place]));
                return Err(Error::table(None, format_args!("{}: {reason}", schema.header.describe(place))));
            }
            places.push(place);
            let codes = Codes::new(class, true, schema.options);
            columns.push(ItemColumn { label: schema.label(place)?, codes, by_code: Vec::new() });
        }
        let weight = Weights::of(self.weight.as_ref(), schema, &mut places)?;
        Ok(OneHotColumns {
            reader: self.clone(),
            places,
            columns,
            weight,
            there: Vec::new(),
            faults: Vec::new(),
            signs: Vec::new(),
        })
    }
}

impl Columns for OneHotColumns {
    fn places(&self) -> Vec<usize> {
        self.places.clone()
    }

    fn read(&mut self, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        self.there.resize(batch.len(), Vec::new());
        self.there.iter_mut().for_each(Vec::clear);
        self.faults.clear();
        self.faults.resize(batch.len(), None);
        if let Some(weight) = &mut self.weight {
            weight.read(batch)?;
        }
        for at in 0..self.columns.len() {
            self.read_column(at, batch)?;
        }
        for row in 0..batch.len() {
            let weight = match self.weight.as_ref().map(|weights| weights.rows[row]) {
                None => 1,
                Some(Some(weight)) => weight,
                Some(None) => {
                    self.weight.as_ref().map_or(Ok(()), |weights| weights.refuse(row, batch, rows))?;
                    continue;
                }
            };
            if weight == 0 {
                rows.report.zero_weights += 1;
                continue;
            }
            if let Some((at, reason)) = &self.faults[row] {
                batch.refuse(row, *at, reason, rows)?;
                continue;
            }
            for &at in &self.there[row] {
                rows.push_of_column(at as usize, &self.columns[at as usize].label)?;
            }
            rows.end_row(weight);
        }
        Ok(())
    }
}

impl OneHotColumns {
    /// Notes in which rows the item of a column is.
    fn read_column(&mut self, at: usize, batch: &Batch<'_>) -> Result<(), Error> {
        let OneHotColumns { reader, columns, there, faults, signs, .. } = self;
        let (array, options) = (batch.column(at), batch.options);
        let ItemColumn { codes, by_code, .. } = &mut columns[at];
        if reader.there.is_none() && options.nulls.is_empty() && read_signs(array, signs) {
            for (row, sign) in signs.iter().enumerate() {
                match sign {
                    Sign::Positive => there[row].push(at as u32),
                    Sign::Zero | Sign::Missing => {}
                    Sign::Negative => {
                        codes.read(&array.slice(row, 1), options)?;
                        let fault = reader.is_there(codes.text(codes.rows()[0]), options);
                        note(&mut faults[row], at, fault.err());
                    }
                }
            }
            return Ok(());
        }
        codes.read(array, options)?;
        let is_there = |code: u32| match codes.fault(code) {
            Some(fault) => Err(fault.to_string()),
            None => reader.is_there(codes.text(code), options),
        };
        for code in by_code.len()..codes.len() {
            by_code.push(is_there(code as u32).ok());
        }
        for (row, &code) in codes.rows().iter().enumerate() {
            match by_code.get(code as usize) {
                Some(Some(true)) => there[row].push(at as u32),
                Some(None) => note(&mut faults[row], at, is_there(code).err()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Keeps the first fault of a row.
#[cold]
fn note(fault: &mut Option<(usize, String)>, at: usize, reason: Option<String>) {
    if fault.is_none() {
        *fault = reason.map(|reason| (at, reason));
    }
}
