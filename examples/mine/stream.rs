//! Itemsets that are written as they are found.

use std::ops::ControlFlow;

use itemset::io::{CsvWriter, JsonLinesWriter, RowSink, TextSink, TextWriter};
use itemset::{ErrorKind, Sink};

use crate::arguments::{Arguments, OutputFormat};
use crate::failure::Failure;
use crate::output::Output;

/// Writes the itemsets of at least the minimum length, in the same form as when all are known.
pub(crate) struct Writing<'a> {
    format: Format<'a>,
    name: String,
    min_len: usize,
    by_len: Vec<u128>,
}

enum Format<'a> {
    Text(Box<TextSink<&'a mut Output>>),
    Rows(RowSink<&'a mut Output>),
    #[cfg(feature = "parquet")]
    Parquet(Box<itemset::io::ParquetSink<&'a mut Output>>),
}

impl<'a> Writing<'a> {
    pub(crate) fn new(arguments: &Arguments, baskets: u64, out: &'a mut Output) -> Result<Self, Failure> {
        let name = out.name().to_string();
        let format = match arguments.output_format {
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => {
                let sink = itemset::io::ParquetWriter::new().sink(baskets, out);
                Format::Parquet(Box::new(sink.map_err(|error| failure(&name, error))?))
            }
            // The others are refused.
            #[cfg(not(feature = "parquet"))]
            OutputFormat::Parquet => Format::Rows(CsvWriter::new().sink(baskets, out)),
            OutputFormat::Text | OutputFormat::Pmml => {
                Format::Text(Box::new(TextWriter::new().delimiter(arguments.delimiter()).sink(out)?))
            }
            OutputFormat::Csv => Format::Rows(CsvWriter::new().sink(baskets, out)),
            OutputFormat::Jsonl => Format::Rows(JsonLinesWriter::new().sink(baskets, out)),
        };
        Ok(Writing { format, name, min_len: arguments.min_len, by_len: Vec::new() })
    }

    /// Writes the rest; returns the number of itemsets by length, from 1 on.
    pub(crate) fn finish(self) -> Result<Vec<u128>, Failure> {
        let Writing { format, name, by_len, .. } = self;
        let done = match format {
            Format::Text(sink) => sink.finish(),
            Format::Rows(sink) => sink.finish(),
            #[cfg(feature = "parquet")]
            Format::Parquet(sink) => sink.finish(),
        };
        done.map_err(|error| failure(&name, error))?;
        Ok(by_len)
    }
}

impl Sink<String> for Writing<'_> {
    fn itemset(&mut self, items: &[&String], count: u64) -> ControlFlow<()> {
        if items.len() < self.min_len {
            return ControlFlow::Continue(());
        }
        if self.by_len.len() < items.len() {
            self.by_len.resize(items.len(), 0);
        }
        self.by_len[items.len() - 1] += 1;
        match &mut self.format {
            Format::Text(sink) => sink.itemset(items, count),
            Format::Rows(sink) => sink.itemset(items, count),
            #[cfg(feature = "parquet")]
            Format::Parquet(sink) => sink.itemset(items, count),
        }
    }
}

/// A failure to write the output of this name.
fn failure(name: &str, error: itemset::Error) -> Failure {
    match error.kind() {
        ErrorKind::Io(error) => Failure::of_output(name, error),
        _ => error.into(),
    }
}
