//! Pages: the report on the model; the description of the routes, for programs and for people.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::app::App;
use crate::body::json_bytes;
use crate::openapi::{self, STYLE};
use crate::problem::Problem;

/// The page may load its style, and nothing else from anywhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What the routes share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The service.
    pub app: Arc<App>,
    /// What describes it.
    pub about: Arc<About>,
}

impl FromRef<Shared> for Arc<App> {
    fn from_ref(shared: &Shared) -> Self {
        Arc::clone(&shared.app)
    }
}

impl FromRef<Shared> for Arc<About> {
    fn from_ref(shared: &Shared) -> Self {
        Arc::clone(&shared.about)
    }
}

/// The description, written once.
#[derive(Debug)]
pub struct About {
    json: Bytes,
    page: Bytes,
}

impl About {
    /// Of these routes.
    #[must_use]
    pub fn new(openapi: &utoipa::openapi::OpenApi) -> Self {
        let json = serde_json::to_vec_pretty(openapi).unwrap_or_default();
        About { json: json.into(), page: openapi::page(openapi).into() }
    }
}

/// The report on the model
///
/// A page for people who read no code. It is made anew with each model, and loads nothing from anywhere.
#[utoipa::path(
    get, path = "/report", tag = "rules",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub async fn report(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let page = app.report.get();
    let page = page.as_ref().as_ref().ok_or_else(Problem::not_ready)?;
    Ok(([(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, page.policy.clone())], page.html.clone()).into_response())
}

/// This description
#[utoipa::path(
    get, path = "/openapi.json", tag = "health",
    responses((status = 200, description = "OpenAPI 3.1", body = inline(serde_json::Value)))
)]
pub async fn openapi(State(about): State<Arc<About>>) -> Response {
    json_bytes(StatusCode::OK, about.json.clone())
}

/// The same as a page
#[utoipa::path(
    get, path = "/docs", tag = "health",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub async fn docs(State(about): State<Arc<About>>) -> Response {
    ([(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, POLICY)], about.page.clone()).into_response()
}

/// Its style
#[utoipa::path(
    get, path = "/docs/style.css", tag = "health",
    responses((status = 200, description = "A style sheet", body = String, content_type = "text/css"))
)]
pub async fn style() -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}
