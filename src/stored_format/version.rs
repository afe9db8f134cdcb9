//! The version of a stored form, its field `format`.

/// Stands in a stored form as the number of its version, `NEWEST`, and refuses to be read from a later one.
///
/// A stored form whose fields change gets a new number. It reads the older ones, or names them in its error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Format<const NEWEST: u32>;

#[cfg(feature = "serde")]
impl<const NEWEST: u32> serde::Serialize for Format<NEWEST> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(NEWEST)
    }
}

#[cfg(feature = "serde")]
impl<'de, const NEWEST: u32> serde::Deserialize<'de> for Format<NEWEST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            found if (1..=NEWEST).contains(&found) => Ok(Format),
            found => Err(serde::de::Error::custom(format_args!(
                "stored in format {found}, but this version of itemset reads up to format {NEWEST}"
            ))),
        }
    }
}
