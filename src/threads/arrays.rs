//! Long arrays that all workers fill: collected, put together, sorted.
//!
//! Most of the time goes into memory that is touched for the first time, so one thread would keep the others waiting
//! for about as long as they made what is put together. If the default of an element is a number that is zero, or an
//! array or a tuple of such numbers, the memory comes zeroed from the system, and no thread touches it before the one
//! that fills it.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::workers::Workers;

/// Elements below which a part is not copied by a thread of its own.
const MIN_COPIED: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// Elements below which a part is not sorted by a thread of its own.
const MIN_SORTED: usize = if cfg!(test) { 4 } else { 1 << 12 };

/// Elements that are copied between two polls: some milliseconds.
const BLOCK: usize = if cfg!(test) { 1 << 3 } else { 1 << 20 };

/// Values that are made between two polls: a test of a rule takes half a microsecond.
const MADE: usize = if cfg!(test) { 1 << 2 } else { 1 << 10 };

impl Workers<'_> {
    /// Concatenates slices.
    pub(crate) fn concat<T: Copy + Default + Send + Sync>(self, slices: &[&[T]]) -> Vec<T> {
        let slices: Vec<(&[T], ())> = slices.iter().map(|&slice| (slice, ())).collect();
        let slices = Slices::new(&slices);
        self.fill(&self.parts(slices.len(), MIN_COPIED), |_, part, into| {
            slices.for_each_in(part, into, |slice, (), into| into.copy_from_slice(slice));
        })
    }

    /// The elements of slices, one slice behind the other, each made into another with what belongs to its slice.
    ///
    /// It polls. If the call should end, some elements are missing, and the default stands in their places.
    pub(crate) fn concat_with<S: Sync, B: Copy + Sync, T: Copy + Default + Send>(
        self,
        slices: &[(&[S], B)],
        of: impl Fn(&S, B) -> T + Sync,
    ) -> Vec<T> {
        let slices = Slices::new(slices);
        self.fill(&self.parts(slices.len(), MIN_COPIED), |_, part, into| {
            for (start, into) in part.step_by(BLOCK).zip(into.chunks_mut(BLOCK)) {
                if self.control().should_stop() {
                    return;
                }
                slices.for_each_in(start..start + into.len(), into, |slice, by, into| {
                    into.iter_mut().zip(slice).for_each(|(into, element)| *into = of(element, by));
                });
            }
        })
    }

    /// The values of `of` for `0..len`, in that order. A part has `min_len` of them at least.
    ///
    /// It polls. If the call should end, some values are missing, and the default stands in their places.
    pub(crate) fn collect<T: Copy + Default + Send>(
        self,
        len: usize,
        min_len: usize,
        of: impl Fn(usize) -> T + Sync,
    ) -> Vec<T> {
        let mut all = vec![T::default(); len];
        self.set_each(&mut all, min_len, of);
        all
    }

    /// Sets each element to the value of `of` for its place, as [`collect`](Workers::collect) does.
    pub(crate) fn set_each<T: Send>(self, all: &mut [T], min_len: usize, of: impl Fn(usize) -> T + Sync) {
        self.change(all, &self.parts(all.len(), min_len), |_, part, into| {
            for (start, into) in part.step_by(MADE).zip(into.chunks_mut(MADE)) {
                if self.control().should_stop() {
                    return;
                }
                into.iter_mut().zip(start..).for_each(|(into, place)| *into = of(place));
            }
        });
    }

    /// Sorts elements of which equal ones are the same.
    ///
    /// Parts are sorted, and cut at the same elements; then the pieces between two cuts are merged. Source: H. Shi,
    /// J. Schaeffer: Parallel sorting by regular sampling, Journal of Parallel and Distributed Computing 14, 1992.
    pub(crate) fn sort<T: Ord + Copy + Default + Send + Sync>(self, mut all: Vec<T>) -> Vec<T> {
        let parts = self.parts(all.len(), MIN_SORTED);
        if parts.len() < 2 {
            all.sort_unstable();
            return all;
        }
        self.change(&mut all, &parts, |_, _, part| part.sort_unstable());
        let runs: Vec<&[T]> = parts.iter().map(|part| &all[part.clone()]).collect();
        let mut sample: Vec<T> = Vec::with_capacity(runs.len() * runs.len());
        for run in &runs {
            sample.extend((0..runs.len()).map(|place| run[place * run.len() / runs.len()]));
        }
        sample.sort_unstable();
        // Where each run is cut, for each merged part: no element before a cut is greater than one behind it.
        let mut cuts: Vec<Vec<usize>> = vec![vec![0; runs.len()]];
        for part in 1..runs.len() {
            let least = sample[part * runs.len()];
            cuts.push(runs.iter().map(|run| run.partition_point(|element| *element < least)).collect());
        }
        cuts.push(runs.iter().map(|run| run.len()).collect());
        let starts: Vec<usize> = cuts.iter().map(|cut| cut.iter().sum()).collect();
        let merged: Vec<Range<usize>> = starts.windows(2).map(|ends| ends[0]..ends[1]).collect();
        self.fill(&merged, |number, _, into| {
            let mut filled = 0;
            for (run, (&from, &to)) in runs.iter().zip(cuts[number].iter().zip(&cuts[number + 1])) {
                into[filled..filled + to - from].copy_from_slice(&run[from..to]);
                filled += to - from;
            }
            // It finds the runs, and merges them.
            into.sort();
        })
    }

    /// An array of which `fill` makes each part, given with its number. The parts follow each other, from the beginning
    /// on.
    fn fill<T: Copy + Default + Send>(
        self,
        parts: &[Range<usize>],
        fill: impl Fn(usize, Range<usize>, &mut [T]) + Sync,
    ) -> Vec<T> {
        let mut all = vec![T::default(); parts.last().map_or(0, |last| last.end)];
        self.change(&mut all, parts, fill);
        all
    }

    /// Runs `change` on parts of an array, which follow each other from its beginning on.
    fn change<T: Send>(
        self,
        all: &mut [T],
        parts: &[Range<usize>],
        change: impl Fn(usize, Range<usize>, &mut [T]) + Sync,
    ) {
        let mut free = all;
        let mut cut = Vec::with_capacity(parts.len());
        for part in parts {
            let of_part;
            (of_part, free) = free.split_at_mut(part.len());
            cut.push(Mutex::new(of_part));
        }
        // Each is locked once.
        self.run(
            &vec![1; parts.len()],
            || (),
            |(), part| {
                change(part, parts[part].clone(), &mut cut[part].lock().unwrap_or_else(PoisonError::into_inner));
            },
        );
    }
}

