//! New sales, and customers who are forgotten.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::{self, Object};
use crate::labels::{check_count, check_stored};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::{Change, Outcome, Sale, Submission};

/// The header of a key.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// One sale, or several; not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesRequest {
    /// What was bought together; an item that comes twice counts once.
    #[serde(default)]
    #[schema(example = json!(["beer", "diapers"]))]
    items: Option<Vec<String>>,
    /// Who bought it, if that is known.
    #[serde(default)]
    customer: Option<String>,
    /// What the sale is known by, such as the number of the receipt: sent again, it is not counted again. Also as the
    /// header `Idempotency-Key`, then for all of the request.
    #[serde(default)]
    #[schema(example = "store-3/receipt-118")]
    key: Option<String>,
    /// Several sales, in place of one.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SaleRequest>>)]
    baskets: Option<Vec<Object<SaleRequest>>>,
}

/// One of several sales.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleRequest {
    /// What was bought together.
    items: Vec<String>,
    /// Who bought it, if that is known.
    #[serde(default)]
    customer: Option<String>,
    /// What the sale is known by, unless the request has a key.
    #[serde(default)]
    key: Option<String>,
}

/// What is stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesAnswer {
    /// By sale, in their order.
    baskets: Vec<StoredSale>,
}

/// A sale that is stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredSale {
    /// Its number.
    id: u64,
    /// Its key.
    key: String,
}

/// Store new sales
///
/// Answered when they are on the disk; all of them or none. Each has a key: sent again with the same sales, it gets the
/// same answer, and nothing counts twice. They are in the counts of pairs at once, and in rules and recommendations
/// after the next refresh.
#[utoipa::path(
    post, path = "/v1/baskets", tag = "sales",
    params(("Idempotency-Key" = Option<String>, Header, description = "A key for all its sales")),
    request_body = inline(SalesRequest),
    responses(
        (status = 201, description = "They are stored", body = inline(SalesAnswer)),
        (status = 200, description = "They were stored before: the same answer again", body = inline(SalesAnswer)),
    )
)]
pub async fn add(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let key = key_of(request.headers())?;
    let bytes = body::read(request, &app.settings).await?;
    let submissions = body::parse::<SalesRequest>(&bytes)?.submissions(key, &app.settings)?;
    let keys: Vec<String> = submissions.iter().map(|submission| submission.key.clone()).collect();
    match app.sales.write(Change::Add(submissions)).await? {
        Outcome::Stored(stored) => {
            let is_new = stored.iter().any(|&(_, new)| new);
            let sales =
                keys.iter().zip(stored).flat_map(|(key, (ids, _))| ids.map(|id| StoredSale { id, key: key.clone() }));
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            body::json(status, &SalesAnswer { baskets: sales.collect() })
        }
        Outcome::Conflict => Err(Problem::key_conflict()),
        Outcome::Forgotten(_) => Err(Problem::internal()),
    }
}

/// The key of the header.
fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let text = |key: &HeaderValue| std::str::from_utf8(key.as_bytes()).map(str::to_string);
    let key = keys.next().map(text).transpose().map_err(|_| Problem::malformed("Idempotency-Key is no UTF-8"))?;
    match keys.next() {
        Some(_) => Err(Problem::malformed("there are several headers Idempotency-Key")),
        None => Ok(key),
    }
}

impl SalesRequest {
    /// The sales by key.
    fn submissions(self, header: Option<String>, settings: &Settings) -> Result<Vec<Submission>, Problem> {
        let sales = match (self.items, self.baskets) {
            (Some(items), None) => vec![SaleRequest { items, customer: self.customer, key: self.key }],
            (None, Some(baskets)) if self.customer.is_none() && self.key.is_none() => {
                baskets.into_iter().map(|Object(sale)| sale).collect()
            }
            (None, Some(_)) => return Err(Problem::invalid("customer and key belong to each of the baskets")),
            _ => return Err(Problem::invalid("give either items or baskets")),
        };
        check_count("baskets", sales.len(), settings.max_batch)?;
        if sales.is_empty() {
            return Err(Problem::invalid("baskets: there is none"));
        }
        let is_one = sales.len() == 1;
        let of = |place| move |problem: Problem| if is_one { problem } else { problem.in_basket(place) };
        let Some(key) = header else {
            let each = sales.into_iter().enumerate().map(|(place, sale)| {
                let (key, sale) = sale.check(settings).map_err(of(place))?;
                let missing = || Problem::invalid("key: a sale needs one, or the header Idempotency-Key");
                let key = key.ok_or_else(missing).map_err(of(place))?;
                Ok(Submission { key, sales: vec![sale] })
            });
            let submissions = each.collect::<Result<Vec<_>, Problem>>()?;
            let mut keys: Vec<&str> = submissions.iter().map(|submission| submission.key.as_str()).collect();
            keys.sort_unstable();
            return match keys.windows(2).any(|two| two[0] == two[1]) {
                true => Err(Problem::invalid("key: two of the baskets have the same")),
                false => Ok(submissions),
            };
        };
        check_stored("Idempotency-Key", &key, settings.max_label)?;
        let sales = sales.into_iter().enumerate().map(|(place, sale)| match sale.check(settings) {
            Ok((None, sale)) => Ok(sale),
            Ok((Some(_), _)) => Err(Problem::invalid("key: give it in the body, or as the header Idempotency-Key")),
            Err(problem) => Err(of(place)(problem)),
        });
        Ok(vec![Submission { key, sales: sales.collect::<Result<_, Problem>>()? }])
    }
}

impl SaleRequest {
    fn check(self, settings: &Settings) -> Result<(Option<String>, Sale), Problem> {
        let SaleRequest { mut items, customer, key } = self;
        if items.is_empty() {
            return Err(Problem::invalid("items: there is none"));
        }
        check_count("items", items.len(), settings.max_basket)?;
        items.iter().try_for_each(|item| check_stored("items", item, settings.max_label))?;
        if let Some(customer) = &customer {
            check_stored("customer", customer, settings.max_label)?;
        }
        if let Some(key) = &key {
            check_stored("key", key, settings.max_label)?;
        }
        items.sort_unstable();
        items.dedup();
        Ok((key, Sale { customer, items }))
    }
}

/// What was forgotten.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenAnswer {
    /// Baskets of the customer that no longer count.
    baskets: u64,
}

/// Forget a customer
///
/// Answered when their sales are gone from the disk. They are gone from the counts of pairs at once, and from rules and
/// recommendations after the next refresh. A customer without sales is forgotten too, with 0 baskets.
#[utoipa::path(
    delete, path = "/v1/customers/{id}", tag = "sales",
    params(("id" = String, Path, description = "The customer, as in the sales")),
    responses((status = 200, description = "The customer is forgotten", body = inline(ForgottenAnswer)))
)]
pub async fn forget(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    if id.len() > app.settings.max_label {
        return Err(Problem::query(format!("id: {} bytes (expected at most {})", id.len(), app.settings.max_label)));
    }
    let base = app.loaded().await?;
    let in_base = base.of(&id).count() as u64;
    match app.sales.write(Change::Forget(id, in_base > 0)).await? {
        Outcome::Forgotten(gone) => {
            let baskets = gone.sales.len() as u64 + if gone.base { in_base } else { 0 };
            body::json(StatusCode::OK, &ForgottenAnswer { baskets })
        }
        Outcome::Stored(_) | Outcome::Conflict => Err(Problem::internal()),
    }
}
