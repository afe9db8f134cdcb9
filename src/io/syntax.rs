//! What each character means to the reader.

use super::Delimiter;
use super::options::{Options, Trim, is_without_width};
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
    /// The class of white space beyond ASCII.
    pub(super) wide: Class,
    /// The separator of whole numbers on the fastest way of reading.
    pub(super) separators: [u8; 2],
    /// Whether fields may be read that way.
    pub(super) reads_numbers: bool,
    /// Whether a separator at the end of a line leaves an empty field.
    pub(super) leaves_empty: bool,
    pub(super) comment: Option<u8>,
    pub(super) options: Options,
}

impl Syntax {
    pub(super) fn new(delimiter: Delimiter, options: Options) -> Result<Self, Error> {
        let is_whitespace = delimiter == Delimiter::Whitespace;
        let whitespace = match options.trim {
            _ if is_whitespace => Class::Separator,
            Trim::Ascii | Trim::Unicode => Class::Padding,
            Trim::None => Class::Text,
        };
        let mut classes = [Class::Text; 256];
        for byte in [b' ', b'\t', b'\x0c'] {
            classes[usize::from(byte)] = whitespace;
        }
        let wide = if options.trim == Trim::Unicode { whitespace } else { Class::Text };
        // The vertical tab is the one white space of ASCII that ASCII white space leaves out.
        classes[usize::from(b'\x0b')] = wide;
        classes[usize::from(b'"')] = Class::Quote;
        classes[usize::from(delimiter.byte()?)] = Class::Separator;
        classes[usize::from(b'\n')] = Class::Break;
        classes[usize::from(b'\r')] = Class::Break;
        classes[0] = Class::Nul;
        let byte = delimiter.byte()?;
        let comment = options.comment_byte(delimiter)?;
        Ok(Syntax {
            classes,
            wide,
            separators: [byte, if is_whitespace { b'\t' } else { byte }],
            reads_numbers: !options.weight_last && !comment.is_some_and(|byte| byte.is_ascii_digit()),
            leaves_empty: !is_whitespace,
            comment,
            options,
        })
    }

    pub(super) fn class(&self, byte: u8) -> Class {
        self.classes[usize::from(byte)]
    }

    /// The class of a character.
    pub(super) fn class_of(&self, char: char) -> Class {
        match u8::try_from(char) {
            Ok(byte) if byte.is_ascii() => self.class(byte),
            _ if self.wide == Class::Text => Class::Text,
            _ if is_without_width(char) => Class::Padding,
            _ if char.is_whitespace() => self.wide,
            _ => Class::Text,
        }
    }

    /// Whether a character of this class ends a field.
    pub(super) fn ends_field(class: Class) -> bool {
        matches!(class, Class::Separator | Class::Break | Class::Nul)
    }
}

/// Whether a byte is white space of ASCII and no line break.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}
