//! How many keys there are, and whether the rows of each follow each other.

use std::cmp::Ordering;
use std::path::Path;

use super::partitions::{MOST, Partitions};
use super::room::Room;
use crate::error::Error;
use crate::io::table::{Keys, Pending};

/// The keys of runs of rows, while they are read.
#[derive(Debug)]
pub(super) struct DistinctKeys<'t> {
    last: Vec<u8>,
    runs: u64,
    /// The keys of all runs together.
    bytes: u64,
    state: State,
    /// Numbers that are not needed.
    numbers: Vec<u32>,
    room: Room,
    folder: Option<&'t Path>,
    /// Whether keys are written even if there is room for them.
    spills: bool,
}

#[derive(Debug)]
enum State {
    /// Each key so far was after the one before in one of these orders, so all were different.
    Ordered(Orders),
    /// A key was not.
    Unordered,
    Held(Keys),
    Written(Partitions),
}

/// What is known of all keys in the end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeySummary {
    pub(super) runs: u64,
    pub(super) distinct: u64,
    /// The keys of all runs together.
    pub(super) bytes: u64,
}

/// The orders of texts in which keys may come: ascending and descending, as text, or shorter ones first, as whole numbers.
#[derive(Clone, Copy, Debug)]
struct Orders {
    text: Option<Ordering>,
    number: Option<Ordering>,
    is_first: bool,
}

impl Orders {
    /// Adds a key after another one; whether they are in one of the orders.
    #[inline(always)]
    fn add(&mut self, last: &[u8], key: &[u8]) -> bool {
        let text = last.cmp(key);
        let number = last.len().cmp(&key.len()).then(text);
        if self.is_first {
            *self = Orders { text: Some(text), number: Some(number), is_first: false };
        }
        self.text = self.text.filter(|&order| order == text);
        self.number = self.number.filter(|&order| order == number);
        self.text.is_some() || self.number.is_some()
    }
}

impl<'t> DistinctKeys<'t> {
    /// Keys that may come in an order, or in none.
    pub(super) fn new(ordered: bool, spills: bool, room: Room, folder: Option<&'t Path>) -> Self {
        let state = match ordered {
            true => State::Ordered(Orders { text: None, number: None, is_first: true }),
            false => State::Held(Keys::new()),
        };
        DistinctKeys { last: Vec::new(), runs: 0, bytes: 0, state, numbers: Vec::new(), room, folder, spills }
    }

    /// Whether a key came that is not in the order of those before.
    pub(super) fn are_unordered(&self) -> bool {
        matches!(self.state, State::Unordered)
    }

    /// Takes the keys of some runs. `besides` is what else is held, in bytes.
    pub(super) fn take(&mut self, keys: &Pending, besides: u64) -> Result<(), Error> {
        if let State::Held(held) = &self.state
            && (self.spills || !self.room.fits(besides + held.bytes_for(keys.len())))
        {
            let mut written = Partitions::new(self.folder, MOST, self.room.buffered())?;
            held.try_for_each(|key| written.add(key, &[]))?;
            self.state = State::Written(written);
        }
        if let State::Held(held) = &mut self.state {
            self.numbers.clear();
            self.numbers.resize(keys.len(), 0);
            held.number(keys, self.numbers.iter_mut())?;
        }
        let mut word = [0; 8];
        for place in 0..keys.len() {
            let key = keys.get(place, &mut word);
            if self.runs > 0 && self.last == key {
                continue;
            }
            let goes_on = match &mut self.state {
                State::Ordered(orders) => self.runs == 0 || orders.add(&self.last, key),
                State::Written(written) => written.add(key, &[]).map(|()| true)?,
                State::Unordered | State::Held(_) => true,
            };
            if !goes_on {
                self.state = State::Unordered;
            }
            self.last.clear();
            self.last.extend_from_slice(key);
            self.runs += 1;
            self.bytes += key.len() as u64;
        }
        Ok(())
    }

    /// What is known of the keys. `besides` is what else is held, in bytes.
    pub(super) fn finish(self, besides: u64) -> Result<KeySummary, Error> {
        let DistinctKeys { runs, bytes, room, .. } = self;
        let distinct = match self.state {
            State::Ordered(_) | State::Unordered => runs,
            State::Held(keys) => keys.len() as u64,
            State::Written(mut written) => {
                let mut distinct = 0;
                for place in 0..written.len() {
                    distinct += count(&mut written, place, room, besides)?;
                }
                distinct
            }
        };
        Ok(KeySummary { runs, distinct, bytes })
    }
}

