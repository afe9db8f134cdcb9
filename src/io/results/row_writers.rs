//! The writers of CSV and JSON lines, which differ in the form of a row alone.

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::blocks::Blocks;
use super::column::{RuleColumn, each_once, refuse_compared};
use super::{csv, json_lines};
use crate::error::Error;
use crate::itemsets::{Itemset, Sink};
use crate::rules::{Redundancy, Rule};

/// Writes itemsets and rules as CSV (RFC 4180), one per line after a header, with commas and `\n`.
///
/// Itemsets have the columns `items`, `count` and `support`. Rules have `antecedent`, `consequent`, the counts `n`,
/// `n_x`, `n_y` and `n_xy` of [`Contingency`](crate::Contingency), and the chosen [columns](CsvWriter::columns).
///
/// The items of a side are one field. They are in the order of their labels, joined by `;`. A `;` or `\` in a label is
/// preceded by `\`, and a lone `\` is a side of one empty label. Fields with a comma, a double quote or a line break
/// are quoted. Numbers have the fewest digits that read back as the same float; infinities are `inf` and `-inf`.
///
/// So nothing is lost: `read_itemsets_csv` and `read_rules_csv` (feature `csv`) return the same labels, counts and
/// floats. Lines are written in large blocks, so the output needs no buffer.
///
/// ```
/// use itemset::io::CsvWriter;
/// use itemset::{Measure, MinSupport, Miner, Transactions};
///
/// let both = vec!["beer", "salted; big"];
/// let baskets = Transactions::from_rows([both.clone(), both, vec!["beer"], vec![]])?;
/// let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.9);
///
/// let mut text = Vec::new();
/// CsvWriter::new().write_itemsets(miner.mine(&baskets)?.iter_len(2..), &mut text)?;
/// let columns = [Measure::Confidence, Measure::Conviction];
/// CsvWriter::new().columns(columns).write_rules(&miner.rules(&baskets)?, &mut text)?;
/// assert_eq!(
///     String::from_utf8(text).unwrap(),
///     "items,count,support\n\
///      beer;salted\\; big,2,0.5\n\
///      antecedent,consequent,n,n_x,n_y,n_xy,confidence,conviction\n\
///      salted\\; big,beer,4,2,3,2,1,inf\n"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CsvWriter {
    columns: Vec<RuleColumn>,
}

/// Writes itemsets and rules as JSON lines: one object per line, with the names that [`CsvWriter`] has in its header.
///
/// The items of a side are an array of texts, in the order of their labels. Numbers have the fewest digits that read
/// back as the same float; infinities are the texts `"inf"` and `"-inf"`, as JSON has no numbers for them.
///
/// So nothing is lost: `read_itemsets_json_lines` and `read_rules_json_lines` (feature `json`) return the same labels,
/// counts and floats. Lines are written in large blocks, so the output needs no buffer.
///
/// ```
/// use itemset::io::JsonLinesWriter;
/// use itemset::{Measure, MinSupport, Miner, Transactions};
///
/// let both = vec!["beer", "6\" nails"];
/// let baskets = Transactions::from_rows([both.clone(), both, vec!["beer"], vec![]])?;
/// let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.9);
///
/// let mut text = Vec::new();
/// JsonLinesWriter::new().write_itemsets(miner.mine(&baskets)?.iter_len(2..), &mut text)?;
/// let columns = [Measure::Support, Measure::Conviction];
/// JsonLinesWriter::new().columns(columns).write_rules(&miner.rules(&baskets)?, &mut text)?;
/// let expected = r#"{"items":["6\" nails","beer"],"count":2,"support":0.5}
/// {"antecedent":["6\" nails"],"consequent":["beer"],"n":4,"n_x":2,"n_y":3,"n_xy":2,"support":0.5,"conviction":"inf"}
/// "#;
/// assert_eq!(String::from_utf8(text).unwrap(), expected);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct JsonLinesWriter {
    columns: Vec<RuleColumn>,
}

