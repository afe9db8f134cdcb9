//! A source after the first pass, and the second pass.

use super::counting::{Counting, Stored};
use super::distinct_keys::{DistinctKeys, KeySummary};
use super::fingerprint::{Fingerprint, Watched};
use super::kept::{Kept, Plan, TakeBaskets};
use super::needs::Needs;
use super::partitions::MOST;
use super::room::Room;
use super::{ReadReport, TwoPass};
use crate::error::{Error, ErrorKind};
use crate::io::source::{Input, Reopened};
use crate::io::table::{Gather, TakeRuns, Texts};
use crate::mine::query::min_support::MinSupport;
use crate::transactions::{Full, MAX_BASKETS, MergedRows, Transactions};

/// A source whose items and baskets were counted, from [`TwoPass::count`]. It can be [read](Counted::read) several times,
/// at different minimum supports; each time is a pass.
#[derive(Debug)]
pub struct Counted<'s> {
    pub(super) settings: TwoPass<'s>,
    pub(super) room: Room,
    pub(super) labels: Texts,
    /// How often each occurs: in this many baskets at most.
    pub(super) counts: Vec<u64>,
    pub(super) baskets: u64,
    pub(super) stored: Stored,
    keys: KeySummary,
    pub(super) report: ReadReport,
    seed: u64,
    /// That of the text.
    fingerprint: u64,
}

impl<'s> Counted<'s> {
    pub(super) fn of(settings: TwoPass<'s>) -> Result<Self, Error> {
        settings.reader.check()?;
        let room = Room::new(settings.max_memory);
        let seed = Fingerprint::seed();
        let counting = |ordered| {
            let keys = DistinctKeys::new(ordered, settings.spills, room, settings.temporary_folder.as_deref());
            Counting::new(keys, room)
        };
        let mut counting_of_all = counting(!settings.spills);
        let mut read = settings.pass(seed, None, &mut counting_of_all);
        if counting_of_all.keys.are_unordered() {
            // Nothing of the first attempt is held any longer.
            counting_of_all = counting(false);
            read = settings.pass(seed, None, &mut counting_of_all);
        }
        let (labels, mut report, fingerprint) = read?;
        let held = counting_of_all.held();
        let Counting { mut counts, baskets, mut stored, keys, .. } = counting_of_all;
        counts.resize(labels.len(), 0);
        let keys = keys.finish(held)?;
        // A reader has rows with keys or rows without, but not both.
        let baskets = baskets + keys.distinct;
        stored.rows += keys.distinct;
        if baskets > MAX_BASKETS {
            return Err(Full::Weights.error());
        }
        report.baskets = baskets;
        report.items = counts.iter().sum();
        Ok(Counted { settings, room, labels, counts, baskets, stored, keys, report, seed, fingerprint })
    }

    /// The baskets, counted with their weights: exactly as many as one pass would read.
    #[must_use]
    pub fn baskets(&self) -> u64 {
        self.baskets
    }

