//! The stored form of bins.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Bins;
use crate::stored_format::Format;

#[derive(Serialize)]
#[serde(rename = "Bins")]
struct Written<'a> {
    format: Format<1>,
    cuts: &'a [f64],
}

#[derive(Deserialize)]
#[serde(rename = "Bins", deny_unknown_fields)]
struct Read {
    #[serde(rename = "format")]
    _format: Format<1>,
    cuts: Vec<f64>,
}

impl Serialize for Bins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { format: Format, cuts: self.cuts() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { cuts, .. } = Read::deserialize(deserializer)?;
        // A method that found no cut leaves one bin.
        if cuts.is_empty() {
            return Ok(Bins::whole());
        }
        Bins::at(cuts).map_err(serde::de::Error::custom)
    }
}
