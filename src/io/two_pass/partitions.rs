//! Records in a temporary file, divided by the hash of their key.

use std::path::Path;

use crate::error::Error;
use crate::mix::{GOLDEN_GAMMA, mix};
use crate::spill::{Spill, put, take};

/// The most partitions.
pub(super) const MOST: usize = 256;

/// Partitions of records. Each key is in one of them.
#[derive(Debug)]
pub(super) struct Partitions(Spill);

impl Partitions {
    /// In a folder, or that of the system. All partitions together gather about `buffered` bytes before they are written.
    pub(super) fn new(folder: Option<&Path>, parts: usize, buffered: u64) -> Result<Self, Error> {
        Spill::new(folder, parts.clamp(1, MOST), buffered).map(Partitions)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a record: a key and the numbers of some items.
    pub(super) fn add(&mut self, key: &[u8], items: &[u32]) -> Result<(), Error> {
        let place = (u128::from(hash(key)) * self.len() as u128) >> 64;
        self.0.add(place as usize, |bytes| {
            put(bytes, key.len() as u64);
            bytes.extend_from_slice(key);
            put(bytes, items.len() as u64);
            items.iter().for_each(|&item| put(bytes, item.into()));
        })
    }

    /// Hands on the records of a partition, in the order in which they were added. Nothing is left of it in memory.
    pub(super) fn read(
        &mut self,
        place: usize,
        mut take: impl FnMut(&[u8], &[u32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut items = Vec::new();
        let found = self.0.read(place, |bytes| {
            items.clear();
            let key = record(bytes, &mut items)?;
            Some(take(key, &items))
        });
        self.0.forget(place);
        found
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

/// A hash that is the same in every run, so that rows come in the same order.
fn hash(key: &[u8]) -> u64 {
    let (words, rest) = key.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]).map(|&word| u64::from_le_bytes(word));
    words.fold(key.len() as u64, |hash, word| mix(hash ^ word).wrapping_add(GOLDEN_GAMMA))
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
            buffered in 1..2000u64,
        ) {
            let mut partitions = Partitions::new(None, parts, buffered).unwrap();
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
    fn bytes_that_are_no_record_are_refused() {
        for bytes in
            [&b"\x05ab"[..], b"\xff", b"\x01a", b"\x01a\x02\x01", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"]
        {
            assert_eq!(record(&mut &bytes[..], &mut Vec::new()), None);
        }
    }
}