/// Slices that follow each other, each with something that belongs to it.
struct Slices<'a, S, B> {
    slices: &'a [(&'a [S], B)],
    /// Where each ends among all elements.
    ends: Vec<usize>,
}

impl<'a, S, B: Copy> Slices<'a, S, B> {
    fn new(slices: &'a [(&'a [S], B)]) -> Self {
        let mut end = 0;
        let ends = slices.iter().map(|(slice, _)| {
            end += slice.len();
            end
        });
        Slices { slices, ends: ends.collect() }
    }

    fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Runs `each` on the pieces of the slices in a range of the elements, with as many places of `into`.
    fn for_each_in<T>(&self, range: Range<usize>, mut into: &mut [T], mut each: impl FnMut(&[S], B, &mut [T])) {
        let first = self.ends.partition_point(|&end| end <= range.start);
        let mut start = range.start;
        for (&(slice, by), &end) in self.slices[first..].iter().zip(&self.ends[first..]) {
            let begin = start + slice.len() - end;
            let len = (end - start).min(into.len());
            let of_slice;
            (of_slice, into) = into.split_at_mut(len);
            each(&slice[begin..begin + len], by, of_slice);
            start += len;
            if into.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all_workers() -> [Workers<'static>; 4] {
        [1, 2, 3, 17].map(Workers::with_threads)
    }

    proptest! {
        #[test]
        fn slices_follow_each_other(slices in prop::collection::vec(prop::collection::vec(0..9u64, 0..30), 0..9)) {
            let plain: Vec<&[u64]> = slices.iter().map(Vec::as_slice).collect();
            let numbered: Vec<(&[u64], u64)> = plain.iter().copied().zip(1000..).collect();
            let shifted: Vec<u64> =
                slices.iter().zip(1000..).flat_map(|(of, by)| of.iter().map(move |of| of + by)).collect();
            for workers in all_workers() {
                prop_assert_eq!(workers.concat(&plain), slices.concat());
                prop_assert_eq!(workers.concat_with(&numbered, |of, by| of + by), &shifted[..]);
            }
        }

        #[test]
        fn sorted_as_on_one_thread(mut numbers in prop::collection::vec(0..200u32, 0..300), distinct: bool) {
            if distinct {
                numbers.iter_mut().zip(0..).for_each(|(number, place)| *number = *number << 16 | place);
            }
            let mut expected = numbers.clone();
            expected.sort_unstable();
            for workers in all_workers() {
                prop_assert_eq!(workers.sort(numbers.clone()), &expected[..]);
                // Sorted ones, and those that fall.
                prop_assert_eq!(workers.sort(expected.clone()), &expected[..]);
                prop_assert_eq!(workers.sort(expected.iter().rev().copied().collect()), &expected[..]);
            }
        }

        #[test]
        fn collected_in_order(len in 0..200usize, min_len in 0..50usize) {
            for workers in all_workers() {
                prop_assert!(workers.collect(len, min_len, |place| place * 3).into_iter().eq((0..len).map(|of| of * 3)));
            }
        }
    }

    #[test]
    fn concat_with_ends_with_the_call() {
        let control = crate::call::control::NEVER.with_max_polls(0);
        let numbers = vec![7u32; 100];
        for workers in all_workers() {
            let made = workers.watching(&control).concat_with(&[(&numbers[..], ())], |&of, ()| of);
            assert_eq!(made.len(), 100);
            assert!(made.contains(&0));
            assert!(workers.watching(&control).collect(100, 1, |_| 7).contains(&0));
        }
        assert!(control.keep_going().is_err());
    }
}
