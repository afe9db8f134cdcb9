//! What the second pass takes.

use std::fmt;

/// What the second pass takes at a minimum support, from [`Counted::needs`](super::Counted::needs). All numbers are at
/// most: a basket may have an item twice, and equal baskets take the memory of one.
///
/// ```
/// use itemset::MinSupport;
/// use itemset::io::BasketReader;
///
/// let counted = BasketReader::new().two_pass("beer chips\nbeer wine\nbeer\n".as_bytes()).count()?;
/// let needs = counted.needs(MinSupport::count(2))?;
/// assert_eq!((needs.min_count(), needs.items(), needs.entries(), needs.temporary_bytes()), (2, 1, 3, 0));
/// let told = needs.to_string();
/// assert!(told.starts_with("1 of 3 items can be in 2 baskets or more; with 3 entries they take at most about "), "{told}");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    pub(super) min_count: u64,
    pub(super) of_items: u64,
    pub(super) items: u64,
    pub(super) entries: u64,
    pub(super) memory: u64,
    pub(super) temporary_bytes: u64,
}

impl Needs {
    /// The minimum support as a number of baskets.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The items that can be frequent, and are kept.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// The items of all baskets that are kept, each basket counted with its weight.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The bytes of memory, with those that the first pass holds.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// The bytes of temporary files: 0 if the rows of baskets follow each other, or there is room to put them together.
    #[must_use]
    pub fn temporary_bytes(&self) -> u64 {
        self.temporary_bytes
    }
}

/// `120 MB`.
fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 10.0 { format!("{megabytes:.1} MB") } else { format!("{megabytes:.0} MB") }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Needs { min_count, of_items, items, entries, memory, temporary_bytes } = *self;
        write!(
            f,
            "{items} of {of_items} items can be in {min_count} baskets or more; with {entries} entries they take at most \
             about {} of memory",
            megabytes(memory)
        )?;
        match temporary_bytes {
            0 => Ok(()),
            _ => write!(f, " and {} of temporary files", megabytes(temporary_bytes)),
        }
    }
}
