//! The potentially large itemsets of the Quest generator.

use super::Quest;
use crate::synth::draws::{Choice, Draws, Poisson, place_of, real, whole_part};

/// The stream of the seed that the patterns are drawn from.
const STREAM: u64 = 0;

/// The potentially large itemsets, with what decides how often and how completely they occur.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    /// The items of all patterns, one pattern after another.
    items: Vec<u32>,
    /// For each pattern its end in `items`, and its corruption level.
    ends: Vec<(usize, f64)>,
    /// Which pattern is next.
    choice: Choice,
    /// How many different items occur.
    distinct: usize,
}

impl Patterns {
    /// Draws the patterns for settings that are within their limits.
    pub(super) fn new(settings: &Quest) -> Self {
        let mut draws = Draws::new(settings.seed, STREAM);
        let lengths = Poisson::new(settings.pattern_len);
        let deviation = libm::sqrt(settings.corruption_variance);
        let mut items: Vec<u32> = Vec::new();
        let mut ends = Vec::new();
        let mut weights = Vec::new();
        let mut taken = Taken::new(settings.items);
        let mut seen = vec![false; taken.flags.len()];
        let mut before = 0..0;
        for _ in 0..settings.patterns {
            let start = items.len();
            let len = lengths.draw(&mut draws).clamp(1, taken.flags.len());

            let part = (draws.exponential() * settings.correlation).min(1.0);
            let kept = place_of(whole_part(part * real(len as u64) + 0.5));
            items.extend_from_within(before);
            let pool = &mut items[start..];
            let kept = kept.min(pool.len());
            // The first positions of a Fisher-Yates shuffle: `kept` items of the previous pattern.
            for place in 0..kept {
                let other = place + draws.place(pool.len() - place);
                pool.swap(place, other);
            }
            items.truncate(start + kept);
            taken.extend(&mut items, start, len, &mut draws);

            for &item in &items[start..] {
                seen[place_of(item)] = true;
            }
            let level = settings.corruption + deviation * draws.normal();
            ends.push((items.len(), level));
            weights.push(draws.exponential());
            before = start..items.len();
        }
        Patterns {
            items,
            ends,
            choice: Choice::new(&weights),
            distinct: seen.into_iter().filter(|&occurs| occurs).count(),
        }
    }

    /// How many different items occur in the patterns.
    pub(super) fn distinct_items(&self) -> usize {
        self.distinct
    }

    /// Writes to `picked` what corruption leaves of the next pattern.
    pub(super) fn pick(&self, draws: &mut Draws, picked: &mut Vec<u32>) {
        picked.clear();
        let pattern = self.choice.draw(draws);
        let start = pattern.checked_sub(1).map_or(0, |before| self.ends[before].0);
        let (end, level) = self.ends[pattern];
        picked.extend_from_slice(&self.items[start..end]);
        while !picked.is_empty() && draws.chance(level) {
            picked.swap_remove(draws.place(picked.len()));
        }
    }
}

/// Marks the items of the current pattern.
struct Taken {
    items: u32,
    flags: Vec<bool>,
}

impl Taken {
    fn new(items: u32) -> Self {
        Taken { items, flags: vec![false; place_of(items)] }
    }

    /// Extends the pattern that begins at `start` to `len` different items, at most as many as there are.
    fn extend(&mut self, items: &mut Vec<u32>, start: usize, len: usize, draws: &mut Draws) {
        for &item in &items[start..] {
            self.flags[place_of(item)] = true;
        }
        if len <= self.flags.len() / 2 {
            // At least every other draw hits a free item.
            while items.len() - start < len {
                let item = draws.item(self.items);
                if !self.flags[place_of(item)] {
                    self.flags[place_of(item)] = true;
                    items.push(item);
                }
            }
        } else {
            // A draw would often hit a taken item: draw from a list of the free ones instead.
            let mut free: Vec<u32> =
                (0..).zip(&self.flags).filter(|(_, taken)| !**taken).map(|(item, _)| item).collect();
            while items.len() - start < len {
                items.push(free.swap_remove(draws.place(free.len())));
            }
        }
        for &item in &items[start..] {
            self.flags[place_of(item)] = false;
        }
    }
}
