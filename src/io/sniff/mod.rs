//! A look at the first lines of a file: whether it is what was expected.

// In comes the beginning of a text and what was expected, out go findings and a better way to read it. Nothing here
// changes what readers do.
//
// | file | its part |
// |---|---|
// | `sample` | the first lines, and their fields |
// | `lines` | what whole lines show: comments, quotes, JSON, the delimiter |
// | `rows` | what rows show: names of columns, tables |
// | `names` | what names of columns mean |
// | `labels` | what labels show: missing values, white space, labels that look alike |
// | `finding`, `proposal` | what is told |

mod finding;
mod labels;
mod lines;
mod names;
mod proposal;
mod rows;
mod sample;

use std::fmt;

use super::column::Header;
use super::{Column, Delimiter, ReadOptions, Source};
use crate::error::Error;
use sample::{Cutter, Line, Row};

pub use finding::{Difference, Finding};
pub use proposal::{InputFormat, Proposal};

/// Looks at the first lines of a file, and says in what it looks different than it was expected.
///
/// A file that is read with the wrong settings seldom is an error: names of columns become items, and each line of a
/// table a basket. What is found here is only a hint. It changes nothing in what readers do, and a file can be right
/// whatever it looks like.
///
/// At most the first 64 KiB and 200 lines are looked at, which takes well below a millisecond.
///
/// ```
/// use itemset::io::{Delimiter, InputFormat, ReadOptions, Sniffer};
///
/// let text = "item1;item2\nbeer;chips\nbeer;NA\nwine;chips\n";
/// let sniffer = Sniffer::new(InputFormat::Basket).options(ReadOptions::new().delimiter(Delimiter::Char(',')));
/// let sniffed = sniffer.sniff(text.as_bytes())?;
/// assert_eq!(
///     sniffed.to_string(),
///     "`;` looks like the delimiter, and not `,`: it is in 4 of 4 lines\n\
///      line 1 looks like the names of columns: \"item1\", \"item2\"\n\
///      the item \"NA\" looks like a missing value: it occurs once, first in line 3"
/// );
/// assert_eq!(
///     sniffed.proposal().unwrap().to_string(),
///     "BasketReader::new().delimiter(Delimiter::Char(';')).header(true).null(\"NA\")"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sniffer {
    format: InputFormat,
    options: ReadOptions,
    item: Option<Column>,
    not_items: Vec<Column>,
}

impl Sniffer {
    /// For a file that is expected to have this format.
    pub fn new(format: InputFormat) -> Self {
        Sniffer { format, options: ReadOptions::new(), item: None, not_items: Vec::new() }
    }

    /// The settings with which the file is to be read. Default: those of the readers.
    pub fn options(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// The column with the item, of a table with one item per row. Default: labels are not looked at there.
    pub fn item_column(mut self, column: impl Into<Column>) -> Self {
        self.item = Some(column.into());
        self
    }

    /// Columns that are no items, such as the number of the basket. Default: none.
    pub fn not_items<C: Into<Column>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.not_items = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Looks at a file, or at bytes. Of a stream it takes the beginning, which cannot be read again.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened or read;
    ///   [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) if it is no text, and says what it is.
    /// - [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for an encoding whose feature is off.
    ///
    /// Settings that the readers refuse are none here.
    pub fn sniff<'s>(&self, source: impl Into<Source<'s>>) -> Result<Sniffed, Error> {
        let mut input = source.into().into_input(self.options.encoding)?;
        Ok(self.sniff_text(&sample::first_lines(&mut input)?))
    }

    fn sniff_text(&self, text: &str) -> Sniffed {
        let expected = self.expected();
        let mut proposal = expected.clone();
        let findings = self.findings(text, &mut proposal);
        Sniffed { findings, proposal: Some(proposal).filter(|proposal| *proposal != expected) }
    }

    /// The settings as they were chosen.
    fn expected(&self) -> Proposal {
        let ReadOptions { delimiter, header, nulls, each, .. } = &self.options;
        let is_basket = self.format == InputFormat::Basket;
        let has_header = matches!(self.format, InputFormat::Long | InputFormat::OneHot | InputFormat::Attributes);
        Proposal {
            format: self.format,
            delimiter: delimiter.unwrap_or(if is_basket { Delimiter::Whitespace } else { Delimiter::Char(',') }),
            header: header.unwrap_or(has_header),
            basket_columns: Vec::new(),
            item_column: self.item.clone(),
            quantity_column: None,
            exclude_baskets: None,
            id_column: None,
            not_items: self.not_items.clone(),
            nulls: nulls.clone(),
            trim: each.trim,
            case_fold: each.case_fold,
            comment: each.comment,
            other_comments: Vec::new(),
            lines_to_skip: 0,
            unquote_lines: false,
        }
    }

