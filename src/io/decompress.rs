//! Compressed inputs, told by their first bytes and decompressed while they are read.

use std::io::{self, BufReader, Read};

use super::source::{Broken, Decompress};

/// Compressed bytes that are read at a time.
const BLOCK: usize = 128 << 10;

/// The compressed input: whether it ended, and how it failed, which decoders hide in errors of their own.
struct Compressed<R> {
    input: R,
    ended: bool,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.input.read(into) {
            Ok(read) => {
                self.ended |= read == 0 && !into.is_empty();
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
        }
    }
}

impl<R: Read> Compressed<R> {
    fn buffered(input: R) -> BufReader<Self> {
        BufReader::with_capacity(BLOCK, Compressed { input, ended: false, failed: None })
    }

    /// What went wrong when a decoder failed.
    fn error(&mut self, format: &str, told: impl ToString) -> io::Error {
        if let Some(error) = self.failed.take() {
            return error;
        }
        match self.ended {
            true => Broken::error(format!(
                "the file is compressed with {format} and ends too early: it was cut off, perhaps while it was copied; \
                 copy or write it again"
            )),
            false => Broken::error(format!(
                "the file is compressed with {format} and damaged ({}): copy or write it again",
                told.to_string()
            )),
        }
    }
}

/// What an input that begins with these bytes is decompressed with.
pub(super) fn decompressor<'a>(start: &[u8]) -> Option<Decompress<'a>> {
    match start {
        #[cfg(feature = "gzip")]
        [0x1f, 0x8b, 8, ..] => Some(|input| Box::new(gzip::Gzip::new(input))),
        #[cfg(feature = "zstd")]
        // A frame, or one to skip, with which some writers begin.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Some(|input| Box::new(zstd::Zstd::new(input)))
        }
        _ => None,
    }
}

#[cfg(feature = "gzip")]
mod gzip {
    use super::{BufReader, Compressed, Read, io};
    use flate2::bufread::MultiGzDecoder;

    /// The text of members of gzip, one after the other.
    pub(super) struct Gzip<R>(MultiGzDecoder<BufReader<Compressed<R>>>);

    impl<R: Read> Gzip<R> {
        pub(super) fn new(input: R) -> Self {
            Gzip(MultiGzDecoder::new(Compressed::buffered(input)))
        }
    }

    impl<R: Read> Read for Gzip<R> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    let compressed = self.0.get_mut().get_mut();
                    // After a member that is whole, other bytes may be the last ones.
                    compressed.ended &= error.kind() == io::ErrorKind::UnexpectedEof;
                    Err(compressed.error("gzip", error))
                }
                read => read,
            }
        }
    }
}

#[cfg(feature = "zstd")]
mod zstd {
    use std::io::BufRead;

    use super::{BufReader, Compressed, Read, io};
    use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
    use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

    /// The text of frames of zstd, one after the other.
    pub(super) struct Zstd<R> {
        input: BufReader<Compressed<R>>,
        frame: FrameDecoder,
        is_open: bool,
    }

    impl<R: Read> Zstd<R> {
        pub(super) fn new(input: R) -> Self {
            Zstd { input: Compressed::buffered(input), frame: FrameDecoder::new(), is_open: false }
        }

        fn error(&mut self, told: impl ToString) -> io::Error {
            // What a decoder misses may only be missing if nothing is left.
            let is_left = !self.input.buffer().is_empty();
            let compressed = self.input.get_mut();
            compressed.ended &= !is_left;
            compressed.error("zstd", told)
        }

        /// Whether all of the input was taken.
        fn is_at_end(&mut self) -> io::Result<bool> {
            loop {
                match self.input.fill_buf() {
                    Ok(rest) => return Ok(rest.is_empty()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(self.input.get_mut().failed.take().unwrap_or(error)),
                }
            }
        }

        /// Begins the next frame; false if there is none.
        fn open(&mut self) -> io::Result<bool> {
            while !self.is_at_end()? {
                match self.frame.reset(&mut self.input) {
                    Ok(()) => {
                        self.is_open = true;
                        return Ok(true);
                    }
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length, ..
                    })) => {
                        let skipped = io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink());
                        match skipped {
                            Ok(skipped) if skipped == u64::from(length) => {}
                            Ok(_) => return Err(self.error("a frame is cut off")),
                            Err(error) => return Err(self.error(error)),
                        }
                    }
                    Err(error) => return Err(self.error(error)),
                }
            }
            Ok(false)
        }
    }

    impl<R: Read> Read for Zstd<R> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if into.is_empty() {
                return Ok(0);
            }
            loop {
                if !self.is_open && !self.open()? {
                    return Ok(0);
                }
                let ready = self.frame.can_collect();
                if ready > 0 {
                    return self.frame.read(into);
                }
                if self.frame.is_finished() {
                    self.is_open = false;
                    let stored = self.frame.get_checksum_from_data();
                    if stored.is_some() && stored != self.frame.get_calculated_checksum() {
                        self.input.get_mut().ended = false;
                        return Err(self.error("its checksum is another one"));
                    }
                    continue;
                }
                let blocks = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.frame.decode_blocks(&mut self.input, blocks) {
                    return Err(self.error(error));
                }
            }
        }
    }
}