    /// Distinct items.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.labels.len() as u64
    }

    /// What was read and skipped. Items that a basket has twice are not known yet: all are in `items`.
    #[must_use]
    pub fn report(&self) -> &ReadReport {
        &self.report
    }

    /// What the second pass takes. Linear in the number of distinct items.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a minimum support that is none.
    pub fn needs(&self, min_support: impl Into<MinSupport>) -> Result<Needs, Error> {
        let min_count = min_support.into().min_count(self.baskets)?;
        Ok(self.plan(min_count).1)
    }

    /// The second pass: the baskets with the items that can be frequent, and what was read and skipped. Baskets without
    /// such an item are empty, and count. Equal baskets are one row with a weight as far as that saves memory, so rows are
    /// not in the order of the file. Their order depends on `max_memory`, not on threads. Takes linear time.
    ///
    /// The report says the same as that of one pass, but its `items` and `duplicates` are those of the kept items.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a minimum support that is none.
    /// - [`ErrorKind::InputChanged`](crate::ErrorKind::InputChanged) if the text is not the one that was counted.
    /// - [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the rows take more than
    ///   [`max_memory`](TwoPass::max_memory). It tells what [`needs`](Counted::needs) foresees.
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` entries of kept items.
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, or a temporary file cannot be written.
    pub fn read(&self, min_support: impl Into<MinSupport>) -> Result<(Transactions<String>, ReadReport), Error> {
        let min_count = min_support.into().min_count(self.baskets)?;
        let (rows, labels, mut report) = self.second_pass(min_count, MergedRows::new())?;
        let empty = self.baskets.saturating_sub(rows.baskets());
        let baskets = rows.finish(labels.to_dictionary()?, empty)?;
        report.baskets = baskets.len() as u64;
        report.items = baskets.entries();
        report.duplicates = baskets.duplicates_skipped();
        report.excluded_baskets = self.report.excluded_baskets;
        Ok((baskets, report))
    }

    /// Hands all rows of items that can be frequent to `rows`. Returns it, the labels of the items, and what was read.
    pub(super) fn second_pass<B: TakeBaskets>(&self, min_count: u64, rows: B) -> Result<(B, Texts, ReadReport), Error> {
        let (plan, needs) = self.plan(min_count);
        let labels = self.kept_labels(min_count)?;
        // The kept labels once more as those of the result.
        let besides = self.held() + 2 * labels.bytes_held();
        let folder = self.settings.temporary_folder.as_deref();
        let mut kept = Kept::new(rows, plan, self.room, besides, needs.memory, folder)?;
        let read = self.settings.pass(self.seed, Some(labels), &mut kept);
        let (labels, report, fingerprint) = match read {
            // The same text was read without an error before.
            Err(error) if matches!(error.kind(), ErrorKind::Malformed { .. }) => return Err(changed()),
            read => read?,
        };
        if fingerprint != self.fingerprint {
            return Err(changed());
        }
        Ok((kept.finish()?, labels, report))
    }

    /// The labels of items that can be frequent, in the order in which they came.
    pub(super) fn kept_labels(&self, min_count: u64) -> Result<Texts, Error> {
        let mut kept = Texts::of("distinct items");
        for (label, _) in self.labels.iter().zip(&self.counts).filter(|&(_, &count)| count >= min_count) {
            kept.intern(label)?;
        }
        Ok(kept)
    }

    /// Bytes held.
    fn held(&self) -> u64 {
        self.labels.bytes_held() + (self.counts.capacity() * size_of::<u64>()) as u64
    }

    /// How rows become baskets, and what that takes.
    fn plan(&self, min_count: u64) -> (Plan, Needs) {
        let (mut items, mut entries, mut labels) = (0, 0, 0);
        for (id, &count) in self.counts.iter().enumerate().filter(|&(_, &count)| count >= min_count) {
            items += 1;
            entries += count;
            // The texts twice, a `String`, and places in tables.
            labels += 2 * self.labels.get(id).len() as u64 + 80;
        }
        let stored = entries.min(self.stored.entries);
        let rows = stored.min(self.stored.rows);
        // Entries and rows with room to grow, and the table that finds equal rows.
        let result = self.held() + labels + 5 * stored + 28 * rows;
        let of = |memory, temporary_bytes| {
            let of_items = self.labels.len() as u64;
            Needs { min_count, of_items, items, entries, memory, temporary_bytes }
        };
        let KeySummary { runs, distinct, bytes } = self.keys;
        if runs == distinct {
            return (Plan::Following, of(result, 0));
        }
        let key = bytes.div_ceil(runs.max(1));
        let late = entries.min(runs);
        // Entries when they come, late, and put together; runs that come late; baskets; and keys, in a table that may
        // just have grown. Short keys are stored in the table alone.
        let grouping = 16 * entries + 12 * late + (12 + 96 + if key > 8 { 2 * key + 40 } else { 0 }) * rows;
        if !self.settings.spills && self.room.fits(result + grouping) {
            return (Plan::Grouped, of(result + grouping, 0));
        }
        // A fourth of the room for each, as partitions are not equal, and the rest for the rows.
        let parts = grouping / (self.room.bytes() / 4).max(1) + 2;
        let parts = parts.min(MOST as u64);
        let memory = result + self.room.buffered() + 2 * grouping / parts;
        // Its key and two lengths, and numbers of two bytes or more.
        let temporary = late * (key + 2) + entries * if items > 1 << 14 { 3 } else { 2 };
        (Plan::Partitioned(parts as usize), of(memory, temporary))
    }
}

impl TwoPass<'_> {
    /// One pass over the source: the labels by their numbers, what was read, and the fingerprint of the text.
    fn pass(
        &self,
        seed: u64,
        labels: Option<Texts>,
        take: &mut dyn TakeRuns,
    ) -> Result<(Texts, ReadReport, u64), Error> {
        let mut fingerprint = Fingerprint::new(seed);
        let input = self.open()?.through(|input| Watched { input, fingerprint: &mut fingerprint });
        let gather = match labels {
            None => Gather::new(take),
            Some(labels) => Gather::of_labels(labels, take),
        };
        let (labels, report) = self.reader.read_runs(input, self.sizes, gather)?;
        Ok((labels, report, fingerprint.finish()))
    }

    fn open(&self) -> Result<Input<'_>, Error> {
        const ALLOWED: &str = "a file or bytes in memory, which can be read twice";
        let refused = |what| Error::invalid_setting("two_pass", what, ALLOWED);
        let Some(source) = &self.source else { return Err(refused("a stream")) };
        let what = match source {
            Reopened::File(path) => format!("`{}`, which is no file", path.display()),
            Reopened::Bytes(_) => String::new(),
        };
        source.open(self.reader.options().encoding)?.ok_or_else(|| Error::invalid_setting("two_pass", what, ALLOWED))
    }
}

fn changed() -> Error {
    Error::new(ErrorKind::InputChanged)
}
