//! Numbers, checked, sorted and counted.

use crate::error::Error;

/// The distinct ones of some numbers, ascending, and how often each is there.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub(super) distinct: Vec<f64>,
    pub(super) counts: Vec<u64>,
}

/// A number without a sign if it is 0, so that equal numbers have equal bits.
pub(super) fn unsigned_zero(number: f64) -> f64 {
    number + 0.0
}

/// An error for the first number that is NaN or infinite.
pub(super) fn check_finite(setting: &'static str, numbers: &[f64]) -> Result<(), Error> {
    match numbers.iter().position(|number| !number.is_finite()) {
        None => Ok(()),
        Some(place) => {
            let value = format!("{} at position {place}", numbers[place]);
            Err(Error::invalid_setting(setting, value, "finite numbers; leave missing ones out"))
        }
    }
}

/// The numbers in ascending order; an error if there are fewer than two different ones.
pub(super) fn sorted(numbers: &[f64]) -> Result<Vec<f64>, Error> {
    check_finite("values", numbers)?;
    let mut sorted: Vec<f64> = numbers.iter().copied().map(unsigned_zero).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    match (sorted.first(), sorted.last()) {
        (Some(first), Some(last)) if first < last => Ok(sorted),
        (Some(first), _) => {
            Err(Error::invalid_setting("values", format!("only {first}"), "two different numbers or more"))
        }
        _ => Err(Error::invalid_setting("values", "none", "two different numbers or more")),
    }
}

impl Numbers {
    /// An error if there are fewer than two different ones.
    pub(super) fn of(numbers: &[f64]) -> Result<Self, Error> {
        let sorted = sorted(numbers)?;
        let (mut distinct, mut counts) = (Vec::new(), Vec::new());
        for equal in sorted.chunk_by(|a, b| a == b) {
            distinct.push(equal[0]);
            counts.push(equal.len() as u64);
        }
        Ok(Numbers { distinct, counts })
    }
}

/// The middle between two numbers; the second one if there is no number between them.
pub(super) fn between(below: f64, above: f64) -> f64 {
    let middle = below.midpoint(above);
    if middle > below { middle } else { above }
}

/// The most bins, each of which is an item.
const MOST_BINS: usize = 1 << 16;

/// An error unless there are two bins or more, and no more than anyone can want.
pub(super) fn check_bins(bins: usize) -> Result<(), Error> {
    match bins {
        2..=MOST_BINS => Ok(()),
        _ => Err(Error::invalid_setting("bins", bins, "a number from 2 to 65536")),
    }
}

/// An error if a table of so many rows and columns takes more than a gigabyte.
pub(super) fn check_table(rows: usize, columns: usize, what: &'static str) -> Result<(), Error> {
    const MOST: usize = 1 << 28;
    match rows.checked_mul(columns) {
        Some(0..=MOST) => Ok(()),
        _ => Err(Error::too_large(what, MOST as u64)),
    }
}
