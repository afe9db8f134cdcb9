//! Reports: that they hold what was found, whatever the labels, and nothing else.

use std::fmt::Write;

use itemset::report::{Plot, Report};
use itemset::{CancelToken, Consequents, Correction, ErrorKind, Measure, Miner, Rules, RunOptions, Transactions};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn shop() -> Transactions<String> {
    let row = |n: u32| {
        let mut row = vec![if n.is_multiple_of(3) { "beer" } else { "tea" }.to_string()];
        row.extend((n.is_multiple_of(3) && n % 4 != 1).then(|| "diapers".to_string()));
        row.extend((n % 5 < 2).then(|| "chips".to_string()));
        row
    };
    Transactions::from_rows((0..300).map(row)).unwrap()
}

fn rules(baskets: &Transactions<String>) -> Rules<String> {
    Miner::new().min_support(0.02).min_confidence(0.1).rules(baskets).unwrap()
}

/// What stands between two texts, of which the first is there once.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

fn data(html: &str) -> serde_json::Value {
    serde_json::from_str(between(html, "<script type=\"application/json\" id=\"data\">", "</script>")).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for bytes in bytes.chunks(3) {
        let word = bytes.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - bytes.len()));
        let digits = (0..=bytes.len()).map(|digit| DIGITS[(word >> (18 - 6 * digit)) as usize & 63] as char);
        text.extend(digits.chain(std::iter::repeat('=')).take(4));
    }
    text
}

fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

#[test]
fn the_policy_allows_the_one_style_sheet_and_the_one_script() {
    assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
    let html = Report::new(&rules(&shop())).html().unwrap();
    let policy = between(&html, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let (style, script) = (between(&html, "<style>", "</style>"), between(&html, "<script>", "</script>"));
    let expected = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    );
    assert_eq!(
        policy, expected,
        "the style sheet or the script changed: put their hashes into src/report/page/policy.rs"
    );
    // Nothing that the policy would forbid.
    let markup = html.replace(style, "").replace(script, "");
    assert!(!markup.contains(" style=") && !markup.contains(" onclick=") && !markup.contains("javascript:"));
}

