//! Where the bytes of a file are read from.

use std::fs::File;
use std::io;

/// Bytes that are read in parts, from several threads at once: what an [`ItemsetFile`](super::ItemsetFile) reads.
///
/// Files are, and [`InMemory`] bytes. Implement it for anything else that has ranges, such as an object store.
pub trait ReadAt {
    /// The number of bytes.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn size(&self) -> io::Result<u64>;

    /// Fills the buffer with the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// Those of the source, and [`io::ErrorKind::UnexpectedEof`] if there are not so many.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }

    /// Other systems have one position for all readers.
    #[cfg(not(unix))]
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        use std::sync::{Mutex, PoisonError};

        static POSITION: Mutex<()> = Mutex::new(());
        let _turn = POSITION.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

/// Bytes in memory, or a file that is mapped into it: a `Vec<u8>`, a `&[u8]`, an `Arc<[u8]>`, a `memmap2::Mmap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InMemory<B>(pub B);

impl<B: AsRef<[u8]>> ReadAt for InMemory<B> {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.as_ref().len() as u64)
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let bytes = usize::try_from(offset).ok().and_then(|offset| self.0.as_ref().get(offset..)?.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
