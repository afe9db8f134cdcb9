//! From the text of an object to its values.
//!
//! The parser of `serde_json` hands on the values at the paths, and skips all others.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::JsonLinesReader;
use super::paths::{Node, Part};
use super::row::Row;

/// The most lists and objects within each other on a path.
const MOST_DEEP: usize = 32;

/// What is wrong with a line.
#[derive(Debug)]
pub(super) enum Wrong {
    /// A value, with its path.
    Value(String),
    Json(serde_json::Error),
}

/// Reads the values of a line.
///
/// Numbers that are not whole are not handed on as they are written. A line with such a label is read again, value by
/// value, from the text of each.
#[inline(always)]
pub(super) fn read(text: &str, root: &Node, reader: &JsonLinesReader, row: &mut Row) -> Result<(), Wrong> {
    row.clear();
    let walk = Walk { node: root, reader, row, is_raw: false, depth: 0 };
    let mut json = serde_json::Deserializer::from_str(text);
    match walk.deserialize(&mut json).and_then(|()| json.end()) {
        Ok(()) => Ok(()),
        Err(error) => read_again(text, root, reader, row, error),
    }
}

#[cold]
fn read_again(
    text: &str,
    root: &Node,
    reader: &JsonLinesReader,
    row: &mut Row,
    error: serde_json::Error,
) -> Result<(), Wrong> {
    let first = row.fault.take().map_or(Wrong::Json(error), Wrong::Value);
    row.clear();
    let walk = Walk { node: root, reader, row, is_raw: true, depth: 0 };
    let mut json = serde_json::Deserializer::from_str(text);
    match walk.deserialize(&mut json).and_then(|()| json.end()) {
        Ok(()) => Ok(()),
        // The first reading ends at such a number, and tells nothing.
        Err(error) => match (first, row.fault.take()) {
            (Wrong::Json(first), None) if first.is_data() => Err(Wrong::Json(error)),
            (Wrong::Json(first), Some(fault)) if first.is_data() => Err(Wrong::Value(fault)),
            (first, _) => Err(first),
        },
    }
}

/// Takes the value at a path.
struct Walk<'w> {
    node: &'w Node,
    reader: &'w JsonLinesReader,
    row: &'w mut Row,
    /// Whether values are read from the text of each.
    is_raw: bool,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if self.is_raw {
            let raw: &RawValue = serde::Deserialize::deserialize(json)?;
            return self.take_raw(raw.get()).map_err(D::Error::custom);
        }
        json.deserialize_any(self)
    }
}

impl Walk<'_> {
    #[inline(always)]
    fn put<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.row.put(self.node, text, self.reader) { Ok(()) } else { Err(E::custom("")) }
    }

    /// Takes the text of a value, which is JSON.
    fn take_raw(self, text: &str) -> Result<(), serde_json::Error> {
        match text.as_bytes() {
            [b'n', ..] => Ok(()),
            [b'"', inside @ .., b'"'] if !inside.contains(&b'\\') => self.put(&text[1..text.len() - 1]),
            [b'"' | b'{' | b'[', ..] => serde_json::Deserializer::from_str(text).deserialize_any(self),
            _ => self.put(text),
        }
    }

    /// Goes into a list or an object.
    fn deeper<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            self.row.refuse(self.node, format_args!("more than {MOST_DEEP} lists and objects within each other"));
            return Err(E::custom(""));
        }
        Ok(())
    }

    #[cold]
    fn refuse_object<E: serde::de::Error>(self) -> E {
        let Walk { node, row, .. } = self;
        let part = node.parts.first().map_or("a value", |part| part.name());
        let dot = if node.path == "." { "" } else { "." };
        let path = node.path.trim_start_matches('.');
        row.refuse(node, format_args!("an object, where {part} must be; name a field of it, as in `{path}{dot}name`"));
        E::custom("")
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    #[inline(always)]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.put(text)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" })
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        let (mut digits, mut start, mut rest) = ([b'0'; 20], 20, number);
        while rest > 0 || start == digits.len() {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.put(str::from_utf8(&digits[start..]).unwrap_or_default())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.put(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        // A quantity need not be as it is written.
        if self.node.parts.iter().all(|&part| part == Part::Quantity) && !self.node.parts.is_empty() {
            return self.put(&number.to_string());
        }
        Err(E::custom("a number that is not whole"))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    #[inline(always)]
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.deeper()?;
        loop {
            let Walk { node, reader, is_raw, depth, .. } = self;
            let element = Walk { node, reader, row: self.row, is_raw, depth };
            if list.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    #[inline(always)]
    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        self.deeper()?;
        if !self.node.parts.is_empty() {
            return Err(self.refuse_object());
        }
        let mut seen = 0u64;
        let node = self.node;
        while let Some(field) = object.next_key_seed(Field(node))? {
            let Some(place) = field else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            let (name, below) = &node.fields[place];
            if seen & 1 << place != 0 {
                self.row.refuse(node, format_args!("an object that has the field `{name}` twice"));
                return Err(A::Error::custom(""));
            }
            seen |= 1 << place;
            let Walk { reader, is_raw, depth, .. } = self;
            object.next_value_seed(Walk { node: below, reader, row: self.row, is_raw, depth })?;
        }
        Ok(())
    }
}

/// The place of a field that is read, by its name.
struct Field<'n>(&'n Node);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = Option<usize>;

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Field<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline(always)]
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.fields.iter().position(|(field, _)| field == name))
    }
}
