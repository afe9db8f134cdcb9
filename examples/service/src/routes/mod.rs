//! The routes, and what is around all of them.
//!
//! | file | routes |
//! |---|---|
//! | `recommend` | `POST /v1/recommend` |
//! | `sales` | `POST /v1/baskets`, `DELETE /v1/customers/{id}` |
//! | `rules`, `itemsets`, `page` | `GET /v1/rules`, `GET /v1/itemsets`, and their pages |
//! | `related` | `GET /v1/items/{label}/related` |
//! | `health` | `GET /healthz`, `/readyz`, `/metrics`, `/v1/status` |
//! | `about` | `GET /report`, `/openapi.json`, `/docs` |

mod about;
mod health;
mod itemsets;
mod page;
mod recommend;
mod related;
mod rules;
mod sales;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::settings::Settings;
use crate::{gate, observe, openapi, problem};

/// All routes. What comes last here sees a request first.
pub fn router(app: Arc<App>) -> Router {
    let described = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .routes(routes!(recommend::recommend))
        .routes(routes!(sales::add))
        .routes(routes!(sales::forget))
        .routes(routes!(rules::rules))
        .routes(routes!(itemsets::itemsets))
        .routes(routes!(related::related))
        .routes(routes!(about::report))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::status))
        .routes(routes!(health::metrics))
        .routes(routes!(about::openapi))
        .routes(routes!(about::docs))
        .routes(routes!(about::style));
    let (router, mut openapi) = described.split_for_parts();
    openapi::add_problems(&mut openapi, app.tokens.is_some());
    openapi::add_limits(&mut openapi, &app.settings);
    let about = Arc::new(about::About::new(&openapi));
    let time = Duration::from_secs(app.settings.request_seconds);
    let cors = cors(&app.settings);
    let router = router
        .fallback(|| async { StatusCode::NOT_FOUND })
        .with_state(about::Shared { app: Arc::clone(&app), about })
        .layer(from_fn_with_state(app, gate::guard))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, time))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(map_response(problem::say_all));
    // Browsers ask without a token whether they may ask with one.
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(from_fn(observe::watch))
}

/// Nothing is allowed to other origins unless the settings name them.
fn cors(settings: &Settings) -> Option<CorsLayer> {
    let origins: Vec<_> =
        settings.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new().allow_origin(origins).allow_methods([Method::GET, Method::POST, Method::DELETE]).allow_headers(
            [header::CONTENT_TYPE, header::AUTHORIZATION, header::HeaderName::from_static("idempotency-key")],
        )
    })
}
