//! Texts and their numbers.

use std::hash::{BuildHasher, Hasher as _};

#[cfg(not(itemset_fixed_seed))]
use hashbrown::DefaultHashBuilder as Hasher;
use hashbrown::HashTable;

#[cfg(itemset_fixed_seed)]
use foldhash::fast::FixedState as Hasher;

use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::mix::spread;

/// Texts and their numbers, by first appearance. All texts are back to back in one array.
#[derive(Clone, Debug)]
pub(in crate::io) struct Texts {
    /// What they are, for errors.
    what: &'static str,
    bytes: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Texts of up to eight bytes, which are found without reading others: most keys are short numbers, and there may
    /// be too many for the cache.
    short: HashTable<Short>,
    long: HashTable<Long>,
    hasher: Hasher,
}

/// A text of up to eight bytes, the last of which is not 0, as a number.
#[derive(Clone, Copy, Debug)]
struct Short {
    word: u64,
    id: u32,
}

/// A longer text's number, and its hash, so that growing the table reads no texts, and a search hardly any but the
/// right one.
#[derive(Clone, Copy, Debug)]
struct Long {
    hash: u32,
    id: u32,
}

/// What a text is looked up by.
#[derive(Clone, Copy, Debug)]
enum Find {
    Short(u64),
    Long(u32),
}

/// The bytes of a text as a number, the first of them at its lowest bits, if there are at most eight.
///
/// They are read as parts of fixed lengths, which overlap: a copy of any length is a call.
#[inline(always)]
pub(in crate::io) fn short_word(text: &[u8]) -> Option<u64> {
    let at = |place: usize| u64::from(text[place]) << (8 * place);
    match (text.first_chunk(), text.last_chunk()) {
        (Some(&first), Some(&last)) if text.len() <= 8 => {
            let last = u64::from(u32::from_le_bytes(last)) << (8 * (text.len() - 4));
            Some(u64::from(u32::from_le_bytes(first)) | last)
        }
        (Some(_), Some(_)) => None,
        _ if text.is_empty() => Some(0),
        _ => Some(at(0) | at(text.len() / 2) | at(text.len() - 1)),
    }
}

impl Texts {
    pub(in crate::io) fn of(what: &'static str) -> Self {
        let (bytes, ends, short, long) = (Vec::new(), Vec::new(), HashTable::new(), HashTable::new());
        Texts { what, bytes, ends, short, long, hasher: Hasher::default() }
    }

    pub(in crate::io) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(in crate::io) fn get(&self, id: usize) -> &[u8] {
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..self.ends[id]]
    }

    /// All texts, in the order of their numbers.
    pub(in crate::io) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|id| self.get(id))
    }

    /// The texts as the labels of a dictionary, with the same numbers.
    pub(in crate::io) fn to_dictionary(&self) -> Result<Dictionary<String>, Error> {
        // They were texts when they were added.
        Dictionary::from_labels(self.iter().map(|label| str::from_utf8(label).unwrap_or_default().to_string()))
    }

    /// Bytes held.
    pub(in crate::io) fn bytes_held(&self) -> u64 {
        let tables = self.short.allocation_size() + self.long.allocation_size();
        (self.bytes.capacity() + self.ends.capacity() * size_of::<usize>() + tables) as u64
    }

    #[inline(always)]
    fn look_up_by(&self, text: &[u8]) -> Find {
        if let Some(word) = short_word(text) {
            return Find::Short(word);
        }
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        Find::Long(hasher.finish() as u32)
    }

    /// The number of a text.
    #[inline(always)]
    pub(in crate::io) fn find(&self, text: &[u8]) -> Option<u32> {
        match self.look_up_by(text) {
            Find::Short(word) => {
                let found = self.short.find(self.hasher.hash_one(word), |entry| entry.word == word);
                found.map(|entry| entry.id)
            }
            Find::Long(hash) => {
                let is_it = |entry: &Long| entry.hash == hash && self.get(entry.id as usize) == text;
                self.long.find(spread(hash), is_it).map(|entry| entry.id)
            }
        }
    }

    /// The number of a text, a new one if it was not there yet.
    #[inline(always)]
    pub(in crate::io) fn intern(&mut self, text: &[u8]) -> Result<u32, Error> {
        match self.find(text) {
            Some(id) => Ok(id),
            None => self.add(text),
        }
    }

    /// The same, where the numbers come after those of `known`, if it does not have the text.
    #[inline(always)]
    pub(super) fn intern_after(&mut self, known: Option<&Texts>, text: &[u8]) -> Result<u32, Error> {
        let Some(known) = known else { return self.intern(text) };
        match known.find(text) {
            Some(id) => Ok(id),
            None => {
                let id = self.intern(text)?;
                self.numbered(id as usize + known.len())
            }
        }
    }

    /// The number of an item or basket; the greatest one means none.
    fn numbered(&self, id: usize) -> Result<u32, Error> {
        let id = u32::try_from(id).ok().filter(|&id| id != u32::MAX);
        id.ok_or_else(|| Error::too_large(self.what, u32::MAX))
    }

    /// Adds a text at the end, without a look-up.
    pub(in crate::io) fn append(&mut self, text: &[u8]) -> Result<u32, Error> {
        let id = self.numbered(self.len())?;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        Ok(id)
    }

    /// The number of a text that is not there yet.
    #[inline(never)]
    fn add(&mut self, text: &[u8]) -> Result<u32, Error> {
        let id = self.append(text)?;
        match self.look_up_by(text) {
            Find::Short(word) => {
                let Texts { short, hasher, .. } = self;
                short.insert_unique(hasher.hash_one(word), Short { word, id }, |entry| hasher.hash_one(entry.word));
            }
            Find::Long(hash) => {
                self.long.insert_unique(spread(hash), Long { hash, id }, |entry| spread(entry.hash));
            }
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_words() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        for len in 0..=8 {
            let mut word = [0; 8];
            word[..len].copy_from_slice(&bytes[..len]);
            assert_eq!(short_word(&bytes[..len]), Some(u64::from_le_bytes(word)));
        }
        assert_eq!(short_word(&bytes), None);
    }
}
