//! A column per attribute.

use super::calls::column_calls;
use super::codes::{Codes, MISSING};
use super::items::Items;
use super::lists::Weights;
use super::table::{Batch, Columns, Format, Schema};
use crate::error::Error;
use crate::io::AttributesReader;
use crate::io::options::ReadOptions;
use crate::io::table::Rows;

column_calls! {
    AttributesReader,
    /// Values of any plain type are taken as text.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
    /// use itemset::io::AttributesReader;
    ///
    /// let region: ArrayRef = Arc::new(StringArray::from(vec![Some("north"), None]));
    /// let card: ArrayRef = Arc::new(BooleanArray::from(vec![true, true]));
    /// let batch = RecordBatch::try_from_iter([("region", region), ("card", card)]).unwrap();
    /// let (baskets, _) = AttributesReader::new().read_arrow_60([Ok(batch)])?;
    /// assert_eq!((baskets.count_of("region=north"), baskets.count_of("card=true")), (Some(1), Some(2)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
}

/// The columns of an [`AttributesReader`].
pub(in crate::io) struct AttributeColumns {
    places: Vec<usize>,
    columns: Vec<(Codes, Items)>,
    weight: Option<Weights>,
}

impl Format for AttributesReader {
    type Columns = AttributeColumns;

    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn columns(&self, schema: &Schema<'_>) -> Result<AttributeColumns, Error> {
        let mut are_items = vec![self.only.is_none(); schema.types.len()];
        for column in self.only.iter().flatten() {
            are_items[schema.place(column)?] = true;
        }
        for column in self.not_items.iter().chain(&self.weight) {
            are_items[schema.place(column)?] = false;
        }
        let (mut places, mut columns) = (Vec::new(), Vec::new());
        for place in (0..are_items.len()).filter(|&place| are_items[place]) {
            let class = schema.class(place, "the value of an attribute")?;
            places.push(place);
            let items = Items::with_prefix(format!("{}=", schema.label(place)?));
            columns.push((Codes::new(class, true, schema.options), items));
        }
        let weight = Weights::of(self.weight.as_ref(), schema, &mut places)?;
        Ok(AttributeColumns { places, columns, weight })
    }
}

impl Columns for AttributeColumns {
    fn places(&self) -> Vec<usize> {
        self.places.clone()
    }

    fn read(&mut self, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        let AttributeColumns { columns, weight, .. } = self;
        if let Some(weight) = weight {
            weight.read(batch)?;
        }
        for (at, (codes, items)) in columns.iter_mut().enumerate() {
            codes.read(batch.column(at), batch.options)?;
            items.cover(codes);
        }
        for row in 0..batch.len() {
            let weight = match weight.as_ref().map(|weights| weights.rows[row]) {
                None => 1,
                Some(Some(weight)) => weight,
                Some(None) => {
                    weight.as_ref().map_or(Ok(()), |weights| weights.refuse(row, batch, rows))?;
                    continue;
                }
            };
            if weight == 0 {
                rows.report.zero_weights += 1;
                continue;
            }
            // A row that is skipped must not leave labels in the dictionary.
            let fault = columns
                .iter()
                .enumerate()
                .find_map(|(at, (codes, items))| items.fault(codes.rows()[row], codes).map(|fault| (at, fault)));
            if let Some((at, fault)) = fault {
                batch.refuse(row, at, fault, rows)?;
                continue;
            }
            for (codes, items) in columns.iter_mut() {
                let code = codes.rows()[row];
                if code != MISSING {
                    let item = items.item(code, codes, batch.options, rows)?;
                    rows.push_item(item);
                }
            }
            rows.end_row(weight);
        }
        Ok(())
    }
}
