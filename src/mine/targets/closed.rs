//! Closed itemsets.

use std::ops::ControlFlow;

use super::Data;
use super::STEPS_PER_POLL;
use super::closed_stack::{ClosedSource, ClosedStack};
use super::database::{Rarer, TwoSidedColumns};
use super::first_items::ClosedFirstItems;
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::{Control, Poll};
use crate::mine::columns::first_items::FIRST_ITEMS;
use crate::mine::output::itemset_output::ItemsetReceiver;
use crate::mine::query::bounds::Bounds;
use crate::transactions::Rank;

/// The search for closed itemsets below an item. Each of its nodes is a closed itemset.
#[derive(Debug, Default)]
pub(super) struct Closed {
    stack: ClosedStack,
    /// Scratch.
    columns: Vec<u64>,
}

impl super::Search for Closed {
    const RARER: Rarer = Rarer::Contained;

    fn run<R: Rank, K: ItemsetReceiver>(
        &mut self,
        isa: Isa,
        columns: &mut TwoSidedColumns<'_, R>,
        data: Data<'_, R>,
        bounds: Bounds,
        out: &mut K,
    ) -> ControlFlow<()> {
        self.stack.begin(columns, data.rows.items());
        if K::LISTS {
            out.keep(&self.stack.sets, columns.count)?;
        } else {
            out.tally(1 + columns.perfect.len(), 1);
        }
        if columns.before == 0 {
            return ControlFlow::Continue(());
        }
        let mut weights = std::mem::take(&mut columns.weights);
        let of = ClosedSource::new(columns, bounds);
        let run = ClosedRun { stack: &mut self.stack, columns: &mut self.columns, of, control: data.control, out };
        let done = weights.run(isa, bounds.min_count, run);
        columns.weights = weights;
        done
    }
}

struct ClosedRun<'a, R, K> {
    stack: &'a mut ClosedStack,
    columns: &'a mut Vec<u64>,
    of: ClosedSource<'a, R>,
    control: &'a Control,
    out: &'a mut K,
}

impl<R: Rank, K: ItemsetReceiver> Task for ClosedRun<'_, R, K> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let ClosedRun { stack, columns, of, control, out } = self;
        let mut poll = Poll::new(control);
        while let Some(level) = stack.levels.last_mut() {
            poll.step(STEPS_PER_POLL)?;
            let item = level.next;
            // If pairs are known, most are not frequent, and checking their counts first is cheaper.
            if item == 0 && level.width > 0 && (level.items > 0 || of.pairs.is_empty()) {
                level.next = level.width.min(FIRST_ITEMS);
                let level = *level;
                let narrow = ClosedFirstItems { stack: &mut *stack, of, level, columns: &mut *columns, out: &mut *out };
                // For short columns, a function call would take a tenth of the time.
                if level.stride < 8 {
                    narrow.run(ops)?;
                } else {
                    ops.apart(narrow)?;
                }
                continue;
            }
            level.next += 1;
            let level = *level;
            if item == level.width {
                stack.leave(level);
                continue;
            }
            if stack.is_in_another_branch(ops, of, level, item) {
                continue;
            }
            let new = stack.narrow(ops, of, level, item);
            if K::LISTS {
                stack.join(of.ranks, level, item);
                out.keep(&stack.sets[new.set..], stack.counts[level.items + item])?;
            } else {
                out.tally(new.len, 1);
            }
            if new.width > 0 {
                stack.enter(ops, of, level, item, new);
            }
        }
        ControlFlow::Continue(())
    }
}
