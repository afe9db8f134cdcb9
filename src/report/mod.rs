//! Rules for people who read no code: one HTML page, and single plots as SVG (feature `report`).
//!
//! A [`Report`] takes rules, and what else there is to say about them: the baskets, a test against chance, the change
//! since the last report. [`Report::html`] makes a page that is complete in one file, [`Report::plot`] one [`Plot`].
//!
//! # The page
//!
//! - It says first in words what may be done with the strongest rules, and how sure they are. Then come a table that
//!   sorts, searches and filters, a scatter plot, a graph, a grouped matrix and parallel coordinates; how often items
//!   are bought and how long baskets are; what is significant, what changed, the settings, and what the words mean.
//! - A rule that is selected in the table or in a plot is marked in all of them. All of that works by keyboard. Without
//!   scripts, and in print, the best rules and all plots are there.
//! - It loads nothing, and its content security policy forbids it to. A server that sends it with a policy of its own
//!   must allow the same style sheet and script.
//! - Labels stay text whatever they hold. Line breaks, control characters and marks of direction are shown as `·`.
//! - The same rules and baskets make the same bytes.
//!
//! Of 10,000 rules, which is the most unless [`Report::max_rules`] says otherwise, the page takes less than 250 kB
//! beyond the data of the rules.
//!
//! | file | its part |
//! |---|---|
//! | `settings` | what a user sets, and calls |
//! | `plot` | the plots by name |
//! | `content` | what is shown, without the type of the labels |
//! | `basket_facts`, `fingerprint` | what one pass over the baskets finds; what tells baskets from others |
//! | `words` | rules in words |
//! | `text` | labels and numbers as text, escaped |
//! | `svg/` | the plots |
//! | `page/` | the HTML page, its style sheet and script |

mod basket_facts;
mod content;
mod fingerprint;
mod page;
mod plot;
mod settings;
mod svg;
mod text;
mod words;

pub use plot::Plot;
pub use settings::Report;
