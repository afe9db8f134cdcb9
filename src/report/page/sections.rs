//! The sections of a page, apart from the table of rules.

use std::fmt::Write;

use super::table::{points, side};
use crate::describe::{percent, whole};
use crate::report::basket_facts::BasketFacts;
use crate::report::content::{Changes, Content, DRIFT_LEVEL, Significance};
use crate::report::svg::drawing::Drawing;
use crate::report::text::{Escaped, counted, isolated, share};
use crate::report::words::{and_list, finding, findings};

/// Changes that are listed.
const CHANGES: usize = 20;

/// A section with a heading, and one in the navigation of the page.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) html: String,
}

impl Section {
    pub(super) fn new(id: &'static str, name: &'static str, heading: &str, class: &str, inside: &str) -> Self {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let html =
            format!("<section{class} aria-labelledby=\"h-{id}\"><h2 id=\"h-{id}\">{heading}</h2>{inside}</section>");
        Section { id, name, html }
    }
}

/// What the rules say, in words.
pub(super) fn summary(content: &Content) -> Section {
    let mut html = facts_in_words(content);
    if content.all == 0 {
        html.push_str(&nothing(content));
        return Section::new("summary", "Summary", "No rules were found", "", &html);
    }
    let places = findings(content);
    if places.is_empty() {
        html.push_str(&no_finding(content));
        return Section::new("summary", "Summary", "What to do with this", "", &html);
    }
    html.push_str("<ol class=\"findings\">");
    for place in places {
        let _ = write!(html, "<li>{}</li>", finding(content, &content.rules[place]));
    }
    html.push_str(
        "</ol><p class=\"soft\">These were chosen for how many baskets they are about and how strong they are; of \
         rules about the same items only one is here. The strongest of many rules look a little stronger than they \
         are. A rule says what is bought together, not why, and not what happens if a price or a place is changed. \
         Before a change that costs money, try it in a few stores.</p>",
    );
    Section::new("summary", "Summary", "What to do with this", "", &html)
}

fn facts_in_words(content: &Content) -> String {
    let mut html = format!(
        "<p>{} found in {}",
        match content.all {
            0 => "No rules were".to_string(),
            1 => "1 rule was".to_string(),
            all => format!("{} rules were", whole(all as u64)),
        },
        counted(content.baskets, "basket")
    );
    if let Some(BasketFacts { summary, items, .. }) = &content.facts {
        let _ = write!(
            html,
            " of {}. Half of the baskets hold {} or fewer",
            counted(summary.items, "different item"),
            counted(summary.lengths.median.into(), "item")
        );
        if let Some((item, count)) = items.first() {
            let part = share(*count as f64 / summary.baskets.max(1) as f64);
            let (item, part) = (Escaped(item), Escaped(&part));
            let _ = write!(html, "; the most frequent item is <bdi>{item}</bdi>, in {part} of them");
        }
    }
    html.push_str(".</p>");
    if let Some(note) = &content.note {
        let _ = write!(html, "<p><strong>{}</strong></p>", Escaped(note));
    }
    let left_out = content.all - content.rules.len();
    if left_out > 0 {
        let _ = write!(
            html,
            "<p>This page holds the best {} by {}. The other {} are left out here: to see them, ask for a higher lift \
             or confidence, or write all rules to a file.</p>",
            whole(content.rules.len() as u64),
            content.best_by,
            whole(left_out as u64)
        );
    }
    html
}

/// Why none of the rules may be acted on, which is not known of those that are left out.
fn no_finding(content: &Content) -> String {
    if content.rules.is_empty() {
        return String::new();
    }
    let none = if content.rules.len() < content.all { "None of the rules on this page" } else { "No rule" };
    let why = match content.significance {
        Some(_) => format!("{none} with a lift above 1 passes the test against chance."),
        None => format!("{none} has a lift above 1: no items are bought together more often than by chance."),
    };
    format!("<p>{why} There is nothing here that one should act on.</p>")
}

