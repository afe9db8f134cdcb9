//! What a report shows, and the calls that make it.

use std::fmt::Display;
use std::hash::Hash;

use super::content::Content;
use super::page::page;
use super::plot::Plot;
use crate::error::Error;
use crate::rules::{Correction, Drift, Hypotheses, Measure, Rules};
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// The most rules of a page, unless another number is set.
const MAX_RULES: usize = 10_000;

/// A report on rules for people who read no code: one HTML page that needs nothing else, or single plots as SVG.
///
/// The page says in words what to do with the strongest rules, and shows them in a table that sorts, searches and
/// filters, and in plots. A rule that is selected in one is marked in all. It asks no server for anything, has no time
/// stamp unless [`dated`](Report::dated) gives it one, and is the same bytes for every run, number of threads and order
/// of the baskets. Labels may hold anything: they stay text.
///
/// With only the rules it has the summary, the table and the plots of rules. Each setter adds what it is about.
///
/// Quick advice: give it [`baskets`](Report::baskets) and [`significance`](Report::significance), and leave the rest.
///
/// ```
/// use itemset::report::{Plot, Report};
/// use itemset::{Correction, Miner, Transactions};
///
/// let baskets = Transactions::from_rows((0..200u32).map(|basket| match basket % 4 {
///     0 => vec!["beer", "diapers"],
///     1 => vec!["beer", "chips"],
///     _ => vec!["chips"],
/// }))?;
/// let itemsets = Miner::new().min_support(0.05).mine(&baskets)?;
/// let builder = itemsets.rules().min_confidence(0.5);
/// let (hypotheses, rules) = (builder.hypotheses(), builder.generate()?);
///
/// let report = Report::new(&rules)
///     .title("Corner shop, spring")
///     .baskets(&baskets)
///     .significance(0.05, Correction::Layered, &hypotheses)
///     .settings([("min support", "0.05"), ("min confidence", "0.5")]);
/// let html = report.html()?;
/// assert!(html.starts_with("<!doctype html>"));
/// assert!(html.contains("Customers who buy <bdi>diapers</bdi> buy <bdi>beer</bdi> 2.00 times as often"));
///
/// let svg = report.plot(Plot::Scatter)?;
/// assert!(svg.contains("http://www.w3.org/2000/svg"));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is made until `html` or `plot`"]
pub struct Report<'a, T> {
    pub(super) rules: &'a Rules<T>,
    pub(super) baskets: Option<&'a Transactions<T>>,
    pub(super) title: String,
    pub(super) date: Option<String>,
    pub(super) note: Option<String>,
    pub(super) significance: Option<(f64, Correction, Hypotheses)>,
    pub(super) since: Option<Since<'a, T>>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) max_rules: usize,
    pub(super) best_by: Measure,
}

/// What the rules are compared with.
#[derive(Debug)]
pub(super) enum Since<'a, T> {
    Drift(&'a [Drift]),
    Rules(&'a Rules<T>),
}

impl<T> Clone for Since<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Since<'_, T> {}

impl<T> Clone for Report<'_, T> {
    fn clone(&self) -> Self {
        let (title, date, note) = (self.title.clone(), self.date.clone(), self.note.clone());
        Report { title, date, note, significance: self.significance.clone(), settings: self.settings.clone(), ..*self }
    }
}

impl<'a, T> Report<'a, T> {
    /// A report on rules, and nothing else yet.
    pub fn new(rules: &'a Rules<T>) -> Self {
        Report {
            rules,
            baskets: None,
            title: "Rules of baskets".to_string(),
            date: None,
            note: None,
            significance: None,
            since: None,
            settings: Vec::new(),
            max_rules: MAX_RULES,
            best_by: Measure::Lift,
        }
    }

    /// The baskets that the rules were found in: adds how often items are bought, how long baskets are, and the
    /// fingerprint of the data. One pass over them.
    pub fn baskets(mut self, baskets: &'a Transactions<T>) -> Self {
        self.baskets = Some(baskets);
        self
    }

