//! The transactions of the Quest generator.

use std::iter::FusedIterator;

use super::{Patterns, Quest};
use crate::synth::draws::{Draws, Poisson, place_of};

/// The stream of the seed that the transactions are drawn from.
const STREAM: u64 = 1;

/// The most patterns in a row that may add nothing to a transaction before it is complete.
const MOST_FRUITLESS: u32 = 1_000;

/// The transactions of a [`Quest`] generator, one by one; made by [`Quest::rows`].
///
/// Each row contains the numbers of its items, ascending and without duplicates.
#[derive(Clone, Debug)]
#[must_use]
pub struct QuestRows {
    patterns: Patterns,
    sizes: Poisson,
    draws: Draws,
    /// What is left of the current pattern; not empty if the last row had no room for it.
    picked: Vec<u32>,
    /// Marks the items of the current row.
    in_row: Vec<bool>,
    left: u64,
}

impl QuestRows {
    pub(super) fn new(settings: &Quest, patterns: Patterns) -> Self {
        QuestRows {
            patterns,
            sizes: Poisson::new(settings.transaction_len),
            draws: Draws::new(settings.seed, STREAM),
            picked: Vec::new(),
            in_row: vec![false; place_of(settings.items)],
            left: settings.transactions,
        }
    }

    fn row(&mut self) -> Vec<u32> {
        let drawn = self.sizes.draw(&mut self.draws).max(1);
        let size = drawn.min(self.patterns.distinct_items());
        let mut row = Vec::with_capacity(size);
        let mut fruitless = 0;
        while row.len() < size && fruitless < MOST_FRUITLESS {
            if self.picked.is_empty() {
                self.patterns.pick(&mut self.draws, &mut self.picked);
            }
            let new = self.picked.iter().filter(|&&item| !self.in_row[place_of(item)]).count();
            let fits = row.len() + new <= size;
            if !fits && !row.is_empty() && self.draws.chance(0.5) {
                // `picked` stays as it is: it is the first pattern of the next row.
                break;
            }
            fruitless = if new == 0 { fruitless + 1 } else { 0 };
            for item in self.picked.drain(..) {
                if !self.in_row[place_of(item)] {
                    self.in_row[place_of(item)] = true;
                    row.push(item);
                }
            }
        }
        for &item in &row {
            self.in_row[place_of(item)] = false;
        }
        row.sort_unstable();
        row
    }
}

impl Iterator for QuestRows {
    type Item = Vec<u32>;

    fn next(&mut self) -> Option<Vec<u32>> {
        self.left = self.left.checked_sub(1)?;
        Some(self.row())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

impl FusedIterator for QuestRows {}
