//! Itemsets that are written as they are found.

use std::ops::ControlFlow;

use itemset::io::{TextSink, TextWriter};
use itemset::{ErrorKind, Sink};

use crate::arguments::{Arguments, OutputFormat};
use crate::failure::Failure;
use crate::output::Output;
use crate::patterns::{csv_header, csv_itemset, io_error, json_itemset};

/// Writes the itemsets of at least the minimum length, in the same form as when all are known.
pub(crate) struct Writing<'a> {
    format: Format<'a>,
    name: String,
    min_len: usize,
    baskets: u64,
    by_len: Vec<u128>,
    failed: Option<itemset::Error>,
}

enum Format<'a> {
    Text(TextSink<&'a mut Output>),
    Csv(csv::Writer<&'a mut Output>),
    Jsonl(&'a mut Output),
}

impl<'a> Writing<'a> {
    pub(crate) fn new(arguments: &Arguments, baskets: u64, out: &'a mut Output) -> Result<Self, Failure> {
        let name = out.name().to_string();
        let format = match arguments.output_format {
            OutputFormat::Text => Format::Text(TextWriter::new().delimiter(arguments.delimiter()).sink(out)?),
            OutputFormat::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv_header(&mut csv).map_err(|error| failure(&name, io_error(error)))?;
                Format::Csv(csv)
            }
            OutputFormat::Jsonl => Format::Jsonl(out),
        };
        Ok(Writing { format, name, min_len: arguments.min_len, baskets, by_len: Vec::new(), failed: None })
    }

    /// Writes the rest; returns the number of itemsets by length, from 1 on.
    pub(crate) fn finish(self) -> Result<Vec<u128>, Failure> {
        let Writing { format, name, by_len, failed, .. } = self;
        let done = failed.map_or(Ok(()), Err).and_then(|()| match format {
            Format::Text(sink) => sink.finish(),
            Format::Csv(mut csv) => Ok(csv.flush()?),
            Format::Jsonl(_) => Ok(()),
        });
        done.map_err(|error| failure(&name, error))?;
        Ok(by_len)
    }

    fn write(&mut self, items: &[&String], count: u64) -> Result<ControlFlow<()>, itemset::Error> {
        let support = count as f64 / self.baskets as f64;
        match &mut self.format {
            Format::Text(sink) => return Ok(sink.itemset(items, count)),
            Format::Csv(csv) => csv_itemset(items.iter().copied(), count, support, csv).map_err(io_error)?,
            Format::Jsonl(out) => json_itemset(items.iter().copied(), count, support, out)?,
        }
        Ok(ControlFlow::Continue(()))
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
        self.write(items, count).unwrap_or_else(|error| {
            self.failed = Some(error);
            ControlFlow::Break(())
        })
    }
}

fn failure(name: &str, error: itemset::Error) -> Failure {
    match error.kind() {
        ErrorKind::Io(error) => Failure::of_output(name, error),
        _ => error.into(),
    }
}
