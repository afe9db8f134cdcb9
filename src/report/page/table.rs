//! The table of rules: its first page as it stands without a script, and what sorts and filters it.

use std::fmt::Write;

use super::data::has_column;
use crate::describe::{percent, whole};
use crate::report::content::{Content, Shown};
use crate::report::text::{ANY, Escaped, chance, counted, times};

/// Rules of a page of the table: as many as the script shows at once.
const ROWS: usize = 50;

/// The section with the table.
pub(super) fn table(content: &Content) -> String {
    let mut html = String::from("<section aria-labelledby=\"h-table\"><h2 id=\"h-table\">All rules in a table</h2>");
    html.push_str(&filters(content));
    let shown = content.rules.len().min(ROWS);
    let first = match content.rules.len() > ROWS {
        true => format!("The best {} of {}.", whole(shown as u64), counted(content.rules.len() as u64, "rule")),
        false => format!("{}.", counted(shown as u64, "rule")),
    };
    // A string takes all that is written to it.
    let _ = write!(
        html,
        "<p id=\"count\" role=\"status\" aria-live=\"polite\">{first}</p>\
         <div class=\"scroll\" role=\"group\" aria-labelledby=\"h-table\" tabindex=\"0\"><table id=\"table\">\
         <caption><span>Best first.<span class=\"screen\"> Select a rule by its number: the plots mark it. Arrow keys \
         go from rule to rule.</span></span></caption>\
         <thead><tr>{}</tr></thead><tbody id=\"rows\">",
        heads(content)
    );
    let most = content.greatest_lift();
    for (place, rule) in content.rules.iter().take(ROWS).enumerate() {
        html.push_str(&row(content, place, rule, most));
    }
    html.push_str(
        "</tbody></table></div><div class=\"pager\" id=\"pager\" hidden>\
         <button type=\"button\" id=\"first\">First</button><button type=\"button\" id=\"previous\">Previous</button>\
         <button type=\"button\" id=\"next\">Next</button><button type=\"button\" \
         id=\"last\">Last</button></div></section>",
    );
    html
}

fn filters(content: &Content) -> String {
    let mut html = String::from(
        "<form id=\"filters\" role=\"search\" aria-label=\"Rules\" hidden>\
         <label>Search, with commas between words<input type=\"search\" name=\"search\" dir=\"auto\" \
         autocomplete=\"off\"></label><label>in<select name=\"where\"><option value=\"\">both sides</option>\
         <option value=\"x\">the left side</option><option value=\"y\">the right side</option></select></label>",
    );
    for (name, label) in [("lift", "Lift from"), ("confidence", "Confidence from (%)"), ("support", "Support from (%)")]
    {
        let _ = write!(
            html,
            "<label>{label}<input type=\"number\" name=\"{name}\" min=\"0\" step=\"any\" inputmode=\"decimal\"></label>"
        );
    }
    for (is_there, name, label) in [
        (content.significance.is_some(), "sure", "only significant"),
        (content.changes.is_some(), "changed", "only changed"),
    ] {
        if is_there {
            let _ = write!(html, "<label class=\"check\"><input type=\"checkbox\" name=\"{name}\">{label}</label>");
        }
    }
    html.push_str("<button type=\"reset\">Clear filters</button></form>");
    html
}

fn heads(content: &Content) -> String {
    let mut html = String::new();
    let mut head = |class: &str, key: &str, name: &str| {
        let sort = if key == "rank" { " aria-sort=\"ascending\"" } else { "" };
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let name = Escaped(name);
        let _ = write!(
            html,
            "<th scope=\"col\"{class}{sort}><button type=\"button\" data-key=\"{key}\">{name}</button></th>"
        );
    };
    head("", "rank", "No.");
    head("side", "x", "Who buys");
    head("side", "y", "also buys");
    head("", "lift", "Lift");
    head("", "confidence", "Confidence");
    head("", "support", "Support");
    head("", "baskets", "Baskets");
    if content.significance.is_some() {
        head("", "chance", "Chance");
    }
    if content.changes.is_some() {
        head("", "change", "Change, % points");
    }
    if has_column(content.best_by) {
        head("", "value", &content.best_by.to_string());
    }
    html
}

fn row(content: &Content, place: usize, rule: &Shown, most: f64) -> String {
    let number = whole(place as u64 + 1);
    let mut html = format!(
        "<tr data-r=\"{place}\"><th scope=\"row\"><button type=\"button\" class=\"pick\" aria-label=\"Rule {number}\" \
         aria-pressed=\"false\">{number}</button></th>"
    );
    html.push_str(&side(content, &rule.antecedent));
    html.push_str(&side(content, &rule.consequent));
    let _ = write!(
        html,
        "<td>{}{}</td><td>{}</td><td>{}</td><td>{}</td>",
        mini(rule.lift() / most),
        times(rule.lift()),
        Escaped(&percent(rule.confidence())),
        Escaped(&percent(rule.support())),
        whole(rule.counts.n_xy())
    );
    if let Some((p, is_sure)) = rule.chance {
        let _ = write!(html, "<td>{}{}</td>", Escaped(&chance(p)), if is_sure { " ✓" } else { "" });
    }
    if content.changes.is_some() {
        let change = rule.drift.and_then(|(drift, _)| Some(points(rule.confidence() - drift.before().confidence()?)));
        let mark = if rule.drift.is_some_and(|(_, is_changed)| is_changed) { " ✓" } else { "" };
        let _ = write!(html, "<td>{}{mark}</td>", change.unwrap_or("new".to_string()));
    }
    if has_column(content.best_by) {
        let _ = write!(html, "<td>{}</td>", Escaped(&value(rule.value)));
    }
    html.push_str("</tr>");
    html
}

/// The items of a side as a cell.
pub(super) fn side(content: &Content, items: &[u32]) -> String {
    let labels: Vec<String> =
        content.labels(items).iter().map(|label| format!("<bdi>{}</bdi>", Escaped(label))).collect();
    let labels = if labels.is_empty() { ANY.to_string() } else { labels.join(", ") };
    format!("<td class=\"side\">{labels}</td>")
}

/// A bar beside a number.
fn mini(part: f64) -> String {
    format!(
        "<svg class=\"mini\" viewBox=\"0 0 56 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect width=\"{:.1}\" height=\"10\"/></svg>",
        56.0 * part
    )
}

/// A difference of two fractions in points of per cent.
pub(super) fn points(change: f64) -> String {
    let points = format!("{:.1}", 100.0 * change.abs());
    match (&points[..], change < 0.0) {
        ("0.0", _) => points,
        (_, true) => format!("−{points}"),
        (_, false) => format!("+{points}"),
    }
}

/// A value of any measure, which may be infinite.
fn value(value: f64) -> String {
    match value {
        f64::INFINITY => "∞".to_string(),
        f64::NEG_INFINITY => "−∞".to_string(),
        value if value.abs() < 0.001 && value != 0.0 => format!("{value:.2e}"),
        value => format!("{value:.3}"),
    }
}
