//! What a browser may do with a page: run its one script, use its one style sheet, and nothing else.

use crate::report::svg::drawing::STYLE as PLOT_STYLE;

/// The style sheet in two parts, of plots and of the rest.
pub(super) const STYLES: [&str; 2] = [PLOT_STYLE, include_str!("page.css")];

pub(super) const SCRIPT: &str = include_str!("page.js");

/// SHA-256 of the style sheet and of the script, as base64. A test says which they are.
const STYLE_HASH: &str = "dz21frZp4gq7YCO+bdRsS4WTFNYRtGsQ3SAdBEo2jHs=";
const SCRIPT_HASH: &str = "0RcMNkjcLfQj0NhskVifwd+5BJXJ9oDJcSo+pak7HZ4=";

/// The content security policy of a page.
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; \
         form-action 'none'"
    )
}
