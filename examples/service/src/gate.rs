//! Who comes in: not more requests than the rates allow, only with a token if one is asked for, and not more at once
//! than there are places.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;

/// The address of a client, which the server puts into each request.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub SocketAddr);

/// Lets a request in, or not.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    // They are asked when everything is late.
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    match enter(&app, &request) {
        Ok(place) => {
            let response = next.run(request).await;
            drop(place);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// A place for the request, until it is answered.
fn enter(app: &App, request: &Request) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    let refuse = |reason: &'static str| metrics::counter!("itemset_refused_total", "reason" => reason).increment(1);
    if let Some(Client(address)) = request.extensions().get::<Client>() {
        // Before the token: guesses count.
        app.rates.take(address.ip()).map_err(|seconds| {
            refuse("rate");
            Problem::too_many(seconds)
        })?;
    }
    if let Some(tokens) = &app.tokens {
        let sent = request.headers().get(AUTHORIZATION).map(|sent| sent.as_bytes());
        if !tokens.allow(sent) {
            refuse("token");
            return Err(Problem::unauthorized());
        }
    }
    app.places.clone().try_acquire_owned().map_err(|_| {
        refuse("places");
        Problem::overloaded()
    })
}
