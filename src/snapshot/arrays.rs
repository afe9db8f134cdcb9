//! Numbers and arrays as bytes, and back.

use crate::error::Error;

/// Bytes while they are written.
#[derive(Debug, Default)]
pub struct Bytes(pub(super) Vec<u8>);

impl Bytes {
    pub(super) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Whole numbers, each in the fewest bytes that hold the largest.
    pub(super) fn array<N: Into<u64>>(&mut self, numbers: impl ExactSizeIterator<Item = N> + Clone) {
        let largest = numbers.clone().map(Into::into).max().unwrap_or(0);
        let width = match largest {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xffff_ffff => 4,
            _ => 8,
        };
        self.number(numbers.len() as u64);
        self.0.push(width);
        self.0.reserve(numbers.len() * usize::from(width));
        numbers.for_each(|number| self.0.extend_from_slice(&number.into().to_le_bytes()[..usize::from(width)]));
    }

    pub(super) fn numbers<N: Into<u64> + Copy>(&mut self, numbers: &[N]) {
        self.array(numbers.iter().copied());
    }

    pub(super) fn floats(&mut self, floats: &[f64]) {
        self.number(floats.len() as u64);
        floats.iter().for_each(|float| self.0.extend_from_slice(&float.to_le_bytes()));
    }

    pub(super) fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str> + Clone) {
        self.array(texts.clone().map(|text| text.len() as u64));
        self.number(texts.clone().map(|text| text.len() as u64).sum());
        texts.for_each(|text| self.0.extend_from_slice(text.as_bytes()));
    }
}

/// The bytes of a section while they are read. Nothing is reserved for more numbers than there are bytes.
#[derive(Debug)]
pub struct Unread<'a>(pub(super) &'a [u8]);

impl<'a> Unread<'a> {
    fn take(&mut self, len: u64) -> Result<&'a [u8], Error> {
        let taken = usize::try_from(len).ok().and_then(|len| self.0.split_off(..len));
        taken.ok_or_else(|| damaged("it ends too early"))
    }

    pub(super) fn number(&mut self) -> Result<u64, Error> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(bytes))
    }

    fn array<N>(&mut self, fitting: impl Fn(u64) -> N) -> Result<Vec<N>, Error> {
        let len = self.number()?;
        let width = self.take(1)?[0];
        let bytes = self.take(len.checked_mul(width.into()).ok_or_else(|| damaged("an array is too long"))?)?;
        // A loop for each width.
        match width {
            1 => Ok(bytes.iter().map(|&byte| fitting(byte.into())).collect()),
            2 => Ok(of_width::<2, N>(bytes, fitting)),
            4 => Ok(of_width::<4, N>(bytes, fitting)),
            8 => Ok(of_width::<8, N>(bytes, fitting)),
            _ => Err(damaged("a number has none of the known widths")),
        }
    }

    pub(super) fn numbers(&mut self) -> Result<Vec<u64>, Error> {
        self.array(|number| number)
    }

    pub(super) fn small_numbers(&mut self) -> Result<Vec<u32>, Error> {
        // Nothing of more than four bytes is one, but for what a broken writer wrote wide.
        match self.0.get(8) {
            Some(8) => Err(damaged("a number is too large")),
            _ => self.array(|number| number as u32),
        }
    }

    pub(super) fn floats(&mut self) -> Result<Vec<f64>, Error> {
        let len = self.number()?;
        let bytes = self.take(len.checked_mul(8).ok_or_else(|| damaged("an array is too long"))?)?;
        Ok(of_width::<8, f64>(bytes, f64::from_bits))
    }

    pub(super) fn texts(&mut self) -> Result<Vec<&'a str>, Error> {
        let lens = self.numbers()?;
        let all = self.number()?;
        let all = std::str::from_utf8(self.take(all)?).map_err(|_| damaged("a text is not UTF-8"))?;
        let mut rest = all;
        let texts = lens.into_iter().map(|len| {
            let split = usize::try_from(len).ok().and_then(|len| rest.split_at_checked(len));
            let (text, after) = split.ok_or_else(|| damaged("a text ends too early, or within a letter"))?;
            rest = after;
            Ok(text)
        });
        let texts = texts.collect::<Result<_, Error>>()?;
        if rest.is_empty() { Ok(texts) } else { Err(damaged("the texts are not all of their bytes")) }
    }

    /// An error if there is more.
    pub(super) fn end(&self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(damaged("it has more bytes than it should")) }
    }
}

fn of_width<const WIDTH: usize, N>(bytes: &[u8], fitting: impl Fn(u64) -> N) -> Vec<N> {
    let numbers = bytes.chunks_exact(WIDTH).map(|number| {
        let mut wide = [0; 8];
        wide[..WIDTH].copy_from_slice(number);
        fitting(u64::from_le_bytes(wide))
    });
    numbers.collect()
}

pub(super) fn damaged(reason: &'static str) -> Error {
    Error::inconsistent("bytes", reason)
}
