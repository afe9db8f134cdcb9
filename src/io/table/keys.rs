//! The keys of baskets and their numbers.

use std::hash::BuildHasher;

#[cfg(not(itemset_fixed_seed))]
use hashbrown::DefaultHashBuilder as Hasher;

#[cfg(itemset_fixed_seed)]
use foldhash::fast::FixedState as Hasher;

use super::texts::{Texts, short_word};
use crate::bitset::prefetch;
use crate::error::Error;

/// Keys and their numbers, by first appearance.
///
/// There may be too many for the cache, and rows may be in any order. So the keys of many rows are looked up together:
/// each is asked for some keys before it is needed, and most, which are short, are in the table itself. That is twice as
/// fast as one look-up after the other in a table of `hashbrown`, which reads two places for a key and then the key.
#[derive(Debug)]
pub(in crate::io) struct Keys {
    short: Words,
    long: Texts,
    /// The numbers of the long ones.
    long_numbers: Vec<u32>,
    len: usize,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// Up to eight bytes, the last of which is not 0, as a number.
    Short(u64),
    /// The place among longer ones.
    Long(u32),
}

/// The keys of some rows, which are looked up together.
#[derive(Debug, Default)]
pub(in crate::io) struct Pending {
    keys: Vec<Key>,
    /// The longer ones, back to back, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// How many keys ahead the table is asked: enough for the memory's delay, few enough for the first-level cache.
const AHEAD: usize = 16;

impl Pending {
    /// Adds a key.
    #[inline(always)]
    pub(in crate::io) fn push(&mut self, key: &[u8]) {
        if let Some(word) = short_word(key) {
            self.keys.push(Key::Short(word));
        } else {
            self.keys.push(Key::Long(self.ends.len() as u32));
            self.bytes.extend_from_slice(key);
            self.ends.push(self.bytes.len());
        }
    }

    pub(in crate::io) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(in crate::io) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key at a place, whose bytes are in `word` if it is short.
    #[inline(always)]
    pub(in crate::io) fn get<'p>(&'p self, place: usize, word: &'p mut [u8; 8]) -> &'p [u8] {
        match self.keys[place] {
            Key::Short(key) => short_bytes(key, word),
            Key::Long(place) => self.long(place),
        }
    }

    /// Puts the key at one place to another before it.
    #[inline(always)]
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.keys[to] = self.keys[from];
    }

    /// Keeps the first keys alone.
    pub(super) fn truncate(&mut self, len: usize) {
        self.keys.truncate(len);
    }

    fn long(&self, place: u32) -> &[u8] {
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.bytes[start..self.ends[place]]
    }

