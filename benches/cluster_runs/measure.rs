//! The time of each phase of a search in groups, on one thread: that of the processor where the system tells it (Linux), so
//! that programs beside it count for less; otherwise that of the clock.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use itemset::distributed::{ItemCounts, MinePlan};
use itemset::io::BasketReader;
use itemset::{Miner, RunOptions};

use super::data::Sample;
use super::memory;
use super::projected::{Compressed, Projected};
use crate::cluster_model::wire::{Prefixes, Size, arrow_bytes, expected};

/// One search in groups. Times are medians, in seconds of the processor.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) baskets: f64,
    pub(crate) entries: f64,
    /// The minimum support.
    pub(crate) share: f64,
    pub(crate) groups: usize,
    pub(crate) frequent: f64,
    pub(crate) itemsets: f64,
    pub(crate) count: f64,
    pub(crate) project: f64,
    /// Of all groups.
    pub(crate) search: f64,
    pub(crate) join: f64,
    pub(crate) sent: Size,
    pub(crate) merged: Size,
    /// What is sent if groups were drawn.
    pub(crate) expected: Size,
    pub(crate) arrow_bytes: f64,
    pub(crate) row_bytes: f64,
    pub(crate) compression: f64,
    /// The largest group's bytes beside the mean of those that have any; and the longest one's time, by the clock.
    pub(crate) largest_over_mean: f64,
    pub(crate) longest_over_mean: f64,
    /// The group that gets most, and the peak of its search in bytes, if it was measured.
    pub(crate) held: Option<(Size, f64, f64)>,
}

/// What depends on neither the threshold nor the groups.
pub(crate) fn counted(sample: &Sample, runs: usize) -> (ItemCounts<String>, f64) {
    let mut all = ItemCounts::new();
    let seconds = median(runs, || {
        let mut counts = ItemCounts::new();
        for table in &sample.tables {
            counts.add_transactions(&Sample::read(table)).expect("few baskets");
        }
        all = counts;
    });
    (all, seconds)
}

pub(crate) fn run(
    sample: &Sample,
    (counts, count): (&ItemCounts<String>, f64),
    share: f64,
    groups: usize,
    runs: usize,
    with_memory: bool,
) -> Run {
    let miner = Miner::new().min_support(share).threads(1).max_memory(u64::MAX);
    let options = RunOptions::new().threads(1).max_memory(u64::MAX);
    let plan = MinePlan::new(&miner, counts, groups).expect("valid settings");
    let mut compressed = Compressed::new(groups.min(3200));
    let projected = Projected::of(&plan, sample, Some(&mut compressed));
    let project = median(runs, || {
        let (mut projector, mut prefixes) = (plan.projector(), Prefixes::default());
        for table in &sample.tables {
            prefixes.clear();
            for (basket, weight) in Sample::read(table).weighted() {
                for (group, prefix) in projector.project(basket.iter().map(String::as_str)) {
                    prefixes.push(group, prefix, weight.into());
                }
            }
            prefixes.merge();
        }
    });
    let (mut found, mut seconds) = (Vec::new(), vec![f64::MAX; groups]);
    let search = median(runs, || {
        found.clear();
        for (number, arrived) in projected.groups.iter().enumerate() {
            let began = Instant::now();
            let mut group = plan.group(number).expect("there is such a group");
            arrived.iter().for_each(|(prefix, weight)| group.push(prefix, weight).expect("a prefix of the group"));
            found.push(group.mine_with(&options).expect("valid settings"));
            seconds[number] = seconds[number].min(began.elapsed().as_secs_f64());
        }
    });
    let mut itemsets = 0;
    let join = median(runs, || itemsets = plan.join_with(&found, &options).expect("all groups").len());
    let mut of_lens = Size::default();
    for table in &sample.tables {
        for (basket, weight) in Sample::read(table).weighted() {
            let len = basket.iter().filter(|label| plan.rank(label.as_str()).is_some()).count();
            of_lens.add(expected(len, groups).times(weight.into()));
        }
    }
    let bytes: Vec<f64> = projected.groups.iter().map(|group| group.bytes() as f64).collect();
    let most = (0..groups).max_by(|&a, &b| bytes[a].total_cmp(&bytes[b])).filter(|_| with_memory);
    let held = most.and_then(|group| {
        let peak = memory::peak(&plan, group, &projected.groups[group])?;
        Some((projected.groups[group].kept().size, found[group].len() as f64, peak))
    });
    Run {
        baskets: sample.baskets as f64,
        entries: sample.entries as f64,
        share,
        groups,
        frequent: plan.items() as f64,
        itemsets: itemsets as f64,
        count,
        project,
        search,
        join,
        sent: projected.sent,
        merged: projected.merged,
        expected: of_lens,
        arrow_bytes: arrow_bytes(projected.merged),
        row_bytes: bytes.iter().sum(),
        compression: compressed.ratio(),
        largest_over_mean: over_mean(&bytes),
        longest_over_mean: over_mean(&seconds),
        held,
    }
}

/// Seconds of one machine that reads the text twice and mines from disk.
pub(crate) fn from_disk(sample: &Sample, share: f64, runs: usize) -> f64 {
    use std::io::Write as _;
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    sample.tables.iter().try_for_each(|table| file.write_all(table.as_bytes())).expect("room for the text");
    let miner = Miner::new().min_support(share).threads(1).max_memory(u64::MAX);
    median(runs, || {
        let counted = BasketReader::new().threads(1).two_pass(file.path()).count().expect("plain text");
        drop(counted.mine(&miner).expect("valid settings"));
    })
}

fn over_mean(values: &[f64]) -> f64 {
    let (sum, largest) = values.iter().fold((0.0, 0.0_f64), |(sum, most), &one| (sum + one, most.max(one)));
    let used = values.iter().filter(|&&one| one > 0.0).count().max(1);
    largest / (sum / used as f64).max(f64::MIN_POSITIVE)
}

/// The median of several runs, in seconds.
fn median(runs: usize, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs.max(1))
        .map(|_| {
            let (began, clock, mut times) = (now(), Instant::now(), 0.0);
            while times == 0.0 || clock.elapsed() < LEAST {
                work();
                times += 1.0;
            }
            (now() - began) / times
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What is shorter is repeated: the system counts in steps of some milliseconds.
const LEAST: Duration = Duration::from_millis(150);

/// Seconds that this thread has had a processor for.
fn now() -> f64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed().as_secs_f64(), |nanoseconds| nanoseconds * 1e-9)
}
