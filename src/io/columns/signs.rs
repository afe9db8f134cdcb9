//! Numbers as far as they are above, at or below 0.

use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::DataType;

/// What a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Negative,
    Zero,
    Positive,
    Missing,
}

/// The signs of the rows of a column; `false` if it is not plain numbers or truth values. What is true is above 0.
pub(super) fn read_signs(array: &dyn Array, signs: &mut Vec<Sign>) -> bool {
    signs.clear();
    match array.data_type() {
        DataType::Null => signs.resize(array.len(), Sign::Missing),
        DataType::Boolean => {
            let array = array.as_boolean();
            signs.extend(array.values().iter().map(|value| if value { Sign::Positive } else { Sign::Zero }));
        }
        DataType::Int8 => fill::<Int8Type>(array, signs),
        DataType::Int16 => fill::<Int16Type>(array, signs),
        DataType::Int32 => fill::<Int32Type>(array, signs),
        DataType::Int64 => fill::<Int64Type>(array, signs),
        DataType::UInt8 => fill::<UInt8Type>(array, signs),
        DataType::UInt16 => fill::<UInt16Type>(array, signs),
        DataType::UInt32 => fill::<UInt32Type>(array, signs),
        DataType::UInt64 => fill::<UInt64Type>(array, signs),
        DataType::Float16 => fill::<Float16Type>(array, signs),
        DataType::Float32 => fill::<Float32Type>(array, signs),
        DataType::Float64 => fill::<Float64Type>(array, signs),
        DataType::Decimal32(..) => fill::<Decimal32Type>(array, signs),
        DataType::Decimal64(..) => fill::<Decimal64Type>(array, signs),
        DataType::Decimal128(..) => fill::<Decimal128Type>(array, signs),
        DataType::Decimal256(..) => fill::<Decimal256Type>(array, signs),
        _ => return false,
    }
    if let Some(nulls) = array.nulls() {
        for (sign, is_valid) in signs.iter_mut().zip(nulls.iter()) {
            if !is_valid {
                *sign = Sign::Missing;
            }
        }
    }
    true
}

fn fill<T: ArrowPrimitiveType>(array: &dyn Array, signs: &mut Vec<Sign>) {
    let zero = T::Native::default();
    signs.extend(array.as_primitive::<T>().values().iter().map(|value| match value.partial_cmp(&zero) {
        Some(Ordering::Greater) => Sign::Positive,
        Some(Ordering::Equal) => Sign::Zero,
        Some(Ordering::Less) => Sign::Negative,
        // Not a number.
        None => Sign::Missing,
    }));
}
