//! Baskets from files, and results to files.
//!
//! Readers of baskets take any [`Read`](std::io::Read), a path, or a [`Source`], and return
//! [`Transactions<String>`](crate::Transactions); with `read_with_report` also a [`ReadReport`] of what was read and
//! skipped. The settings that all of them share are [`ReadOptions`]. Readers of
//! results return rows one by one. Writers take any [`Write`](std::io::Write). None of them but [`PmmlWriter`] holds a
//! whole file in memory, and none knows the file's name: errors carry the line, and the caller adds the name.
//!
//! | format | reader | writer |
//! |---|---|---|
//! | one basket per line, with its weight if asked for | [`BasketReader`] | |
//! | one line item per row: a key, an item, a quantity | [`LongReader`] | |
//! | a column per item, or `item:1` | [`OneHotReader`] | |
//! | a column per attribute: items `column=value` | [`AttributesReader`] | |
//! | JSON lines: an object with a list of items, or with one line item | `JsonLinesReader` (feature `json`) | |
//! | a table as it is, for a [`Recipe`](crate::shape::Recipe) | [`TableReader`] | |
//! | Parquet: tables as above, or a column of lists | `read_parquet` of the same, and of `ListReader` (feature `parquet`) | |
//! | record batches of Arrow 60 | `read_arrow_60` of them (feature `arrow_60`) | |
//! | one itemset or rule per line, `a b (12)`, `a => b (12 20 40)` | | [`TextWriter`] |
//! | itemsets or rules as CSV | `read_itemsets_csv`, `read_rules_csv` (feature `csv`) | [`CsvWriter`] |
//! | as JSON lines | `read_itemsets_json_lines`, `read_rules_json_lines` (feature `json`) | [`JsonLinesWriter`] |
//! | as PMML 4.4, for other programs | | [`PmmlWriter`] |
//! | as Parquet | `read_itemsets_parquet`, `read_rules_parquet` (feature `parquet`) | `ParquetWriter` |
//! | as record batches of Arrow 60 | `arrow_60::read_rules`, ... (feature `arrow_60`) | `arrow_60::rule_batches`, ... |
//!
//! Every reader of text also takes files that are compressed with gzip or zstd (features `gzip` and `zstd`), and in
//! Windows-1252 or UTF-16 (feature `encoding`, and [`ReadOptions::encoding`]).
//!
//! Data larger than memory are read twice: every reader has a call `two_pass`, which returns a [`TwoPass`].
//!
//! [`Sniffer`] looks at the first lines of a file and says whether it looks like another format.
//!
//! Labels with a delimiter in them are quoted, with every delimiter. The items that [`TextWriter`] writes are a line
//! that [`BasketReader`] reads.

// In comes text, out go encoded baskets; or itemsets and rules in, text out. Readers must not know the search.
//
// | file | its part |
// |---|---|
// | `source` | where data come from: opened, and decoded to text |
// | `decompress`, `decode` | compressed files, and other encodings than UTF-8 |
// | `options` | the settings that all readers share |
// | `reading` | the calls that all readers share |
// | `blocks` | blocks of the input, on several threads if it is large |
// | `basket` | the reader of baskets; plain ones go the fast way of `fields`, others are rows of a table |
// | `long`, `one_hot`, `attributes` | the readers of tables: what a row means |
// | `raw_table` | the reader of tables as they are |
// | `json` | JSON lines |
// | `table` | rows and fields, grouped to baskets |
// | `columns` | tables of columns: record batches of Arrow, and Parquet files |
// | `column` | a column by name or number |
// | `report` | what was read and skipped |
// | `sniff` | a look at the first lines: what they look like, and how to read them |
// | `fields` | lines, fields and quotes of plain baskets |
// | `syntax` | what each character means there |
// | `labelled_rows` | rows of labels to ids; a fast path for labels that are whole numbers |
// | `whole_numbers` | whole numbers found in a text, and their items |
// | `two_pass` | data larger than memory, read twice |
// | `not_text` | what an input is that is no text, told by its first bytes |
// | `delimiter` | what separates the items of a line |
// | `text` | itemsets and rules as lines of text |
// | `results` | itemsets and rules as CSV, JSON lines and PMML, and read back |

mod attributes;
mod basket;
mod blocks;
mod column;
#[cfg(any(feature = "arrow_60", feature = "parquet"))]
mod columns;
#[cfg(feature = "encoding")]
mod decode;
#[cfg(any(feature = "gzip", feature = "zstd"))]
mod decompress;
mod delimiter;
mod fields;
#[cfg(feature = "json")]
mod json;
mod labelled_rows;
mod long;
mod not_text;
mod one_hot;
mod options;
mod raw_table;
mod reading;
mod report;
mod results;
mod sniff;
mod source;
mod syntax;
mod table;
mod text;
mod two_pass;
mod whole_numbers;

/// Itemsets and rules as record batches of Arrow 60, and read back (feature `arrow_60`).
///
/// Baskets are read from such batches by `read_arrow_60` of [`LongReader`], [`ListReader`], [`OneHotReader`] and
/// [`AttributesReader`].
#[cfg(feature = "arrow_60")]
pub mod arrow_60 {
    pub use super::results::columns::arrow::{
        compared_rule_batches, itemset_batches, read_itemsets, read_rules, rule_batches,
    };
}

pub use crate::pattern::Pattern;
pub use attributes::AttributesReader;
pub use basket::BasketReader;
pub use column::Column;
#[cfg(any(feature = "arrow_60", feature = "parquet"))]
pub use columns::ListReader;
pub use delimiter::Delimiter;
#[cfg(feature = "json")]
pub use json::JsonLinesReader;
pub use long::LongReader;
pub use one_hot::OneHotReader;
pub use options::{Encoding, ReadOptions, Trim};
pub use raw_table::TableReader;
pub use report::{Fault, ReadReport};
pub use results::{CsvWriter, JsonLinesWriter, PmmlWriter, RowSink, RuleColumn};
#[cfg(any(feature = "arrow_60", feature = "csv", feature = "json", feature = "parquet"))]
pub use results::{ItemsetRow, RuleRow};
#[cfg(feature = "parquet")]
pub use results::{ParquetSink, ParquetWriter, read_itemsets_parquet, read_rules_parquet};
#[cfg(feature = "csv")]
pub use results::{read_itemsets_csv, read_rules_csv};
#[cfg(feature = "json")]
pub use results::{read_itemsets_json_lines, read_rules_json_lines};
pub use sniff::{Difference, Finding, InputFormat, Proposal, Sniffed, Sniffer};
pub use source::Source;
pub use text::{TextSink, TextWriter};
pub use two_pass::{Counted, Needs, TwoPass};
