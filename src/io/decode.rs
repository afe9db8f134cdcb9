//! Text in other encodings than UTF-8, decoded while it is read.

use std::io::{self, Read};

use super::options::Encoding;
use super::source::Broken;

/// Bytes that are read, and decoded, at a time.
const BLOCK: usize = 64 << 10;

/// Bytes that are looked at together: most text is ASCII.
const ASCII: usize = 16;

/// What Windows-1252 has from 0x80 on, where Latin-1 has control characters. The Encoding Standard, which browsers follow,
/// leaves five of them.
const SIGNS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// An input as UTF-8. A byte-order mark is part of the text.
pub(super) struct Decode<R> {
    input: R,
    encoded: Vec<u8>,
    decoder: Decoder,
    text: Vec<u8>,
    /// Where the part of `text` begins that is still to be handed on.
    at: usize,
    /// How decoding ended, if it did.
    end: Option<io::Result<()>>,
}

impl<R: Read> Decode<R> {
    /// An input that begins with these bytes, which it still has.
    pub(super) fn new(input: R, start: &[u8], encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf16 => {
                let unit = if start.starts_with(b"\xfe\xff") { u16::from_be_bytes } else { u16::from_le_bytes };
                Decoder::Utf16 { unit, byte: None, high: None }
            }
            Encoding::Latin1 | Encoding::Utf8 => Decoder::Windows1252,
        };
        Decode { input, encoded: vec![0; BLOCK], decoder, text: Vec::new(), at: 0, end: None }
    }

    /// Decodes a block.
    fn fill(&mut self) -> io::Result<()> {
        // Do not trust a reader that reports more bytes than it had room for.
        let read = self.input.read(&mut self.encoded)?.min(BLOCK);
        self.text.clear();
        self.at = 0;
        let whole = self.decoder.decode(&self.encoded[..read], &mut self.text);
        self.end = match (whole, read) {
            (false, _) => Some(Err(Broken::error(
                "half of a surrogate pair, which UTF-16 never has alone: the file is damaged or not UTF-16; save it as \
                 UTF-8",
            ))),
            (true, 0) if self.decoder.is_within_a_character() => {
                Some(Err(Broken::error("the text ends within a character of UTF-16: it was cut off, or is not UTF-16")))
            }
            (true, 0) => Some(Ok(())),
            (true, _) => None,
        };
        Ok(())
    }
}

impl<R: Read> Read for Decode<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            match &mut self.end {
                None => self.fill()?,
                // An error is told once.
                Some(end) => return std::mem::replace(end, Ok(())).map(|()| 0),
            }
        }
        let read = (&self.text[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// What makes characters of bytes.
enum Decoder {
    Windows1252,
    Utf16 {
        unit: fn([u8; 2]) -> u16,
        /// The first byte of a unit, and the first unit of a pair, that earlier bytes ended with.
        byte: Option<u8>,
        high: Option<u16>,
    },
}

impl Decoder {
    /// Adds the characters of some bytes to a text; whether all of them were some.
    fn decode(&mut self, bytes: &[u8], text: &mut Vec<u8>) -> bool {
        match self {
            Decoder::Windows1252 => {
                let mut rest = bytes;
                while let [first, others @ ..] = rest {
                    let ascii = rest.chunks_exact(ASCII).take_while(|chunk| chunk.is_ascii()).count() * ASCII;
                    if ascii > 0 {
                        text.extend_from_slice(&rest[..ascii]);
                        rest = &rest[ascii..];
                        continue;
                    }
                    let sign = first.checked_sub(0x80).and_then(|place| SIGNS.get(place as usize));
                    push(text, sign.copied().unwrap_or(char::from(*first)));
                    rest = others;
                }
                true
            }
            Decoder::Utf16 { unit, byte, high } => {
                let mut bytes = bytes;
                if let (Some(first), [second, rest @ ..]) = (*byte, bytes) {
                    *byte = None;
                    bytes = rest;
                    if !take_unit(unit([first, *second]), high, text) {
                        return false;
                    }
                }
                let (units, rest) = bytes.as_chunks();
                if let [last] = rest {
                    *byte = Some(*last);
                }
                text.reserve(units.len() * 3);
                units.iter().all(|bytes| take_unit(unit(*bytes), high, text))
            }
        }
    }

    fn is_within_a_character(&self) -> bool {
        matches!(self, Decoder::Utf16 { byte, high, .. } if byte.is_some() || high.is_some())
    }
}

/// Adds the character of a unit of UTF-16, unless it is the first of two; whether it is allowed there.
#[inline]
fn take_unit(unit: u16, high: &mut Option<u16>, text: &mut Vec<u8>) -> bool {
    if high.is_none() && unit < 0x80 {
        text.push(unit as u8);
        return true;
    }
    if high.is_none() && matches!(unit, 0xd800..=0xdbff) {
        *high = Some(unit);
        return true;
    }
    // One character, as a first unit comes with a second one.
    for char in char::decode_utf16(high.take().into_iter().chain([unit])) {
        let Ok(char) = char else { return false };
        push(text, char);
    }
    true
}

#[inline]
fn push(text: &mut Vec<u8>, char: char) {
    text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let mut text = String::new();
        Decode::new(bytes, bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_byte_of_windows_1252() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = decoded(&bytes, Encoding::Latin1);
        // As the Encoding Standard's index has them.
        let signs = [
            0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
            0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
            0x153, 0x9d, 0x17e, 0x178,
        ];
        let expected = (0..0x80).chain(signs).chain(0xa0..=0xff).map(|code| char::from_u32(code).unwrap());
        assert_eq!(text, expected.collect::<String>());
    }

    #[test]
    fn every_character_of_utf_16() {
        let all: String = ('\0'..=char::MAX).collect();
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let text = format!("\u{feff}{all}");
            let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
            assert!(decoded(&bytes, Encoding::Utf16) == text);
        }
    }
}
