//! What is seen of each request: an id, a count, a time, and a line of the log. None of them has a label, a customer, a
//! key or a body.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// The header of the id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Watches a request.
pub async fn watch(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request.headers().get(REQUEST_ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(new_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let (seconds, status) = (begun.elapsed(), response.status());
    let labels =
        [("route", route.to_string()), ("method", method.to_string()), ("status", status.as_str().to_string())];
    metrics::counter!("itemset_http_requests_total", &labels).increment(1);
    metrics::histogram!("itemset_http_request_seconds", "route" => route.to_string()).record(seconds);
    let microseconds = seconds.as_micros() as u64;
    let shown = id.to_str().unwrap_or_default();
    match status.as_u16() {
        // Not those that are refused for want of room: a flood of requests would be one of lines. They are counted.
        500 | 504 => tracing::warn!(request = shown, method, route, status = status.as_u16(), microseconds, "failed"),
        _ => tracing::debug!(request = shown, method, route, status = status.as_u16(), microseconds, "answered"),
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// Whether an id of a client may be in a log.
fn is_plain(id: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

/// The start of the process and a number: no other request has it.
fn new_id() -> HeaderValue {
    static START: OnceLock<u128> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros());
    let (start, next) = (START.get_or_init(since), NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(format!("{start:x}-{next:x}")).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// A method as a label, of which there are few.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_those_of_clients_are_plain() {
        let mut ids: Vec<_> = (0..1000).map(|_| new_id()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(is_plain));
        for id in ["", "a b", "a\"b", &"a".repeat(65)] {
            assert!(!is_plain(&HeaderValue::from_str(id).unwrap()), "{id}");
        }
    }
}
