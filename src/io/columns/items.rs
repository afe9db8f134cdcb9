//! The items that the values of a column are.

use std::ops::Range;

use super::codes::{Codes, MISSING};
use crate::error::Error;
use crate::io::options::ReadOptions;
use crate::io::table::Rows;

/// No item yet.
const NONE: u32 = u32::MAX;

/// The items of codes, numbered when they are first in a basket.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// What their labels begin with.
    prefix: String,
    /// By code.
    numbers: Vec<u32>,
    /// Those of the rows that were read last, as far as they were known then.
    rows: Vec<u32>,
}

impl Items {
    pub(super) fn with_prefix(prefix: String) -> Self {
        Items { prefix, ..Items::default() }
    }

    /// Makes room for all codes.
    pub(super) fn cover(&mut self, codes: &Codes) {
        self.numbers.resize(codes.len(), NONE);
    }

    /// Looks up the items of all rows.
    pub(super) fn look_up(&mut self, codes: &Codes) {
        self.cover(codes);
        let Items { numbers, rows, .. } = self;
        rows.clear();
        rows.extend(codes.rows().iter().map(|&code| numbers.get(code as usize).copied().unwrap_or(NONE)));
    }

    /// The items of some rows, if all of them have one that was known.
    #[inline(always)]
    pub(super) fn all_known(&self, rows: Range<usize>) -> Option<&[u32]> {
        Some(&self.rows[rows]).filter(|items| !items.contains(&NONE))
    }

    /// The item of a code that was in a basket before.
    #[inline(always)]
    pub(super) fn known(&self, code: u32) -> Option<u32> {
        self.numbers.get(code as usize).copied().filter(|&number| number != NONE)
    }

    /// What is wrong with a value, if anything is.
    pub(super) fn fault(&self, code: u32, codes: &Codes) -> Option<&'static str> {
        if code == MISSING || self.known(code).is_some() {
            return None;
        }
        codes.fault(code)
    }

    /// The item of a code that is not missing and has no fault.
    #[inline(always)]
    pub(super) fn item(
        &mut self,
        code: u32,
        codes: &Codes,
        options: &ReadOptions,
        rows: &mut Rows<'_>,
    ) -> Result<u32, Error> {
        match self.known(code) {
            Some(item) => Ok(item),
            None => self.new_item(code, codes, options, rows),
        }
    }

    #[cold]
    fn new_item(&mut self, code: u32, codes: &Codes, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<u32, Error> {
        let label = options.each.label(codes.text(code));
        let item = match self.prefix.is_empty() {
            true => rows.item(&label)?,
            false => rows.item(&format!("{}{label}", self.prefix))?,
        };
        self.numbers[code as usize] = item;
        Ok(item)
    }
}
