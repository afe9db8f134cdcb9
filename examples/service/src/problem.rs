//! Whatever goes wrong, said in one form: problem JSON (RFC 9457).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::sales::Refused;

/// The media type.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not carried out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is: the same for the same cause, in all releases.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "urn:itemset:invalid-body")]
    kind: String,
    /// The kind in words.
    #[schema(example = "The body is not what is asked for")]
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong with this request, and what to do.
    detail: String,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:itemset:{kind}");
        Problem { kind, title: title.to_string(), status: status.as_u16(), detail: detail.into(), retry_after: None }
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says which of several baskets it is, from 0.
    pub fn in_basket(mut self, place: usize) -> Self {
        self.detail = format!("basket {place}: {}", self.detail);
        self
    }

    /// 400: it cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    /// 400: a parameter of the query.
    pub fn query(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "invalid-query", "A parameter is not what is asked for", detail)
    }

    /// 401: no token, or another one.
    pub fn unauthorized() -> Self {
        let detail = "send a token of this service as `Authorization: Bearer TOKEN`";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A token is asked for", detail)
    }

    /// 404: an item that is in no basket.
    pub fn unknown_item() -> Self {
        Problem::new(StatusCode::NOT_FOUND, "unknown-item", "No basket has this item", "items are compared exactly")
    }

    /// 408: the body came too slowly.
    pub fn slow_body(seconds: u64) -> Self {
        let detail = format!("the body did not come within {seconds} s");
        Problem::new(StatusCode::REQUEST_TIMEOUT, "slow-body", "The body came too slowly", detail)
    }

    /// 413: the body is too large.
    pub fn large_body(most: usize) -> Self {
        let detail = format!("the body may have {most} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large-body", "The body is too large", detail)
    }

    /// 415: the body is no JSON.
    pub fn media_type() -> Self {
        let detail = "send JSON, as `Content-Type: application/json`";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "The body is of another type", detail)
    }

    /// 415: the body is compressed.
    pub fn content_coding() -> Self {
        let detail = "send the body as it is, without Content-Encoding";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-coding", "The body is compressed", detail)
    }

    /// 422: JSON, but not what the route takes.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", "The body is not what is asked for", detail)
    }

    /// 422: a key that stands for other sales.
    pub fn key_conflict() -> Self {
        let detail = "the key was used before, for other sales; nothing of this request is stored";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key-conflict", "The key stands for other sales", detail)
    }

    /// 429: too many requests.
    pub fn too_many(seconds: u64) -> Self {
        let detail = "the client, or all clients together, sent more requests than are allowed";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate-limit", "Too many requests", detail).retry_after(seconds)
    }

    /// 500: a fault of the service.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "a fault of the service; its log says more, at the request's x-request-id";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed", detail)
    }

    /// 503: no model yet.
    #[must_use]
    pub fn not_ready() -> Self {
        let detail = "the service has just started, and is still reading or mining its data";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "Not ready yet", detail).retry_after(1)
    }

    /// 503: too much at once.
    #[must_use]
    pub fn overloaded() -> Self {
        let detail = "the service has as many requests as it takes at once";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too much at once", detail).retry_after(1)
    }

    /// 504: the answer took too long.
    #[must_use]
    pub fn timed_out() -> Self {
        let detail = "the answer took longer than request_seconds; repeat it, sales with the same key";
        Problem::new(StatusCode::GATEWAY_TIMEOUT, "time-out", "It took too long", detail).retry_after(1)
    }

    /// What is wrong with a head.
    fn of_head(status: StatusCode) -> Self {
        match status {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE | StatusCode::URI_TOO_LONG => {
                let detail = "the head of a request may have max_head bytes and max_headers lines";
                Problem::new(status, "large-head", "The head of the request is too large", detail)
            }
            status => Problem::new(status, "malformed", "The request cannot be read", "this is no HTTP/1.1"),
        }
    }

    /// What axum and tower answer without a body, as a problem.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => {
                Problem::new(status, "no-such-route", "There is no such route", "GET /openapi.json lists the routes")
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                Problem::new(status, "method", "The route has no such method", "the header Allow lists its methods")
            }
            StatusCode::BAD_REQUEST => Problem::malformed("a parameter of the path is no UTF-8"),
            StatusCode::GATEWAY_TIMEOUT => Problem::timed_out(),
            status if status.is_server_error() => Problem::internal(),
            status => Problem::new(status, "refused", status.canonical_reason().unwrap_or("Refused"), ""),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Busy => Problem::overloaded(),
            Refused::Failed => Problem::internal(),
            Refused::Full(detail) => {
                Problem::new(StatusCode::INSUFFICIENT_STORAGE, "full", "There is no room for it", detail)
                    .retry_after(60)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON))], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert("www-authenticate", HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Gives a problem to an error that has none, such as that of an unknown route. Its headers, such as `Allow`, stay.
pub async fn say_all(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_said = response.headers().get(CONTENT_TYPE).is_some_and(|of| of.as_bytes() == PROBLEM_JSON.as_bytes());
    if is_said {
        return response;
    }
    let mut said = Problem::of_status(status).into_response();
    for (name, value) in response.headers() {
        if !said.headers().contains_key(name) && name != "content-length" {
            said.headers_mut().insert(name, value.clone());
        }
    }
    said
}

/// The answer in place of one that the HTTP library gives to a head that it cannot read: those have no body, and all of
/// ours have one. None for the latter.
#[must_use]
pub fn instead_of(answer: &[u8]) -> Option<Vec<u8>> {
    if !answer.starts_with(b"HTTP/1.1 4") {
        return None;
    }
    let head = std::str::from_utf8(answer).ok()?.strip_suffix("\r\n\r\n")?;
    if head.contains("\r\ncontent-type:") {
        return None;
    }
    let status = StatusCode::from_bytes(head.get(9..12)?.as_bytes()).ok()?;
    let body = serde_json::to_string(&Problem::of_head(status)).ok()?;
    let head = head.replace("\r\ncontent-length: 0", "");
    Some(format!("{head}\r\ncontent-type: {PROBLEM_JSON}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into())
}

/// A panic is a fault of the service; the others go on.
pub fn of_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    metrics::counter!("itemset_panics_total").increment(1);
    tracing::error!("a request panicked");
    Problem::internal().into_response()
}
