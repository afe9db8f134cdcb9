//! Parameters of the query, and pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::settings::Settings;

/// Entries of a page if the request says nothing.
const PER_PAGE: usize = 50;

/// As axum's, with a problem that says what is wrong.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Query(query.0)).map_err(|error| Problem::query(error.body_text()))
    }
}

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Which, from 1.
    pub number: usize,
    /// Entries of a full one.
    pub len: usize,
}

impl Page {
    /// The page that is asked for.
    ///
    /// # Errors
    ///
    /// 400 that names the parameter.
    pub fn new(number: Option<usize>, len: Option<usize>, settings: &Settings) -> Result<Self, Problem> {
        let (number, len) = (number.unwrap_or(1), len.unwrap_or(PER_PAGE.min(settings.max_per_page)));
        if number == 0 {
            return Err(Problem::query("page: 0 (expected at least 1)"));
        }
        if !(1..=settings.max_per_page).contains(&len) {
            return Err(Problem::query(format!("per_page: {len} (expected 1 to {})", settings.max_per_page)));
        }
        Ok(Page { number, len })
    }

    /// Entries before it.
    #[must_use]
    pub fn start(self) -> usize {
        (self.number - 1).saturating_mul(self.len)
    }

    /// Entries before the next.
    #[must_use]
    pub fn end(self) -> usize {
        self.number.saturating_mul(self.len)
    }
}