#[test]
fn nothing_is_loaded() {
    let baskets = shop();
    let html = Report::new(&rules(&baskets)).baskets(&baskets).html().unwrap();
    // The script makes marks of that name, which no browser asks for.
    assert_eq!(html.replace("http://www.w3.org/2000/svg", "").matches("http").count(), 1);
    assert!(html.contains("<meta http-equiv="));
    for loading in ["src=", "<link", "@import", "url(", "<img", "<iframe", "fetch(", "XMLHttp", "import("] {
        let found = html.match_indices(loading).map(|(at, _)| &html[at.saturating_sub(20)..at + 20]);
        let found: Vec<&str> = found.filter(|of| !of.contains("url(#arrow)")).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn data_are_those_of_the_rules() {
    let baskets = shop();
    let rules = rules(&baskets);
    let html = Report::new(&rules).html().unwrap();
    let data = data(&html);
    let sorted = rules.clone().sorted_by(Measure::Lift);
    assert!(rules.len() >= 6);
    for (place, rule) in sorted.iter().enumerate() {
        let side = |name: &str| -> Vec<&str> {
            let items = data[name][place].as_array().unwrap().iter();
            items.map(|item| data["items"][item.as_u64().unwrap() as usize].as_str().unwrap()).collect()
        };
        assert!(rule.antecedent().eq(side("x")) && rule.consequent().eq(side("y")), "{rule}");
        let counts = rule.counts();
        let count = |name: &str| data[name][place].as_u64().unwrap();
        assert_eq!([count("nx"), count("ny"), count("nxy")], [counts.n_x(), counts.n_y(), counts.n_xy()]);
    }
    assert_eq!(data["n"], 300);
    assert_eq!(data["nxy"].as_array().unwrap().len(), rules.len());
}

#[test]
fn significance_and_drift_are_those_of_the_rules() {
    let baskets = shop();
    let itemsets = Miner::new().min_support(0.02).mine(&baskets).unwrap();
    let builder = itemsets.rules().min_confidence(0.1);
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    // Later, beer goes without diapers.
    let later = Transactions::from_rows((0..300).map(|n| {
        let beer = if n % 3 == 0 { "beer" } else { "tea" };
        [beer, if n % 7 == 0 { "diapers" } else { "chips" }].map(String::from)
    }));
    let later = later.unwrap();
    let drift = rules.drift(&later, &baskets);
    let report = Report::new(&rules).significance(0.01, Correction::Bonferroni, &hypotheses).since(&drift);
    let html = report.clone().max_rules(5).best_by(Measure::Confidence).html().unwrap();
    let data = data(&html);
    let values = rules.adjusted_p_values(Correction::Bonferroni, &hypotheses);
    let best = rules.top(5, Measure::Confidence);
    let mut changed = 0;
    for (place, &rule) in best.iter().enumerate() {
        let at = rules.iter().position(|other| other == rule).unwrap();
        let p = data["p"][place].as_f64().unwrap();
        assert!((p - values[at].value()).abs() <= 0.01 * p, "{rule}");
        assert_eq!(data["sure"][place], u8::from(values[at].value() <= 0.01));
        assert_eq!(data["before"][place].as_f64(), drift[at].before().confidence());
        let is_changed = drift[at].confidence_test().value() * rules.len() as f64 <= 0.05;
        assert_eq!(data["changed"][place], u8::from(is_changed));
        changed += usize::from(is_changed);
    }
    assert!(changed > 0);
    let passed = values.iter().filter(|p| p.value() <= 0.01).count();
    assert!(html.contains(&format!("{passed} of {} rules are significant at a level of 1.0", rules.len())), "{passed}");
    assert!(html.contains("What changed since the last report"));
    assert!(
        html.contains(&format!("This page holds the best 5 by confidence. The other {} are left out", rules.len() - 5))
    );

    // From the rules of then, without their baskets.
    let then = Miner::new().min_support(0.02).min_confidence(0.1).rules(&later).unwrap();
    let html = report.clone().since_rules(&then).html().unwrap();
    let data = self::data(&html);
    let new = rules.difference(&then).len();
    assert!(new > 1 && new < rules.len());
    let gone = then.difference(&rules).len();
    let text = format!("{new} rules are new, and {gone} rule{} of before", if gone == 1 { "" } else { "s" });
    assert!(html.contains(&text), "{text}");
    assert_eq!(data["before"].as_array().unwrap().iter().filter(|before| before.is_null()).count(), new);

    let error = report.since(&drift[1..]).html().unwrap_err();
    assert!(error.to_string().starts_with(&format!("invalid since: {} (expected a drift", drift.len() - 1)), "{error}");
    for alpha in [0.0, 1.0, f64::NAN] {
        let error = Report::new(&rules).significance(alpha, Correction::Holm, &hypotheses).html().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "alpha", .. }), "{error}");
    }
}

#[test]
fn the_summary_says_what_the_counts_say() {
    let baskets = shop();
    let itemsets = Miner::new().min_support(0.02).mine(&baskets).unwrap();
    let builder = itemsets.rules().min_confidence(0.1);
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    let of_beer = rules.filter(|rule| rule.antecedent().eq(["diapers"]) && rule.consequent().eq(["beer"]));
    let counts = of_beer.get(0).unwrap().counts();
    // All 75 buyers of diapers buy beer, which a third of all 300 do: 25 by chance.
    assert_eq!([counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()], [300, 75, 100, 75]);
    let low = counts.confidence_interval(0.95).unwrap().low;
    let html = Report::new(&of_beer).significance(0.05, Correction::Holm, &hypotheses).html().unwrap();
    let summary = between(&html, "<ol class=\"findings\">", "</ol>").replace('\u{a0}', " ").replace("&nbsp;", " ");
    let expected = format!(
        "<li><p><strong>Customers who buy <bdi>diapers</bdi> buy <bdi>beer</bdi> 3.00 times as often as customers do in \
         general.</strong> 100.0 % of them do (75 of 75 baskets, with 95 % certainty {:.1} % to 100.0 %), and 33.3 % of \
         all. These are 50 baskets more than if the two had nothing to do with each other. Chance alone would do that \
         with a probability of less than 0.001 (corrected for all rules that were searched).</p>",
        100.0 * low
    );
    assert!(summary.starts_with(&expected), "{summary}\n{expected}");

    // Neither what chance explains nor what is rarely bought together is a finding.
    let few = rules.filter(|rule| rule.lift() < 1.0 || rule.counts().fishers_exact_test().value() > 0.05);
    assert!(!few.is_empty());
    let html = Report::new(&few).significance(0.05, Correction::Holm, &hypotheses).html().unwrap();
    assert!(
        !html.contains("findings\">") && html.contains("No rule with a lift above 1 passes the test against chance.")
    );
}

