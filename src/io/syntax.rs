//! What each character means to the reader of baskets.

use super::Delimiter;
use crate::error::Error;

/// What a byte is at the beginning of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a label.
    Text,
    /// Whitespace around a label, which is not part of it.
    Padding,
    /// A double quote. It has a meaning only where a field begins.
    Quote,
    /// Ends a field.
    Separator,
    /// Ends a field and a line.
    Break,
    /// In no text. It ends a field, so that looking for the end finds it.
    Nul,
}

/// What means what in the text. It is the same for the whole input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    classes: [Class; 256],
    /// The separator of whole numbers on the fastest way of reading.
    pub(super) separators: [u8; 2],
}

impl Syntax {
    pub(super) fn new(delimiter: Delimiter) -> Result<Self, Error> {
        let is_whitespace = delimiter == Delimiter::Whitespace;
        let mut classes = [Class::Text; 256];
        for byte in [b' ', b'\t', b'\x0c'] {
            classes[usize::from(byte)] = if is_whitespace { Class::Separator } else { Class::Padding };
        }
        let byte = delimiter.byte()?;
        classes[usize::from(b'"')] = Class::Quote;
        classes[usize::from(byte)] = Class::Separator;
        classes[usize::from(b'\n')] = Class::Break;
        classes[usize::from(b'\r')] = Class::Break;
        classes[0] = Class::Nul;
        Ok(Syntax { classes, separators: [byte, if is_whitespace { b'\t' } else { byte }] })
    }

    pub(super) fn class(&self, byte: u8) -> Class {
        self.classes[usize::from(byte)]
    }

    /// Whether a character of this class ends a field.
    pub(super) fn ends_field(class: Class) -> bool {
        matches!(class, Class::Separator | Class::Break | Class::Nul)
    }
}
