//! The items that the values of a column are.

use super::codes::{Codes, MISSING};
use crate::error::Error;
use crate::io::options::ReadOptions;
use crate::io::table::Rows;

/// No item yet.
const NONE: u32 = u32::MAX;

/// What is wrong with a text.
pub(super) const NUL: &str = "a NUL character, which text never has";

/// The items of codes, numbered when they are first in a basket.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// What their labels begin with.
    prefix: String,
    /// By code.
    numbers: Vec<u32>,
}

impl Items {
    pub(super) fn with_prefix(prefix: String) -> Self {
        Items { prefix, numbers: Vec::new() }
    }

    /// Makes room for all codes.
    pub(super) fn cover(&mut self, codes: &Codes) {
        self.numbers.resize(codes.len(), NONE);
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
        codes.text(code).contains('\0').then_some(NUL)
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
