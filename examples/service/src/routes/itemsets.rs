//! The frequent itemsets of the model, a page at a time.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use itemset::Itemset;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, Query};
use crate::app::App;
use crate::body::{apart, json};
use crate::model::Model;
use crate::problem::Problem;

/// Which itemsets.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemsetsQuery {
    /// An item in them.
    item: Option<String>,
    /// Items, at least. Default: 1.
    min_len: Option<usize>,
    /// What comes first: the most baskets, the most items, or the canonical order of the library. Default: support.
    #[param(inline)]
    sort: Option<Sort>,
    /// The page, from 1.
    #[param(minimum = 1)]
    page: Option<usize>,
    /// Itemsets of a page. Default: 50.
    #[param(minimum = 1)]
    per_page: Option<usize>,
}

/// An order.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Sort {
    Support,
    Len,
    Canonical,
}

/// A page of itemsets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsetsAnswer {
    /// The version of the model.
    model: u64,
    /// Itemsets on all pages.
    total: usize,
    /// The page, from 1.
    page: usize,
    /// Itemsets of a full page.
    per_page: usize,
    /// The itemsets.
    itemsets: Vec<ItemsetAnswer>,
}

/// An itemset.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsetAnswer {
    /// Its items.
    items: Vec<String>,
    /// Baskets that hold all of them.
    count: u64,
    /// Their share of all baskets.
    support: f64,
}

/// List frequent itemsets
///
/// Of equally good ones those that come first in the canonical order of the library come first.
#[utoipa::path(
    get, path = "/v1/itemsets", tag = "rules", params(ItemsetsQuery),
    responses((status = 200, description = "A page of them; none beyond the last", body = inline(ItemsetsAnswer)))
)]
pub async fn itemsets(State(app): State<Arc<App>>, Query(query): Query<ItemsetsQuery>) -> Result<Response, Problem> {
    let page = Page::new(query.page, query.per_page, &app.settings)?;
    app.ready().await?;
    let answer = apart(move || app.with_model(|model| Ok(query.answer(model, page)))).await?;
    json(StatusCode::OK, &answer)
}

impl ItemsetsQuery {
    fn answer(&self, model: &Model, page: Page) -> ItemsetsAnswer {
        let least = self.min_len.unwrap_or(1);
        let has = |set: &Itemset<'_, String>| self.item.as_ref().is_none_or(|item| set.iter().any(|of| of == item));
        let mut chosen: Vec<_> = model.itemsets.iter().filter(|set| set.len() >= least && has(set)).collect();
        match self.sort.unwrap_or(Sort::Support) {
            Sort::Support => chosen.sort_by_key(|set| std::cmp::Reverse(set.count())),
            Sort::Len => chosen.sort_by_key(|set| std::cmp::Reverse((set.len(), set.count()))),
            Sort::Canonical => {}
        }
        let shown = chosen.iter().skip(page.start()).take(page.len).map(|set| ItemsetAnswer {
            items: set.iter().cloned().collect(),
            count: set.count(),
            support: set.support(),
        });
        let itemsets = shown.collect();
        ItemsetsAnswer { model: model.version, total: chosen.len(), page: page.number, per_page: page.len, itemsets }
    }
}
