//! Bytes in a temporary file, divided into parts.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Parts of bytes.
///
/// All are in one file, so that no system runs out of open files: what a part gathered is written to the end.
#[derive(Debug)]
pub(crate) struct Spill {
    file: TemporaryFile,
    written: u64,
    parts: Vec<Part>,
    /// Bytes that a part gathers.
    piece: usize,
}

#[derive(Debug, Default)]
struct Part {
    gathered: Vec<u8>,
    /// Where in the file its pieces are, and their lengths.
    pieces: Vec<(u64, usize)>,
}

impl Spill {
    /// In a folder, or that of the system. All parts together gather about `buffered` bytes before they are written.
    pub(crate) fn new(folder: Option<&Path>, parts: usize, buffered: u64) -> Result<Self, Error> {
        let file = TemporaryFile::new(folder.map_or_else(env::temp_dir, Path::to_path_buf))?;
        let piece = buffered as usize / parts.max(1);
        Ok(Spill { file, written: 0, parts: (0..parts).map(|_| Part::default()).collect(), piece })
    }

    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Bytes in the file.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Adds a record to a part: what a function appends to the bytes that it is given.
    #[inline(always)]
    pub(crate) fn add(&mut self, part: usize, record: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
        let gathered = &mut self.parts[part].gathered;
        record(gathered);
        if gathered.len() >= self.piece { self.write(part) } else { Ok(()) }
    }

    #[inline(never)]
    fn write(&mut self, part: usize) -> Result<(), Error> {
        let part = &mut self.parts[part];
        self.file.with(|file| file.seek(SeekFrom::Start(self.written)).and_then(|_| file.write_all(&part.gathered)))?;
        part.pieces.push((self.written, part.gathered.len()));
        self.written += part.gathered.len() as u64;
        part.gathered.clear();
        Ok(())
    }

    /// The pieces of a part.
    pub(crate) fn pieces(&self, part: usize) -> usize {
        self.parts[part].pieces.len() + 1
    }

    /// Appends the bytes of a piece, which are those of whole records; more may be added to the part later.
    pub(crate) fn read_piece(&mut self, part: usize, piece: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let Part { gathered, pieces } = &self.parts[part];
        let Some(&(start, len)) = pieces.get(piece) else {
            bytes.extend_from_slice(gathered);
            return Ok(());
        };
        let before = bytes.len();
        bytes.resize(before + len, 0);
        let read = &mut bytes[before..];
        self.file.with(|file| file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(read)))
    }

    /// An error for bytes that are no record.
    pub(crate) fn damaged(&self) -> Error {
        self.file.error(&io::Error::other("something else has written to it"))
    }

    /// Hands on the records of a part, in the order in which they were added. It can be read again.
    ///
    /// `take` gets the bytes from the next record on, and leaves those after it; `None` if they begin with no record.
    pub(crate) fn read(
        &mut self,
        part: usize,
        mut take: impl FnMut(&mut &[u8]) -> Option<Result<(), Error>>,
    ) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for piece in 0..self.pieces(part) {
            bytes.clear();
            self.read_piece(part, piece, &mut bytes)?;
            let mut left = &bytes[..];
            while !left.is_empty() {
                take(&mut left).ok_or_else(|| self.damaged())??;
            }
        }
        Ok(())
    }

    /// Frees the memory of a part that is not read again.
    pub(crate) fn forget(&mut self, part: usize) {
        self.parts[part] = Part::default();
    }
}

/// Writes a number: seven bits a byte, the lowest first, and the highest bit if more follow.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number that some bytes begin with.
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// A file without a name, or one that is removed in the end.
#[derive(Debug)]
struct TemporaryFile {
    file: File,
    folder: PathBuf,
    /// Where it still is.
    path: Option<PathBuf>,
}

impl TemporaryFile {
    fn new(folder: PathBuf) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let name = format!("itemset-{}-{:016x}.tmp", std::process::id(), RandomState::new().hash_one(0));
            let path = folder.join(name);
            match options.open(&path) {
                Ok(file) => {
                    // Where an open file can be removed, nothing is left of it even if the process is killed.
                    let path = if cfg!(unix) && fs::remove_file(&path).is_ok() { None } else { Some(path) };
                    return Ok(TemporaryFile { file, folder, path });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error_in(&folder, &error)),
            }
        }
    }

    /// Does something with the file.
    fn with(&mut self, work: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
        work(&mut self.file).map_err(|error| error_in(&self.folder, &error))
    }

    fn error(&self, error: &io::Error) -> Error {
        error_in(&self.folder, error)
    }
}

fn error_in(folder: &Path, error: &io::Error) -> Error {
    let folder = folder.display();
    let reason = format!("the temporary file in {folder}: {error}; temporary_folder sets another folder");
    io::Error::new(error.kind(), reason).into()
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // There is nobody to tell.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bytes of a part.
    fn read(spill: &mut Spill, part: usize) -> Vec<u8> {
        let mut all = Vec::new();
        let number = |bytes: &mut &[u8]| {
            put(&mut all, take(bytes)?);
            Some(Ok(()))
        };
        spill.read(part, number).unwrap();
        all
    }

    proptest! {
        #[test]
        fn parts_are_read_back(
            records in prop::collection::vec((0..4usize, prop::collection::vec(any::<u64>(), 0..6)), 0..60),
            buffered in 0..400u64,
        ) {
            let mut spill = Spill::new(None, 4, buffered).unwrap();
            let mut expected = vec![Vec::new(); 4];
            for (part, numbers) in &records {
                let record = |bytes: &mut Vec<u8>| numbers.iter().for_each(|&number| put(bytes, number));
                spill.add(*part, record).unwrap();
                record(&mut expected[*part]);
            }
            for (part, expected) in expected.iter().enumerate() {
                prop_assert_eq!(&read(&mut spill, part), expected);
                // Once more, as after each pass.
                prop_assert_eq!(&read(&mut spill, part), expected);
                let mut numbers = Vec::new();
                let mut bytes = &expected[..];
                while !bytes.is_empty() {
                    numbers.push(take(&mut bytes).unwrap());
                }
                let added: Vec<u64> = records.iter().filter(|(of, _)| *of == part).flat_map(|(_, numbers)| numbers.clone()).collect();
                prop_assert_eq!(numbers, added);
            }
        }
    }

    #[test]
    fn nothing_is_left_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let left = || fs::read_dir(folder.path()).unwrap().count();
        let mut spill = Spill::new(Some(folder.path()), 3, 30).unwrap();
        (0..100u32).for_each(|number| spill.add(number as usize % 3, |bytes| put(bytes, number.into())).unwrap());
        assert_eq!(left(), usize::from(!cfg!(unix)));
        assert!(spill.written() > 0);
        assert_eq!((0..3).map(|part| read(&mut spill, part).len()).sum::<usize>(), 100);
        drop(spill);
        assert_eq!(left(), 0);
    }

    #[test]
    fn a_folder_that_is_none_is_named() {
        let error = Spill::new(Some(Path::new("no/such/folder")), 1, 0).unwrap_err();
        assert!(matches!(error.kind(), crate::error::ErrorKind::Io(_)));
        let told = error.to_string();
        assert!(told.starts_with("the temporary file in no/such/folder: "), "{told}");
        assert!(told.ends_with("; temporary_folder sets another folder"), "{told}");
    }
}
