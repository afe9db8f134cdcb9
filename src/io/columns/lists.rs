//! Baskets as lists, one a row.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use super::calls::column_calls;
use super::codes::{Codes, MISSING};
use super::items::Items;
use super::table::{Batch, Columns, Format, Schema};
use super::types::{Class, elements_of, named, values_of};
use crate::error::Error;
use crate::io::Column;
use crate::io::column::shown;
use crate::io::options::{ReadOptions, read_settings};
use crate::io::table::{Rows, parse_weight};

/// Reads baskets from a column of lists: each row is a basket (features `arrow_60` and `parquet`).
///
/// - The elements are of any plain type: texts, dictionaries, numbers, truth values, dates or times. Texts are trimmed;
///   elements that are empty, null or a null word are no items.
/// - A row without an item, or without a list, is no basket; the report counts them.
/// - Other columns, such as an id, are not read.
///
/// The settings `delimiter`, `header`, `quote`, `comment` and `encoding` mean nothing here, and are refused.
///
/// Takes linear time, and the memory of the [`Transactions`](crate::Transactions) and of one batch.
///
/// ```
/// # #[cfg(feature = "parquet")] {
/// use itemset::io::{ListReader, ParquetWriter};
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"]])?;
/// let mut file = Vec::new(); // or a path, as in `read_parquet(Path::new("baskets.parquet"))`
/// ParquetWriter::new().write_itemsets(&Miner::new().min_support(0.5).mine(&baskets)?, &mut file)?;
/// let (lists, report) = ListReader::new("items").weight("count").read_parquet(&file[..])?;
/// assert_eq!((report.rows, lists.len(), lists.count_of("beer")), (3, 4, Some(3)));
/// # }
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ListReader {
    options: ReadOptions,
    items: Column,
    weight: Option<Column>,
}

read_settings!(ListReader);

column_calls! {
    ListReader,
    /// The list may be a `List`, `LargeList`, `FixedSizeList`, `ListView` or `LargeListView`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::builder::{ListBuilder, StringBuilder};
    /// use arrow_array::{ArrayRef, RecordBatch};
    /// use itemset::io::ListReader;
    ///
    /// let mut lists = ListBuilder::new(StringBuilder::new());
    /// lists.append_value([Some("beer"), Some("diapers")]);
    /// lists.append_value([Some("beer"), None]);
    /// let items: ArrayRef = Arc::new(lists.finish());
    /// let batch = RecordBatch::try_from_iter([("items", items)]).unwrap();
    /// let (baskets, _) = ListReader::new("items").read_arrow_60([Ok(batch)])?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer")), (2, Some(2)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
}

impl ListReader {
    /// A reader of the lists in a column.
    pub fn new(items: impl Into<Column>) -> Self {
        ListReader { options: ReadOptions::new(), items: items.into(), weight: None }
    }

    /// The column with the number of equal baskets that a row stands for. Default: each row is one.
    pub fn weight(mut self, column: impl Into<Column>) -> Self {
        self.weight = Some(column.into());
        self
    }
}

/// The columns of a [`ListReader`].
pub(in crate::io) struct ListColumns {
    places: Vec<usize>,
    codes: Codes,
    items: Items,
    weight: Option<Weights>,
}

impl Format for ListReader {
    type Columns = ListColumns;

    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn columns(&self, schema: &Schema<'_>) -> Result<ListColumns, Error> {
        let place = schema.place(&self.items)?;
        let data_type = schema.types[place];
        let Some(elements) = elements_of(data_type) else {
            return Err(schema.refused(place, "where lists of items must be"));
        };
        let Some(class) = Class::of(elements) else {
            let expected = "where items must be text, numbers, truth values, dates or times";
            return Err(schema.refused(place, expected));
        };
        let mut places = vec![place];
        let weight = Weights::of(self.weight.as_ref(), schema, &mut places)?;
        let codes = Codes::new(class, true, schema.options);
        Ok(ListColumns { places, codes, items: Items::default(), weight })
    }
}

impl Columns for ListColumns {
    fn places(&self) -> Vec<usize> {
        self.places.clone()
    }

    fn read(&mut self, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        if let Some(weight) = &mut self.weight {
            weight.read(batch)?;
        }
        let array = batch.column(0);
        match array.data_type() {
            DataType::List(_) => {
                let array = array.as_list::<i32>();
                let ends = array.offsets().iter().map(|&offset| offset as usize);
                self.read_lists(ends, array.values(), array, batch, rows)
            }
            DataType::LargeList(_) => {
                let array = array.as_list::<i64>();
                let ends = array.offsets().iter().map(|&offset| offset as usize);
                self.read_lists(ends, array.values(), array, batch, rows)
            }
            DataType::FixedSizeList(_, size) => {
                let (array, size) = (array.as_fixed_size_list(), *size as usize);
                self.read_lists((0..=array.len()).map(|row| row * size), array.values(), array, batch, rows)
            }
            DataType::ListView(_) => {
                let array = array.as_list_view::<i32>();
                self.read_views(|row| array.value(row), array, batch, rows)
            }
            _ => {
                let array = array.as_list_view::<i64>();
                self.read_views(|row| array.value(row), array, batch, rows)
            }
        }
    }
}

/// Elements that are looked up together, unless one list has more.
const TOGETHER: usize = 8192;

