//! Text in other encodings than UTF-8, decoded while it is read.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::options::Encoding;
use super::source::Broken;

/// Bytes that are read, and decoded, at a time.
const BLOCK: usize = 64 << 10;

/// An input as UTF-8. A byte-order mark is part of the text.
pub(super) struct Decode<R> {
    input: R,
    encoded: Vec<u8>,
    /// The part of `encoded` that is still to be decoded.
    from: usize,
    to: usize,
    ended: bool,
    decoder: Decoder,
    text: Vec<u8>,
    /// The part of `text` that is still to be handed on.
    at: usize,
    filled: usize,
    /// How decoding ended, if it did.
    end: Option<io::Result<()>>,
}

impl<R: Read> Decode<R> {
    /// An input that begins with these bytes, which it still has.
    pub(super) fn new(input: R, start: &[u8], encoding: Encoding) -> Self {
        let encoding = match encoding {
            Encoding::Utf16 if start.starts_with(b"\xfe\xff") => UTF_16BE,
            Encoding::Utf16 => UTF_16LE,
            Encoding::Latin1 | Encoding::Utf8 => WINDOWS_1252,
        };
        Decode {
            input,
            encoded: vec![0; BLOCK],
            from: 0,
            to: 0,
            ended: false,
            decoder: encoding.new_decoder_without_bom_handling(),
            text: vec![0; BLOCK],
            at: 0,
            filled: 0,
            end: None,
        }
    }

    /// Decodes a block.
    fn fill(&mut self) -> io::Result<()> {
        if self.from == self.to && !self.ended {
            // Do not trust a reader that reports more bytes than it had room for.
            let read = self.input.read(&mut self.encoded)?.min(BLOCK);
            (self.from, self.to, self.ended) = (0, read, read == 0);
        }
        let encoded = &self.encoded[self.from..self.to];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(encoded, &mut self.text, self.ended);
        self.from += read;
        (self.at, self.filled) = (0, written);
        match result {
            DecoderResult::InputEmpty if self.ended => self.end = Some(Ok(())),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                self.end = Some(Err(Broken::error(match self.ended {
                    true => "the text ends within a character of UTF-16: it was cut off, or is not UTF-16",
                    false => {
                        "half of a surrogate pair, which UTF-16 never has alone: the file is damaged or not UTF-16; \
                         save it as UTF-8"
                    }
                })));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decode<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.filled {
            match &mut self.end {
                None => self.fill()?,
                // An error is told once.
                Some(end) => return std::mem::replace(end, Ok(())).map(|()| 0),
            }
        }
        let read = (&self.text[self.at..self.filled]).read(into)?;
        self.at += read;
        Ok(read)
    }
}
