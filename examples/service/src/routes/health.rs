//! What those who run the service ask: does it live, can it answer, how is it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::{apart, json};
use crate::metrics::resident_memory;
use crate::model::Model;
use crate::problem::Problem;
use crate::store::StoreError;

/// That it lives, or is ready.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthAnswer {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Does it live
///
/// Without a token, and whatever the load.
#[utoipa::path(
    get, path = "/healthz", tag = "health",
    responses((status = 200, description = "It does", body = inline(HealthAnswer)))
)]
pub async fn live() -> Result<Response, Problem> {
    json(StatusCode::OK, &HealthAnswer { status: "ok" })
}

/// Can it answer
///
/// Without a token, and whatever the load. It can as soon as there is a model.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses((status = 200, description = "It can", body = inline(HealthAnswer)))
)]
pub async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    match app.is_ready() {
        true => json(StatusCode::OK, &HealthAnswer { status: "ok" }),
        false => Err(Problem::not_ready()),
    }
}

/// What answers, and how much is stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusAnswer {
    /// The version of the model: 1 for the first since the start.
    model: u64,
    /// When it was mined, in seconds since 1970.
    mined_at: u64,
    /// Baskets that it was mined from.
    baskets: u64,
    /// Its frequent itemsets.
    itemsets: usize,
    /// Its rules.
    rules: usize,
    /// Sales in the store.
    sales: u64,
    /// Sales and forgotten customers that the model does not know yet.
    pending: u64,
}

/// How is it
#[utoipa::path(
    get, path = "/v1/status", tag = "health",
    responses((status = 200, description = "The model and the store", body = inline(StatusAnswer)))
)]
pub async fn status(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.ready().await?;
    // The store may wait for the disk.
    let answer = apart(move || {
        let failed = |error: StoreError| {
            tracing::error!(%error, "the store cannot be read");
            Problem::internal()
        };
        let (changes, sales) = (app.store.changes().map_err(failed)?, app.store.len().map_err(failed)?);
        app.with_model(|model| Ok(StatusAnswer::new(model, changes, sales)))
    });
    json(StatusCode::OK, &answer.await?)
}

impl StatusAnswer {
    fn new(model: &Model, changes: u64, sales: u64) -> Self {
        StatusAnswer {
            model: model.version,
            mined_at: model.mined_at,
            baskets: model.rules.basket_count(),
            itemsets: model.itemsets.len(),
            rules: model.rules.len(),
            sales,
            pending: changes.saturating_sub(model.changes),
        }
    }
}

/// Metrics for Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "health",
    responses((status = 200, description = "In the form of Prometheus", body = String, content_type = "text/plain"))
)]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    metrics::gauge!("itemset_store_bytes").set(app.store.size() as f64);
    if let Some(bytes) = resident_memory() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, text)], app.metrics.render()).into_response()
}
