//! Mines again in the background, and puts the new model in place of the old one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use itemset::CancelToken;
use tokio::sync::watch;
use tokio::time::{Instant as TokioInstant, sleep_until};

use crate::app::App;
use crate::model::{Model, SnapshotFolder};

/// The least time between two refreshes that sales bring about, after one that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Refreshes when the settings say so, until the token is cancelled.
pub async fn run(app: Arc<App>, snapshots: Arc<SnapshotFolder>, mut changes: watch::Receiver<u64>, token: CancelToken) {
    let settings = &app.settings;
    let every = Duration::from_secs(settings.refresh_seconds);
    // Too far for any clock to reach, and not for its arithmetic.
    let never = Duration::from_secs(10 * 365 * 86_400);
    let period = if every.is_zero() { never } else { every };
    // What was stored before the start is not in an older snapshot.
    let mut due = TokioInstant::now();
    let mut not_before = TokioInstant::now();
    while !token.is_cancelled() {
        let known = app.model().map(|model| model.changes);
        let now = *changes.borrow_and_update();
        let pending = known.map_or(u64::MAX, |known| now.saturating_sub(known));
        metrics::gauge!("itemset_changes_pending").set(if known.is_some() { pending as f64 } else { 0.0 });
        let enough =
            known.is_none() || (settings.refresh_after_baskets > 0 && pending >= settings.refresh_after_baskets);
        let wait = match (enough, pending > 0) {
            (true, _) => not_before,
            (false, true) => due,
            (false, false) => TokioInstant::now() + never,
        };
        if wait > TokioInstant::now() {
            tokio::select! {
                () = sleep_until(wait) => {}
                changed = changes.changed() => match changed {
                    Ok(()) => {}
                    Err(_) => return,
                },
            }
            if TokioInstant::now() < wait {
                continue;
            }
        }
        let succeeded = refresh(&app, &snapshots, &token).await;
        due = TokioInstant::now() + period;
        not_before = TokioInstant::now() + if succeeded { Duration::ZERO } else { AFTER_FAILURE };
    }
}

/// Mines once. What fails is logged and counted; the model stays the old one.
async fn refresh(app: &Arc<App>, snapshots: &Arc<SnapshotFolder>, token: &CancelToken) -> bool {
    let begun = Instant::now();
    let (with, to, token) = (Arc::clone(app), Arc::clone(snapshots), token.clone());
    let mined = tokio::task::spawn_blocking(move || {
        let base = with.base().ok_or_else(|| "the data are not read yet".to_string())?;
        let model = Model::mine(&with.settings, base, &with.store, &token)?;
        let model = with.swap(model);
        // Nobody waits for the file: it only makes the next start faster.
        if let Err(error) = to.write(&model) {
            metrics::counter!("itemset_snapshot_failures_total").increment(1);
            tracing::warn!(error, "the snapshot was not written");
        }
        Ok::<_, String>(model)
    });
    let result = mined.await.unwrap_or_else(|error| Err(format!("mining ended early: {error}")));
    let seconds = begun.elapsed();
    metrics::histogram!("itemset_refresh_seconds").record(seconds);
    metrics::counter!("itemset_refreshes_total", "result" => if result.is_ok() { "done" } else { "failed" })
        .increment(1);
    match &result {
        Ok(model) => tracing::info!(
            version = model.version,
            rules = model.rules.len(),
            itemsets = model.itemsets.len(),
            baskets = model.rules.basket_count(),
            milliseconds = seconds.as_millis() as u64,
            "a new model answers"
        ),
        Err(error) => tracing::error!(error, "the refresh failed: the old model goes on"),
    }
    result.is_ok()
}