impl ListColumns {
    /// Adds lists that are back to back: where the first one begins, and where each ends.
    fn read_lists(
        &mut self,
        mut ends: impl Iterator<Item = usize>,
        elements: &ArrayRef,
        lists: &dyn Array,
        batch: &Batch<'_>,
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        let mut start = ends.next().unwrap_or_default();
        let mut together = Vec::new();
        let mut row = 0;
        for end in ends {
            together.push(end);
            if end - start >= TOGETHER {
                self.read_elements(&elements.slice(start, end - start), batch, rows)?;
                self.take_lists((row, start), &together, lists, batch, rows)?;
                row += together.len();
                start = end;
                together.clear();
            }
        }
        if let Some(&end) = together.last() {
            self.read_elements(&elements.slice(start, end - start), batch, rows)?;
            self.take_lists((row, start), &together, lists, batch, rows)?;
        }
        Ok(())
    }

    /// Adds lists that may be anywhere.
    fn read_views(
        &mut self,
        list: impl Fn(usize) -> ArrayRef,
        lists: &dyn Array,
        batch: &Batch<'_>,
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        for row in 0..lists.len() {
            let elements = list(row);
            self.read_elements(&elements, batch, rows)?;
            self.take_lists((row, 0), &[elements.len()], lists, batch, rows)?;
        }
        Ok(())
    }

    fn read_elements(&mut self, elements: &dyn Array, batch: &Batch<'_>, rows: &Rows<'_>) -> Result<(), Error> {
        // Those of a slice of rows are numbered together.
        if elements.len() > (u32::MAX as usize).saturating_sub(rows.waiting()) {
            return Err(Error::too_large("entries", u32::MAX));
        }
        self.codes.read(elements, batch.options)?;
        self.items.look_up(&self.codes);
        Ok(())
    }

    /// Adds the lists whose elements were read, from a row and a place of an element on.
    fn take_lists(
        &mut self,
        (first, start): (usize, usize),
        ends: &[usize],
        lists: &dyn Array,
        batch: &Batch<'_>,
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        let ListColumns { codes, items, weight, .. } = self;
        let mut from = 0;
        for (row, &end) in (first..).zip(ends) {
            let places = if lists.is_valid(row) { from..end - start } else { 0..0 };
            from = end - start;
            let weight = match weight.as_ref().map(|weights| weights.rows[row]) {
                None => 1,
                Some(Some(0)) => {
                    rows.report.zero_weights += 1;
                    continue;
                }
                Some(Some(weight)) => weight,
                Some(None) => {
                    refuse_weight(weight.as_ref(), row, batch, rows)?;
                    continue;
                }
            };
            match items.all_known(places.clone()) {
                Some(known) => {
                    rows.push_items(known);
                    rows.end_row(weight);
                }
                None => take_list(&codes.rows()[places], codes, items, (row, weight), batch, rows)?,
            }
        }
        Ok(())
    }
}

fn refuse_weight(weights: Option<&Weights>, row: usize, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
    weights.map_or(Ok(()), |weights| weights.refuse(row, batch, rows))
}

/// Adds a list with its row and weight, some of whose items may be new or missing.
fn take_list(
    list: &[u32],
    codes: &Codes,
    items: &mut Items,
    (row, weight): (usize, u32),
    batch: &Batch<'_>,
    rows: &mut Rows<'_>,
) -> Result<(), Error> {
    let is_new = |&code: &u32| code != MISSING && items.known(code).is_none();
    if list.iter().any(is_new)
        // A row that is skipped must not leave labels in the dictionary.
        && let Some(fault) = list.iter().find_map(|&code| items.fault(code, codes))
    {
        return batch.refuse(row, 0, fault, rows);
    }
    for &code in list.iter().filter(|&&code| code != MISSING) {
        let item = items.item(code, codes, batch.options, rows)?;
        rows.push_item(item);
    }
    rows.end_row(weight);
    Ok(())
}

/// The weights of rows.
pub(super) struct Weights {
    codes: Codes,
    by_code: Vec<Option<u32>>,
    /// Which of the columns it is.
    at: usize,
    /// `None` for one that is wrong.
    pub(super) rows: Vec<Option<u32>>,
}

impl Weights {
    /// Those of a column, which is added to the places.
    pub(super) fn of(
        column: Option<&Column>,
        schema: &Schema<'_>,
        places: &mut Vec<usize>,
    ) -> Result<Option<Weights>, Error> {
        let Some(column) = column else { return Ok(None) };
        let place = schema.place(column)?;
        let class = schema.class(place, "a weight")?;
        let data_type = values_of(schema.types[place]);
        if class == Class::Word && !data_type.is_numeric() {
            return Err(Error::table(
                None,
                format_args!(
                    "{}: {}, where a weight must be a whole number",
                    schema.header.describe(place),
                    named(data_type)
                ),
            ));
        }
        places.push(place);
        let codes = Codes::new(class, true, schema.options);
        Ok(Some(Weights { codes, by_code: Vec::new(), at: places.len() - 1, rows: Vec::new() }))
    }

    pub(super) fn read(&mut self, batch: &Batch<'_>) -> Result<(), Error> {
        let array = batch.column(self.at);
        self.codes.read(array, batch.options)?;
        let has_fraction = values_of(array.data_type()).is_floating();
        for code in self.by_code.len()..self.codes.len() {
            let text = self.codes.text(code as u32);
            let whole = text.strip_suffix(".0").filter(|_| has_fraction).unwrap_or(text);
            self.by_code.push(parse_weight(whole));
        }
        self.rows.clear();
        let weight = |&code: &u32| self.by_code.get(code as usize).copied().flatten();
        self.rows.extend(self.codes.rows().iter().map(weight));
        Ok(())
    }

    /// Skips a row whose weight is wrong, or ends reading.
    pub(super) fn refuse(&self, row: usize, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        let code = self.codes.rows()[row];
        let text = if code == MISSING { shown("") } else { shown(self.codes.text(code)) };
        let reason = format_args!("{text} is no weight, which is a whole number from 0 to {}", u32::MAX);
        batch.refuse(row, self.at, reason, rows)
    }
}
