//! The HTML page.
//!
//! In comes the [`Content`] of a report, out goes a page that needs nothing else: one style sheet, one script, the
//! rules as JSON, and the plots. All of it can be read without the script.
//!
//! | file | its part |
//! |---|---|
//! | `sections` | words and plots, a section each |
//! | `table` | the table of rules |
//! | `data` | the rules as JSON |
//! | `policy` | the content security policy, and what it allows: `page.css` and `page.js` |

mod data;
mod policy;
mod sections;
mod table;

use std::fmt::Write;

use super::content::Content;
use super::svg::{bars, graph, matrix, parallel, scatter};
use super::text::{Escaped, counted};
use crate::call::control::Control;
use crate::describe::whole;
use crate::error::Error;
use policy::{SCRIPT, STYLES, policy};
use sections::{Section, changes, glossary, items_in_words, plot, settings, significance, summary};

/// Dots of the scatter plot before the script draws all of them.
const DOTS: usize = 2000;

/// The page as HTML.
pub(super) fn page(content: &Content, control: &Control) -> Result<String, Error> {
    let (sections, field) = sections(content, control)?;
    let data = data::data(content, &field, control)?;
    let mut html = head(content);
    html.push_str("<nav aria-label=\"Sections\"><ul>");
    // A string takes all that is written to it.
    for Section { id, name, .. } in &sections {
        let _ = write!(html, "<li><a href=\"#h-{id}\">{name}</a></li>");
    }
    html.push_str("</ul></nav></header><main>");
    sections.iter().for_each(|section| html.push_str(&section.html));
    let _ = writeln!(
        html,
        "<aside id=\"chosen\" aria-label=\"Selected rule\" hidden><div><p id=\"chosen-text\" aria-live=\"polite\"></p>\
         <span>{}</span><button type=\"button\" id=\"clear\">Clear selection</button></div></aside>\
         </main><footer><p>Made with itemset {}. Everything is in this file: it loads nothing.</p></footer>\
         <div id=\"tip\" aria-hidden=\"true\" hidden></div>\
         <script type=\"application/json\" id=\"data\">{}</script><script>{SCRIPT}</script></body></html>",
        links(content),
        env!("CARGO_PKG_VERSION"),
        data
    );
    Ok(html)
}

fn head(content: &Content) -> String {
    let title = Escaped(&content.title);
    let date = content.date.as_ref().map_or(String::new(), |date| format!(" · <bdi>{}</bdi>", Escaped(date)));
    let [plots, rest] = STYLES;
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light \
         dark\"><title>{title}</title><style>{plots}{rest}</style></head><body> <a class=\"skip\" \
         href=\"#h-summary\">Skip to the summary</a><header><h1><bdi>{title}</bdi></h1> <p class=\"soft\">{} from \
         {}{date}</p>",
        policy(),
        counted(content.all as u64, "rule"),
        counted(content.baskets, "basket")
    )
}

/// Where a selected rule is to be seen.
fn links(content: &Content) -> &'static str {
    match content.rules.is_empty() {
        true => "",
        false => {
            "See it in the <a href=\"#h-table\">table</a>, <a href=\"#h-scatter\">scatter plot</a>, \
             <a href=\"#h-graph\">graph</a>, <a href=\"#h-matrix\">matrix</a>, <a href=\"#h-parallel\">lines</a>"
        }
    }
}

/// All sections in their order, and the field of the matrix of each rule.
fn sections(content: &Content, control: &Control) -> Result<(Vec<Section>, Vec<u32>), Error> {
    let mut all = vec![summary(content)];
    let mut field = Vec::new();
    // Without rules the script has a table to find, which is not shown.
    all.push(Section { id: "table", name: "Table", html: table::table(content) });
    if content.rules.is_empty() {
        let table = all.pop().map_or(String::new(), |section| section.html);
        all[0].html.push_str(&format!("<div hidden>{table}</div>"));
    } else {
        let (drawing, fields) = matrix::draw(content, control)?;
        field = fields;
        let (scatter_how, matrix_how) = (dots_in_words(content), fields_in_words(&field));
        let scatter = scatter::draw(content, DOTS, control)?;
        all.extend([
            plot("scatter", "Scatter plot", "How often, how sure, how strong", " half", &scatter_how, &scatter),
            plot(
                "parallel",
                "Lines",
                "The numbers of the best rules side by side",
                " half",
                PARALLEL,
                &parallel::draw(content),
            ),
            plot("graph", "Graph", "Which items lead to which", "", GRAPH, &graph::draw(content, control)?),
            plot("matrix", "Matrix", "Left sides and right sides", "", &matrix_how, &drawing),
        ]);
    }
    if let Some(facts) = content.facts.as_ref().filter(|facts| facts.summary.entries > 0) {
        let (items, lengths) = (bars::items(facts), bars::lengths(facts));
        let how = items_in_words(facts);
        all.push(plot("items", "Items", "What is bought most", " half", &how, &items));
        all.push(plot("lengths", "Basket sizes", "How many items a basket holds", " half", LENGTHS, &lengths));
    }
    if let Some(test) = content.significance.as_ref().filter(|_| content.all > 0) {
        all.push(significance(test, content.all));
    }
    if let Some(of) = &content.changes {
        all.push(changes(content, of));
    }
    all.extend(settings(content));
    all.push(glossary(content));
    Ok((all, field))
}

/// How to read the scatter plot, and what it lacks before the script draws the rest.
fn dots_in_words(content: &Content) -> String {
    match content.rules.len() > DOTS {
        true => format!("{SCATTER}<noscript> Without scripts it has the best {} rules.</noscript>", whole(DOTS as u64)),
        false => SCATTER.to_string(),
    }
}

/// How to read the matrix, and how many rules have a field there.
fn fields_in_words(field: &[u32]) -> String {
    let shown = field.iter().filter(|&&field| field > 0).count();
    match shown < field.len() {
        true => {
            let [shown, all] = [shown, field.len()].map(|rules| whole(rules as u64));
            format!("{MATRIX} It has only the right sides of the best rules, and with them {shown} of {all} rules.")
        }
        false => MATRIX.to_string(),
    }
}

const SCATTER: &str = "Each dot is a rule. Right means that it happens often, up that it is sure. The larger it is \
                       and the stronger its colour, the more the two sides have to do with each other.";

const PARALLEL: &str = "Each line is one of the best rules, up to 60. It rises from the third axis to the fourth as buyers of \
                        the left side buy more of the right side than others do.";

const GRAPH: &str = "The best rules, up to 60. A line leads from each item of a left side to the dot of the rule, and an \
                     arrow to the right side.<span class=\"screen\"> Choose a dot to mark the rule, an item to \
                     search for its rules.</span>";

const MATRIX: &str = "Rows are what is bought, columns are with what: left sides that lead to the same things share a \
                      column, which has the name of the best of them. A larger dot means more baskets, a stronger \
                      colour a higher lift.";

const LENGTHS: &str = "The share of baskets with so many different items.";
