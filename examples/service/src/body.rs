//! A body of JSON, within its limits of size and time; and answers in JSON.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::problem::Problem;
use crate::settings::Settings;

/// A text of a body, which is not copied unless it has escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An object of JSON. What serde derives also takes a list of the fields in their order, which nobody describes.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(OfMap(PhantomData)).map(Object)
    }
}

/// Reads the body of a request.
///
/// # Errors
///
/// 408, 413 or 415, and 400 if the connection breaks.
pub async fn read(request: Request, settings: &Settings) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::media_type());
    }
    // A compressed body may be a thousand times as long as it looks.
    if request.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Problem::content_coding());
    }
    let (most, seconds) = (settings.max_body, settings.body_seconds);
    // One that says so is not waited for.
    if request.body().size_hint().lower() > most as u64 {
        return Err(Problem::large_body(most));
    }
    let body = Limited::new(request.into_body(), most).collect();
    match tokio::time::timeout(Duration::from_secs(seconds), body).await {
        Err(_) => Err(Problem::slow_body(seconds)),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::large_body(most)),
        Ok(Err(_)) => Err(Problem::malformed("the body ends early, or is not in the coding that its header says")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(of)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let media = of.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// What a body says.
///
/// # Errors
///
/// 400 if it is no JSON, and 422 if it is another than the route takes.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice::<Object<T>>(body).map(|object| object.0).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Problem::invalid(error.to_string()),
        _ => Problem::malformed(format!("the body is no JSON: {error}")),
    })
}

/// An answer in JSON.
///
/// # Errors
///
/// 500 if it has no such form, which none of the answers does.
pub fn json(status: StatusCode, answer: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(answer).map_err(|_| Problem::internal())?;
    Ok(json_bytes(status, body))
}

/// The same of what is written as JSON already.
#[must_use]
pub fn json_bytes(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.into()).into_response()
}

/// Runs what may take milliseconds apart from the threads that answer.
///
/// # Errors
///
/// Those of the work, and 500 if it panics.
pub async fn apart<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, Problem> + Send + 'static,
) -> Result<R, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request panicked");
        Err(Problem::internal())
    })
}
