//! The one thread that writes sales. Those that come while the disk syncs wait, and share the next sync.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};

use crate::data::BaseData;
use crate::pairs::Pairs;
use crate::store::{Change, Outcome, Store, StoreError};

/// Changes of one transaction, at most.
const GROUP: usize = 256;

/// What came of a change, or why nothing did.
pub type Written = Result<Outcome, Refused>;

/// Why a change was not written. Nothing of it is stored.
#[derive(Clone, Debug)]
pub enum Refused {
    /// More wait already than may.
    Busy,
    /// The disk is full, or the store is as large as it may be.
    Full(String),
    /// The store cannot be written.
    Failed,
}

struct Waiting {
    change: Change,
    done: oneshot::Sender<Written>,
}

/// Where changes are handed in.
#[derive(Clone, Debug)]
pub struct Sales {
    queue: mpsc::Sender<Waiting>,
}

/// What the thread works on.
#[derive(Debug)]
pub struct Desk {
    /// The store.
    pub store: Arc<Store>,
    /// The pair counts that follow it.
    pub pairs: Arc<Pairs>,
    /// The base data.
    pub base: Arc<BaseData>,
    /// The changes of the store, for those who wait for some.
    pub changes: watch::Sender<u64>,
    /// Most bytes of the store.
    pub max_store: u64,
    /// Most pairs.
    pub max_pairs: usize,
}

impl Sales {
    /// A queue of that length, and its end, for [`Desk::work`].
    #[must_use]
    pub fn queue(len: usize) -> (Self, Inbox) {
        let (queue, inbox) = mpsc::channel(len);
        (Sales { queue }, Inbox(inbox))
    }

    /// Hands a change in, and waits until it is on the disk.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub async fn write(&self, change: Change) -> Written {
        let (done, outcome) = oneshot::channel();
        self.queue.try_send(Waiting { change, done }).map_err(|_| Refused::Busy)?;
        outcome.await.map_err(|_| Refused::Failed)?
    }
}

/// The end of the queue.
#[derive(Debug)]
pub struct Inbox(mpsc::Receiver<Waiting>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

impl Desk {
    /// Writes what is handed in until nobody can hand in any more.
    pub fn work(&self, mut inbox: Inbox) {
        // Not fewer than there are: pairs are counted only when this says that there are too many.
        let mut pairs = self.pairs.len();
        let mut group = Vec::with_capacity(GROUP);
        while let Some(first) = inbox.0.blocking_recv() {
            group.push(first);
            while group.len() < GROUP
                && let Ok(next) = inbox.0.try_recv()
            {
                group.push(next);
            }
            let (mut changes, mut waiting) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
            for Waiting { change, done } in group.drain(..) {
                match self.room_for(&change, &mut pairs) {
                    // The client has gone already.
                    _ if done.is_closed() => {}
                    Ok(()) => {
                        changes.push(change);
                        waiting.push(done);
                    }
                    Err(refused) => drop(done.send(Err(refused))),
                }
            }
            if !changes.is_empty() {
                self.commit(&changes, waiting);
            }
        }
    }

    /// Whether a change fits. Forgetting always does.
    fn room_for(&self, change: &Change, pairs: &mut usize) -> Result<(), Refused> {
        let Change::Add(submissions) = change else { return Ok(()) };
        if self.store.size() > self.max_store {
            return Err(Refused::Full(format!("the store has reached max_store, {} bytes", self.max_store)));
        }
        let sales = submissions.iter().flat_map(|submission| &submission.sales);
        let more: usize = sales.map(|sale| pairs_of(sale.items.len())).sum();
        *pairs = pairs.saturating_add(more);
        if *pairs > self.max_pairs {
            *pairs = self.pairs.len().saturating_add(more);
            if *pairs > self.max_pairs {
                *pairs -= more;
                return Err(Refused::Full(format!("the sales have reached max_pairs, {} pairs", self.max_pairs)));
            }
        }
        Ok(())
    }

    fn commit(&self, changes: &[Change], waiting: Vec<oneshot::Sender<Written>>) {
        let begun = Instant::now();
        let written = self.store.write(changes);
        metrics::histogram!("itemset_store_commit_seconds").record(begun.elapsed());
        match written {
            Ok(outcomes) => {
                self.follow(changes, &outcomes);
                for (done, outcome) in waiting.into_iter().zip(outcomes) {
                    // Who no longer waits finds it stored when the key is sent again.
                    let _ = done.send(Ok(outcome));
                }
            }
            Err(error) => {
                metrics::counter!("itemset_store_failures_total").increment(1);
                tracing::error!(?error, changes = changes.len(), "the store was not written");
                let refused = match error {
                    StoreError::Full => Refused::Full("the disk is full".to_string()),
                    StoreError::Failed(_) => Refused::Failed,
                };
                waiting.into_iter().for_each(|done| drop(done.send(Err(refused.clone()))));
            }
        }
    }

    /// Carries what was stored on to the pair counts, and says that something has changed.
    fn follow(&self, changes: &[Change], outcomes: &[Outcome]) {
        for (change, outcome) in changes.iter().zip(outcomes) {
            match (change, outcome) {
                (Change::Add(submissions), Outcome::Stored(stored)) => {
                    for (submission, _) in submissions.iter().zip(stored).filter(|(_, (_, new))| *new) {
                        self.pairs.add(&submission.sales);
                        metrics::counter!("itemset_sales_stored_total").increment(submission.sales.len() as u64);
                    }
                }
                (Change::Forget(customer, _), Outcome::Forgotten(_)) => {
                    self.pairs.forget(&self.base, customer, outcome);
                    metrics::counter!("itemset_customers_forgotten_total").increment(1);
                }
                _ => {}
            }
        }
        if let Ok(changes) = self.store.changes() {
            self.changes.send_replace(changes);
        }
    }
}

/// Pairs of so many items.
fn pairs_of(items: usize) -> usize {
    items * items.saturating_sub(1) / 2
}
