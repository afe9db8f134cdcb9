//! Options about the file: its format, its columns, and how it is read.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use itemset::Transactions;
use itemset::io::{
    AttributesReader, BasketReader, Column, Delimiter, Encoding, JsonLinesReader, LongReader, OneHotReader, Pattern,
    ReadOptions, ReadReport, Source, Trim, TwoPass,
};

use super::values::{column_of_file, comment, pattern};
use crate::failure::Failure;
use crate::json_paths;

/// How the file is read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The basket file; `-` reads standard input
    pub(crate) file: PathBuf,

    /// Layout of the file [default: jsonl for .jsonl and .ndjson, parquet for .parquet, otherwise basket]; a .parquet
    /// file may also be long, one-hot or attributes
    #[arg(long = "format", value_enum, value_name = "FORMAT")]
    given_format: Option<Format>,

    /// What separates fields: `whitespace`, `tab` or a character [default: `,` for .csv, tab for .tsv; otherwise
    /// whitespace for baskets, `,` for tables]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) delimiter: Option<Delimiter>,

    /// The first row has the names of the columns, as in tables anyway
    #[arg(long, conflicts_with = "no_header")]
    pub(crate) header: bool,

    /// The first row of a table is data: columns have numbers, from 1 on
    #[arg(long)]
    pub(crate) no_header: bool,

    /// long, jsonl, parquet: the columns or paths that are the key of a basket, separated by commas; columns by name or number
    #[arg(
        long,
        value_name = "COLUMNS",
        value_delimiter = ',',
        value_parser = column_of_file,
        allow_hyphen_values = true
    )]
    pub(crate) basket_columns: Vec<Column>,

    /// long, parquet: the column with the item, or without --basket-columns of lists of items; jsonl: the path to the item, or without --basket-columns to the list of items,
    /// such as order.items.name
    #[arg(long, value_name = "COLUMN", value_parser = column_of_file, allow_hyphen_values = true)]
    pub(crate) item_column: Option<Column>,

    /// long, jsonl, parquet: the column or path of the quantity; rows with 0 or less are returns, and skipped
    #[arg(long, value_name = "COLUMN", value_parser = column_of_file, allow_hyphen_values = true)]
    pub(crate) quantity_column: Option<Column>,

    /// long, jsonl, parquet: rows with a quantity of 0 or less count as bought
    #[arg(long)]
    pub(crate) keep_returns: bool,

    /// long, jsonl, parquet: leave out baskets with such a key, in which `*` stands for any characters and `?` for one, such as 'C*'
    #[arg(long, value_name = "PATTERN", value_parser = pattern, allow_hyphen_values = true)]
    pub(crate) exclude_basket: Option<Pattern>,

    /// basket: a column that is no item, such as the number of the basket
    #[arg(long, value_name = "COLUMN", value_parser = column_of_file, allow_hyphen_values = true)]
    pub(crate) id_column: Option<Column>,

    /// basket, one-hot, attributes, jsonl, parquet: the column or path of the number of baskets that a row stands for
    #[arg(
        long,
        value_name = "COLUMN",
        value_parser = column_of_file,
        allow_hyphen_values = true,
        conflicts_with = "weight_last"
    )]
    pub(crate) weight_column: Option<Column>,

    /// basket: the last field of a line is its weight, the number of baskets that the line stands for
    #[arg(long)]
    pub(crate) weight_last: bool,

    /// one-hot: fields name their items, as `beer:1`, in rows of any length without a header
    #[arg(long)]
    pub(crate) sparse: bool,

    /// one-hot, parquet: a word that says that an item is there, in place of 1, true, yes and the like; can be given several
    /// times
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) true_word: Vec<String>,

    /// one-hot, attributes, parquet: columns that are no items, separated by commas
    #[arg(
        long,
        value_name = "COLUMNS",
        value_delimiter = ',',
        value_parser = column_of_file,
        allow_hyphen_values = true
    )]
    pub(crate) not_items: Vec<Column>,

    /// A word that stands for a missing value, such as NA; can be given several times
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) null: Vec<String>,

    /// Skip lines that begin with this character, or with white space and then this character
    #[arg(long, value_name = "CHAR", value_parser = comment, allow_hyphen_values = true)]
    pub(crate) comment: Option<char>,

    /// How characters are stored: utf-8, latin-1 or utf-16
    #[arg(long, default_value_t)]
    pub(crate) encoding: Encoding,

    /// What is removed around fields: white space of `ascii`, all of `unicode`, or `none`
    #[arg(long, default_value_t)]
    pub(crate) trim: Trim,

    /// Make items lower case, so that `Beer` and `beer` are one; also those that options name
    #[arg(long)]
    pub(crate) case_fold: bool,

    /// Skip rows with a fault, such as a missing field, and tell which
    #[arg(long)]
    pub(crate) lenient: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One basket per line, its items separated by the delimiter
    Basket,
    /// A table with one line item per row; needs --basket-columns and --item-column
    Long,
    /// A table with a column per item, whose fields say whether it is there
    OneHot,
    /// A table with a column per attribute, whose items are `column=value`
    Attributes,
    /// A JSON object per line, with a list of items, or with one line item; needs --item-column
    Jsonl,
    /// A Parquet file: with --basket-columns as long, with --item-column alone a list per row, otherwise as one-hot
    Parquet,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Basket => "basket",
            Format::Long => "long",
            Format::OneHot => "one-hot",
            Format::Attributes => "attributes",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
        }
    }
}

