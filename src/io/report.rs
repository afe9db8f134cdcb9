//! What was read, what was skipped, and why.

use std::fmt;

/// The most faults of which a report keeps the text.
const FAULTS_KEPT: usize = 10;

/// What a reader read, what it skipped, and why.
///
/// Numbers are of rows, unless they say something else. The text form has a line for each that is not zero.
///
/// ```
/// use itemset::io::LongReader;
///
/// let text = "order,item,quantity\n1,beer,6\n1,diapers,2\n1,beer,-6\n2,,1\n3,chips,1\n";
/// let (baskets, report) = LongReader::new("order", "item").quantity("quantity").read_with_report(text.as_bytes())?;
/// assert_eq!((baskets.len(), report.baskets, report.returns, report.null_items), (2, 2, 1, 1));
/// assert_eq!(
///     report.to_string(),
///     "2 baskets with 3 items from 5 rows on 6 lines\n\
///      1 row skipped: its quantity is 0 or less, a return\n\
///      1 row skipped: it has no item"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReadReport {
    /// Baskets, counted with their weights.
    pub baskets: u64,
    /// Items of all baskets together, each once a basket, counted with the weights of the baskets.
    pub items: u64,
    /// Items that were left out because their basket had them already.
    pub duplicates: u64,
    /// Rows, without a header.
    pub rows: u64,
    /// Lines of the input; 0 for tables of columns, which have none.
    pub lines: u64,
    /// Bytes of the text, or of the Parquet file.
    pub bytes: u64,
    /// Lines without text.
    pub blank_lines: u64,
    /// Lines that are comments.
    pub comment_lines: u64,
    /// Rows that repeat the header.
    pub headers_repeated: u64,
    /// Line items without an item: the field is empty or a null word.
    pub null_items: u64,
    /// Line items without the key of their basket.
    pub null_keys: u64,
    /// Line items without a quantity, where one is read.
    pub null_quantities: u64,
    /// Line items that were returned: with a quantity of 0 or less.
    pub returns: u64,
    /// Baskets that were excluded by their key.
    pub excluded_baskets: u64,
    /// The rows of these.
    pub excluded_rows: u64,
    /// Rows that had no item, of formats with a basket a row.
    pub empty_rows: u64,
    /// Rows with a weight of 0.
    pub zero_weights: u64,
    /// Rows with a fault, which lenient reading skipped.
    pub faulty_rows: u64,
    /// The first ten of these.
    pub faults: Vec<Fault>,
}

/// What is wrong with a row that lenient reading skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Fault {
    /// The line on which the row begins, from 1; in tables of columns the row itself.
    pub line: u64,
    /// What strict reading would have said.
    pub reason: String,
}

impl ReadReport {
    /// Counts a row with a fault.
    pub(super) fn fault(&mut self, line: u64, reason: String) {
        self.faulty_rows += 1;
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push(Fault { line, reason });
        }
    }

    /// Adds what was counted of rows that follow, whose first line has the number `line`.
    pub(super) fn add(&mut self, more: ReadReport, line: u64) {
        let ReadReport { faults, .. } = more;
        for (sum, add) in [
            (&mut self.rows, more.rows),
            (&mut self.blank_lines, more.blank_lines),
            (&mut self.comment_lines, more.comment_lines),
            (&mut self.headers_repeated, more.headers_repeated),
            (&mut self.null_items, more.null_items),
            (&mut self.null_keys, more.null_keys),
            (&mut self.null_quantities, more.null_quantities),
            (&mut self.returns, more.returns),
            (&mut self.excluded_rows, more.excluded_rows),
            (&mut self.empty_rows, more.empty_rows),
            (&mut self.zero_weights, more.zero_weights),
            (&mut self.faulty_rows, more.faulty_rows),
        ] {
            *sum += add;
        }
        let room = FAULTS_KEPT - self.faults.len();
        let faults = faults.into_iter().take(room);
        self.faults.extend(faults.map(|fault| Fault { line: fault.line + line - 1, ..fault }));
    }

    /// Rows that gave no item to a basket, for whatever reason. Blank lines and comments are no rows.
    #[must_use]
    pub fn rows_skipped(&self) -> u64 {
        self.headers_repeated
            + self.null_items
            + self.null_keys
            + self.null_quantities
            + self.returns
            + self.excluded_rows
            + self.empty_rows
            + self.zero_weights
            + self.faulty_rows
    }
}

/// `1 row`, `2 rows`.
fn number(n: u64, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

impl fmt::Display for ReadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} with {} from {}",
            number(self.baskets, "basket"),
            number(self.items, "item"),
            number(self.rows, "row")
        )?;
        // Tables of columns have rows alone.
        let has_lines = self.lines > 0 || self.rows == 0;
        if has_lines {
            write!(f, " on {}", number(self.lines, "line"))?;
        }
        let skipped = [
            (self.returns, "its quantity is 0 or less, a return", "their quantity is 0 or less, returns"),
            (self.null_items, "it has no item", "they have no item"),
            (self.null_keys, "it has no basket", "they have no basket"),
            (self.null_quantities, "it has no quantity", "they have no quantity"),
            (self.headers_repeated, "it repeats the header", "they repeat the header"),
            (self.empty_rows, "it has no items", "they have no items"),
            (self.zero_weights, "its weight is 0", "their weight is 0"),
            (self.faulty_rows, "it is faulty", "they are faulty"),
        ];
        if self.excluded_rows > 0 {
            let (rows, baskets) = (number(self.excluded_rows, "row"), number(self.excluded_baskets, "basket"));
            write!(f, "\n{rows} skipped: of {baskets} excluded by the pattern")?;
        }
        for (rows, one, several) in skipped.into_iter().filter(|&(rows, ..)| rows > 0) {
            write!(f, "\n{} skipped: {}", number(rows, "row"), if rows == 1 { one } else { several })?;
        }
        for Fault { line, reason } in &self.faults {
            let place = if has_lines { "line" } else { "row" };
            write!(f, "\n  {place} {line}: {reason}")?;
        }
        for (lines, what) in [(self.blank_lines, "blank line"), (self.comment_lines, "comment line")] {
            if lines > 0 {
                write!(f, "\n{} skipped", number(lines, what))?;
            }
        }
        if self.duplicates > 0 {
            write!(f, "\n{} skipped that their basket had already", number(self.duplicates, "item"))?;
        }
        Ok(())
    }
}