#[test]
fn a_page_says_nothing_about_rules_that_it_does_not_hold() {
    let baskets = shop();
    let rules = rules(&baskets);
    assert!(rules.iter().any(|rule| rule.lift() > 1.5));
    // None at all, and only one of those that are bought together by chance.
    let html = Report::new(&rules).max_rules(0).html().unwrap();
    assert!(html.contains("This page holds the best 0 by lift.") && !html.contains("should act on"), "{html}");
    let html = Report::new(&rules).max_rules(1).best_by(Measure::ConsequentSupport).html().unwrap();
    assert!(html.contains("None of the rules on this page has a lift above 1"), "{html}");
    assert!(!html.contains("No rule has a lift"));
    let all = rules.filter(|rule| rule.lift() <= 1.0);
    assert!(!all.is_empty());
    assert!(Report::new(&all).html().unwrap().contains("No rule has a lift above 1"));
}

/// Baskets with both items, with each alone, and with neither.
fn two_items(both: usize, one: usize, other: usize, neither: usize) -> Transactions<&'static str> {
    let groups = [(&["beer", "chips"][..], both), (&["beer"], one), (&["chips"], other), (&["tea"], neither)];
    let rows = groups.into_iter().flat_map(|(row, times)| std::iter::repeat_n(row.iter().copied(), times));
    Transactions::from_rows(rows).unwrap()
}

#[test]
fn words_fit_small_numbers() {
    let page = |baskets: &Transactions<&'static str>| {
        let itemsets = Miner::new().min_support(1e-4).mine(baskets).unwrap();
        let builder = itemsets.rules().min_confidence(0.0);
        let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
        let rules = rules.filter(|rule| rule.antecedent().eq([&"beer"]));
        let report = Report::new(&rules).baskets(baskets);
        let tested = report.clone().significance(0.05, Correction::None, &hypotheses).html().unwrap();
        (report.html().unwrap(), tested)
    };
    // One basket more than by chance, less than one, and none that could be told from chance.
    let (html, tested) = page(&two_items(2, 0, 0, 2));
    assert!(html.contains("That is 1 basket more than if the two"), "{html}");
    assert!(tested.contains("0 of 1 rule are significant"), "{tested}");
    assert!(page(&two_items(1, 1, 1, 3)).0.contains("That is less than 1 basket more"));
    let (html, _) = page(&two_items(1001, 999, 999, 1001));
    assert!(!html.contains("findings\">") && html.contains("No rule has a lift above 1"), "{html}");
    // Half of the buyers are not most of them.
    let (html, tested) = page(&two_items(10, 10, 0, 80));
    assert!(html.contains("10 baskets with <bdi>beer</bdi> had no <bdi>chips</bdi>"), "{html}");
    assert!(tested.contains("1 of 1 rule is significant at a level of 5.0\u{a0}%"), "{tested}");
}

#[test]
fn markup_of_small_shares_is_escaped() {
    let mut builder = Transactions::builder();
    builder.push_weighted(["gin", "limes"], 3);
    builder.push_weighted(["tea"], 4_000_000_000);
    let baskets = builder.build().unwrap();
    let itemsets = Miner::new().min_support(1e-10).mine(&baskets).unwrap();
    let builder = itemsets.rules();
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    let report = Report::new(&rules).baskets(&baskets).significance(1e-7, Correction::None, &hypotheses);
    let html = report.note("<b>\u{1}").html().unwrap();
    assert!(html.contains("&lt;0.001\u{a0}% of all.") && html.contains("a level of 0.0000001,"), "{html}");
    assert!(html.contains("<p><strong>&lt;b&gt;·</strong></p>"));
    assert!(!html.split("<script").next().unwrap().contains("<0") && html.contains("3 baskets more than"), "{html}");
}