    /// The heading of the page. Default: `Rules of baskets`.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// A date or a time, as text. Default: none, so that the same rules make the same bytes.
    pub fn dated(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// What has to be known about these rules, as a sentence of the summary: such as that a limit left some out.
    /// Default: none.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds which rules are significant at the level `alpha`, after a correction for the number of rules that were
    /// searched, as [`Rules::significant`] tests it. The summary then has only such rules.
    pub fn significance(mut self, alpha: f64, correction: Correction, hypotheses: &Hypotheses) -> Self {
        self.significance = Some((alpha, correction, hypotheses.clone()));
        self
    }

    /// Adds what changed since the last report: a [`Drift`] for each rule, as [`Rules::drift`] gives them from the
    /// baskets of then and of now.
    pub fn since(mut self, drift: &'a [Drift]) -> Self {
        self.since = Some(Since::Drift(drift));
        self
    }

    /// The same from the rules of the last report, where the baskets of then are gone: the rules that both have are
    /// compared, and it is said how many are new and how many are no longer found.
    ///
    /// ```
    /// use itemset::report::Report;
    /// use itemset::{Miner, Transactions};
    ///
    /// let row = |with_diapers| if with_diapers { vec!["beer", "diapers"] } else { vec!["beer"] };
    /// let spring = Transactions::from_rows((0..100).map(|n| row(n < 80)))?;
    /// let autumn = Transactions::from_rows((0..100).map(|n| row(n < 50)))?;
    /// let (before, now) = (Miner::new().rules(&spring)?, Miner::new().rules(&autumn)?);
    /// let html = Report::new(&now).since_rules(&before).html()?;
    /// assert!(html.contains("the confidence of 1 of 2 rules changed"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn since_rules(mut self, earlier: &'a Rules<T>) -> Self {
        self.since = Some(Since::Rules(earlier));
        self
    }

    /// Names and values of what the rules were made with, in the order in which they are shown.
    pub fn settings<N: Into<String>, V: Into<String>>(mut self, settings: impl IntoIterator<Item = (N, V)>) -> Self {
        self.settings = settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// The most rules that the page holds, the best ones; it says how many are left out. Default: 10,000, with which
    /// the page is about half a megabyte.
    pub fn max_rules(mut self, rules: usize) -> Self {
        self.max_rules = rules;
        self
    }

    /// The measure that decides which rules are the best. Of equal rules that of the higher count comes first, and of
    /// equal counts the first in the present order. Default: [`Measure::Lift`].
    pub fn best_by(mut self, measure: Measure) -> Self {
        self.best_by = measure;
        self
    }
}

impl<T: Display + Eq + Hash> Report<'_, T> {
    /// The page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `alpha` that is not above 0 and below 1,
    /// and for a number of drifts that is not that of the rules.
    ///
    /// # Complexity
    ///
    /// One pass over all rules and a sort of them, a test for each where significance is asked for, one pass over the
    /// baskets, and some tenths of a second for the plots of 10,000 rules.
    pub fn html(&self) -> Result<String, Error> {
        self.html_with(&RunOptions::default())
    }

    /// As [`html`](Report::html), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`html`](Report::html), and those of [`RunOptions`].
    pub fn html_with(&self, options: &RunOptions) -> Result<String, Error> {
        options.run(|control| page(&Content::of(self, options, control)?, control))
    }

    /// One plot as an SVG file, of all rules that the page would hold, or of as many of the best as can be read.
    ///
    /// # Errors
    ///
    /// As [`html`](Report::html); also [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a plot of
    /// baskets without [`baskets`](Report::baskets).
    ///
    /// ```
    /// use itemset::report::{Plot, Report};
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
    /// let graph = Report::new(&rules).plot(Plot::Graph)?;
    /// assert!(graph.starts_with("<?xml") && graph.contains(">diapers</text>"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn plot(&self, plot: Plot) -> Result<String, Error> {
        self.plot_with(plot, &RunOptions::default())
    }

    /// As [`plot`](Report::plot), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`plot`](Report::plot), and those of [`RunOptions`].
    pub fn plot_with(&self, plot: Plot, options: &RunOptions) -> Result<String, Error> {
        options.run(|control| Ok(plot.draw(&Content::of(self, options, control)?, control)?.alone()))
    }
}
