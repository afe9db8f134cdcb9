//! What became of the rows of a table.

use std::fmt;

/// What became of the rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ShapeReport {
    /// Rows of the table.
    pub rows: u64,
    /// Rows left out as a column of their key is missing, or their time, if there are sessions.
    pub rows_without_key: u64,
    /// Baskets made.
    pub baskets: u64,
    /// Keys none of whose rows has an item.
    pub empty_baskets: u64,
    /// The columns with missing fields, and how many; those of rows that were left out do not count.
    pub missing: Vec<(String, u64)>,
    /// Items of which the lack was asked for, and that no basket has.
    pub never_bought: Vec<String>,
    /// Different times that the clock of the time zone showed twice, or skipped. The usual reading was taken.
    pub ambiguous_times: u64,
    /// Different items that the filter left out.
    pub items_left_out: u64,
    /// Baskets that the filter left out.
    pub baskets_left_out: u64,
    /// If the baskets are a sample: of how many, and by how much a support is wrong at most.
    pub sample: Option<SampleReport>,
}

/// What a sample was drawn from, and what it promises.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SampleReport {
    /// The baskets that it was drawn from.
    pub of: u64,
    /// The largest error of a support, as a fraction, of all itemsets at once, with a probability of 95 %:
    /// [`SampleSize::error_of_all`](crate::shape::SampleSize::error_of_all).
    pub error: f64,
}

/// The error is a number.
impl Eq for SampleReport {}

/// A line for each number that is not 0.
impl fmt::Display for ShapeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |number: u64, one: &str, many: &str| match number {
            1 => format!("1 {one}"),
            _ => format!("{number} {many}"),
        };
        write!(f, "{} of {}", counted(self.baskets, "basket", "baskets"), counted(self.rows, "row", "rows"))?;
        if self.rows_without_key > 0 {
            write!(f, "\nleft out: {} without a key", counted(self.rows_without_key, "row", "rows"))?;
        }
        if self.empty_baskets > 0 {
            write!(f, "\nno basket: {} without an item", counted(self.empty_baskets, "key", "keys"))?;
        }
        for (column, missing) in &self.missing {
            write!(f, "\nmissing: {} of {column}", counted(*missing, "field", "fields"))?;
        }
        if self.items_left_out > 0 {
            write!(f, "\nleft out by the filter: {}", counted(self.items_left_out, "item", "items"))?;
        }
        if self.baskets_left_out > 0 {
            write!(f, "\nleft out by the filter: {}", counted(self.baskets_left_out, "basket", "baskets"))?;
        }
        for item in &self.never_bought {
            write!(f, "\nno basket has {item}, whose lack is asked for")?;
        }
        if self.ambiguous_times > 0 {
            let times = counted(self.ambiguous_times, "time", "times");
            write!(f, "\nshown twice or never by the clock of the zone: {times}")?;
        }
        if let Some(sample) = self.sample {
            write!(f, "\n{sample}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SampleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SampleReport { of, error } = self;
        let of = if *of == 1 { "1 basket".to_string() } else { format!("{of} baskets") };
        write!(f, "a sample of {of}: with a probability of 95 %, supports are wrong by {error:.4} at most")
    }
}
