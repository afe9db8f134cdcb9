//! Mines again in the background, and puts the new model in place of the old one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use itemset::{CancelToken, Transactions};
use tokio::sync::watch;
use tokio::time::{Instant as TokioInstant, sleep_until};

use crate::app::App;
use crate::model::{Limits, Mined, Model, SnapshotFolder};
use crate::report::ReportPage;

/// The least time between two refreshes that sales bring about, after one that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Refreshes when the settings say so, until the token is cancelled.
pub async fn run(app: Arc<App>, snapshots: Arc<SnapshotFolder>, mut changes: watch::Receiver<u64>, token: CancelToken) {
    report_snapshot(&app, &token).await;
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

/// Makes the report of a model. Without one the last stays.
fn write_report(app: &App, model: &Model, baskets: Option<&Transactions<String>>, limits: &Limits<'_>) {
    match ReportPage::new(model, baskets, &app.settings, limits) {
        Ok(page) => drop(app.report.replace(Some(Arc::new(page)))),
        Err(error) => {
            metrics::counter!("itemset_report_failures_total").increment(1);
            tracing::warn!(error, "the report was not made");
        }
    }
}

/// The report of a model that a snapshot had, without what baskets say.
async fn report_snapshot(app: &Arc<App>, token: &CancelToken) {
    let Some(model) = app.model() else { return };
    let (with, token) = (Arc::clone(app), token.clone());
    let made = tokio::task::spawn_blocking(move || {
        write_report(&with, &model, None, &Limits::new(&with.settings, &token));
    });
    if let Err(error) = made.await {
        tracing::error!(%error, "making the report ended early");
    }
}

/// Mines once. What fails is logged and counted; the model stays the old one.
async fn refresh(app: &Arc<App>, snapshots: &Arc<SnapshotFolder>, token: &CancelToken) -> bool {
    let (with, to, token) = (Arc::clone(app), Arc::clone(snapshots), token.clone());
    let done = tokio::task::spawn_blocking(move || {
        let (begun, limits) = (Instant::now(), Limits::new(&with.settings, &token));
        let mined = mine_and_swap(&with, &limits);
        if mined.is_err() && token.is_cancelled() {
            // The service stops: nothing has failed.
            return false;
        }
        say(&mined, begun.elapsed());
        let Ok((model, baskets)) = mined else { return false };
        // Nobody waits for the file: it only makes the next start faster.
        if let Err(error) = to.write(&model) {
            metrics::counter!("itemset_snapshot_failures_total").increment(1);
            tracing::warn!(error, "the snapshot was not written");
        }
        write_report(&with, &model, Some(&baskets), &limits);
        true
    });
    done.await.unwrap_or_else(|error| {
        say(&Err(format!("it ended early: {error}")), Duration::ZERO);
        false
    })
}

fn mine_and_swap(app: &App, limits: &Limits<'_>) -> Result<(Arc<Model>, Transactions<String>), String> {
    let base = app.base().ok_or("the data are not read yet")?;
    let Mined { model, baskets } = Model::mine(base, &app.store, limits)?;
    Ok((app.swap(model), baskets))
}

/// Counts a refresh, and says what came of it.
fn say(mined: &Result<(Arc<Model>, Transactions<String>), String>, time: Duration) {
    metrics::histogram!("itemset_refresh_seconds").record(time);
    let result = if mined.is_ok() { "done" } else { "failed" };
    metrics::counter!("itemset_refreshes_total", "result" => result).increment(1);
    match mined {
        Ok((model, _)) => tracing::info!(
            version = model.version,
            rules = model.rules.len(),
            itemsets = model.itemsets.len(),
            baskets = model.rules.basket_count(),
            milliseconds = time.as_millis() as u64,
            "a new model answers"
        ),
        Err(error) => tracing::error!(error, "the refresh failed: the old model goes on"),
    }
}
