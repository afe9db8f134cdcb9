//! Types of columns: what is read as text, and how a number looks as one.

use arrow_array::temporal_conversions::{as_date, as_datetime, as_time};
use arrow_array::types::*;
use arrow_schema::{DataType, TimeUnit};

/// How the values of a column are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// As texts: strings, and decimals.
    Text,
    /// As words of 64 bits: all other numbers, truth values, dates and times.
    Word,
    /// Every value is missing.
    Missing,
}

impl Class {
    /// The class of a plain column; `None` if its type has no values that are plain.
    pub(super) fn of(data_type: &DataType) -> Option<Class> {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Class::Text),
            DataType::Null => Some(Class::Missing),
            DataType::Dictionary(_, values) => {
                Class::of(values).filter(|_| !matches!(**values, DataType::Dictionary(..)))
            }
            _ if data_type.is_decimal() => Some(Class::Text),
            DataType::Boolean | DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => {
                Some(Class::Word)
            }
            DataType::Timestamp(..) => Some(Class::Word),
            _ if data_type.is_integer() || data_type.is_floating() => Some(Class::Word),
            _ => None,
        }
    }
}

/// The type of the values of a column, without the dictionary around them.
pub(super) fn values_of(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        _ => data_type,
    }
}

/// The type of the elements, if this is a list.
pub(super) fn elements_of(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => Some(field.data_type()),
        _ => None,
    }
}

/// What an error calls a type.
pub(super) fn named(data_type: &DataType) -> String {
    match data_type {
        DataType::Struct(_) => "structs".to_string(),
        DataType::Map(..) => "maps".to_string(),
        DataType::Union(..) => "unions".to_string(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "bytes that are not marked as text".to_string()
        }
        _ => match elements_of(data_type) {
            Some(elements) => format!("lists of {}", named(elements)),
            None if matches!(Class::of(data_type), Some(Class::Text)) && !values_of(data_type).is_decimal() => {
                "text".to_string()
            }
            None => data_type.to_string(),
        },
    }
}

/// A number of 16 bits with a fraction.
type F16 = <Float16Type as arrow_array::ArrowPrimitiveType>::Native;

/// Appends the text of a value that was made a word.
///
/// Numbers with a fraction have a point, or an exponent, as most programs write them; dates and times are those of ISO
/// 8601, with a fraction of a second if there is one, and a `Z` if they have a time zone.
pub(super) fn push_word(text: &mut String, word: u64, data_type: &DataType) {
    use std::fmt::Write as _;
    let signed = word as i64;
    // A `String` takes all that is written to it.
    let _ = match data_type {
        DataType::Boolean => write!(text, "{}", word != 0),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => write!(text, "{word}"),
        DataType::Float16 => write!(text, "{:?}", F16::from_bits(word as u16).to_f32()),
        DataType::Float32 => write!(text, "{:?}", f32::from_bits(word as u32)),
        DataType::Float64 => write!(text, "{:?}", f64::from_bits(word)),
        _ => match time(signed, data_type) {
            Some(time) => write!(text, "{time}"),
            // Whole numbers, and times that no calendar has.
            None => write!(text, "{signed}"),
        },
    };
}

/// The text of a date or time.
fn time(value: i64, data_type: &DataType) -> Option<String> {
    let datetime = |zone: &Option<_>, datetime: Option<_>| {
        datetime.map(|datetime| format!("{datetime:?}{}", if zone.is_some() { "Z" } else { "" }))
    };
    match data_type {
        DataType::Date32 => as_date::<Date32Type>(value).map(|date| date.to_string()),
        DataType::Date64 => as_date::<Date64Type>(value).map(|date| date.to_string()),
        DataType::Timestamp(TimeUnit::Second, zone) => datetime(zone, as_datetime::<TimestampSecondType>(value)),
        DataType::Timestamp(TimeUnit::Millisecond, zone) => {
            datetime(zone, as_datetime::<TimestampMillisecondType>(value))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            datetime(zone, as_datetime::<TimestampMicrosecondType>(value))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            datetime(zone, as_datetime::<TimestampNanosecondType>(value))
        }
        DataType::Time32(TimeUnit::Second) => as_time::<Time32SecondType>(value).map(|time| time.to_string()),
        DataType::Time32(_) => as_time::<Time32MillisecondType>(value).map(|time| time.to_string()),
        DataType::Time64(TimeUnit::Microsecond) => as_time::<Time64MicrosecondType>(value).map(|time| time.to_string()),
        DataType::Time64(_) => as_time::<Time64NanosecondType>(value).map(|time| time.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_text(word: u64, data_type: DataType, expected: &str) {
        let mut text = String::new();
        push_word(&mut text, word, &data_type);
        assert_eq!(text, expected, "{data_type}");
    }

    #[test]
    fn numbers_and_times_have_the_texts_that_other_programs_write() {
        assert_text(1, DataType::Boolean, "true");
        assert_text(-7i64 as u64, DataType::Int8, "-7");
        assert_text(u64::MAX, DataType::UInt64, "18446744073709551615");
        assert_text(2.0f64.to_bits(), DataType::Float64, "2.0");
        assert_text(1e16f64.to_bits(), DataType::Float64, "1e16");
        assert_text(0.1f32.to_bits().into(), DataType::Float32, "0.1");
        assert_text(0x3c00, DataType::Float16, "1.0");
        assert_text(19_753, DataType::Date32, "2024-01-31");
        assert_text(1_706_702_400, DataType::Timestamp(TimeUnit::Second, None), "2024-01-31T12:00:00");
        let zone = Some("Europe/Berlin".into());
        let milliseconds = DataType::Timestamp(TimeUnit::Millisecond, zone);
        assert_text(1_706_702_400_250, milliseconds, "2024-01-31T12:00:00.250Z");
        assert_text(61, DataType::Time32(TimeUnit::Second), "00:01:01");
    }

    #[test]
    fn no_value_of_a_time_panics() {
        let units = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
        let timestamps = units.map(|unit| DataType::Timestamp(unit, None));
        let times = [DataType::Time32(units[0]), DataType::Time32(units[1]), DataType::Time64(units[2])];
        let others = [DataType::Time64(units[3]), DataType::Date32, DataType::Date64];
        for data_type in timestamps.iter().chain(&times).chain(&others) {
            for value in [i64::MIN, i64::from(i32::MIN), -1, 0, i64::from(i32::MAX), i64::MAX] {
                let mut text = String::new();
                push_word(&mut text, value as u64, data_type);
                assert!(!text.is_empty());
            }
        }
    }
}