#[test]
fn labels_without_anything_to_see_are_named() {
    let baskets = Transactions::from_rows([vec!["", "\u{200b} "], vec!["", "\u{200b} "], vec!["tea"]]).unwrap();
    let rules = Miner::new().min_support(0.5).rules(&baskets).unwrap();
    let report = Report::new(&rules).baskets(&baskets).title(" ");
    let html = report.html().unwrap();
    assert!(html.contains("<h1><bdi>(blank)</bdi></h1>") && !html.contains("<bdi></bdi>"), "{html}");
    assert!(html.contains("buy <bdi>(blank)</bdi> buy <bdi>(blank)</bdi>"));
    assert!(well_formed(&report.plot(Plot::Graph).unwrap()).contains("(blank)\n(blank)\n"));
}

#[test]
fn the_script_places_great_lifts_where_the_drawing_has_them() {
    let mut builder = Transactions::builder();
    for row in 0..20_000u32 {
        // Two pairs of rare items with lifts of 10,000 and 5,000.
        builder.push(
            match row {
                0 | 1 => &["gin", "limes"][..],
                2..6 => &["salsa", "chips"],
                _ => &["tea"],
            }
            .iter()
            .copied(),
        );
    }
    let baskets = builder.build().unwrap();
    let rules = Miner::new().min_support(1e-4).rules(&baskets).unwrap();
    let html = Report::new(&rules).html().unwrap();
    let svg = between(&html, "<svg id=\"parallel\"", "</svg>");
    let axes: Vec<&str> = between(svg, "data-axes=\"", "\"").split(',').collect();
    let [offset, factor, is_log] =
        <[f64; 3]>::try_from(axes[4].split(' ').map(|number| number.parse().unwrap()).collect::<Vec<f64>>()).unwrap();
    assert_eq!(is_log, 0.0);
    // The best rule comes last.
    let way = svg.rsplit_once("data-r=\"0\" d=\"").unwrap().1.split_once('"').unwrap().0;
    let drawn: f64 = way.rsplit_once(' ').unwrap().1.parse().unwrap();
    assert!((offset + factor * rules.top(1, Measure::Lift)[0].lift() - drawn).abs() < 0.01, "{svg}");
}

#[test]
fn each_rule_has_its_marks() {
    let baskets = shop();
    let itemsets = Miner::new().min_support(0.02).mine(&baskets).unwrap();
    let rules = itemsets.rules().min_confidence(0.1).consequents(Consequents::Any).generate().unwrap();
    let report = Report::new(&rules);
    let svg = report.plot(Plot::Scatter).unwrap();
    let dots = svg.split_once("<g class=\"dots\">").unwrap().1.split_once("</g>").unwrap().0;
    assert_eq!(dots.matches("h.01").count(), rules.len());
    let svg = report.plot(Plot::Graph).unwrap();
    let arrows: usize = rules.iter().map(|rule| rule.consequent().len()).sum();
    assert_eq!(svg.matches("marker-end=").count(), arrows);
    assert_eq!(svg.matches("<g class=\"rule\"").count(), rules.len());
    let svg = report.plot(Plot::Parallel).unwrap();
    assert_eq!(svg.matches("class=\"way").count(), rules.len());
    // As few left sides as here have a column each, so a field of the matrix has one rule.
    let svg = report.plot(Plot::Matrix).unwrap();
    assert_eq!(svg.matches("<g class=\"cell\"").count(), rules.len());
    let data = data(&report.html().unwrap());
    let mut fields: Vec<u64> = data["field"].as_array().unwrap().iter().map(|field| field.as_u64().unwrap()).collect();
    fields.sort_unstable();
    assert!(fields[0] > 0 && fields.is_sorted_by(|a, b| a < b));
}

#[test]
fn the_same_bytes_for_every_order_and_number_of_threads() {
    let rows: Vec<Vec<String>> = shop().iter().map(|basket| basket.iter().cloned().collect()).collect();
    let page = |rows: &[Vec<String>], threads: Option<usize>| {
        let baskets = Transactions::from_rows(rows.to_vec()).unwrap();
        let options = threads.map_or(RunOptions::new(), |threads| RunOptions::new().threads(threads));
        let miner = Miner::new().min_support(0.02).run_options(options.clone());
        let itemsets = miner.mine(&baskets).unwrap();
        let builder = itemsets.rules().min_confidence(0.1);
        let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
        let report = Report::new(&rules).baskets(&baskets).significance(0.05, Correction::Holm, &hypotheses);
        let plots = Plot::ALL.iter().map(|&plot| report.plot_with(plot, &options).unwrap());
        plots.chain([report.html_with(&options).unwrap()]).collect::<Vec<String>>()
    };
    let first = page(&rows, Some(1));
    let mut others = rows.clone();
    others.reverse();
    others.rotate_left(77);
    for row in &mut others {
        row.reverse();
    }
    assert!(first == page(&others, None));
    #[cfg(feature = "rayon")]
    assert!(first == page(&rows, Some(3)));
}

