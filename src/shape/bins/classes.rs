//! Numbers with classes.

use std::collections::BTreeMap;

use super::numbers::{check_finite, unsigned_zero};
use crate::error::Error;

/// The different numbers, ascending, and the classes of each.
pub(super) struct Classified {
    pub(super) numbers: Vec<f64>,
    /// Where the classes of each number end in `classes`.
    pub(super) ends: Vec<usize>,
    /// The classes of the numbers, one for each value.
    pub(super) classes: Vec<u32>,
    /// Different classes.
    pub(super) kinds: usize,
}

impl Classified {
    /// # Errors
    ///
    /// If there is not one class for each value, a value is not finite, or there are no two different values or classes.
    pub(super) fn new<C: Ord>(values: &[f64], classes: &[C]) -> Result<Self, Error> {
        if values.len() != classes.len() {
            let value = format!("{} for {} values", classes.len(), values.len());
            return Err(Error::invalid_setting("classes", value, "one for each value"));
        }
        check_finite("values", values)?;
        let mut kinds: BTreeMap<&C, u32> = classes.iter().map(|class| (class, 0)).collect();
        // There may be as many classes as values; more than 32 bits number take more memory than a machine has.
        (0..).zip(kinds.values_mut()).for_each(|(number, kind)| *kind = number);
        if kinds.len() < 2 {
            let value = if kinds.is_empty() { "none" } else { "only one" };
            return Err(Error::invalid_setting("classes", value, "two different ones or more"));
        }
        let mut pairs: Vec<(f64, u32)> =
            values.iter().zip(classes).map(|(&value, class)| (unsigned_zero(value), kinds[class])).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut numbers, mut ends) = (Vec::new(), Vec::new());
        for equal in pairs.chunk_by(|a, b| a.0 == b.0) {
            numbers.push(equal[0].0);
            ends.push(ends.last().map_or(0, |&end| end) + equal.len());
        }
        if let [number] = numbers[..] {
            return Err(Error::invalid_setting("values", format!("only {number}"), "two different numbers or more"));
        }
        Ok(Classified {
            numbers,
            ends,
            classes: pairs.into_iter().map(|(_, class)| class).collect(),
            kinds: kinds.len(),
        })
    }

    /// The classes of a number.
    pub(super) fn of(&self, place: usize) -> &[u32] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.classes[start..self.ends[place]]
    }
}
