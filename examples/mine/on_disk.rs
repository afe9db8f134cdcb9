//! A search on disk, for files whose frequent items alone are larger than memory.

use std::time::Instant;

use itemset::ErrorKind;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::patterns::Found;
use crate::summary::Summary;
use crate::{Made, Stages, make_rules, miner, say_skipped};

/// All itemsets, or the rules of them. The summary has the first pass as reading, the second as mining.
pub(crate) fn find(arguments: &Arguments, stages: &Stages<'_>, summary: &mut Summary) -> Result<Found, Failure> {
    let name = arguments.reading.input_name();
    let start = Instant::now();
    let counted = arguments.two_pass().count().map_err(|error| Failure::of_input(&name, &error))?;
    summary.seconds.read = start.elapsed();
    // As many as a search numbers.
    (summary.transactions, summary.items) = (counted.baskets() as usize, counted.items() as usize);

    stages.begin("mining");
    let start = Instant::now();
    let miner = miner(arguments, stages.progress);
    let (itemsets, report) = counted.mine(&stages.deadline.limit(&miner)).map_err(|error| match error.kind() {
        ErrorKind::Io(_) | ErrorKind::InputChanged | ErrorKind::MemoryLimit { .. } => Failure::of_input(&name, &error),
        _ => error.into(),
    })?;
    summary.seconds.mine = start.elapsed();
    summary.searched(itemsets.min_count(), itemsets.statistics());
    say_skipped(arguments, &report, stages.progress);
    summary.report = Some(report);
    if !arguments.rules {
        return Ok(Found::Itemsets(itemsets));
    }
    let Made { rules, redundancy, .. } = make_rules(arguments, &miner, &itemsets, None, stages, summary)?;
    Ok(Found::Rules(rules, redundancy))
}
