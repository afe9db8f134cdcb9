//! Line items, one a row.

use std::ops::Range;

use super::calls::column_calls;
use super::codes::{Codes, MISSING};
use super::items::Items;
use super::signs::{Sign, read_signs};
use super::table::{Batch, Columns, Format, Schema};
use super::types::{Class, values_of};
use crate::error::Error;
use crate::io::LongReader;
use crate::io::long::{Quantity, quantity_of};
use crate::io::options::ReadOptions;
use crate::io::report::ReadReport;
use crate::io::table::{Keys, Pending, Rows};
use crate::pattern::Pattern;

column_calls! {
    LongReader,
    /// Keys, items and quantities are in columns of any plain type.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    /// use itemset::io::LongReader;
    ///
    /// let receipts: ArrayRef = Arc::new(Int64Array::from(vec![1, 1, 2]));
    /// let items: ArrayRef = Arc::new(StringArray::from(vec!["beer", "diapers", "beer"]));
    /// let batch = RecordBatch::try_from_iter([("receipt", receipts), ("item", items)]).unwrap();
    /// let (baskets, _) = LongReader::new("receipt", "item").read_arrow_60([Ok(batch)])?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer")), (2, Some(2)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
}

/// A basket of a key that no row was seen of.
const UNSEEN: u32 = u32::MAX;
/// One that is left out.
const EXCLUDED: u32 = u32::MAX - 1;
/// One whose key is wrong.
const WRONG: u32 = u32::MAX - 2;
/// One none of whose rows was taken yet.
const NOT_BEGUN: u32 = u32::MAX - 3;

/// The columns of a [`LongReader`].
pub(in crate::io) struct LongColumns {
    places: Vec<usize>,
    keys: Vec<Codes>,
    /// The keys of several columns.
    joined: Option<Joined>,
    /// The basket of each key.
    baskets: Vec<u32>,
    begun: u32,
    item: Codes,
    items: Items,
    quantity: Option<Quantities>,
    keep_returns: bool,
    exclude: Option<Pattern>,
}

impl Format for LongReader {
    type Columns = LongColumns;

    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn columns(&self, schema: &Schema<'_>) -> Result<LongColumns, Error> {
        let options = schema.options;
        let mut places = self.keys.iter().map(|key| schema.place(key)).collect::<Result<Vec<_>, _>>()?;
        let needs_texts = self.exclude.is_some();
        let keys = places
            .iter()
            .map(|&place| Ok(Codes::new(schema.class(place, "the key of a basket")?, needs_texts, options)));
        let keys = keys.collect::<Result<Vec<_>, Error>>()?;
        let joined = (keys.len() > 1).then(Joined::new);
        places.push(schema.place(&self.item)?);
        let item = Codes::new(schema.class(places[keys.len()], "an item")?, true, options);
        let mut quantity = None;
        if let Some(column) = &self.quantity {
            let place = schema.place(column)?;
            places.push(place);
            let class = schema.class(place, "a quantity")?;
            if class == Class::Word && !values_of(schema.types[place]).is_numeric() {
                return Err(schema.refused(place, "where a quantity must be a number"));
            }
            quantity = Some(Quantities {
                codes: Codes::new(class, true, options),
                by_code: Vec::new(),
                signs: Vec::new(),
                rows: Vec::new(),
            });
        }
        Ok(LongColumns {
            places,
            keys,
            joined,
            baskets: Vec::new(),
            begun: 0,
            item,
            items: Items::default(),
            quantity,
            keep_returns: self.keep_returns,
            exclude: self.exclude.clone(),
        })
    }
}

impl Columns for LongColumns {
    fn places(&self) -> Vec<usize> {
        self.places.clone()
    }

    fn read(&mut self, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        for (at, key) in self.keys.iter_mut().enumerate() {
            key.read(batch.column(at), batch.options)?;
        }
        if let Some(joined) = &mut self.joined {
            joined.read(&self.keys, batch.len())?;
        }
        let item_at = self.keys.len();
        self.item.read(batch.column(item_at), batch.options)?;
        if let Some(quantity) = &mut self.quantity {
            quantity.read(batch, item_at + 1)?;
        }
        let known = self.joined.as_ref().map_or_else(|| self.keys[0].len(), |joined| joined.known.len());
        self.baskets.resize(known, UNSEEN);
        self.items.look_up(&self.item);
        // Memory that is used again for every batch.
        let keys = self.joined.as_mut().map(|joined| std::mem::take(&mut joined.rows));
        let taken = self.read_rows(keys.as_deref(), batch, rows);
        if let (Some(joined), Some(keys)) = (&mut self.joined, keys) {
            joined.rows = keys;
        }
        taken
    }
}