    /// A key of eight bytes as a number.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    pub(in crate::io) fn word(&self, place: usize) -> u64 {
        match self.keys[place] {
            Key::Short(word) => word,
            Key::Long(_) => 0,
        }
    }

    pub(in crate::io) fn clear(&mut self) {
        self.keys.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

/// The bytes of a key that is stored as a number.
#[inline(always)]
fn short_bytes(key: u64, word: &mut [u8; 8]) -> &[u8] {
    *word = key.to_le_bytes();
    &word[..(u64::BITS - key.leading_zeros()).div_ceil(8) as usize]
}

impl Keys {
    pub(in crate::io) fn new() -> Self {
        Keys { short: Words::new(), long: Texts::of("baskets"), long_numbers: Vec::new(), len: 0 }
    }

    /// Gives the key of each row its number.
    pub(in crate::io) fn number<'n>(
        &mut self,
        pending: &Pending,
        numbers: impl Iterator<Item = &'n mut u32>,
    ) -> Result<(), Error> {
        pending.keys.iter().take(AHEAD).for_each(|&key| self.short.ask_for(key));
        for ((at, &key), number) in pending.keys.iter().enumerate().zip(numbers) {
            if let Some(&key) = pending.keys.get(at + AHEAD) {
                self.short.ask_for(key);
            }
            *number = match key {
                Key::Short(word) => match self.short.find(word) {
                    Some(number) => number,
                    None => {
                        let number = self.new_number()?;
                        self.short.add(word, number);
                        number
                    }
                },
                Key::Long(place) => {
                    let place = self.long.intern(pending.long(place))? as usize;
                    if place == self.long_numbers.len() {
                        let number = self.new_number()?;
                        self.long_numbers.push(number);
                    }
                    self.long_numbers[place]
                }
            };
        }
        Ok(())
    }

    /// Keys so far.
    pub(in crate::io) fn len(&self) -> usize {
        self.len
    }

    /// Bytes held, or for a moment if a table grows to take `more` keys.
    pub(in crate::io) fn bytes_for(&self, more: usize) -> u64 {
        let mut places = self.short.places.len();
        if self.short.is_too_small_for(self.short.len + more) {
            let grown = (3 * (self.short.len + more)).div_ceil(2).next_power_of_two();
            places = grown + grown / 2;
        }
        let long = self.long.bytes_held() + (self.long_numbers.capacity() * size_of::<u32>()) as u64;
        (places * size_of::<[u64; 2]>()) as u64 + long
    }

    /// Hands on each key, in any order.
    pub(in crate::io) fn try_for_each(&self, mut take: impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let mut bytes = [0; 8];
        let mut short = self.short.places.iter().filter(|[_, number]| *number > 0);
        short.try_for_each(|&[word, _]| take(short_bytes(word, &mut bytes)))?;
        self.long.iter().try_for_each(take)
    }

    fn new_number(&mut self) -> Result<u32, Error> {
        // The greatest number means no key, and one more is added to it.
        let number = u32::try_from(self.len).ok().filter(|&number| number < u32::MAX - 1);
        self.len += 1;
        number.ok_or_else(|| Error::too_large("baskets", u32::MAX))
    }
}

/// A table of words and their numbers, with open addressing: a word is at its place or soon after it, with its number
/// beside it.
#[derive(Debug)]
struct Words {
    /// A word and its number plus 1; 0 in a place that is empty. The number of places is a power of two.
    places: Vec<[u64; 2]>,
    len: usize,
    factor: u64,
}

/// The fewest places.
const LEAST_PLACES: usize = 16;

impl Words {
    fn new() -> Self {
        // Odd, and different in every table, so that no file can be made whose words are all at one place.
        let factor = Hasher::default().hash_one(0u64) | 1;
        Words { places: vec![[0; 2]; LEAST_PLACES], len: 0, factor }
    }

    /// Where a word is looked for first.
    #[inline(always)]
    fn place(&self, word: u64) -> usize {
        let product = u128::from(word) * u128::from(self.factor);
        let hash = (product as u64) ^ (product >> 64) as u64;
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - self.places.len().trailing_zeros())) as usize
    }

    #[inline(always)]
    fn ask_for(&self, key: Key) {
        if let Key::Short(word) = key {
            prefetch(&self.places, self.place(word));
        }
    }

    #[inline(always)]
    fn find(&self, word: u64) -> Option<u32> {
        let mut place = self.place(word);
        loop {
            match self.places[place] {
                [_, 0] => return None,
                [found, number] if found == word => return Some((number - 1) as u32),
                _ => place = (place + 1) & (self.places.len() - 1),
            }
        }
    }

    /// Whether more than two thirds would be full.
    fn is_too_small_for(&self, words: usize) -> bool {
        3 * words > 2 * self.places.len()
    }

    /// Adds a word that is not there yet.
    fn add(&mut self, word: u64, number: u32) {
        if self.is_too_small_for(self.len + 1) {
            let places = vec![[0; 2]; 2 * self.places.len()];
            for [word, number] in std::mem::replace(&mut self.places, places) {
                if number > 0 {
                    self.put(word, number);
                }
            }
        }
        self.len += 1;
        self.put(word, u64::from(number) + 1);
    }

    fn put(&mut self, word: u64, number: u64) {
        let mut place = self.place(word);
        while self.places[place][1] > 0 {
            place = (place + 1) & (self.places.len() - 1);
        }
        self.places[place] = [word, number];
    }
}
