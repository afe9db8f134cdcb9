//! Numbers in answers. JSON knows no infinity, so it is the text `inf`.

use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A number, or `inf`, `-inf`, `nan`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            number if number.is_finite() => serializer.serialize_f64(number),
            number if number.is_nan() => serializer.serialize_str("nan"),
            number if number > 0.0 => serializer.serialize_str("inf"),
            _ => serializer.serialize_str("-inf"),
        }
    }
}

impl PartialSchema for Number {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["inf", "-inf", "nan"]));
        OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Number)).item(text).into()
    }
}

impl ToSchema for Number {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_are_texts() {
        let numbers = [1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Number);
        assert_eq!(serde_json::to_string(&numbers).unwrap(), r#"[1.5,"inf","-inf","nan"]"#);
    }
}
