//! The peak of one group's search, in a process of its own: what a task needs beside its program.

use std::fs;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::{Command, Stdio};

use itemset::distributed::{ItemCounts, MinePlan};
use itemset::{MinSupport, Miner, RunOptions};

use super::projected::Arrived;

/// The argument of such a process.
pub(crate) const ARGUMENT: &str = "--peak-of-a-group";

/// The bytes of a group's search; `None` where the system does not tell (Linux does).
pub(crate) fn peak(plan: &MinePlan<String>, group: usize, arrived: &Arrived) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let mut child = Command::new(program).arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let sent = child.stdin.take().map(|input| send(plan, group, arrived, BufWriter::new(input)));
    let output = child.wait_with_output().ok()?;
    sent?.ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The plan, a line with `-`, and the prefixes with their weights.
fn send(plan: &MinePlan<String>, group: usize, arrived: &Arrived, mut to: impl Write) -> io::Result<()> {
    writeln!(to, "{} {} {} {group}", plan.basket_count(), plan.min_count(), plan.groups())?;
    for (label, count) in (0..plan.items() as u32).filter_map(|rank| plan.item(rank)) {
        writeln!(to, "{label} {count}")?;
    }
    writeln!(to, "-")?;
    for (prefix, weight) in arrived.iter() {
        write!(to, "{weight}")?;
        prefix.iter().try_for_each(|rank| write!(to, " {rank}"))?;
        writeln!(to)?;
    }
    to.flush()
}

/// What such a process does.
pub(crate) fn measure() -> Option<u64> {
    let mut lines = io::stdin().lock().lines().map_while(Result::ok);
    let head: Vec<u64> = lines.next()?.split(' ').filter_map(|number| number.parse().ok()).collect();
    let &[baskets, min_count, groups, group] = &head[..] else { return None };
    let counts: Option<Vec<(String, u64)>> = lines
        .by_ref()
        .take_while(|line| line != "-")
        .map(|line| line.split_once(' ').and_then(|(label, count)| Some((label.to_string(), count.parse().ok()?))))
        .collect();
    let counts = ItemCounts::from_counts(counts?, baskets).ok()?;
    let miner = Miner::new().min_support(MinSupport::count(min_count));
    let plan = MinePlan::new(&miner, &counts, groups as usize).ok()?;
    let before = status("VmRSS:")?;
    let mut group = plan.group(group as usize).ok()?;
    let mut prefix = Vec::new();
    for line in lines {
        prefix.clear();
        let mut numbers = line.split(' ');
        let weight = numbers.next()?.parse().ok()?;
        prefix.extend(numbers.map_while(|number| number.parse::<u32>().ok()));
        group.push(&prefix, weight).ok()?;
    }
    drop(group.mine_with(&RunOptions::new().threads(1).max_memory(u64::MAX)).ok()?);
    Some(status("VmHWM:")?.saturating_sub(before))
}

/// A line of what Linux tells of this process, in bytes.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib << 10)
}