impl LongColumns {
    fn read_rows(&mut self, joined: Option<&[u32]>, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        let mut row = 0;
        while row < batch.len() {
            let (key, end) = same_key(joined.unwrap_or_else(|| self.keys[0].rows()), row);
            if !self.read_plain(row..end, key, rows)? {
                for row in row..end {
                    self.read_row(row, key, batch, rows)?;
                }
            }
            row = end;
        }
        Ok(())
    }

    /// Adds rows of one key together, if none has a new item and nothing is wrong with them. Some may be returns.
    #[inline(always)]
    fn read_plain(&mut self, same: Range<usize>, key: u32, rows: &mut Rows<'_>) -> Result<bool, Error> {
        let Some(items) = self.items.all_known(same.clone()) else { return Ok(false) };
        let quantities = self.quantity.as_ref().map(|quantity| &quantity.rows[same.clone()]);
        let some = quantities.filter(|quantities| quantities.iter().any(|&bought| bought != Bought::Yes));
        if some.is_some_and(|quantities| quantities.contains(&Bought::Wrong)) {
            return Ok(false);
        }
        let basket = match self.baskets.get(key as usize) {
            Some(&basket) if basket < NOT_BEGUN => Some(basket),
            Some(&state) if self.is_right(state, same.start) => None,
            _ => return Ok(false),
        };
        let before = rows.waiting();
        match some {
            None => rows.push_items(items),
            Some(quantities) => {
                for (&item, &bought) in items.iter().zip(quantities) {
                    if bought.is_taken(self.keep_returns, &mut rows.report) {
                        rows.push_item(item);
                    }
                }
            }
        }
        if rows.waiting() > before {
            let basket = match basket {
                Some(basket) => basket,
                None => {
                    let basket = begin(&mut self.begun)?;
                    self.baskets[key as usize] = basket;
                    basket
                }
            };
            rows.end_numbered(basket);
        }
        Ok(true)
    }

    /// Adds any row.
    fn read_row(&mut self, row: usize, key: u32, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error> {
        let options = batch.options;
        if self.keys.iter().any(|key| key.rows()[row] == MISSING) {
            rows.report.null_keys += 1;
            return Ok(());
        }
        if self.baskets[key as usize] == UNSEEN {
            self.baskets[key as usize] = self.judge(row);
            if self.baskets[key as usize] == EXCLUDED {
                rows.exclude(&key.to_le_bytes())?;
            }
        }
        match self.baskets[key as usize] {
            EXCLUDED => {
                rows.report.excluded_rows += 1;
                return Ok(());
            }
            WRONG => {
                let fault = |(at, codes): (usize, &Codes)| codes.fault(codes.rows()[row]).map(|fault| (at, fault));
                let (at, fault) = self.keys.iter().enumerate().find_map(fault).unwrap_or_default();
                return batch.refuse(row, at, fault, rows);
            }
            _ => {}
        }
        let (item, item_at) = (self.item.rows()[row], self.keys.len());
        if item == MISSING {
            rows.report.null_items += 1;
            return Ok(());
        }
        if let Some(quantity) = &self.quantity {
            match quantity.rows[row] {
                Bought::Wrong => return batch.refuse(row, item_at + 1, quantity.fault(row, options), rows),
                bought if bought.is_taken(self.keep_returns, &mut rows.report) => {}
                _ => return Ok(()),
            }
        }
        if let Some(fault) = self.items.fault(item, &self.item) {
            return batch.refuse(row, item_at, fault, rows);
        }
        if self.baskets[key as usize] == NOT_BEGUN {
            self.baskets[key as usize] = begin(&mut self.begun)?;
        }
        let item = self.items.item(item, &self.item, options, rows)?;
        rows.push_item(item);
        rows.end_numbered(self.baskets[key as usize]);
        Ok(())
    }

    /// Whether a basket that has not begun can begin with a row.
    fn is_right(&self, state: u32, row: usize) -> bool {
        let is_missing = || self.keys.iter().any(|codes| codes.rows()[row] == MISSING);
        state == NOT_BEGUN || state == UNSEEN && !is_missing() && self.judge(row) == NOT_BEGUN
    }

    /// What a basket is, by the key in its first row.
    fn judge(&self, row: usize) -> u32 {
        if self.keys.iter().any(|codes| codes.fault(codes.rows()[row]).is_some()) {
            return WRONG;
        }
        let is_excluded =
            |pattern: &Pattern| self.keys.iter().any(|codes| pattern.matches(codes.text(codes.rows()[row])));
        if self.exclude.as_ref().is_some_and(is_excluded) { EXCLUDED } else { NOT_BEGUN }
    }
}

/// The number of the next basket.
fn begin(begun: &mut u32) -> Result<u32, Error> {
    match *begun {
        NOT_BEGUN.. => Err(Error::too_large("baskets", u32::MAX)),
        basket => {
            *begun += 1;
            Ok(basket)
        }
    }
}

/// The key of a row, and the row after those with the same one.
#[inline(always)]
fn same_key(keys: &[u32], row: usize) -> (u32, usize) {
    let key = keys[row];
    let others = keys[row..].iter().position(|&other| other != key);
    (key, others.map_or(keys.len(), |others| row + others))
}

/// Keys of several columns, numbered together.
struct Joined {
    known: Keys,
    pending: Pending,
    rows: Vec<u32>,
}

impl Joined {
    fn new() -> Self {
        Joined { known: Keys::new(), pending: Pending::default(), rows: Vec::new() }
    }

