//! The values of a column as numbers: equal values have equal ones.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::{DataType, TimeUnit};

use super::types::{Class, push_word, values_of};
use crate::error::Error;
use crate::io::options::ReadOptions;
use crate::io::table::{Keys, Pending, Texts, short_word};
use crate::mix::GOLDEN_GAMMA;

/// No value.
pub(super) const MISSING: u32 = u32::MAX;

/// Short texts whose codes are at hand, a power of two: few enough for the first-level cache.
const RECENT: usize = 1 << 11;

/// What is wrong with a text.
const NUL: &str = "a NUL character, which text never has";
const NOT_UTF8: &str = "bytes that are not UTF-8, which text always is: decode them first";

/// Words and their numbers.
///
/// Tables are often in the order of their keys. As long as each new word is greater than those before, it is not looked
/// up.
#[derive(Debug)]
struct Words {
    ascending: Option<Vec<u64>>,
    table: Keys,
}

impl Words {
    fn new() -> Self {
        Words { ascending: Some(Vec::new()), table: Keys::new() }
    }

    fn len(&self) -> usize {
        self.ascending.as_ref().map_or(self.table.len(), Vec::len)
    }

    fn number(&mut self, pending: &Pending, numbers: &mut [u32]) -> Result<(), Error> {
        if let Some(known) = &mut self.ascending {
            let is_sorted = numbers.iter_mut().enumerate().all(|(place, number)| {
                let word = pending.word(place);
                if known.last().is_none_or(|&last| word > last) {
                    known.push(word);
                }
                // Checked below.
                *number = (known.len() - 1) as u32;
                known.last() == Some(&word)
            });
            if is_sorted {
                return match known.len() < MISSING as usize {
                    true => Ok(()),
                    false => Err(Error::too_large("baskets", u32::MAX)),
                };
            }
            let mut all = Pending::default();
            known.iter().for_each(|word| all.push(&word.to_le_bytes()));
            self.table.number(&all, vec![0; known.len()].iter_mut())?;
            self.ascending = None;
        }
        self.table.number(pending, numbers.iter_mut())
    }
}

/// The values of a column, numbered by first appearance over all batches.
///
/// A text is looked up once a dictionary, or once a row where there is none and the row before has another.
#[derive(Debug)]
pub(super) struct Codes {
    class: Class,
    /// The texts of all codes: of words, if they were asked for. What claims to be text and is not stays as it came.
    texts: Texts,
    needs_texts: bool,
    /// The codes of some short texts, each at the place that its word has: most rows have a text that was there not
    /// long ago.
    recent: Vec<(u64, u32)>,
    words: Words,
    pending: Pending,
    /// Codes of words whose texts are null words.
    nulls: Vec<bool>,
    /// The last dictionary, and the code of each of its values.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
    /// The codes of the rows.
    rows: Vec<u32>,
}

impl Codes {
    /// Of a column of this class. The texts of words cost time and memory: they are for those who need them.
    pub(super) fn new(class: Class, needs_texts: bool, options: &ReadOptions) -> Self {
        Codes {
            class,
            texts: Texts::of("distinct values of a column"),
            needs_texts: needs_texts || class == Class::Text || !options.nulls.is_empty(),
            recent: Vec::new(),
            words: Words::new(),
            pending: Pending::default(),
            nulls: Vec::new(),
            dictionary: None,
            rows: Vec::new(),
        }
    }

    /// How many codes there are.
    pub(super) fn len(&self) -> usize {
        if self.needs_texts { self.texts.len() } else { self.words.len() }
    }

