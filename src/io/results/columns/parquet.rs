//! Parquet files of results (feature `parquet`).

use std::fmt;
use std::io::Write;
use std::ops::ControlFlow;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;

use super::super::column::RuleColumn;
use super::super::rows::{ItemsetRow, RuleRow};
use super::build::Batch;
use super::read::{self, rows};
use crate::error::Error;
use crate::io::columns::read_batches_of_file;
use crate::io::source::Source;
use crate::itemsets::{Itemset, Sink};
use crate::rules::{Redundancy, Rule};

/// Rows of a row group, and bytes that it may take while it is written.
const GROUP: usize = 1 << 17;
const GROUP_BYTES: usize = 32 << 20;

/// Writes itemsets and rules as Parquet, with the columns that [`CsvWriter`](super::super::CsvWriter) has (feature
/// `parquet`).
///
/// The items of a side are a list of texts, in the order of their labels; counts are whole numbers of 64 bits without a
/// sign, and measures are floats of 64 bits, infinite ones among them. Nothing is missing. Pages are compressed with
/// snappy. The same results give the same bytes.
///
/// So nothing is lost: [`read_itemsets_parquet`] and [`read_rules_parquet`] return the same labels, counts and floats.
/// Row groups are written one after the other, so the memory does not grow with the results. The output needs no
/// buffer.
///
/// ```
/// use itemset::io::{ParquetWriter, read_rules_parquet};
/// use itemset::{Measure, MinSupport, Miner, Transactions};
///
/// let both = vec!["beer", "salted; big"];
/// let baskets = Transactions::from_rows([both.clone(), both, vec!["beer"], vec![]])?;
/// let rules = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.9).rules(&baskets)?;
///
/// let mut file = Vec::new();
/// ParquetWriter::new().columns([Measure::Conviction]).write_rules(&rules, &mut file)?;
/// let rows = read_rules_parquet(&file[..])?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((&rows[0].antecedent[0][..], &rows[0].consequent[0][..]), ("salted; big", "beer"));
/// assert_eq!(rows[0].value(Measure::Conviction), Some(f64::INFINITY));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ParquetWriter {
    columns: Vec<RuleColumn>,
}

/// Support, confidence and lift.
impl Default for ParquetWriter {
    fn default() -> Self {
        ParquetWriter::new()
    }
}

impl ParquetWriter {
    /// A writer of rules with support, confidence and lift.
    pub fn new() -> Self {
        ParquetWriter { columns: RuleColumn::DEFAULT.to_vec() }
    }

    /// The values of a rule that are written after its counts, in this order: measures, or [`RuleColumn`]s. One that is
    /// named twice is written once. Default: support, confidence and lift. Itemsets have no columns to choose.
    pub fn columns(mut self, columns: impl IntoIterator<Item = impl Into<RuleColumn>>) -> Self {
        self.columns = super::super::column::each_once(columns);
        self
    }

    /// Writes itemsets in the order of the iterator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; what was written is then no Parquet file.
    pub fn write_itemsets<'a, T: fmt::Display + 'a>(
        &self,
        itemsets: impl IntoIterator<Item = Itemset<'a, T>>,
        out: impl Write + Send,
    ) -> Result<(), Error> {
        let mut file = File::new(Batch::of_itemsets(), out)?;
        for itemset in itemsets {
            file.batch.add_itemset(itemset.iter(), itemset.count(), itemset.support());
            file.end_row()?;
        }
        file.finish()
    }