/// Why there is nothing, and what to do.
fn nothing(content: &Content) -> String {
    if content.baskets == 0 {
        return "<p>There are no baskets. Check the file that was read, and how it was read.</p>".to_string();
    }
    "<p>No combination of items is frequent enough and sure enough and meets all other conditions that were set. Lower \
     the minimum support first, to half of what it is, and then the minimum confidence. If there are still no rules, \
     the items of these baskets have little to do with each other: that is a result too.</p>"
        .to_string()
}

/// A plot with a text that says how to read it.
pub(super) fn plot(
    id: &'static str,
    name: &'static str,
    heading: &str,
    class: &str,
    how: &str,
    drawing: &Drawing,
) -> Section {
    let inside = format!(
        "<p>{how}</p><div class=\"scroll\" role=\"group\" aria-labelledby=\"h-{id}\" tabindex=\"0\">{}</div>",
        drawing.in_page()
    );
    Section::new(id, name, heading, &format!("figure{class}"), &inside)
}

/// What was tested against chance.
pub(super) fn significance(test: &Significance, all: usize) -> Section {
    let hypotheses = match test.hypotheses < 1e15 {
        true => whole(test.hypotheses as u64),
        false => format!("{:.1e}", test.hypotheses),
    };
    let meaning = match &test.correction[..] {
        "none" => "No correction was made for the number of rules: many of those that pass may be chance.",
        "benjamini-hochberg" | "benjamini-yekutieli" => {
            "The correction bounds the expected share of rules in this list that chance made."
        }
        _ => "The correction bounds the probability that even one rule in the list is made by chance.",
    };
    let html = format!(
        "<p>{} of {} {} significant at a level of {}, by Fisher’s exact test with the correction “{}” for \
         {hypotheses} rules that the search could have found.</p><p>Whoever looks at many rules finds some that look \
         good by chance alone. {meaning} The column “Chance” of the table has the corrected probabilities; ✓ marks \
         those that pass.</p>",
        whole(test.passed as u64),
        counted(all as u64, "rule"),
        if test.passed == 1 { "is" } else { "are" },
        level(test.alpha),
        Escaped(&test.correction)
    );
    Section::new("significance", "Significance", "What is more than chance", "", &html)
}

/// A level of a test. Those that are too small for per cent have all their digits.
fn level(alpha: f64) -> String {
    if alpha < 0.001 { alpha.to_string() } else { share(alpha) }
}

/// What changed since the last report.
pub(super) fn changes(content: &Content, changes: &Changes) -> Section {
    let level = percent(DRIFT_LEVEL);
    let mut html = format!(
        "<p>Compared with {} of the time before: the confidence of {} of {} changed by more than chance explains (test \
         of two proportions, level {level} after Bonferroni’s correction).",
        counted(changes.before, "basket"),
        whole(changes.changed as u64),
        counted(content.all as u64, "rule")
    );
    if let Some([new, gone]) = changes.new_and_gone {
        let gone = counted(gone as u64, "rule");
        let _ = write!(html, " {} new, and {gone} of before no longer found.", are(new));
    }
    html.push_str("</p>");
    if !changes.surest.is_empty() {
        html.push_str(
            "<div class=\"scroll\" role=\"group\" aria-labelledby=\"h-changes\" tabindex=\"0\"><table>\
             <caption><span>The surest changes first.</span></caption><thead><tr><th scope=\"col\" class=\"side\">Who \
             buys</th><th scope=\"col\" class=\"side\">also buys</th><th scope=\"col\">Confidence before</th>\
             <th scope=\"col\">now</th><th scope=\"col\">Change, % points</th></tr></thead><tbody>",
        );
        for &place in changes.surest.iter().take(CHANGES) {
            let rule = &content.rules[place];
            let Some((drift, _)) = rule.drift else { continue };
            let (before, after) = (drift.before().confidence(), drift.after().confidence());
            let text = |confidence: Option<f64>| confidence.map_or("–".to_string(), percent);
            let _ = write!(
                html,
                "<tr>{}{}<td>{}</td><td>{}</td><td>{}</td></tr>",
                side(content, &rule.antecedent),
                side(content, &rule.consequent),
                Escaped(&text(before)),
                Escaped(&text(after)),
                drift.confidence_change().map_or("–".to_string(), points)
            );
        }
        html.push_str("</tbody></table></div>");
    }
    let more = changes.surest.len().saturating_sub(CHANGES);
    if more > 0 {
        let _ = write!(html, "<p>And {} more: the table of all rules marks them with ✓.</p>", whole(more as u64));
    }
    Section::new("changes", "Changes", "What changed since the last report", "", &html)
}

