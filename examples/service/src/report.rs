//! The page for people who read no code, made once for each model.

use axum::http::HeaderValue;
use bytes::Bytes;
use itemset::report::Report;
use itemset::{Correction, Transactions};

use crate::model::{Limits, Model};
use crate::settings::Settings;

/// How often a rule may be called significant that is due to chance.
const ALPHA: f64 = 0.05;

/// A report on a model.
#[derive(Debug)]
pub struct ReportPage {
    /// The page.
    pub html: Bytes,
    /// What a browser may do with it: the policy that the page itself has, as a header.
    pub policy: HeaderValue,
}

impl ReportPage {
    /// Of a model; with what the baskets say, where they are at hand.
    ///
    /// # Errors
    ///
    /// If a limit of the settings is reached.
    pub fn new(
        model: &Model,
        baskets: Option<&Transactions<String>>,
        settings: &Settings,
        limits: &Limits<'_>,
    ) -> Result<Self, String> {
        let hypotheses = model.itemsets.rules().min_confidence(settings.min_confidence).hypotheses();
        let shown = [
            ("smallest support", settings.min_support.to_string()),
            ("smallest confidence", settings.min_confidence.to_string()),
            ("longest itemset", settings.max_len.to_string()),
        ];
        let report = Report::new(&model.rules).significance(ALPHA, Correction::Layered, &hypotheses).settings(shown);
        let report = baskets.into_iter().fold(report, Report::baskets);
        let html = report.html_with(&limits.options()?).map_err(|error| error.to_string())?;
        let policy = policy_of(&html).ok_or("the page has no policy")?;
        Ok(ReportPage { html: html.into(), policy })
    }
}

/// The policy in the head of a page. That it may not be framed can only be said in a header.
fn policy_of(html: &str) -> Option<HeaderValue> {
    let (_, after) = html.split_once("http-equiv=\"Content-Security-Policy\" content=\"")?;
    let policy = after.split('"').next()?.replace("&#39;", "'");
    HeaderValue::try_from(format!("{policy}; frame-ancestors 'none'")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_page_becomes_a_header() {
        let html = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        assert_eq!(policy_of(html).unwrap(), "default-src 'none'; frame-ancestors 'none'");
        assert!(policy_of("<meta>").is_none());
    }
}
