//! The types of labels that can be stored.

use std::hash::Hash;

/// A label that a snapshot can store: `String`, `&str` and the integers up to 64 bits.
///
/// `usize` is stored as `u64` and `isize` as `i64`, and read from these too; a `&str` is stored as a `String`.
pub trait Label: sealed::Write {}

/// A [`Label`] that can be read: all but `&str`.
pub trait OwnedLabel: Label + sealed::Read + Eq + Hash + Ord {}

mod sealed {
    use super::super::arrays::{Bytes, Unread};
    use crate::error::Error;

    pub trait Write {
        /// The name of the type as it is stored, of at most 8 bytes.
        const TYPE: &'static str;

        fn write<'a>(labels: impl ExactSizeIterator<Item = &'a Self> + Clone, into: &mut Bytes)
        where
            Self: 'a;
    }

    pub trait Read: Sized {
        fn read(from: &mut Unread<'_>) -> Result<Vec<Self>, Error>;
    }
}

use super::arrays::{Bytes, Unread, damaged};
use crate::error::Error;

/// Texts, as what they deref to.
macro_rules! texts {
    ($($type:ty),+) => {$(
        impl Label for $type {}

        impl sealed::Write for $type {
            const TYPE: &'static str = "String";

            fn write<'a>(labels: impl ExactSizeIterator<Item = &'a Self> + Clone, into: &mut Bytes)
            where
                Self: 'a,
            {
                into.texts(labels.map(|label| &**label));
            }
        }
    )+};
}

texts!(String, &str);

impl OwnedLabel for String {}

impl sealed::Read for String {
    fn read(from: &mut Unread<'_>) -> Result<Vec<Self>, Error> {
        Ok(from.texts()?.into_iter().map(String::from).collect())
    }
}

/// Whole numbers: by their distance from 0, twice, and one less if they are below it, where they can be.
macro_rules! integers {
    ($($type:ty as $wide:ty, $name:literal, $to:expr, $from:expr;)+) => {$(
        impl Label for $type {}

        impl OwnedLabel for $type {}

        impl sealed::Write for $type {
            const TYPE: &'static str = $name;

            fn write<'a>(labels: impl ExactSizeIterator<Item = &'a Self> + Clone, into: &mut Bytes) {
                let to: fn($wide) -> u64 = $to;
                // At most 64 bits on every platform that this crate supports.
                into.array(labels.map(|&label| to(label as $wide)));
            }
        }

        impl sealed::Read for $type {
            fn read(from: &mut Unread<'_>) -> Result<Vec<Self>, Error> {
                let of: fn(u64) -> $wide = $from;
                let label = |number| Self::try_from(of(number)).map_err(|_| damaged("a label is too large for its type"));
                from.numbers()?.into_iter().map(label).collect()
            }
        }
    )+};
}

integers! {
    u8 as u64, "u8", |label| label, |number| number;
    u16 as u64, "u16", |label| label, |number| number;
    u32 as u64, "u32", |label| label, |number| number;
    u64 as u64, "u64", |label| label, |number| number;
    usize as u64, "u64", |label| label, |number| number;
    i8 as i64, "i8", zigzag, unzigzag;
    i16 as i64, "i16", zigzag, unzigzag;
    i32 as i64, "i32", zigzag, unzigzag;
    i64 as i64, "i64", zigzag, unzigzag;
    isize as i64, "i64", zigzag, unzigzag;
}

fn zigzag(label: i64) -> u64 {
    ((label << 1) ^ (label >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}