macro_rules! row_writer {
    ($writer:ident, $form:expr) => {
        impl $writer {
            /// A writer of rules with support, confidence and lift.
            pub fn new() -> Self {
                $writer { columns: RuleColumn::DEFAULT.to_vec() }
            }

            /// The values of a rule that are written after its counts, in this order: measures, or [`RuleColumn`]s. One
            /// that is named twice is written once. Default: support, confidence and lift. Itemsets have no columns to
            /// choose.
            pub fn columns(mut self, columns: impl IntoIterator<Item = impl Into<RuleColumn>>) -> Self {
                self.columns = each_once(columns);
                self
            }

            /// Writes itemsets in the order of the iterator.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; earlier lines stay written.
            pub fn write_itemsets<'a, T: fmt::Display + 'a>(
                &self,
                itemsets: impl IntoIterator<Item = Itemset<'a, T>>,
                out: impl Write,
            ) -> Result<(), Error> {
                let mut rows = Rows::of_itemsets($form, out);
                for itemset in itemsets {
                    rows.itemset(itemset.iter(), itemset.count(), itemset.support())?;
                }
                rows.blocks.finish()
            }

            /// A [`Sink`] that writes itemsets as they are found, in the same form as `write_itemsets`. Their support
            /// is the count divided by the number of baskets.
            pub fn sink<W: Write>(&self, basket_count: u64, out: W) -> RowSink<W> {
                RowSink { rows: Rows::of_itemsets($form, out), basket_count, failed: None }
            }

            /// Writes rules in the order of the iterator.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; earlier lines stay written.
            /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that
            /// [needs redundancy](RuleColumn::needs_redundancy).
            pub fn write_rules<'a, T: fmt::Display + 'a>(
                &self,
                rules: impl IntoIterator<Item = Rule<'a, T>>,
                out: impl Write,
            ) -> Result<(), Error> {
                refuse_compared(&self.columns)?;
                write_rules($form, &self.columns, rules.into_iter().map(|rule| (rule, None)), out)
            }

            /// Writes rules, each with what it says beyond simpler ones, in the order of the iterator: for example
            /// [`Rules::iter`](crate::Rules::iter) zipped with [`Rules::redundancy`](crate::Rules::redundancy).
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; earlier lines stay written.
            ///
            /// ```
            #[doc = concat!("use itemset::io::{RuleColumn, ", stringify!($writer), "};")]
            /// use itemset::{Measure, Miner, Transactions};
            ///
            /// let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"], ["wipes", "soap"]])?;
            /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
            /// let rules = itemsets.rules().generate()?;
            /// let redundancy = rules.redundancy(&itemsets)?;
            /// let columns = [Measure::Lift.into(), RuleColumn::Improvement];
            #[doc = concat!("let writer = ", stringify!($writer), "::new().columns(columns);")]
            /// let mut text = Vec::new();
            /// writer.write_compared_rules(rules.iter().zip(redundancy), &mut text)?;
            /// assert!(String::from_utf8(text).unwrap().contains("improvement"));
            /// # Ok::<(), itemset::Error>(())
            /// ```
            pub fn write_compared_rules<'a, T: fmt::Display + 'a>(
                &self,
                rules: impl IntoIterator<Item = (Rule<'a, T>, Redundancy)>,
                out: impl Write,
            ) -> Result<(), Error> {
                let rules = rules.into_iter().map(|(rule, redundancy)| (rule, Some(redundancy)));
                write_rules($form, &self.columns, rules, out)
            }
        }

        /// Support, confidence and lift.
        impl Default for $writer {
            fn default() -> Self {
                $writer::new()
            }
        }
    };
}

row_writer!(CsvWriter, Form::Csv);
row_writer!(JsonLinesWriter, Form::JsonLines);

#[derive(Clone, Copy, Debug)]
enum Form {
    Csv,
    JsonLines,
}

/// Rows that are being written.
#[derive(Debug)]
struct Rows<W> {
    form: Form,
    blocks: Blocks<W>,
}

impl<W: Write> Rows<W> {
    fn of_itemsets(form: Form, out: W) -> Self {
        let mut blocks = Blocks::new(out);
        if let Form::Csv = form {
            csv::header(&mut blocks.text, csv::ITEMSET_HEADER.into_iter());
        }
        Rows { form, blocks }
    }

    fn of_rules(form: Form, columns: &[RuleColumn], out: W) -> Self {
        let mut blocks = Blocks::new(out);
        if let Form::Csv = form {
            let columns = columns.iter().map(|column| column.name());
            csv::header(&mut blocks.text, csv::RULE_HEADER.into_iter().chain(columns));
        }
        Rows { form, blocks }
    }

    fn itemset<L: fmt::Display>(
        &mut self,
        items: impl Iterator<Item = L>,
        count: u64,
        support: f64,
    ) -> Result<(), Error> {
        let text = &mut self.blocks.text;
        let written = match self.form {
            Form::Csv => csv::itemset(text, items, count, support),
            Form::JsonLines => json_lines::itemset(text, items, count, support),
        };
        written.map_err(io::Error::other)?;
        self.blocks.end_line()
    }
}

fn write_rules<'a, T: fmt::Display + 'a>(
    form: Form,
    columns: &[RuleColumn],
    rules: impl Iterator<Item = (Rule<'a, T>, Option<Redundancy>)>,
    out: impl Write,
) -> Result<(), Error> {
    let mut rows = Rows::of_rules(form, columns, out);
    for (rule, redundancy) in rules {
        let values = columns.iter().filter_map(|&column| Some((column, column.value(rule, redundancy.as_ref())?)));
        let text = &mut rows.blocks.text;
        let written = match form {
            Form::Csv => csv::rule(text, rule, values),
            Form::JsonLines => json_lines::rule(text, rule, values),
        };
        written.map_err(io::Error::other)?;
        rows.blocks.end_line()?;
    }
    rows.blocks.finish()
}

/// Writes itemsets as CSV or JSON lines while they are found, from [`CsvWriter::sink`] or [`JsonLinesWriter::sink`].
///
/// If writing fails, the sink ends the search, and [`finish`](RowSink::finish) returns the error.
///
/// ```
/// use itemset::io::JsonLinesWriter;
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"]])?;
/// let mut text = Vec::new();
/// let mut sink = JsonLinesWriter::new().sink(baskets.len() as u64, &mut text);
/// Miner::new().min_support(0.9).stream(&baskets, &mut sink)?;
/// sink.finish()?;
/// assert_eq!(text, b"{\"items\":[\"beer\"],\"count\":2,\"support\":1.0}\n");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct RowSink<W> {
    rows: Rows<W>,
    basket_count: u64,
    failed: Option<Error>,
}

impl<W: Write> RowSink<W> {
    /// Writes the remaining lines. It must be called at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails or has failed before; earlier lines stay written.
    pub fn finish(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)?;
        self.rows.blocks.finish()
    }
}

impl<T: fmt::Display, W: Write> Sink<T> for RowSink<W> {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        match self.rows.itemset(items.iter(), count, count as f64 / self.basket_count as f64) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
