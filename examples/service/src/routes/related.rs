//! Which items go with an item, from the counts of all pairs as they are now.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use itemset::Measure;
use itemset::recommend::{Related, Relation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::Query;
use crate::app::App;
use crate::body::{apart, json};
use crate::number::Number;
use crate::problem::Problem;

/// Items if the request says nothing.
const K: usize = 10;

/// How many items, and by what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RelatedQuery {
    /// Items. Default: 10.
    k: Option<usize>,
    /// `log-likelihood`, or a measure such as `cosine`. Default: log-likelihood.
    #[param(example = "log-likelihood")]
    by: Option<String>,
}

/// The items that go with an item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedAnswer {
    /// The item that was asked about.
    item: String,
    /// The baskets that hold it.
    count: u64,
    /// The items that go with it, the best first.
    related: Vec<RelatedItem>,
}

/// An item that goes with another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedItem {
    /// The item.
    item: String,
    /// How well it goes with the other.
    score: Number,
    /// The baskets that hold it.
    count: u64,
    /// The baskets that hold both.
    together: u64,
    /// The share of the other's baskets that hold this one too.
    confidence: f64,
    /// How many times the usual that is.
    lift: f64,
}

/// List related items
///
/// From the counts of all pairs, without a smallest support. They follow each sale and each forgotten customer at once.
#[utoipa::path(
    get, path = "/v1/items/{label}/related", tag = "recommend",
    params(("label" = String, Path, description = "The item, percent-encoded"), RelatedQuery),
    responses((status = 200, description = "The items that go with it", body = inline(RelatedAnswer)))
)]
pub async fn related(
    State(app): State<Arc<App>>,
    Path(label): Path<String>,
    Query(query): Query<RelatedQuery>,
) -> Result<Response, Problem> {
    let most = app.settings.max_k;
    let k = query.k.unwrap_or(K.min(most));
    if k > most {
        return Err(Problem::query(format!("k: {k} (expected at most {most})")));
    }
    let by = match query.by.as_deref() {
        None | Some("log-likelihood") => Relation::LogLikelihood,
        Some(name) => {
            let measure = Measure::from_str(name);
            Relation::from(measure.map_err(|error| Problem::query(format!("by: {error}, or log-likelihood")))?)
        }
    };
    app.loaded().await?;
    let answer = apart(move || {
        let found = app.pairs.related(&label, k, by, |count, related| RelatedAnswer {
            item: label.clone(),
            count,
            related: related.iter().map(RelatedItem::new).collect(),
        });
        found.ok_or_else(Problem::not_ready)?.ok_or_else(Problem::unknown_item)
    });
    json(StatusCode::OK, &answer.await?)
}

impl RelatedItem {
    fn new(related: &Related<'_, String>) -> Self {
        let counts = related.counts();
        RelatedItem {
            item: related.item().clone(),
            score: Number(related.score()),
            count: counts.n_y(),
            together: counts.n_xy(),
            confidence: counts.measure(Measure::Confidence),
            lift: counts.measure(Measure::Lift),
        }
    }
}
