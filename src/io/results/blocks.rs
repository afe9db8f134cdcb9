//! Text that is written in large blocks, and how numbers look in it.

use std::fmt::Write as _;
use std::io::Write;

use crate::error::Error;

/// Bytes that are written together.
const BLOCK: usize = 64 << 10;

/// Text on its way to a writer.
#[derive(Debug)]
pub(in crate::io) struct Blocks<W> {
    out: W,
    pub(in crate::io) text: String,
}

impl<W: Write> Blocks<W> {
    pub(in crate::io) fn new(out: W) -> Self {
        Blocks { out, text: String::with_capacity(2 * BLOCK) }
    }

    /// Writes the text if it is a block.
    pub(in crate::io) fn end_line(&mut self) -> Result<(), Error> {
        if self.text.len() >= BLOCK { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    /// Writes the rest.
    pub(in crate::io) fn finish(mut self) -> Result<(), Error> {
        self.hand_on()?;
        Ok(self.out.flush()?)
    }
}

/// Appends a count.
pub(in crate::io) fn push_count(text: &mut String, mut count: u64) {
    // The longest u64 has 20 digits.
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (count % 10) as u8;
        count /= 10;
        if count == 0 {
            break;
        }
    }
    text.extend(digits[first..].iter().map(|&digit| char::from(digit)));
}

/// Appends a number in the fewest digits that read back as the same float: very small and very large ones have an
/// exponent. Infinities are `inf` and `-inf`.
pub(super) fn push_float(text: &mut String, value: f64) {
    // A `String` takes all that is written to it.
    let _ = match value == 0.0 || (1e-5..1e16).contains(&value.abs()) || !value.is_finite() {
        true => write!(text, "{value}"),
        false => write!(text, "{value:e}"),
    };
}

/// Appends a number without an exponent, as XML schemas require of decimals.
pub(super) fn push_decimal(text: &mut String, value: f64) {
    let _ = write!(text, "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_of_any_size() {
        let mut text = String::new();
        for count in [0, 7, 10, 4_294_967_296, u64::MAX] {
            text.push(' ');
            push_count(&mut text, count);
        }
        assert_eq!(text, " 0 7 10 4294967296 18446744073709551615");
    }

    proptest! {
        #[test]
        fn floats_read_back(value in any::<f64>().prop_filter("measures are never NaN", |value| !value.is_nan())) {
            for push in [push_float, push_decimal] {
                let mut text = String::new();
                push(&mut text, value);
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            }
        }
    }
}