    /// What is wrong with a value, if it is what no text can be.
    pub(super) fn fault(&self, code: u32) -> Option<&'static str> {
        if self.class != Class::Text || code == MISSING {
            return None;
        }
        match str::from_utf8(self.texts.get(code as usize)) {
            Err(_) => Some(NOT_UTF8),
            Ok(text) => text.contains('\0').then_some(NUL),
        }
    }

    /// The codes of the rows that were read last.
    #[inline(always)]
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The trimmed text of a code that has no fault.
    pub(super) fn text(&self, code: u32) -> &str {
        str::from_utf8(self.texts.get(code as usize)).unwrap_or_default()
    }

    /// Reads rows, whose type goes with those before.
    pub(super) fn read(&mut self, array: &dyn Array, options: &ReadOptions) -> Result<(), Error> {
        self.rows.clear();
        match array.data_type() {
            DataType::Dictionary(..) => self.read_dictionary(array, options),
            _ => self.read_plain(array, options),
        }
    }

    fn read_plain(&mut self, array: &dyn Array, options: &ReadOptions) -> Result<(), Error> {
        macro_rules! words {
            ($type:ty, $word:expr) => {{
                let array = array.as_primitive::<$type>();
                self.read_words(array.values().iter().map($word), array.nulls(), array.data_type(), options)
            }};
        }
        macro_rules! decimals {
            ($type:ty) => {{
                let array = array.as_primitive::<$type>();
                let texts = array.iter().map(|value| value.map(|value| format_decimal::<$type>(value, array)));
                self.read_texts(texts, true, options)
            }};
        }
        match array.data_type() {
            DataType::Utf8 => {
                let array = array.as_string::<i32>();
                self.read_texts(array.iter(), is_ascii(array), options)
            }
            DataType::LargeUtf8 => {
                let array = array.as_string::<i64>();
                self.read_texts(array.iter(), is_ascii(array), options)
            }
            DataType::Utf8View => self.read_texts(array.as_string_view().iter(), false, options),
            DataType::Int8 => words!(Int8Type, |&value| Some(i64::from(value) as u64)),
            DataType::Int16 => words!(Int16Type, |&value| Some(i64::from(value) as u64)),
            DataType::Int32 => words!(Int32Type, |&value| Some(i64::from(value) as u64)),
            DataType::Int64 => words!(Int64Type, |&value| Some(value as u64)),
            DataType::UInt8 => words!(UInt8Type, |&value| Some(value.into())),
            DataType::UInt16 => words!(UInt16Type, |&value| Some(value.into())),
            DataType::UInt32 => words!(UInt32Type, |&value| Some(value.into())),
            DataType::UInt64 => words!(UInt64Type, |&value| Some(value)),
            DataType::Float16 => words!(Float16Type, |value| (!value.is_nan()).then(|| value.to_bits().into())),
            DataType::Float32 => words!(Float32Type, |value| (!value.is_nan()).then(|| value.to_bits().into())),
            DataType::Float64 => words!(Float64Type, |value| (!value.is_nan()).then(|| value.to_bits())),
            DataType::Date32 => words!(Date32Type, |&value| Some(i64::from(value) as u64)),
            DataType::Date64 => words!(Date64Type, |&value| Some(value as u64)),
            DataType::Time32(TimeUnit::Second) => words!(Time32SecondType, |&value| Some(i64::from(value) as u64)),
            DataType::Time32(_) => words!(Time32MillisecondType, |&value| Some(i64::from(value) as u64)),
            DataType::Time64(TimeUnit::Microsecond) => words!(Time64MicrosecondType, |&value| Some(value as u64)),
            DataType::Time64(_) => words!(Time64NanosecondType, |&value| Some(value as u64)),
            DataType::Timestamp(unit, _) => match unit {
                TimeUnit::Second => words!(TimestampSecondType, |&value| Some(value as u64)),
                TimeUnit::Millisecond => words!(TimestampMillisecondType, |&value| Some(value as u64)),
                TimeUnit::Microsecond => words!(TimestampMicrosecondType, |&value| Some(value as u64)),
                TimeUnit::Nanosecond => words!(TimestampNanosecondType, |&value| Some(value as u64)),
            },
            DataType::Boolean => {
                let array = array.as_boolean();
                let words = array.values().iter().map(|value| Some(value.into()));
                self.read_words(words, array.nulls(), array.data_type(), options)
            }
            DataType::Decimal32(..) => decimals!(Decimal32Type),
            DataType::Decimal64(..) => decimals!(Decimal64Type),
            DataType::Decimal128(..) => decimals!(Decimal128Type),
            DataType::Decimal256(..) => decimals!(Decimal256Type),
            // Only a column without values has no other type, as was checked.
            _ => {
                self.rows.resize(array.len(), MISSING);
                Ok(())
            }
        }
    }

    /// Arrow data of others may have any bytes where text must be: they are checked unless that was done for all.
    #[inline(always)]
    fn read_texts<T: AsRef<str>>(
        &mut self,
        rows: impl Iterator<Item = Option<T>>,
        are_checked: bool,
        options: &ReadOptions,
    ) -> Result<(), Error> {
        self.recent.resize(RECENT, (0, MISSING));
        let mut last: Option<(T, u32)> = None;
        for text in rows {
            let Some(text) = text else {
                self.rows.push(MISSING);
                continue;
            };
            let code = match &last {
                Some((before, code)) if before.as_ref() == text.as_ref() => *code,
                _ if !are_checked && str::from_utf8(text.as_ref().as_bytes()).is_err() => {
                    self.texts.intern(text.as_ref().as_bytes())?
                }
                _ => {
                    let trimmed = options.each.trimmed(text.as_ref());
                    match options.is_null(trimmed) {
                        true => MISSING,
                        false => self.code(trimmed.as_bytes())?,
                    }
                }
            };
            self.rows.push(code);
            last = Some((text, code));
        }
        Ok(())
    }

    /// The code of a text.
    #[inline(always)]
    fn code(&mut self, text: &[u8]) -> Result<u32, Error> {
        let Some(word) = short_word(text) else { return self.texts.intern(text) };
        // Its highest bits depend on all of the word.
        let place = word.wrapping_mul(GOLDEN_GAMMA) >> (u64::BITS - RECENT.ilog2());
        let recent = self.recent[place as usize];
        if recent.0 == word && recent.1 != MISSING {
            return Ok(recent.1);
        }
        let code = self.texts.intern(text)?;
        self.recent[place as usize] = (word, code);
        Ok(code)
    }

    /// Words are looked up together, each run of equal ones once.
    #[inline(always)]
    fn read_words(
        &mut self,
        words: impl Iterator<Item = Option<u64>>,
        nulls: Option<&NullBuffer>,
        data_type: &DataType,
        options: &ReadOptions,
    ) -> Result<(), Error> {
        self.pending.clear();
        // At first each row has the number of its run.
        let (mut run, mut last) = (MISSING, None);
        let mut row = |word: Option<u64>, pending: &mut Pending| match word {
            None => MISSING,
            Some(word) => {
                if last != Some(word) {
                    pending.push(&word.to_le_bytes());
                    run = run.wrapping_add(1);
                    last = Some(word);
                }
                run
            }
        };
        let Codes { rows, pending, words: known, .. } = self;
        match nulls {
            None => rows.extend(words.map(|word| row(word, pending))),
            Some(nulls) => {
                let valid = words.zip(nulls.iter()).map(|(word, is_valid)| word.filter(|_| is_valid));
                rows.extend(valid.map(|word| row(word, pending)));
            }
        }
        let mut codes = vec![0; pending.len()];
        known.number(pending, &mut codes)?;
        if self.needs_texts {
            let mut text = String::new();
            for (run, code) in codes.iter_mut().enumerate() {
                if *code as usize == self.texts.len() {
                    text.clear();
                    push_word(&mut text, self.pending.word(run), data_type);
                    self.texts.append(text.as_bytes())?;
                    self.nulls.push(options.is_null(&text));
                }
                if self.nulls[*code as usize] {
                    *code = MISSING;
                }
            }
        }
        let code = |run: u32| codes.get(run as usize).copied().unwrap_or(MISSING);
        self.rows.iter_mut().for_each(|row| *row = code(*row));
        Ok(())
    }

    fn read_dictionary(&mut self, array: &dyn Array, options: &ReadOptions) -> Result<(), Error> {
        let Some(array) = array.as_any_dictionary_opt() else { return Ok(()) };
        let values = array.values();
        let is_same = |last: &ArrayRef| Arc::ptr_eq(last, values) || last.to_data().ptr_eq(&values.to_data());
        let known = self.dictionary.take().filter(|(last, _)| is_same(last));
        let (values, codes) = match known {
            Some(known) => known,
            None => {
                self.read_plain(values, options)?;
                (Arc::clone(values), std::mem::take(&mut self.rows))
            }
        };
        match array.keys().data_type() {
            DataType::Int8 => self.look_up::<Int8Type>(array.keys(), &codes),
            DataType::Int16 => self.look_up::<Int16Type>(array.keys(), &codes),
            DataType::Int32 => self.look_up::<Int32Type>(array.keys(), &codes),
            DataType::Int64 => self.look_up::<Int64Type>(array.keys(), &codes),
            DataType::UInt8 => self.look_up::<UInt8Type>(array.keys(), &codes),
            DataType::UInt16 => self.look_up::<UInt16Type>(array.keys(), &codes),
            DataType::UInt32 => self.look_up::<UInt32Type>(array.keys(), &codes),
            _ => self.look_up::<UInt64Type>(array.keys(), &codes),
        }
        self.dictionary = Some((values, codes));
        Ok(())
    }

    #[inline(always)]
    fn look_up<K: ArrowPrimitiveType>(&mut self, keys: &dyn Array, codes: &[u32]) {
        let keys = keys.as_primitive::<K>();
        let code = |key: &K::Native| codes.get(key.as_usize()).copied().unwrap_or(MISSING);
        match keys.nulls() {
            None => self.rows.extend(keys.values().iter().map(code)),
            Some(nulls) => {
                let rows = keys.values().iter().zip(nulls.iter());
                self.rows.extend(rows.map(|(key, is_valid)| if is_valid { code(key) } else { MISSING }));
            }
        }
    }
}

/// Whether all bytes of texts are ASCII, and so need no other check.
fn is_ascii<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> bool {
    // Java leaves the one offset of no texts as it finds it in memory.
    if array.is_empty() {
        return true;
    }
    let offsets = array.value_offsets();
    let ends = offsets.first().zip(offsets.last());
    ends.is_none_or(|(start, end)| array.value_data()[start.as_usize()..end.as_usize()].is_ascii())
}

/// The text of a decimal, with all the digits of its scale.
fn format_decimal<T: DecimalType>(value: T::Native, array: &dyn Array) -> String {
    let (precision, scale) = match *values_of(array.data_type()) {
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => (precision, scale),
        _ => (0, 0),
    };
    T::format_decimal(value, precision, scale)
}