#[test]
fn ten_thousand_rules_take_little_room() {
    // 14 items that are nearly independent: all itemsets are frequent.
    let row = |n: u32| (0..14u32).filter(move |item| n.wrapping_mul(2_654_435_761).rotate_left(item * 5) % 5 < 3);
    let name = |item: u32| format!("a product of the number {item}");
    let baskets = Transactions::from_rows((0..2000).map(|n| row(n).map(name))).unwrap();
    let itemsets = Miner::new().min_support(0.05).max_len(6).mine(&baskets).unwrap();
    let builder = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any);
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    assert!(rules.len() > 10_000, "{}", rules.len());
    let html =
        Report::new(&rules).baskets(&baskets).significance(0.05, Correction::Layered, &hypotheses).html().unwrap();
    let data = between(&html, "<script type=\"application/json\" id=\"data\">", "</script>");
    let parsed: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(parsed["nxy"].as_array().unwrap().len(), 10_000);
    // What the plots cannot hold is said beside them.
    let shown = parsed["field"].as_array().unwrap().iter().filter(|field| field.as_u64().unwrap() > 0).count();
    assert!(shown < 10_000);
    let text = format!("with them {shown} of 10,000 rules.");
    assert!(html.replace(',', "").contains(&text.replace(',', "")), "{shown}");
    assert!(html.contains("; not shown: ") && html.contains("Without scripts it has the best 2,000 rules."));
    assert!(html.len() - data.len() <= 250_000, "{} and {} bytes of data", html.len() - data.len(), data.len());
}