fn are(rules: usize) -> String {
    if rules == 1 { "1 rule is".to_string() } else { format!("{} rules are", whole(rules as u64)) }
}

/// What the rules were made with.
pub(super) fn settings(content: &Content) -> Option<Section> {
    let mut rows: Vec<(String, String)> = content.settings.clone();
    if let Some(facts) = &content.facts {
        let summary = &facts.summary;
        rows.push(("baskets".to_string(), whole(summary.baskets)));
        if summary.empty_baskets > 0 {
            rows.push(("empty baskets".to_string(), whole(summary.empty_baskets)));
        }
        rows.push(("different items".to_string(), whole(summary.items)));
        rows.push(("items in all baskets together".to_string(), whole(summary.entries)));
        if summary.duplicates_skipped > 0 {
            rows.push(("items named twice in a basket, counted once".to_string(), whole(summary.duplicates_skipped)));
        }
        rows.push(("fingerprint of the data".to_string(), facts.fingerprint.clone()));
    }
    if rows.is_empty() {
        return None;
    }
    let mut html = String::from("<dl>");
    for (name, value) in &rows {
        let _ = write!(html, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", Escaped(name), Escaped(value));
    }
    html.push_str("</dl>");
    if content.facts.is_some() {
        html.push_str(
            "<p class=\"soft\">The fingerprint is the same for the same baskets in any order. Two reports with \
             different ones are about different data.</p>",
        );
    }
    Some(Section::new("settings", "Settings", "How this was made", "", &html))
}

/// What the words mean.
pub(super) fn glossary(content: &Content) -> Section {
    let example = content.rules.first().filter(|rule| !rule.antecedent.is_empty());
    let example = example.map_or(String::new(), |rule| {
        let counts = rule.counts;
        let [x, y] = [&rule.antecedent, &rule.consequent].map(|side| and_list(&content.labels(side)));
        format!(
            "<p>With the best rule as the example: who buys {x} also buys {y}. {} hold {x}, {} hold {y}, and {} hold \
             both.</p>",
            counted(counts.n_x(), "basket"),
            whole(counts.n_y()),
            whole(counts.n_xy())
        )
    });
    let html = format!(
        "{example}<dl><dt>Basket</dt><dd>What was bought at once.</dd>\
         <dt>Rule</dt><dd>Who buys the items of the left side also buys those of the right side, in a share of the \
         cases.</dd>\
         <dt>Support</dt><dd>The share of all baskets that hold both sides: how often it happens at all.</dd>\
         <dt>Confidence</dt><dd>The share of the baskets with the left side that hold the right side too: how sure \
         one can be.</dd>\
         <dt>Lift</dt><dd>How many times as often the right side is bought with the left side as it is in general. 1 \
         means that the two have nothing to do with each other; below 1, they are rarely bought together.</dd>\
         <dt>95&nbsp;% certainty</dt><dd>If the baskets are a sample of many, the true value lies in such a range in \
         95 of 100 cases.</dd></dl>"
    );
    Section::new("glossary", "Words", "What the words mean", "", &html)
}

/// How often items are bought: a sentence before the bars.
pub(super) fn items_in_words(facts: &BasketFacts) -> String {
    let others = facts.summary.items.saturating_sub(facts.items.len() as u64);
    let first = facts.items.first().map_or(String::new(), |(item, _)| isolated(item));
    match others {
        0 => "All items, the most frequent first.".to_string(),
        others => format!(
            "The {} most frequent items, from {} on; {} are bought less often.",
            facts.items.len(),
            Escaped(&first),
            counted(others, "other item")
        ),
    }
}
