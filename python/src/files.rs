//! Baskets from files.

use std::fs::File;
use std::io::{self, Read};

use itemset::io::*;
use itemset::{CancelToken, Error, ErrorKind, Transactions};
use pyo3::prelude::*;

use crate::baskets::Baskets;
use crate::errors::{in_words_of_python, invalid, raised, raised_by_system};
use crate::labels::Kind;
use crate::run::{Run, run, threads_after_fork};

/// How a file is read, as the function `read` of Python has it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct FileSettings {
    format: String,
    delimiter: Option<String>,
    header: Option<bool>,
    quote: Option<char>,
    nulls: Vec<String>,
    encoding: String,
    lenient: bool,
    trim: String,
    case_fold: bool,
    comment: Option<char>,
    baskets: Vec<String>,
    item: Option<String>,
    items: Option<String>,
    quantity: Option<String>,
    weight: Option<String>,
    id: Option<String>,
    not_items: Vec<String>,
    exclude_baskets: Option<String>,
    threads: Option<usize>,
}

impl FileSettings {
    fn options(&self) -> Result<ReadOptions, Error> {
        let mut options = ReadOptions::new()
            .quote(self.quote)
            .encoding(self.encoding.parse()?)
            .lenient(self.lenient)
            .trim(self.trim.parse()?)
            .case_fold(self.case_fold);
        if let Some(delimiter) = &self.delimiter {
            options = options.delimiter(delimiter.parse()?);
        }
        if let Some(header) = self.header {
            options = options.header(header);
        }
        for null in &self.nulls {
            options = options.null(null);
        }
        if let Some(comment) = self.comment {
            options = options.comment(comment);
        }
        if let Some(threads) = self.threads.or_else(threads_after_fork) {
            options = options.threads(threads);
        }
        Ok(options)
    }

    fn read(&self, path: &str, token: &CancelToken) -> Result<(Transactions<String>, ReadReport), Error> {
        let (options, file) = (self.options()?, File::open(path)?);
        let source = Source::stream(UntilCancelled { file, token });
        match self.format.as_str() {
            "long" => self.long(options)?.read_with_report(source),
            "jsonl" => self.json_lines()?.options(options).read_with_report(source),
            "one-hot" | "sparse" => {
                let mut reader = OneHotReader::new().options(options).sparse(self.format == "sparse");
                reader = reader.not_items(self.not_items.iter().cloned());
                if let Some(weight) = &self.weight {
                    reader = reader.weight(weight.as_str());
                }
                reader.read_with_report(source)
            }
            "attributes" => {
                let mut reader = AttributesReader::new().options(options).not_items(self.not_items.iter().cloned());
                if let Some(weight) = &self.weight {
                    reader = reader.weight(weight.as_str());
                }
                reader.read_with_report(source)
            }
            _ => {
                let mut reader = BasketReader::new().options(options);
                if let Some(id) = &self.id {
                    reader = reader.id(id.as_str());
                }
                if let Some(weight) = &self.weight {
                    reader = reader.weight(weight.as_str());
                }
                reader.read_with_report(source)
            }
        }
    }

    fn long(&self, options: ReadOptions) -> Result<LongReader, Error> {
        // Python asks for both.
        let (Some((first, others)), Some(item)) = (self.baskets.split_first(), &self.item) else {
            return Ok(LongReader::new("basket", "item").options(options));
        };
        let mut reader = LongReader::new(first.as_str(), item.as_str()).options(options);
        for key in others {
            reader = reader.and_basket(key.as_str());
        }
        if let Some(quantity) = &self.quantity {
            reader = reader.quantity(quantity.as_str());
        }
        if let Some(pattern) = &self.exclude_baskets {
            reader = reader.exclude_baskets(pattern.parse()?);
        }
        Ok(reader)
    }

    fn json_lines(&self) -> Result<JsonLinesReader, Error> {
        let mut reader = match (&self.items, &self.item, self.baskets.split_first()) {
            (None, Some(item), Some((first, others))) => {
                others.iter().fold(JsonLinesReader::rows(first, item), |reader, key| reader.and_basket(key))
            }
            (items, ..) => JsonLinesReader::lists(items.as_deref().unwrap_or("items")),
        };
        if let Some(quantity) = &self.quantity {
            reader = reader.quantity(quantity);
        }
        if let Some(pattern) = &self.exclude_baskets {
            reader = reader.exclude_baskets(pattern.parse()?);
        }
        if let Some(weight) = &self.weight {
            reader = reader.weight(weight);
        }
        Ok(reader)
    }
}

/// A file that ends in an error if the call is cancelled.
struct UntilCancelled<'t> {
    file: File,
    token: &'t CancelToken,
}

impl Read for UntilCancelled<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.token.is_cancelled() { Err(io::Error::other("cancelled")) } else { self.file.read(buffer) }
    }
}

/// The baskets of a file, and what was read and skipped, as text.
#[pyfunction]
pub(crate) fn read_file(
    py: Python<'_>,
    path: &str,
    settings: FileSettings,
    options: Run<'_>,
) -> PyResult<(Baskets, String)> {
    const FORMATS: [&str; 6] = ["basket", "long", "one-hot", "sparse", "attributes", "jsonl"];
    if !FORMATS.contains(&settings.format.as_str()) {
        return Err(invalid("format", &settings.format, format_args!("one of {}", FORMATS.join(", "))));
    }
    // The error of the file goes out beside that of the call, since it is to have the path.
    let read = run(py, &options, |_, token| Ok(settings.read(path, token)))?;
    let (baskets, report) = read.map_err(|error| match error.kind() {
        ErrorKind::Io(error) => raised_by_system(error, Some(path)),
        ErrorKind::Malformed { .. } => {
            let text = in_words_of_python(&error.to_string());
            pyo3::exceptions::PyValueError::new_err(format!("{path}: {text}"))
        }
        _ => raised(error),
    })?;
    Ok((Baskets::new(baskets, Kind::Text)?, report.to_string()))
}
