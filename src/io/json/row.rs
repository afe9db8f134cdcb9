//! The values of one object, and what they mean.

use std::ops::Range;

use super::JsonLinesReader;
use super::paths::{Node, Part};
use crate::error::Error;
use crate::io::column::shown;
use crate::io::long::{Quantity, quantity_of};
use crate::io::table::{Rows, parse_weight};

/// The values of an object. They come in any order, and are added to the rows when the object was read.
#[derive(Debug)]
pub(super) struct Row {
    /// The texts of items and keys, back to back.
    texts: String,
    items: Vec<Range<usize>>,
    keys: Vec<Option<Range<usize>>>,
    quantity: Option<bool>,
    weight: Option<u32>,
    /// What is wrong with a value.
    pub(super) fault: Option<String>,
    /// The key of several texts.
    joined: String,
}

impl Row {
    pub(super) fn new(reader: &JsonLinesReader) -> Self {
        Row {
            texts: String::new(),
            items: Vec::new(),
            keys: vec![None; reader.keys.len()],
            quantity: None,
            weight: None,
            fault: None,
            joined: String::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.items.clear();
        self.keys.fill(None);
        (self.quantity, self.weight, self.fault) = (None, None, None);
    }

    /// Notes what is wrong with the value at a path.
    #[cold]
    pub(super) fn refuse(&mut self, node: &Node, reason: impl std::fmt::Display) -> bool {
        self.fault = Some(format!("`{}`: {reason}", node.path));
        false
    }

    /// Takes a value that is a text, or as a text; false if it is not what it must be.
    #[inline(always)]
    pub(super) fn put(&mut self, node: &Node, text: &str, reader: &JsonLinesReader) -> bool {
        if let [Part::Item] = node.parts[..] {
            return self.put_as(Part::Item, node, text, reader);
        }
        self.put_any(node, text, reader)
    }

    fn put_any(&mut self, node: &Node, text: &str, reader: &JsonLinesReader) -> bool {
        if let ([], Some((field, _))) = (&node.parts[..], node.fields.first()) {
            let reason = match &node.path[..] {
                "." => format!("the line is {}, and must be an object", shown(text)),
                _ => format!("{} is no object, and has no field `{field}`", shown(text)),
            };
            return self.refuse(node, reason);
        }
        node.parts.iter().all(|&part| self.put_as(part, node, text, reader))
    }

    #[inline(always)]
    fn put_as(&mut self, part: Part, node: &Node, text: &str, reader: &JsonLinesReader) -> bool {
        let options = &reader.options;
        let text = options.each.trimmed(text);
        if options.is_null(text) {
            return true;
        }
        let is_set = match part {
            Part::Item => false,
            Part::Key(place) => self.keys[place].is_some(),
            Part::Quantity => self.quantity.is_some(),
            Part::Weight => self.weight.is_some(),
        };
        if is_set {
            return self.refuse(node, format_args!("several values, where {} must be", part.name()));
        }
        match part {
            Part::Item | Part::Key(_) => {
                if text.as_bytes().contains(&0) {
                    return self.refuse(node, "a NUL character, which text never has");
                }
                let start = self.texts.len();
                self.texts.push_str(text);
                let range = start..self.texts.len();
                match part {
                    Part::Key(place) => self.keys[place] = Some(range),
                    _ => self.items.push(range),
                }
            }
            Part::Quantity => match quantity_of(text, options) {
                Quantity::Bought => self.quantity = Some(true),
                Quantity::Returned => self.quantity = Some(false),
                Quantity::Missing => {}
                Quantity::Wrong(reason) => return self.refuse(node, reason),
            },
            Part::Weight => match parse_weight(text) {
                Some(weight) => self.weight = Some(weight),
                None => {
                    let most = u32::MAX;
                    let shown = shown(text);
                    let reason = format_args!("{shown} is no weight, which is a whole number from 0 to {most}");
                    return self.refuse(node, reason);
                }
            },
        }
        true
    }

    /// Adds the object to the rows.
    #[inline(always)]
    pub(super) fn end(&mut self, reader: &JsonLinesReader, rows: &mut Rows<'_>) -> Result<(), Error> {
        if reader.is_rows { self.end_line_item(reader, rows) } else { self.end_basket(reader, rows) }
    }

    fn end_basket(&mut self, reader: &JsonLinesReader, rows: &mut Rows<'_>) -> Result<(), Error> {
        let weight = match (&reader.weight, self.weight) {
            (None, _) => 1,
            (Some(_), Some(weight)) => weight,
            (Some(_), None) => {
                rows.report.null_quantities += 1;
                return Ok(());
            }
        };
        if weight > 0 {
            self.push_items(reader, rows)?;
            rows.end_row(weight);
        } else {
            rows.report.zero_weights += 1;
        }
        Ok(())
    }

    fn end_line_item(&mut self, reader: &JsonLinesReader, rows: &mut Rows<'_>) -> Result<(), Error> {
        let mut is_excluded = false;
        for key in &self.keys {
            let Some(key) = key else {
                rows.report.null_keys += 1;
                return Ok(());
            };
            is_excluded |= reader.exclude.as_ref().is_some_and(|pattern| pattern.matches(&self.texts[key.clone()]));
        }
        if is_excluded {
            rows.report.excluded_rows += 1;
            let Row { texts, keys, joined, .. } = self;
            return rows.exclude(join(texts, keys, joined));
        }
        if self.items.is_empty() {
            rows.report.null_items += 1;
            return Ok(());
        }
        match self.quantity {
            None if reader.quantity.is_some() => {
                rows.report.null_quantities += 1;
                return Ok(());
            }
            Some(false) if !reader.keep_returns => {
                rows.report.returns += 1;
                return Ok(());
            }
            _ => {}
        }
        self.push_items(reader, rows)?;
        let Row { texts, keys, joined, .. } = self;
        rows.end_keyed(join(texts, keys, joined));
        Ok(())
    }

    #[inline(always)]
    fn push_items(&self, reader: &JsonLinesReader, rows: &mut Rows<'_>) -> Result<(), Error> {
        let mut labels = self.items.iter().map(|range| &self.texts[range.clone()]);
        labels.try_for_each(|label| rows.push(&reader.options.each.label(label)))
    }
}

/// The key of a row: its only text, or several with a NUL between them, which no text has.
#[inline(always)]
fn join<'t>(texts: &'t str, keys: &[Option<Range<usize>>], joined: &'t mut String) -> &'t [u8] {
    if let [Some(key)] = keys {
        return &texts.as_bytes()[key.clone()];
    }
    joined.clear();
    for key in keys.iter().flatten() {
        if !joined.is_empty() {
            joined.push('\0');
        }
        joined.push_str(&texts[key.clone()]);
    }
    joined.as_bytes()
}