    /// A [`Sink`] that writes itemsets as they are found, in the same form as `write_itemsets`. Their support is the
    /// count divided by the number of baskets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    ///
    /// ```
    /// use itemset::io::{ParquetWriter, read_itemsets_parquet};
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"]])?;
    /// let mut file = Vec::new();
    /// let mut sink = ParquetWriter::new().sink(baskets.len() as u64, &mut file)?;
    /// Miner::new().min_support(0.9).stream(&baskets, &mut sink)?;
    /// sink.finish()?;
    /// let rows = read_itemsets_parquet(&file[..])?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!((&rows[0].items[..], rows[0].count, rows[0].support), (&["beer".to_string()][..], 2, 1.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn sink<W: Write + Send>(&self, basket_count: u64, out: W) -> Result<ParquetSink<W>, Error> {
        Ok(ParquetSink { file: File::new(Batch::of_itemsets(), out)?, basket_count, failed: None })
    }

    /// Writes rules in the order of the iterator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; what was written is then no Parquet file.
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that
    /// [needs redundancy](RuleColumn::needs_redundancy).
    pub fn write_rules<'a, T: fmt::Display + 'a>(
        &self,
        rules: impl IntoIterator<Item = Rule<'a, T>>,
        out: impl Write + Send,
    ) -> Result<(), Error> {
        super::super::column::refuse_compared(&self.columns)?;
        self.write(rules.into_iter().map(|rule| (rule, None)), out)
    }

    /// Writes rules, each with what it says beyond simpler ones, in the order of the iterator: for example
    /// [`Rules::iter`](crate::Rules::iter) zipped with [`Rules::redundancy`](crate::Rules::redundancy).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; what was written is then no Parquet file.
    pub fn write_compared_rules<'a, T: fmt::Display + 'a>(
        &self,
        rules: impl IntoIterator<Item = (Rule<'a, T>, Redundancy)>,
        out: impl Write + Send,
    ) -> Result<(), Error> {
        self.write(rules.into_iter().map(|(rule, redundancy)| (rule, Some(redundancy))), out)
    }

    fn write<'a, T: fmt::Display + 'a>(
        &self,
        rules: impl Iterator<Item = (Rule<'a, T>, Option<Redundancy>)>,
        out: impl Write + Send,
    ) -> Result<(), Error> {
        let mut file = File::new(Batch::of_rules(&self.columns), out)?;
        for (rule, redundancy) in rules {
            file.batch.add_rule(rule, redundancy.as_ref(), &self.columns);
            file.end_row()?;
        }
        file.finish()
    }
}

/// Writes itemsets as Parquet while they are found, from [`ParquetWriter::sink`] (feature `parquet`).
///
/// If writing fails, the sink ends the search, and [`finish`](ParquetSink::finish) returns the error.
#[derive(Debug)]
#[must_use]
pub struct ParquetSink<W: Write + Send> {
    file: File<W>,
    basket_count: u64,
    failed: Option<Error>,
}

impl<W: Write + Send> ParquetSink<W> {
    /// Writes the remaining rows, and the index of the file. It must be called at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails or has failed before; what was written is then no
    /// Parquet file.
    pub fn finish(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)?;
        self.file.finish()
    }
}

impl<T: fmt::Display, W: Write + Send> Sink<T> for ParquetSink<W> {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        self.file.batch.add_itemset(items.iter(), count, count as f64 / self.basket_count as f64);
        match self.file.end_row() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// A file that is being written.
#[derive(Debug)]
struct File<W: Write + Send> {
    batch: Batch,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> File<W> {
    fn new(batch: Batch, out: W) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_created_by(concat!("itemset ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        let writer = ArrowWriter::try_new(out, batch.schema().clone(), Some(properties)).map_err(failed)?;
        Ok(File { batch, writer })
    }

    /// Writes the rows if they are enough.
    fn end_row(&mut self) -> Result<(), Error> {
        if self.batch.is_full() { self.writer.write(&self.batch.take()?).map_err(failed) } else { Ok(()) }
    }

    fn finish(mut self) -> Result<(), Error> {
        self.writer.write(&self.batch.take()?).map_err(failed)?;
        self.writer.finish().map_err(failed)?;
        Ok(self.writer.inner_mut().flush()?)
    }
}

/// The system's error inside.
fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => (*error).into(),
            Err(error) => std::io::Error::other(error).into(),
        },
        error => std::io::Error::other(error).into(),
    }
}

/// Reads the itemsets that [`ParquetWriter`] writes, one by one (feature `parquet`).
///
/// # Errors
///
/// [`ErrorKind::Table`](crate::ErrorKind::Table) for what is no Parquet file or a damaged one, for other columns, and
/// with the row for a value that is missing or of another type; [`ErrorKind::Io`](crate::ErrorKind::Io). Do not go on
/// after an error.
pub fn read_itemsets_parquet<'s>(
    source: impl Into<Source<'s>>,
) -> Result<impl Iterator<Item = Result<ItemsetRow, Error>>, Error> {
    let (empty, batches) = read_batches_of_file(source.into())?;
    read::itemsets(&empty, 1)?;
    Ok(rows(batches, read::itemsets))
}

/// Reads the rules that [`ParquetWriter`] writes, one by one (feature `parquet`).
///
/// # Errors
///
/// Those of [`read_itemsets_parquet`]; [`ErrorKind::Table`](crate::ErrorKind::Table) also for a column that is no
/// [`RuleColumn`], and for counts that no rule can have.
pub fn read_rules_parquet<'s>(
    source: impl Into<Source<'s>>,
) -> Result<impl Iterator<Item = Result<RuleRow, Error>>, Error> {
    let (empty, batches) = read_batches_of_file(source.into())?;
    read::rules(&empty, 1)?;
    Ok(rows(batches, read::rules))
}
