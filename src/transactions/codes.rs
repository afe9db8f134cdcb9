//! Baskets that other programs encoded: columns of offsets and dictionary codes.

use std::fmt::Display;
use std::hash::Hash;

use hashbrown::HashMap;

use super::{Columns, Transactions, TransactionsBuilder};
use crate::bitset::{Isa, Ops, Task};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// No item yet.
const NONE: u32 = u32::MAX;

/// Keys up to this many, and this many more for each row, are numbered by a table.
const DENSE_KEYS: usize = 1 << 20;
const DENSE_KEYS_PER_ROW: usize = 4;

impl<T: Eq + Hash> Transactions<T> {
    /// Encodes the baskets of a list column, as Arrow, polars, DuckDB and pyarrow have it: basket `i` has the items
    /// `codes[offsets[i]..offsets[i + 1]]`, and each code is a position in the dictionary. The numbers are of any type
    /// of integers.
    ///
    /// An empty list is a basket without items, and counts. Lists and codes that are null have to be left out before. A
    /// list's equal items count once, as do equal labels of the dictionary. A label that no basket has is not in the
    /// result's dictionary.
    ///
    /// Time is linear in the entries, without a look-up of labels for each.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) with the position: an offset that is negative,
    ///   less than the one before or beyond the codes; a code that is negative or beyond the dictionary.
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` lists, entries or distinct items.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let (offsets, codes) = ([0i32, 2, 2, 3], [1u32, 0, 1]);
    /// let baskets = Transactions::from_codes(&offsets, &codes, ["beer", "diapers", "wine"])?;
    /// assert_eq!(baskets, Transactions::from_rows([vec!["diapers", "beer"], vec![], vec!["diapers"]])?);
    /// let error = Transactions::from_codes(&[0, 1], &[-1], ["beer"]).unwrap_err();
    /// assert_eq!(error.to_string(), "invalid codes: -1 at position 0 (expected positions in the dictionary, from 0 on)");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "arrow")]
    #[doc(alias = "polars")]
    pub fn from_codes<O, C>(offsets: &[O], codes: &[C], dictionary: impl IntoIterator<Item = T>) -> Result<Self, Error>
    where
        O: Copy + Display + TryInto<usize>,
        C: Copy + Display + TryInto<usize>,
    {
        Transactions::of_lists(offsets, codes, None::<&[u32]>, dictionary)
    }

    /// The same of lists with weights: list `i` stands for `weights[i]` equal baskets, as in
    /// [`push_weighted`](TransactionsBuilder::push_weighted). One of weight 0 is no basket.
    ///
    /// # Errors
    ///
    /// Those of [`from_codes`](Transactions::from_codes), where baskets are counted with their weights, and
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a weight that is negative or more than
    /// `u32::MAX`, and if there is not one for each list.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let baskets = Transactions::from_weighted_codes(&[0, 2, 3], &[0, 1, 0], &[30, 70], ["beer", "diapers"])?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer"), baskets.count_of("diapers")), (100, Some(100), Some(30)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn from_weighted_codes<O, C, W>(
        offsets: &[O],
        codes: &[C],
        weights: &[W],
        dictionary: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error>
    where
        O: Copy + Display + TryInto<usize>,
        C: Copy + Display + TryInto<usize>,
        W: Copy + Display + TryInto<u32>,
    {
        Transactions::of_lists(offsets, codes, Some(weights), dictionary)
    }

    fn of_lists<O, C, W>(
        offsets: &[O],
        codes: &[C],
        weights: Option<&[W]>,
        dictionary: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error>
    where
        O: Copy + Display + TryInto<usize>,
        C: Copy + Display + TryInto<usize>,
        W: Copy + Display + TryInto<u32>,
    {
        let lists = offsets.len().saturating_sub(1);
        if let Some(weights) = weights
            && weights.len() != lists
        {
            let given = format_args!("{} for {lists} lists", weights.len());
            return Err(Error::invalid_setting("weights", given, "one for each list"));
        }
        let mut items = Items::new(dictionary)?;
        let columns = Isa::detect().run(Lists { offsets, codes, weights, items: &mut items })?;
        items.build(columns)
    }

    /// Encodes line items: row `i` says that the basket `keys[i]` has the item `codes[i]`, a position in the
    /// dictionary. Rows may be in any order. The numbers are of any type of integers, and keys may be any numbers, such
    /// as those of receipts.
    ///
    /// Baskets are in the order of their first rows, and items are numbered by theirs. Equal rows count once, as do
    /// equal labels of the dictionary. Rows with a null have to be left out before.
    ///
    /// Time is linear in the rows.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting): a key that is negative or a code that is
    ///   negative or beyond the dictionary, with the position; keys and codes that are not of one length.
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, rows or distinct items.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let (receipts, codes) = ([536365i64, 536367, 536365], [1u32, 1, 0]);
    /// let baskets = Transactions::from_code_pairs(&receipts, &codes, ["beer", "diapers"])?;
    /// assert_eq!(baskets, Transactions::from_rows([vec!["diapers", "beer"], vec!["diapers"]])?);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn from_code_pairs<K, C>(
        keys: &[K],
        codes: &[C],
        dictionary: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error>
    where
        K: Copy + Display + TryInto<usize>,
        C: Copy + Display + TryInto<usize>,
    {
        if keys.len() != codes.len() {
            let given = format_args!("{} for {} codes", keys.len(), codes.len());
            return Err(Error::invalid_setting("keys", given, "one for each code"));
        }
        if keys.len() > u32::MAX as usize {
            return Err(Error::too_large("rows", u32::MAX));
        }
        let mut items = Items::new(dictionary)?;
        let (baskets, mut ends) = numbered(keys)?;
        // Each place is where the next item of a basket goes; at the end, where they end.
        let mut start = 0;
        for end in &mut ends {
            (*end, start) = (start, start + *end);
        }
        let mut sorted = vec![0; codes.len()];
        for (position, &basket) in baskets.iter().enumerate() {
            let place = &mut ends[basket as usize];
            sorted[*place as usize] = items.id(codes, position)?;
            *place += 1;
        }
        drop(baskets);
        let columns = Isa::detect().run(Sorted { items: &sorted, ends: &ends });
        items.build(columns)
    }
}

/// The error of a number at a position of a column.
#[cold]
fn refused(column: &'static str, value: impl Display, position: usize, allowed: &'static str) -> Error {
    Error::invalid_setting(column, format_args!("{value} at position {position}"), allowed)
}

/// The items of codes, numbered by first appearance.
struct Items<T> {
    /// The labels, each once, until they get their numbers.
    labels: Vec<Option<T>>,
    /// The place of each code's label.
    places: Vec<u32>,
    /// The number of each code, as far as it appeared, and of each label.
    ids: Vec<u32>,
    ids_of_labels: Vec<u32>,
    /// The labels in the order of their numbers.
    numbered: Vec<T>,
}

impl<T: Eq + Hash> Items<T> {
    fn new(dictionary: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let mut distinct = Dictionary::new();
        let places = dictionary.into_iter().map(|label| distinct.intern(label)).collect::<Result<Vec<_>, _>>()?;
        let labels: Vec<Option<T>> = distinct.into_labels().into_iter().map(Some).collect();
        let (ids, ids_of_labels) = (vec![NONE; places.len()], vec![NONE; labels.len()]);
        Ok(Items { labels, places, ids, ids_of_labels, numbered: Vec::new() })
    }

    /// The item of the code at a position.
    #[inline(always)]
    fn id<C: Copy + Display + TryInto<usize>>(&mut self, codes: &[C], position: usize) -> Result<u32, Error> {
        match self.known(codes[position]) {
            NONE => self.new_id(codes[position], position),
            id => Ok(id),
        }
    }

    /// The item of a code, or [`NONE`] if it did not appear yet or is wrong.
    #[inline(always)]
    fn known<C: TryInto<usize>>(&self, code: C) -> u32 {
        code.try_into().ok().and_then(|code| self.ids.get(code)).copied().unwrap_or(NONE)
    }

    #[inline(never)]
    fn new_id<C: Copy + Display + TryInto<usize>>(&mut self, code: C, position: usize) -> Result<u32, Error> {
        const ALLOWED: &str = "positions in the dictionary, from 0 on";
        let place = code.try_into().ok().and_then(|at| Some((at, *self.places.get(at)? as usize)));
        let Some((at, place)) = place else {
            return Err(refused("codes", code, position, ALLOWED));
        };
        if let Some(label) = self.labels[place].take() {
            self.ids_of_labels[place] = self.numbered.len() as u32;
            self.numbered.push(label);
        }
        self.ids[at] = self.ids_of_labels[place];
        Ok(self.ids[at])
    }

    fn build(self, columns: Columns) -> Result<Transactions<T>, Error> {
        TransactionsBuilder::from_columns(Dictionary::from_labels(self.numbered)?, columns).build()
    }
}

/// The number of each key by first appearance, and how often each occurs.
fn numbered<K: Copy + Display + TryInto<usize>>(keys: &[K]) -> Result<(Vec<u32>, Vec<u32>), Error> {
    let mut highest = 0;
    for (position, &key) in keys.iter().enumerate() {
        let Ok(number) = key.try_into() else { return Err(refused("keys", key, position, "numbers from 0 on")) };
        highest = highest.max(number);
    }
    let mut counts: Vec<u32> = Vec::new();
    let mut number = |number: &mut u32| {
        if *number == NONE {
            *number = counts.len() as u32;
            counts.push(0);
        }
        counts[*number as usize] += 1;
        *number
    };
    // They are numbers, as was seen.
    let keys = keys.iter().map(|&key| key.try_into().unwrap_or_default());
    let numbers = if highest < DENSE_KEYS.saturating_add(DENSE_KEYS_PER_ROW.saturating_mul(keys.len())) {
        let mut table = vec![NONE; highest + 1];
        keys.map(|key| number(&mut table[key])).collect()
    } else {
        let mut table: HashMap<usize, u32> = HashMap::new();
        keys.map(|key| number(table.entry(key).or_insert(NONE))).collect()
    };
    Ok((numbers, counts))
}

/// Lists to baskets.
struct Lists<'a, T, O, C, W> {
    offsets: &'a [O],
    codes: &'a [C],
    weights: Option<&'a [W]>,
    items: &'a mut Items<T>,
}

impl<T, O, C, W> Task for Lists<'_, T, O, C, W>
where
    T: Eq + Hash,
    O: Copy + Display + TryInto<usize>,
    C: Copy + Display + TryInto<usize>,
    W: Copy + Display + TryInto<u32>,
{
    type Output = Result<Columns, Error>;

    #[inline(always)]
    fn run<P: Ops>(self, ops: P) -> Result<Columns, Error> {
        const OFFSETS: &str = "positions in the codes, each at least the one before";
        const WEIGHTS: &str = "whole numbers from 0 to 4294967295";
        let Lists { offsets, codes, weights, items } = self;
        let mut columns = Columns::new();
        columns.reserve(offsets.len(), codes.len());
        let mut start = 0;
        for (position, &offset) in offsets.iter().enumerate() {
            let end = offset.try_into().ok().filter(|&end| end <= codes.len() && (position == 0 || end >= start));
            let Some(end) = end else { return Err(refused("offsets", offset, position, OFFSETS)) };
            let list = start..end;
            start = end;
            // The first one is where the first list begins.
            let Some(before) = position.checked_sub(1) else { continue };
            let weight = match weights.map(|weights| weights[before]) {
                None => 1,
                Some(weight) => match weight.try_into() {
                    Ok(0) => continue,
                    Ok(number) => number,
                    Err(_) => return Err(refused("weights", weight, before, WEIGHTS)),
                },
            };
            // Nearly all items are known, so all are looked up before any is looked at.
            let known = codes[list.clone()].iter().map(|&code| items.known(code));
            let row = columns.open_row();
            row.extend(known);
            if row.contains(&NONE) {
                for (id, at) in row.iter_mut().zip(list) {
                    *id = items.id(codes, at)?;
                }
            }
            columns.end_row_with(ops, weight);
        }
        columns.check()?;
        Ok(columns)
    }
}

/// Items that are sorted by basket.
struct Sorted<'a> {
    items: &'a [u32],
    ends: &'a [u32],
}

impl Task for Sorted<'_> {
    type Output = Columns;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Columns {
        let mut columns = Columns::new();
        columns.reserve(self.ends.len() + 1, self.items.len());
        let mut start = 0;
        for &end in self.ends {
            columns.open_row().extend_from_slice(&self.items[start..end as usize]);
            start = end as usize;
            columns.end_row_with(ops, 1);
        }
        columns
    }
}