#[test]
fn few_rules_and_none() {
    let baskets = shop();
    let one = rules(&baskets).head(1);
    let none = rules(&baskets).head(0);
    let nothing = Transactions::<String>::default();
    let of_nothing = Miner::new().rules(&nothing).unwrap();
    for (rules, baskets, text) in [
        (&one, &baskets, "1 rule was found in 300 baskets of 4 different items"),
        (&none, &baskets, "Lower the minimum support first"),
        (&of_nothing, &nothing, "There are no baskets"),
    ] {
        let report = Report::new(rules).baskets(baskets);
        let html = report.html().unwrap();
        assert!(html.contains(text), "{html}");
        for &plot in Plot::ALL {
            well_formed(&report.plot(plot).unwrap());
        }
        // The script and the navigation find what they look for.
        for id in ["data", "rows", "filters", "chosen", "count"] {
            assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
        }
        let heads =
            html.match_indices("href=\"#").map(|(at, start)| html[at + start.len()..].split_once('"').unwrap().0);
        let missing: Vec<&str> = heads.filter(|id| !html.contains(&format!("id=\"{id}\""))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
    let error = Report::new(&one).plot(Plot::Items).unwrap_err().to_string();
    assert!(error.starts_with("invalid plot: items (expected a plot of rules"), "{error}");
}

#[test]
fn infinite_values_and_equal_ones() {
    let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"], ["tea", "milk"]]).unwrap();
    let rules = Miner::new().min_support(0.3).rules(&baskets).unwrap();
    assert!(rules.iter().all(|rule| rule.conviction() == f64::INFINITY));
    let report = Report::new(&rules).best_by(Measure::Conviction);
    let html = report.html().unwrap();
    assert!(html.contains("\"value\":[1e999,1e999,1e999,1e999]") && html.contains("<td>∞</td>"));
    for plot in [Plot::Scatter, Plot::Graph, Plot::Matrix, Plot::Parallel] {
        let svg = report.plot(plot).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        well_formed(&svg);
    }
}

#[test]
fn a_call_can_be_cancelled() {
    let token = CancelToken::new();
    token.cancel();
    let options = RunOptions::new().cancel_token(&token);
    let (baskets, started) = (shop(), Report::<String>::html_with);
    let rules = rules(&baskets);
    let error = started(&Report::new(&rules), &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    assert!(matches!(Report::new(&rules).plot_with(Plot::Graph, &options).unwrap_err().kind(), ErrorKind::Cancelled));
}

#[test]
fn the_fingerprint_is_that_of_the_baskets() {
    let baskets = shop();
    let fingerprint = |baskets: &Transactions<String>| {
        let html = Report::new(&rules(baskets)).baskets(baskets).html().unwrap();
        between(&html, "<dt>fingerprint of the data</dt><dd><bdi>", "</bdi>").to_string()
    };
    let rows: Vec<Vec<String>> = baskets.iter().map(|basket| basket.iter().cloned().collect()).collect();
    let mut builder = Transactions::builder();
    for row in rows.iter().rev() {
        builder.push_weighted(row.iter().cloned(), 1);
    }
    assert_eq!(fingerprint(&baskets), fingerprint(&builder.build().unwrap()));
    assert_ne!(fingerprint(&baskets), fingerprint(&Transactions::from_rows(rows[1..].to_vec()).unwrap()));
}

/// Checks that a text is well-formed XML with a name and a description; returns what its texts say.
fn well_formed(svg: &str) -> String {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
    let names: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    let named = |name: &&str| root.children().any(|child| child.attribute("id") == Some(name));
    assert!(names.len() == 2 && names.iter().all(named));
    let mut said = String::new();
    for text in root.descendants().filter_map(|node| node.text()) {
        let _ = writeln!(said, "{text}");
    }
    said
}

/// Labels that try to be something else.
const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "\" onclick=\"alert(3)\" x=\"",
    "'; alert(4); '",
    "]]><!--",
    "&lt;b&gt; &#60;",
    "\u{0}\u{8}\u{1b}[31m\r\n\u{2028}\u{202e}\u{feff}\u{ffff}",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f37a} 牛乳",
];

#[test]
fn hostile_labels_stay_text() {
    let rows: Vec<Vec<&str>> = (0..8).map(|first| (0..5).map(|next| HOSTILE[(first + next) % 8]).collect()).collect();
    let baskets = Transactions::from_rows(rows).unwrap();
    let rules = Miner::new().min_support(0.1).min_confidence(0.1).rules(&baskets).unwrap();
    let report = Report::new(&rules)
        .baskets(&baskets)
        .title(HOSTILE[0])
        .dated(HOSTILE[2])
        .settings(HOSTILE.map(|label| (label, label)));
    let html = report.html().unwrap();
    harmless(&html);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("&amp;lt;b&amp;gt; &amp;#60;"));
    assert!(data(&html)["items"].as_array().unwrap().iter().any(|label| label == HOSTILE[1]));
    for &plot in Plot::ALL {
        let said = well_formed(&report.plot(plot).unwrap());
        assert!(
            plot == Plot::Scatter || plot == Plot::Lengths || plot == Plot::Parallel || said.contains("]]>"),
            "{said}"
        );
    }
}

/// No label has become markup: as many scripts, and no other elements that load or run something.
fn harmless(html: &str) {
    assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (2, 2));
    let script = between(html, "<script>", "</script>");
    let markup = html.replace(script, "");
    assert!(!markup.contains("<img") && !markup.contains("<!--"));
    assert!(!markup.chars().any(|char| char.is_control() && char != '\n'));
    for tag in markup.split('<').skip(1) {
        // Outside of texts in quotes, no attribute of an event.
        let attributes: String = tag.split('>').next().unwrap().split('"').step_by(2).collect();
        assert!(!attributes.contains(" on"), "{tag}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_label_stays_text(labels in prop::collection::btree_set("\\PC{0,12}|[<>&\"'/a\\x00-\\x20]{1,8}", 4..7)) {
        let labels: Vec<&String> = labels.iter().collect();
        let rows = (0..12).map(|n| labels.iter().enumerate().filter(move |(at, _)| (n + at) % 3 > 0).map(|(_, label)| *label));
        let baskets = Transactions::from_rows(rows).unwrap();
        let rules = Miner::new().min_support(0.1).min_confidence(0.1).rules(&baskets).unwrap();
        let report = Report::new(&rules).baskets(&baskets).title(labels[0].clone());
        let html = report.html().unwrap();
        harmless(&html);
        prop_assert_eq!(data(&html)["nxy"].as_array().unwrap().len(), rules.len());
        for &plot in Plot::ALL {
            well_formed(&report.plot(plot).unwrap());
        }
    }
}
