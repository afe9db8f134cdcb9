//! The rules of the model, a page at a time.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use itemset::{Measure, Rule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, Query};
use crate::app::App;
use crate::body::{apart, json};
use crate::model::Model;
use crate::number::Number;
use crate::problem::Problem;

/// Which rules.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RulesQuery {
    /// An item on either side.
    item: Option<String>,
    /// The smallest lift.
    min_lift: Option<f64>,
    /// The smallest confidence.
    min_confidence: Option<f64>,
    /// The measure that sorts, the best first. Default: lift.
    #[param(value_type = Option<String>, example = "lift")]
    sort: Option<Measure>,
    /// The page, from 1.
    #[param(minimum = 1)]
    page: Option<usize>,
    /// Rules of a page. Default: 50.
    #[param(minimum = 1)]
    per_page: Option<usize>,
}

/// A page of rules.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesAnswer {
    /// The version of the model.
    model: u64,
    /// Rules on all pages.
    total: usize,
    /// The page, from 1.
    page: usize,
    /// Rules of a full page.
    per_page: usize,
    /// The rules, the best first.
    rules: Vec<RuleAnswer>,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleAnswer {
    /// The items of the left side.
    antecedent: Vec<String>,
    /// The items of the right side.
    consequent: Vec<String>,
    /// All baskets.
    n: u64,
    /// Baskets with the left side.
    n_x: u64,
    /// Baskets with the right side.
    n_y: u64,
    /// Baskets with both.
    n_xy: u64,
    /// The share of all baskets that hold both sides.
    support: f64,
    /// The share of the baskets with the left side that hold the right one too.
    confidence: f64,
    /// How many times the usual that is.
    lift: f64,
    /// The value that sorted.
    value: Number,
}

/// List rules
///
/// The rules of the model with all that is asked for. Of equally good rules those in more baskets come first.
#[utoipa::path(
    get, path = "/v1/rules", tag = "rules", params(RulesQuery),
    responses((status = 200, description = "A page of them; none beyond the last", body = inline(RulesAnswer)))
)]
pub async fn rules(State(app): State<Arc<App>>, Query(query): Query<RulesQuery>) -> Result<Response, Problem> {
    let page = Page::new(query.page, query.per_page, &app.settings)?;
    for (name, least) in [("min_lift", query.min_lift), ("min_confidence", query.min_confidence)] {
        if least.is_some_and(f64::is_nan) {
            return Err(Problem::query(format!("{name}: NaN (expected a number)")));
        }
    }
    app.ready().await?;
    let answer = apart(move || app.with_model(|model| query.answer(model, page))).await?;
    json(StatusCode::OK, &answer)
}

impl RulesQuery {
    fn wants(&self, rule: &Rule<'_, String>) -> bool {
        let holds = |item: &String| rule.antecedent().chain(rule.consequent()).any(|of| of == item);
        self.item.as_ref().is_none_or(holds)
            && self.min_lift.is_none_or(|least| rule.lift() >= least)
            && self.min_confidence.is_none_or(|least| rule.confidence() >= least)
    }

    fn answer(&self, model: &Model, page: Page) -> Result<RulesAnswer, Problem> {
        let sort = self.sort.unwrap_or(Measure::Lift);
        let chosen = model.rules.filter(|rule| self.wants(&rule));
        let best = chosen.top(page.end(), sort);
        let rules = best.iter().skip(page.start()).map(|rule| RuleAnswer::new(rule, sort)).collect();
        Ok(RulesAnswer { model: model.version, total: chosen.len(), page: page.number, per_page: page.len, rules })
    }
}

impl RuleAnswer {
    fn new(rule: &Rule<'_, String>, sort: Measure) -> Self {
        let counts = rule.counts();
        RuleAnswer {
            antecedent: rule.antecedent().cloned().collect(),
            consequent: rule.consequent().cloned().collect(),
            n: counts.n(),
            n_x: counts.n_x(),
            n_y: counts.n_y(),
            n_xy: counts.n_xy(),
            support: rule.support(),
            confidence: rule.confidence(),
            lift: rule.lift(),
            value: Number(rule.measure(sort)),
        }
    }
}