/// Keys that are numbered together.
const TOGETHER: usize = 1024;

/// The different keys of a partition.
fn count(written: &mut Partitions, place: usize, room: Room, besides: u64) -> Result<u64, Error> {
    let (mut keys, mut pending, mut numbers) = (Keys::new(), Pending::default(), vec![0; TOGETHER]);
    written.read(place, |key, _| {
        pending.push(key);
        if pending.len() == TOGETHER {
            keys.number(&pending, numbers.iter_mut())?;
            pending.clear();
            let held = besides + room.buffered() + keys.bytes_for(TOGETHER);
            room.check("a part of the keys of baskets", held, held)?;
        }
        Ok(())
    })?;
    keys.number(&pending, numbers.iter_mut())?;
    Ok(keys.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// What is known of some keys, each block of which comes at once, or `None` if they are in no order.
    fn summary(blocks: &[Vec<String>], ordered: bool, spills: bool, room: u64) -> Option<[u64; 3]> {
        let mut keys = DistinctKeys::new(ordered, spills, Room::new(Some(room)), None);
        for block in blocks {
            let mut pending = Pending::default();
            block.iter().for_each(|key| pending.push(key.as_bytes()));
            keys.take(&pending, 0).unwrap();
        }
        let unordered = keys.are_unordered();
        let KeySummary { runs, distinct, bytes } = keys.finish(0).unwrap();
        (!unordered).then_some([runs, distinct, bytes])
    }

    proptest! {
        #[test]
        fn keys_are_counted_in_every_way(
            blocks in prop::collection::vec(prop::collection::vec((0..30u32, 0..3usize), 0..12), 0..12),
            sorted in 0..4,
        ) {
            let mut keys: Vec<(u32, usize)> = blocks.concat();
            match sorted {
                0 => {}
                1 => keys.sort_unstable(),
                2 => keys.sort_unstable_by(|a, b| b.cmp(a)),
                _ => keys.iter_mut().enumerate().for_each(|(place, key)| *key = (place as u32, 0)),
            }
            let text = |(key, long): (u32, usize)| format!("{key}{}", "long key ".repeat(long));
            let mut keys = keys.into_iter().map(text);
            let blocks: Vec<Vec<String>> = blocks.iter().map(|block| keys.by_ref().take(block.len()).collect()).collect();
            let all = blocks.concat();
            let mut runs = all.clone();
            runs.dedup();
            let distinct = all.iter().collect::<BTreeSet<_>>().len();
            let expected = [runs.len(), distinct, runs.iter().map(String::len).sum()].map(|number| number as u64);
            prop_assert_eq!(summary(&blocks, false, false, u64::MAX), Some(expected));
            prop_assert_eq!(summary(&blocks, false, true, u64::MAX), Some(expected));
            prop_assert_eq!(summary(&blocks, false, false, 1 << 13), Some(expected));
            match summary(&blocks, true, false, u64::MAX) {
                Some(found) => prop_assert_eq!(found, expected),
                // Whole numbers that ascend are known to be in order.
                None => prop_assert_ne!(sorted, 3),
            }
            if distinct < runs.len() {
                prop_assert_eq!(summary(&blocks, true, false, u64::MAX), None);
            }
        }
    }

    #[test]
    fn keys_without_room_are_written() {
        let blocks: Vec<Vec<String>> =
            (0..200u32).map(|block| (0..2000).map(|key| format!("{}", key * 7 + block % 3)).collect()).collect();
        let distinct: BTreeSet<&String> = blocks.iter().flatten().collect();
        let found = summary(&blocks, false, false, 1 << 18).unwrap();
        assert_eq!(found[..2], [400_000, distinct.len() as u64]);
        let mut small = DistinctKeys::new(false, false, Room::new(Some(1 << 12)), None);
        let mut pending = Pending::default();
        (0..500_000u32).for_each(|key| pending.push(&key.to_le_bytes()));
        small.take(&pending, 0).unwrap();
        let error = small.finish(0).unwrap_err();
        assert!(matches!(error.kind(), crate::error::ErrorKind::MemoryLimit { .. }), "{error}");
    }
}
