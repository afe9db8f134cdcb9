//! Rules in words.

use super::content::{Content, Shown};
use super::text::{Escaped, counted, listed, share, times};
use crate::describe::whole;

/// Rules that the summary has.
const FINDINGS: usize = 5;

/// The least lift of one that is more than `1.00 times as often`.
const LEAST_LIFT: f64 = 1.005;

/// A rule in a line of plain text: `beer, chips → diapers (41.3 %, 3.20 times as often)`.
pub(in crate::report) fn one_line(content: &Content, rule: &Shown) -> String {
    let sides = [&rule.antecedent, &rule.consequent].map(|side| listed(&content.labels(side)));
    let [antecedent, consequent] = sides;
    format!("{antecedent} → {consequent} ({}, {} times as often)", share(rule.confidence()), times(rule.lift()))
}

/// Labels as HTML, each for itself as to the direction of its letters: `a, b and c`.
pub(super) fn and_list(labels: &[&str]) -> String {
    let mut html = String::new();
    for (place, label) in labels.iter().enumerate() {
        html.push_str(match place {
            0 => "",
            place if place + 1 == labels.len() => " and ",
            _ => ", ",
        });
        html.push_str(&format!("<bdi>{}</bdi>", Escaped(label)));
    }
    html
}

/// The places of the rules that the summary has: of those that mean more sales than chance, and are significant where
/// that was tested, those about many baskets and with a high lift; no two about the same items.
pub(super) fn findings(content: &Content) -> Vec<usize> {
    let rules = &content.rules;
    let is_sure = |rule: &Shown| rule.chance.is_none_or(|(_, is_sure)| is_sure);
    let mut places: Vec<usize> = (0..rules.len())
        .filter(|&place| {
            rules[place].lift() >= LEAST_LIFT && is_sure(&rules[place]) && !rules[place].antecedent.is_empty()
        })
        .collect();
    // Baskets times the logarithm of the lift: neither what is bought anyway nor what is rare comes first.
    let weight = |place: usize| rules[place].counts.n_xy() as f64 * libm::log(rules[place].lift());
    let better = |a: &usize, b: &usize| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b));
    places.sort_unstable_by(better);
    let mut taken: Vec<usize> = Vec::new();
    for place in places {
        let rule = &rules[place];
        let holds = |of: &Shown, item: &u32| of.antecedent.contains(item) || of.consequent.contains(item);
        // The same in the other direction, or with one item more, is no news.
        let is_known = taken.iter().any(|&of| {
            let of = &rules[of];
            let shared = rule.antecedent.iter().chain(&rule.consequent).filter(|item| holds(of, item)).count();
            shared >= 2 || rule.consequent.iter().any(|item| of.consequent.contains(item))
        });
        if !is_known {
            taken.push(place);
        }
        if taken.len() == FINDINGS {
            break;
        }
    }
    taken
}

/// A finding as HTML: what it says, how sure it is, and what may be done with it.
pub(super) fn finding(content: &Content, rule: &Shown) -> String {
    let counts = rule.counts;
    let (x, y) = (and_list(&content.labels(&rule.antecedent)), and_list(&content.labels(&rule.consequent)));
    let together = if rule.antecedent.len() > 1 { " together" } else { "" };
    let base = counts.n_y() as f64 / counts.n() as f64;
    let interval = counts.confidence_interval(0.95).map(|interval| {
        // The ends of a fraction of a few baskets need no decimals.
        let [low, high] = [interval.low, interval.high].map(share);
        format!(", with 95&nbsp;% certainty {} to {}", Escaped(&low), Escaped(&high))
    });
    let chance = rule.chance.map_or(String::new(), |(p, _)| {
        let is_corrected = content.significance.as_ref().is_some_and(|test| test.correction != "none");
        let p = if p < 0.001 { "less than 0.001".to_string() } else { format!("{p:.3}") };
        let how = if is_corrected { "corrected for all rules that were searched" } else { "not corrected" };
        format!(" Chance alone would do that with a probability of {p} ({how}).")
    });
    format!(
        "<p><strong>Customers who buy {x}{together} buy {y} {} times as often as customers do in general.</strong> {} \
         of them do ({} of {}{}), and {} of all. {} more than if the two had nothing to do with each other.{chance}</p><p class=\"idea\"><b>Idea:</b> {}</p>",
        times(rule.lift()),
        Escaped(&share(rule.confidence())),
        whole(counts.n_xy()),
        counted(counts.n_x(), "basket"),
        interval.unwrap_or_default(),
        Escaped(&share(base)),
        these_are(rule.extra().round() as u64),
        idea(rule, &x, &y)
    )
}

/// The baskets with both sides beyond those that chance would give.
fn these_are(baskets: u64) -> String {
    match baskets {
        0 => "That is less than 1 basket".to_string(),
        1 => "That is 1 basket".to_string(),
        baskets => format!("These are {} baskets", whole(baskets)),
    }
}

/// What may be tried, and what to look at before and after.
fn idea(rule: &Shown, x: &str, y: &str) -> String {
    let leaving = rule.counts.n_x() - rule.counts.n_xy();
    match (rule.confidence(), rule.lift()) {
        (confidence, _) if confidence > 0.5 => format!(
            "most buyers of {x} take {y} anyway. Do not discount both at once, and keep {y} in stock where {x} is \
             bought."
        ),
        (_, lift) if lift >= 1.5 => format!(
            "{} with {x} had no {y}. Place {y} near {x}, or offer them together, in some stores, and compare the sales \
             with those of the others.",
            counted(leaving, "basket")
        ),
        _ => format!(
            "the link is weak. Keep it in mind where {x} and {y} compete for a place, and do not build on it alone."
        ),
    }
}