    /// Numbers the keys of some rows, each run of equal ones once.
    fn read(&mut self, keys: &[Codes], len: usize) -> Result<(), Error> {
        self.pending.clear();
        self.rows.clear();
        let (mut bytes, mut last) = (Vec::new(), Vec::new());
        for row in 0..len {
            bytes.clear();
            keys.iter().for_each(|codes| bytes.extend_from_slice(&codes.rows()[row].to_le_bytes()));
            if row == 0 || bytes != last {
                self.pending.push(&bytes);
                std::mem::swap(&mut bytes, &mut last);
            }
            self.rows.push(self.pending.len() as u32 - 1);
        }
        let mut numbers = vec![0; self.pending.len()];
        self.known.number(&self.pending, numbers.iter_mut())?;
        self.rows.iter_mut().for_each(|row| *row = numbers[*row as usize]);
        Ok(())
    }
}

/// What a quantity says of a line item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bought {
    Yes,
    Returned,
    Missing,
    Wrong,
}

impl Bought {
    /// Whether the item is in the basket; what is not is counted.
    #[inline(always)]
    fn is_taken(self, keep_returns: bool, report: &mut ReadReport) -> bool {
        match self {
            Bought::Yes => return true,
            Bought::Returned if keep_returns => return true,
            Bought::Returned => report.returns += 1,
            Bought::Missing => report.null_quantities += 1,
            Bought::Wrong => {}
        }
        false
    }
}

/// The quantities of rows.
struct Quantities {
    /// For texts, dictionaries, and numbers that may be null words.
    codes: Codes,
    by_code: Vec<Bought>,
    signs: Vec<Sign>,
    rows: Vec<Bought>,
}

impl Quantities {
    fn read(&mut self, batch: &Batch<'_>, at: usize) -> Result<(), Error> {
        let (array, options) = (batch.column(at), batch.options);
        self.rows.clear();
        if options.nulls.is_empty() && read_signs(array, &mut self.signs) {
            self.rows.extend(self.signs.iter().map(|sign| match sign {
                Sign::Positive => Bought::Yes,
                Sign::Zero | Sign::Negative => Bought::Returned,
                Sign::Missing => Bought::Missing,
            }));
            return Ok(());
        }
        self.codes.read(array, options)?;
        for code in self.by_code.len()..self.codes.len() {
            self.by_code.push(match quantity_of(self.codes.text(code as u32), options) {
                Quantity::Bought => Bought::Yes,
                Quantity::Returned => Bought::Returned,
                Quantity::Missing => Bought::Missing,
                Quantity::Wrong(_) => Bought::Wrong,
            });
        }
        let bought = |&code: &u32| self.by_code.get(code as usize).copied().unwrap_or(Bought::Missing);
        self.rows.extend(self.codes.rows().iter().map(bought));
        Ok(())
    }

    /// What is wrong with the quantity of a row.
    fn fault(&self, row: usize, options: &ReadOptions) -> String {
        match quantity_of(self.codes.text(self.codes.rows()[row]), options) {
            Quantity::Wrong(reason) => reason,
            _ => String::new(),
        }
    }
}
