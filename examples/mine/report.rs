//! The report and the plots of a run.

use std::env;
use std::io::Write;
use std::path::Path;

use itemset::io::RuleColumn;
use itemset::report::Report;
use itemset::{Correction, Hypotheses, Miner, Rules, Transactions};

use crate::arguments::{Arguments, Test};
use crate::failure::Failure;
use crate::output::Destination;

/// The level of the test if the run has none.
const LEVEL: f64 = 0.05;

/// Options that do not change which rules there are, and how many values follow each.
const UNSHOWN: [(&str, usize); 9] = [
    ("--report", 1),
    ("--plot", 2),
    ("--output", 1),
    ("--output-format", 1),
    ("--threads", 1),
    ("--summary", 1),
    ("--quiet", 0),
    ("--count", 0),
    ("--temporary-folder", 1),
];

/// The files besides the output, with what goes to them as soon as it is made.
pub(crate) struct Pictures(Vec<(Destination, String)>);

impl Pictures {
    /// Before the work, so that a file that cannot be written is an error at once.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let paths = arguments.pictures.report.as_deref().into_iter();
        let paths = paths.chain(arguments.pictures.plots().map(|(_, path)| path));
        let places = paths.map(|path| Ok((Destination::new(Some(path))?, String::new())));
        places.collect::<Result<_, Failure>>().map(Pictures)
    }

    pub(crate) fn make(
        &mut self,
        arguments: &Arguments,
        miner: &Miner,
        baskets: &Transactions<String>,
        rules: &Rules<String>,
        hypotheses: &Hypotheses,
        partial: Option<String>,
    ) -> Result<(), Failure> {
        // Where the file is says nothing to whom the report is for.
        let path = arguments.reading.input_name();
        let name = Path::new(&path).file_name().map_or(path.clone(), |name| name.to_string_lossy().into_owned());
        let mut report = Report::new(rules).title(format!("Rules of {name}")).settings(settings(arguments));
        if let Some(partial) = partial {
            report = report.note(format!("A limit was reached, so rules may be missing: {partial}."));
        }
        // The best ones are those that were asked for.
        if let Some(RuleColumn::Measure(by)) = arguments.rule.by {
            report = report.best_by(by);
        }
        // What is read twice is not all there.
        if !arguments.passes.two_pass {
            report = report.baskets(baskets);
        }
        // Rules that were tested on other baskets have no p-value here.
        if arguments.rule.holdout.is_none() {
            let Test { alpha, correction } =
                arguments.test().unwrap_or(Test { alpha: LEVEL, correction: Correction::Holm });
            report = report.significance(alpha, correction, hypotheses);
        }
        let plots = arguments.pictures.plots().map(|(plot, _)| report.plot_with(plot, miner.options()));
        let page = arguments.pictures.report.iter().map(|_| report.html_with(miner.options()));
        // In the order of the destinations.
        for ((_, text), made) in self.0.iter_mut().zip(page.chain(plots)) {
            *text = made?;
        }
        Ok(())
    }

    /// Writes all files, each whole or not at all.
    pub(crate) fn write(self) -> Result<(), Failure> {
        for (destination, text) in self.0 {
            let mut output = destination.open()?;
            output.write_all(text.as_bytes()).map_err(|error| Failure::of_output(output.name(), &error))?;
            output.finish_before_the_end()?;
        }
        Ok(())
    }
}

/// What the rules were made with.
fn settings(arguments: &Arguments) -> Vec<(&'static str, String)> {
    let mut settings = vec![("minimum support", arguments.threshold().to_string())];
    settings.push(("minimum confidence", arguments.min_confidence().to_string()));
    if let Some(fraction) = arguments.rule.holdout {
        let Test { alpha, correction } =
            arguments.test().unwrap_or(Test { alpha: LEVEL, correction: Correction::Holm });
        let held_out = format!("{fraction} of the baskets: significant there at {alpha}, correction {correction}");
        settings.push(("held out", held_out));
    }
    settings.push(("command", command()));
    settings
}

/// The command line without what does not change the rules.
fn command() -> String {
    let mut words = vec!["mine".to_string()];
    let mut given = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = given.next() {
        let (option, value) = word.split_once('=').map_or((&word[..], None), |(option, value)| (option, Some(value)));
        match UNSHOWN.iter().find(|(unshown, _)| *unshown == option) {
            Some((_, values)) => given.by_ref().take(if value.is_some() { 0 } else { *values }).for_each(drop),
            None => words.push(word),
        }
    }
    words.join(" ")
}
