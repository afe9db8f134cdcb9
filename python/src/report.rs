//! Rules as a page and as plots, for people.

use itemset::Measure;
use itemset::report::{Plot, Report};
use pyo3::prelude::*;

use crate::baskets::Baskets;
use crate::errors::raised;
use crate::rules::RuleTable;
use crate::run::{Run, run};

/// What a report shows besides the rules, as the method `report` of Python has it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ReportSettings<'py> {
    baskets: Option<Bound<'py, Baskets>>,
    title: Option<String>,
    date: Option<String>,
    note: Option<String>,
    /// The level, and the correction.
    significance: Option<(f64, String)>,
    since: Option<Bound<'py, RuleTable>>,
    settings: Vec<(String, String)>,
    max_rules: Option<usize>,
    best_by: String,
}

impl RuleTable {
    pub(crate) fn report_of(
        &self,
        py: Python<'_>,
        plot: Option<&str>,
        settings: &ReportSettings<'_>,
        options: &Run<'_>,
    ) -> PyResult<String> {
        let plot: Option<Plot> = plot.map(|plot| plot.parse().map_err(raised)).transpose()?;
        let best_by: Measure = settings.best_by.parse().map_err(raised)?;
        let mut report = Report::new(&self.rules).best_by(best_by).settings(settings.settings.iter().cloned());
        if let Some(baskets) = &settings.baskets {
            report = report.baskets(&baskets.get().baskets);
        }
        if let Some(title) = &settings.title {
            report = report.title(title);
        }
        if let Some(date) = &settings.date {
            report = report.dated(date);
        }
        if let Some(note) = &settings.note {
            report = report.note(note);
        }
        if let Some((alpha, correction)) = &settings.significance {
            report = report.significance(*alpha, correction.parse().map_err(raised)?, &self.hypotheses);
        }
        if let Some(earlier) = &settings.since {
            report = report.since_rules(&earlier.get().rules);
        }
        if let Some(rules) = settings.max_rules {
            report = report.max_rules(rules);
        }
        run(py, options, |options, _| match plot {
            None => report.html_with(&options),
            Some(plot) => report.plot_with(plot, &options),
        })
    }
}