    fn findings(&self, text: &str, proposal: &mut Proposal) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.format == InputFormat::JsonLines {
            return findings;
        }
        let content = |proposal: &Proposal| -> Vec<Line<'_>> {
            let is_content = |line: &Line<'_>| !line.text.trim().is_empty() && !lines::is_comment(line, proposal);
            sample::lines(text).filter(is_content).collect()
        };
        let mut lines = content(proposal);
        if let Some(json) = lines::json(&lines, proposal) {
            return vec![json];
        }
        if let Some(delimiter) = lines.first().filter(|line| line.number == 1).and_then(lines::delimiter_line) {
            findings.push(Finding::DelimiterLine { delimiter });
            (proposal.delimiter, proposal.lines_to_skip) = (delimiter, 1);
            lines.remove(0);
        }
        findings.extend(lines::comments(&lines, proposal));
        lines.retain(|line| !lines::is_comment(line, proposal));
        let quoted = lines::quoted_lines(&lines);
        let without_quotes = quoted.as_ref().map(|_| lines::unquoted(text));
        let text = without_quotes.as_deref().unwrap_or(text);
        if let Some(quoted) = quoted {
            findings.push(quoted);
            proposal.unquote_lines = true;
            lines = sample::lines(text).filter(|line| lines.iter().any(|other| other.number == line.number)).collect();
        }
        if proposal.lines_to_skip == 0 {
            findings.extend(lines::delimiter(&lines, proposal));
        }

        let (skip, comments) = (proposal.lines_to_skip, proposal.clone());
        let cutter = Cutter { delimiter: proposal.delimiter, quote: self.options.quote, options: &self.options.each };
        let rows = cutter.rows(text, |line| line.number <= skip || lines::is_comment(line, &comments));
        if rows.is_empty() {
            return findings;
        }
        if self.format == InputFormat::Basket {
            findings.extend(rows::structure(&rows, proposal));
            // Between white space there are no empty fields, which tables have.
            let is_table = !matches!(proposal.format, InputFormat::Basket | InputFormat::Sparse);
            if is_table
                && proposal.delimiter == Delimiter::Whitespace
                && lines.iter().all(|line| line.text.contains('\t'))
            {
                proposal.delimiter = Delimiter::Char('\t');
            }
        }
        let items = self.items(&rows, proposal);
        findings.extend(labels::labels(items, proposal));
        findings
    }

    /// The labels of items, each with its line, without missing values.
    fn items<'r>(&self, rows: &'r [Row<'_>], proposal: &Proposal) -> impl Iterator<Item = (u64, &'r str)> + use<'r> {
        let first = &rows[0];
        let names = proposal.header.then(|| first.fields.iter().map(|name| name.to_string()).collect());
        let header = Header::new(names, first.fields.len());
        let place = |column: &Column| header.position(column, first.line).ok();
        let item = proposal.item_column.as_ref().and_then(place);
        let not_items: Vec<usize> =
            proposal.not_items.iter().chain(&proposal.id_column).chain(&self.not_items).filter_map(place).collect();
        let (format, nulls) = (proposal.format, proposal.nulls.clone());
        let rows = match format {
            // The names are the items.
            InputFormat::OneHot => &rows[..1],
            // What follows the colon is no part of the label.
            InputFormat::Sparse | InputFormat::JsonLines => &[],
            _ => &rows[usize::from(proposal.header)..],
        };
        let is_item = move |place: usize, label: &str| {
            let is_item = match format {
                InputFormat::Long => item == Some(place),
                _ => !not_items.contains(&place),
            };
            is_item && !label.is_empty() && !nulls.iter().any(|word| word == label)
        };
        let fields =
            rows.iter().flat_map(|row| row.fields.iter().enumerate().map(|(place, label)| (row.line, place, &**label)));
        fields.filter(move |&(_, place, label)| is_item(place, label)).map(|(line, _, label)| (line, label))
    }
}

/// In what a file looks different than it was expected. The text form has a line for each finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniffed {
    findings: Vec<Finding>,
    proposal: Option<Proposal>,
}

impl Sniffed {
    /// What was found; nothing if the file looks as it was expected.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How to read the file as it looks, unless it is as it was to be read, or no setting helps.
    #[must_use]
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }
}

impl fmt::Display for Sniffed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.findings.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{finding}")?;
        }
        Ok(())
    }
}
