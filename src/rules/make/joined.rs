//! Pieces of a search, copied one behind the other by all workers.
//!
//! Most of the time goes into memory that is touched for the first time, so one thread would keep the others waiting
//! for about as long as they made rules.

use std::ops::Range;
use std::slice;

use crate::error::Error;
use crate::threads::workers::Workers;

/// What is numbered, and gets another number behind other pieces.
pub(super) trait Shift: Copy {
    fn shifted(self, by: u64) -> Self;
}

/// Elements that are copied between two polls: some milliseconds.
const BLOCK: usize = if cfg!(test) { 1 << 3 } else { 1 << 20 };

/// The elements of all pieces, each with what its numbers are shifted by.
pub(super) fn joined<T: Shift + Send + Sync>(pieces: &[(&[T], u64)], workers: Workers<'_>) -> Result<Vec<T>, Error> {
    let mut ends = Vec::with_capacity(pieces.len());
    let mut len = 0;
    for (piece, _) in pieces {
        len += piece.len();
        ends.push(len);
    }
    let pieces = Pieces { pieces, ends: &ends };
    let mut all = Vec::with_capacity(len);
    for start in (0..len).step_by(BLOCK) {
        if workers.control().should_stop() {
            workers.control().check()?;
        }
        let part = Part { of: pieces, range: start..len.min(start + BLOCK) };
        #[cfg(feature = "rayon")]
        if workers.threads() > 1 {
            rayon::iter::ParallelExtend::par_extend(&mut all, part);
            continue;
        }
        all.extend(part.elements());
    }
    Ok(all)
}

#[derive(Debug)]
struct Pieces<'a, T> {
    pieces: &'a [(&'a [T], u64)],
    /// Where each piece ends among all elements.
    ends: &'a [usize],
}

impl<T> Clone for Pieces<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pieces<'_, T> {}

impl<'a, T> Pieces<'a, T> {
    /// The rest of the piece from an element on, which there is, and what to shift it by.
    fn from(self, place: usize) -> (&'a [T], u64) {
        let number = self.ends.partition_point(|&end| end <= place);
        let (piece, by) = self.pieces[number];
        (&piece[piece.len() - (self.ends[number] - place)..], by)
    }
}

/// Consecutive elements of the pieces.
struct Part<'a, T> {
    of: Pieces<'a, T>,
    range: Range<usize>,
}

impl<'a, T: Shift> Part<'a, T> {
    fn elements(self) -> Elements<'a, T> {
        Elements { of: self.of, range: self.range, present: [].iter(), by: 0 }
    }
}

struct Elements<'a, T> {
    of: Pieces<'a, T>,
    range: Range<usize>,
    /// The rest of the piece that the first of them is in, perhaps more than the range.
    present: slice::Iter<'a, T>,
    by: u64,
}

impl<T: Shift> Iterator for Elements<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let place = self.range.next()?;
        if let Some(element) = self.present.next() {
            return Some(element.shifted(self.by));
        }
        let (rest, by) = self.of.from(place);
        (self.present, self.by) = (rest.iter(), by);
        self.present.next().map(|element| element.shifted(by))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<T: Shift> ExactSizeIterator for Elements<'_, T> {}

impl<T: Shift> DoubleEndedIterator for Elements<'_, T> {
    fn next_back(&mut self) -> Option<T> {
        let (rest, by) = self.of.from(self.range.next_back()?);
        rest.first().map(|element| element.shifted(by))
    }
}

#[cfg(feature = "rayon")]
mod in_parallel {
    use rayon::iter::plumbing::{Consumer, Producer, ProducerCallback, UnindexedConsumer, bridge};
    use rayon::iter::{IndexedParallelIterator, ParallelIterator};

    use super::{Elements, Part, Shift};

    impl<T: Shift + Send + Sync> ParallelIterator for Part<'_, T> {
        type Item = T;

        fn drive_unindexed<C: UnindexedConsumer<T>>(self, consumer: C) -> C::Result {
            bridge(self, consumer)
        }

        fn opt_len(&self) -> Option<usize> {
            Some(self.range.len())
        }
    }

    impl<T: Shift + Send + Sync> IndexedParallelIterator for Part<'_, T> {
        fn len(&self) -> usize {
            self.range.len()
        }

        fn drive<C: Consumer<T>>(self, consumer: C) -> C::Result {
            bridge(self, consumer)
        }

        fn with_producer<B: ProducerCallback<T>>(self, callback: B) -> B::Output {
            callback.callback(self)
        }
    }

    impl<'a, T: Shift + Send + Sync> Producer for Part<'a, T> {
        type Item = T;
        type IntoIter = Elements<'a, T>;

        fn into_iter(self) -> Elements<'a, T> {
            self.elements()
        }

        fn split_at(self, index: usize) -> (Self, Self) {
            let middle = self.range.start + index;
            (Part { of: self.of, range: self.range.start..middle }, Part { of: self.of, range: middle..self.range.end })
        }

        fn min_len(&self) -> usize {
            // Fewer are copied before another thread is awake.
            if cfg!(test) { 1 } else { 1 << 14 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Shift for u64 {
        fn shifted(self, by: u64) -> Self {
            self + by
        }
    }

    proptest! {
        #[test]
        fn pieces_follow_each_other(pieces in prop::collection::vec(prop::collection::vec(0..9u64, 0..30), 0..9)) {
            let numbered: Vec<(&[u64], u64)> = pieces.iter().map(Vec::as_slice).zip(1000..).collect();
            let expected: Vec<u64> =
                pieces.iter().zip(1000..).flat_map(|(of, by)| of.iter().map(move |of| of + by)).collect();
            prop_assert_eq!(joined(&numbered, Workers::SEQUENTIAL).unwrap(), &expected[..]);
            #[cfg(feature = "rayon")]
            prop_assert_eq!(joined(&numbered, Workers::of_current_pool()).unwrap(), &expected[..]);
            let mut ends: Vec<usize> = Vec::new();
            pieces.iter().for_each(|piece| ends.push(ends.last().unwrap_or(&0) + piece.len()));
            let part = Part { of: Pieces { pieces: &numbered, ends: &ends }, range: 0..expected.len() };
            prop_assert!(part.elements().rev().eq(expected.iter().rev().copied()));
        }
    }
}
