//! Records in a temporary file, divided by the hash of their key.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::mix::{GOLDEN_GAMMA, mix};

/// The most partitions.
pub(super) const MOST: usize = 256;

/// Partitions of records. Each key is in one of them.
///
/// All are in one file, so that no system runs out of open files: what a partition gathered is written to the end.
#[derive(Debug)]
pub(super) struct Partitions {
    file: TemporaryFile,
    written: u64,
    parts: Vec<Part>,
    /// Bytes that a partition gathers.
    piece: usize,
}

#[derive(Debug, Default)]
struct Part {
    gathered: Vec<u8>,
    /// Where in the file its pieces are, and their lengths.
    pieces: Vec<(u64, usize)>,
}

impl Partitions {
    /// In a folder, or that of the system. All partitions together gather about `buffered` bytes before they are written.
    pub(super) fn new(folder: Option<&Path>, parts: usize, buffered: u64) -> Result<Self, Error> {
        let file = TemporaryFile::new(folder.map_or_else(env::temp_dir, Path::to_path_buf))?;
        let parts = parts.clamp(1, MOST);
        let piece = buffered as usize / parts;
        Ok(Partitions { file, written: 0, parts: (0..parts).map(|_| Part::default()).collect(), piece })
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Adds a record: a key and the numbers of some items.
    pub(super) fn add(&mut self, key: &[u8], items: &[u32]) -> Result<(), Error> {
        let place = (u128::from(hash(key)) * self.parts.len() as u128) >> 64;
        let part = &mut self.parts[place as usize];
        let bytes = &mut part.gathered;
        put(bytes, key.len() as u64);
        bytes.extend_from_slice(key);
        put(bytes, items.len() as u64);
        items.iter().for_each(|&item| put(bytes, item.into()));
        if bytes.len() >= self.piece {
            self.file.with(|file| file.write_all(bytes))?;
            part.pieces.push((self.written, bytes.len()));
            self.written += bytes.len() as u64;
            bytes.clear();
        }
        Ok(())
    }

    /// Hands on the records of a partition, in the order in which they were added. Nothing is left of it in memory.
    pub(super) fn read(
        &mut self,
        place: usize,
        mut take: impl FnMut(&[u8], &[u32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Part { gathered, pieces } = std::mem::take(&mut self.parts[place]);
        let (mut bytes, mut items) = (Vec::new(), Vec::new());
        for (start, len) in pieces {
            bytes.resize(len, 0);
            self.file.with(|file| file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes)))?;
            self.take_records(&bytes, &mut items, &mut take)?;
        }
        self.take_records(&gathered, &mut items, &mut take)
    }

    fn take_records(
        &self,
        mut bytes: &[u8],
        items: &mut Vec<u32>,
        take: &mut impl FnMut(&[u8], &[u32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while !bytes.is_empty() {
            items.clear();
            let key = record(&mut bytes, items);
            take(key.ok_or_else(|| self.file.error(&io::Error::other("something else has written to it")))?, items)?;
        }
        Ok(())
    }
}

/// The record that some bytes begin with: its key, and the numbers of its items. Those after it are left.
fn record<'b>(bytes: &mut &'b [u8], items: &mut Vec<u32>) -> Option<&'b [u8]> {
    let len = usize::try_from(take(bytes)?).ok()?;
    let (key, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    for _ in 0..take(bytes)? {
        items.push(u32::try_from(take(bytes)?).ok()?);
    }
    Some(key)
}

/// Writes a number: seven bits a byte, the lowest first, and the highest bit if more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number that some bytes begin with.
fn take(bytes: &mut &[u8]) -> Option<u64> {
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

/// A hash that is the same in every run, so that rows come in the same order.
fn hash(key: &[u8]) -> u64 {
    let (words, rest) = key.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]).map(|&word| u64::from_le_bytes(word));
    words.fold(key.len() as u64, |hash, word| mix(hash ^ word).wrapping_add(GOLDEN_GAMMA))
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

    /// Every record as it is read, by partition.
    fn read(partitions: &mut Partitions) -> Vec<Vec<(Vec<u8>, Vec<u32>)>> {
        let parts = 0..partitions.len();
        let read = parts.map(|place| {
            let mut records = Vec::new();
            let take = |key: &[u8], items: &[u32]| {
                records.push((key.to_vec(), items.to_vec()));
                Ok(())
            };
            partitions.read(place, take).unwrap();
            records
        });
        read.collect()
    }

    proptest! {
        #[test]
        fn records_are_read_back(
            records in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20), prop::collection::vec(any::<u32>(), 0..6)), 0..60),
            parts in 0..20usize,
            piece in 1..200usize,
        ) {
            let mut partitions = Partitions::new(None, parts, 0).unwrap();
            partitions.piece = piece;
            for (key, items) in &records {
                partitions.add(key, items).unwrap();
            }
            let found = read(&mut partitions);
            prop_assert_eq!(found.len(), parts.max(1));
            prop_assert_eq!(found.iter().map(Vec::len).sum::<usize>(), records.len());
            for (place, part) in found.iter().enumerate() {
                // All of its keys, in their order.
                let keys: Vec<_> = part.iter().map(|(key, _)| key).collect();
                let expected: Vec<_> = records.iter().filter(|(key, _)| keys.contains(&key)).collect();
                prop_assert!(part.iter().eq(expected), "{place}");
            }
        }
    }

    #[test]
    fn nothing_is_left_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let left = || fs::read_dir(folder.path()).unwrap().count();
        let mut partitions = Partitions::new(Some(folder.path()), 3, 0).unwrap();
        partitions.piece = 10;
        (0..100u32).for_each(|key| partitions.add(&key.to_le_bytes(), &[key]).unwrap());
        assert_eq!(left(), usize::from(!cfg!(unix)));
        assert_eq!(read(&mut partitions).concat().len(), 100);
        drop(partitions);
        assert_eq!(left(), 0);
    }

    #[test]
    fn a_folder_that_is_none_is_named() {
        let error = Partitions::new(Some(Path::new("no/such/folder")), 1, 0).unwrap_err();
        assert!(matches!(error.kind(), crate::error::ErrorKind::Io(_)));
        let told = error.to_string();
        assert!(told.starts_with("the temporary file in no/such/folder: "), "{told}");
        assert!(told.ends_with("; temporary_folder sets another folder"), "{told}");
    }

    #[test]
    fn bytes_that_are_no_record_are_refused() {
        for bytes in
            [&b"\x05ab"[..], b"\xff", b"\x01a", b"\x01a\x02\x01", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"]
        {
            assert_eq!(record(&mut &bytes[..], &mut Vec::new()), None);
        }
    }
}
