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
    /// Most items and pairs.
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
        // Not fewer than there are: they are counted again only when this says that there are too many, and something
        // has changed since.
        let (mut pairs, mut is_exact) = (self.pairs.len(), true);
        let mut group = Vec::with_capacity(GROUP);
        while let Some(first) = inbox.0.blocking_recv() {
            group.push(first);
            while group.len() < GROUP
                && let Ok(next) = inbox.0.try_recv()
            {
                group.push(next);
            }
            let (mut changes, mut waiting) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
            // A client that has gone already is not waited for.
            for Waiting { change, done } in group.drain(..).filter(|waiting| !waiting.done.is_closed()) {
                if !is_exact && pairs.saturating_add(pairs_of(&change)) > self.max_pairs {
                    // The ones before it have to be counted, or all of a group would find the same room.
                    self.commit(&mut changes, &mut waiting);
                    (pairs, is_exact) = (self.pairs.len(), true);
                }
                match self.room_for(&change, pairs) {
                    Ok(()) => {
                        is_exact = false;
                        pairs = pairs.saturating_add(pairs_of(&change));
                        changes.push(change);
                        waiting.push(done);
                    }
                    Err(refused) => drop(done.send(Err(refused))),
                }
            }
            self.commit(&mut changes, &mut waiting);
        }
    }

    /// Whether a change fits. Forgetting always does.
    fn room_for(&self, change: &Change, pairs: usize) -> Result<(), Refused> {
        if matches!(change, Change::Forget(..)) {
            return Ok(());
        }
        if self.store.size() > self.max_store {
            return Err(Refused::Full(format!("the store has reached max_store, {} bytes", self.max_store)));
        }
        if pairs.saturating_add(pairs_of(change)) > self.max_pairs {
            return Err(Refused::Full(format!("the sales have reached max_pairs, {} pairs", self.max_pairs)));
        }
        Ok(())
    }

    /// Writes changes, and tells those who wait for them.
    fn commit(&self, changes: &mut Vec<Change>, waiting: &mut Vec<oneshot::Sender<Written>>) {
        if changes.is_empty() {
            return;
        }
        let begun = Instant::now();
        let written = self.store.write(changes);
        metrics::histogram!("itemset_store_commit_seconds").record(begun.elapsed());
        match written {
            Ok(outcomes) => {
                self.follow(changes, &outcomes);
                for (done, outcome) in waiting.drain(..).zip(outcomes) {
                    // Who no longer waits finds it stored when the key is sent again.
                    let _ = done.send(Ok(outcome));
                }
            }
            Err(error) => {
                metrics::counter!("itemset_store_failures_total").increment(1);
                tracing::error!(%error, changes = changes.len(), "the store was not written");
                let refused = match error {
                    StoreError::Full => Refused::Full("the disk is full".to_string()),
                    StoreError::Failed(_) => Refused::Failed,
                };
                waiting.drain(..).for_each(|done| drop(done.send(Err(refused.clone()))));
            }
        }
        changes.clear();
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

/// The items and pairs of a change, if all of them are new.
fn pairs_of(change: &Change) -> usize {
    let Change::Add(submissions) = change else { return 0 };
    let sales = submissions.iter().flat_map(|submission| &submission.sales);
    sales.map(|sale| sale.items.len() * (sale.items.len() + 1) / 2).sum()
}