impl Reading {
    /// A table with a line item a row, unless another format is given.
    pub(super) fn take_for_long(&mut self) {
        self.given_format = self.given_format.or(Some(Format::Long));
    }

    /// Refuses options that do not go together. A recipe names the columns.
    pub(super) fn check(&self, has_recipe: bool) -> Result<(), String> {
        use Format::{Attributes, Basket, Jsonl, Long, OneHot, Parquet};
        if self.is_parquet() {
            self.check_parquet()?;
        }
        let (format, text) = (self.format(), &[Basket, Long, OneHot, Attributes][..]);
        for (option, is_given, formats) in [
            ("--basket-columns", !self.basket_columns.is_empty(), &[Long, Jsonl, Parquet][..]),
            ("--item-column", self.item_column.is_some(), &[Long, Jsonl, Parquet]),
            ("--quantity-column", self.quantity_column.is_some(), &[Long, Jsonl, Parquet]),
            ("--keep-returns", self.keep_returns, &[Long, Jsonl, Parquet]),
            ("--exclude-basket", self.exclude_basket.is_some(), &[Long, Jsonl, Parquet]),
            ("--id-column", self.id_column.is_some(), &[Basket]),
            ("--weight-column", self.weight_column.is_some(), &[Basket, OneHot, Attributes, Jsonl, Parquet]),
            ("--weight-last", self.weight_last, &[Basket]),
            ("--sparse", self.sparse, &[OneHot]),
            ("--true-word", !self.true_word.is_empty(), &[OneHot, Parquet]),
            ("--not-items", !self.not_items.is_empty(), &[OneHot, Attributes, Parquet]),
            ("--delimiter", self.delimiter.is_some(), text),
            ("--header", self.header, text),
            ("--no-header", self.no_header, text),
            ("--comment", self.comment.is_some(), text),
        ] {
            if is_given && !formats.contains(&format) {
                let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
                let names = names.join(", ");
                let names = names.rsplit_once(", ").map_or(names.clone(), |(some, last)| format!("{some} or {last}"));
                let here = format.name();
                return Err(format!("{option} belongs to --format {names}, and the format here is {here}"));
            }
        }
        if format == Long && self.basket_columns.is_empty() && !has_recipe {
            return Err("--format long needs --basket-columns: the columns whose values are the same in all rows of \
                        a basket, such as --basket-columns invoice"
                .to_string());
        }
        if format == Long && self.item_column.is_none() && !has_recipe {
            return Err("--format long needs --item-column: the column with the item, such as --item-column product"
                .to_string());
        }
        if format == Jsonl && self.item_column.is_none() {
            let seen = json_paths::options(&self.file).map(|options| format!(" (this file: {})", options.join(" ")));
            return Err(format!(
                "--format jsonl needs --item-column: the path to the list of items, such as --item-column items, or with \
                 --basket-columns to the item{}",
                seen.unwrap_or_default()
            ));
        }
        if format == Jsonl && self.basket_columns.is_empty() && self.quantity_column.is_some() {
            return Err(
                "--quantity-column needs --basket-columns with --format jsonl: lists have no quantities".to_string()
            );
        }
        if format == Jsonl && !self.basket_columns.is_empty() && self.weight_column.is_some() {
            return Err("--weight-column is not allowed with --basket-columns".to_string());
        }
        if self.keep_returns && self.quantity_column.is_none() {
            return Err("--keep-returns is about the quantity, it is allowed only with --quantity-column".to_string());
        }
        if format == OneHot && self.no_header && !self.sparse {
            return Err(
                "--no-header is not allowed with --format one-hot, whose first row has the items, unless they \
                        are in the fields (--sparse)"
                    .to_string(),
            );
        }
        match (self.comment, self.delimiter()) {
            (Some(comment), Delimiter::Char(delimiter)) if comment == delimiter => {
                Err(format!("--comment must not be the delimiter, which is {delimiter} here"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn format(&self) -> Format {
        let is_json =
            |extension: &OsStr| extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson");
        let by_extension = match self.extension().is_some_and(is_json) {
            true => Format::Jsonl,
            false if self.has_parquet_extension() => Format::Parquet,
            false => Format::Basket,
        };
        self.given_format.unwrap_or(by_extension)
    }

    /// The extension of the file's name, before that of a compression.
    pub(crate) fn extension(&self) -> Option<&OsStr> {
        let is_compressed = |extension: &OsStr| ["gz", "zst"].iter().any(|known| extension.eq_ignore_ascii_case(known));
        match self.file.extension() {
            Some(extension) if is_compressed(extension) => Path::new(self.file.file_stem()?).extension(),
            extension => extension,
        }
    }

    pub(crate) fn delimiter(&self) -> Delimiter {
        self.delimiter.unwrap_or_else(|| default_delimiter(self.extension(), self.format()))
    }

    pub(crate) fn reads_standard_input(&self) -> bool {
        self.file.as_os_str() == OsStr::new("-")
    }

    /// The name of the input in errors.
    pub(crate) fn input_name(&self) -> String {
        if self.reads_standard_input() { "standard input".to_string() } else { self.file.display().to_string() }
    }

    /// What all readers take.
    pub(crate) fn options(&self) -> ReadOptions {
        let mut options =
            ReadOptions::new().encoding(self.encoding).lenient(self.lenient).trim(self.trim).case_fold(self.case_fold);
        if self.format() != Format::Jsonl && !self.is_parquet() {
            options = options.delimiter(self.delimiter());
        }
        if self.header || self.no_header {
            options = options.header(self.header);
        }
        if let Some(char) = self.comment {
            options = options.comment(char);
        }
        self.null.iter().fold(options, |options, word| options.null(word))
    }

    /// The baskets, and what was read and skipped. Plain baskets have no report, as nothing of them can be skipped.
    pub(crate) fn read(&self, threads: Option<usize>) -> Result<(Transactions<String>, Option<ReadReport>), Failure> {
        let options = self.options_on(threads);
        let source = || self.source();
        let read = match self.format() {
            _ if self.is_parquet() => reported(self.read_parquet(options, source())),
            Format::Basket if self.is_plain() => {
                let reader = BasketReader::new().options(options);
                let baskets = match self.reads_standard_input() {
                    true => reader.read(io::stdin().lock()),
                    false => reader.read_file(&self.file),
                };
                baskets.map(|baskets| (baskets, None))
            }
            Format::Basket => reported(self.basket_reader().options(options).read_with_report(source())),
            Format::Long => reported(self.long_reader().options(options).read_with_report(source())),
            Format::OneHot | Format::Parquet => {
                reported(self.one_hot_reader().options(options).read_with_report(source()))
            }
            Format::Attributes => reported(self.attributes_reader().options(options).read_with_report(source())),
            Format::Jsonl => reported(self.json_lines_reader().options(options).read_with_report(source())),
        };
        read.map_err(|error| Failure::of_input(&self.input_name(), &error))
    }

    /// The file, or standard input, which can be locked once.
    pub(super) fn source(&self) -> Source<'static> {
        match self.reads_standard_input() {
            true => Source::stream(io::stdin().lock()),
            false => Source::file(&self.file),
        }
    }

    /// The same in two passes.
    pub(crate) fn two_pass(&self, threads: Option<usize>) -> TwoPass<'static> {
        let (options, source) = (self.options_on(threads), Source::file(&self.file));
        match self.format() {
            Format::Basket => self.basket_reader().options(options).two_pass(source),
            Format::Long => self.long_reader().options(options).two_pass(source),
            // Two passes of Parquet were refused.
            Format::OneHot | Format::Parquet => self.one_hot_reader().options(options).two_pass(source),
            Format::Attributes => self.attributes_reader().options(options).two_pass(source),
            Format::Jsonl => self.json_lines_reader().options(options).two_pass(source),
        }
    }

    fn options_on(&self, threads: Option<usize>) -> ReadOptions {
        threads.into_iter().fold(self.options(), ReadOptions::threads)
    }

    /// Whether nothing of the file can be skipped but blank lines.
    fn is_plain(&self) -> bool {
        let is_table = self.header || self.id_column.is_some() || self.weight_column.is_some() || self.weight_last;
        !is_table && self.null.is_empty() && self.comment.is_none() && !self.lenient
    }

    pub(super) fn basket_reader(&self) -> BasketReader {
        let mut reader = BasketReader::new();
        if let Some(column) = &self.id_column {
            reader = reader.id(column.clone());
        }
        if let Some(column) = &self.weight_column {
            reader = reader.weight(column.clone());
        }
        if self.weight_last { reader.weight_last() } else { reader }
    }

    pub(super) fn long_reader(&self) -> LongReader {
        // Both are there, as was checked.
        let mut keys = self.basket_columns.iter().cloned();
        let first = keys.next().unwrap_or(Column::from(1));
        let item = self.item_column.clone().unwrap_or(Column::from(2));
        let mut reader = keys.fold(LongReader::new(first, item), LongReader::and_basket);
        if let Some(column) = &self.quantity_column {
            reader = reader.quantity(column.clone());
        }
        if let Some(pattern) = &self.exclude_basket {
            reader = reader.exclude_baskets(pattern.clone());
        }
        reader.keep_returns(self.keep_returns)
    }

    pub(super) fn one_hot_reader(&self) -> OneHotReader {
        let mut reader = OneHotReader::new().sparse(self.sparse).not_items(self.not_items.iter().cloned());
        if !self.true_word.is_empty() {
            reader = reader.true_words(&self.true_word);
        }
        match &self.weight_column {
            Some(column) => reader.weight(column.clone()),
            None => reader,
        }
    }

    pub(super) fn attributes_reader(&self) -> AttributesReader {
        let reader = AttributesReader::new().not_items(self.not_items.iter().cloned());
        match &self.weight_column {
            Some(column) => reader.weight(column.clone()),
            None => reader,
        }
    }
}

impl Reading {
    fn json_lines_reader(&self) -> JsonLinesReader {
        // It is there, as was checked.
        let item = self.item_column.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut keys = self.basket_columns.iter().map(ToString::to_string);
        let mut reader = match keys.next() {
            Some(first) => keys.fold(JsonLinesReader::rows(first, item), JsonLinesReader::and_basket),
            None => JsonLinesReader::lists(item),
        };
        if let Some(path) = &self.quantity_column {
            reader = reader.quantity(path.to_string()).keep_returns(self.keep_returns);
        }
        if let Some(path) = &self.weight_column {
            reader = reader.weight(path.to_string());
        }
        match &self.exclude_basket {
            Some(pattern) => reader.exclude_baskets(pattern.clone()),
            None => reader,
        }
    }
}

/// The delimiter of a file with this extension.
pub(crate) fn default_delimiter(extension: Option<&OsStr>, format: Format) -> Delimiter {
    let is = |name: &str| extension.is_some_and(|extension| extension.eq_ignore_ascii_case(name));
    if is("tsv") {
        Delimiter::Char('\t')
    } else if is("csv") || format != Format::Basket {
        Delimiter::Char(',')
    } else {
        Delimiter::Whitespace
    }
}

fn reported<E>(
    read: Result<(Transactions<String>, ReadReport), E>,
) -> Result<(Transactions<String>, Option<ReadReport>), E> {
    read.map(|(baskets, report)| (baskets, Some(report)))
}
