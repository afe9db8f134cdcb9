//! Results as files: rows of itemsets and rules, and PMML.

// In come itemsets and rules, out goes text; or text in, rows of labels and numbers out.
//
// | file | its part |
// |---|---|
// | `blocks` | text that is written in large blocks, and how numbers look |
// | `column` | the values of a rule that can be written |
// | `row_writers` | the writers and the sink of CSV and JSON lines, which differ in the form alone |
// | `csv`, `json_lines` | the form of a row |
// | `pmml` | PMML documents |
// | `rows` | what is read back |
// | `columns` | record batches of Arrow and Parquet files, written and read (features `arrow_60`, `parquet`) |
// | `read_csv` | rows from CSV (feature `csv`) |
// | `read_json_lines` | rows from JSON lines (feature `json`) |

mod blocks;
mod column;
#[cfg(any(feature = "arrow_60", feature = "parquet"))]
pub(super) mod columns;
mod csv;
mod json_lines;
mod pmml;
#[cfg(feature = "csv")]
mod read_csv;
#[cfg(feature = "json")]
mod read_json_lines;
mod row_writers;
#[cfg(any(feature = "arrow_60", feature = "csv", feature = "json", feature = "parquet"))]
mod rows;

pub(super) use blocks::{Blocks, push_count};
pub use column::RuleColumn;
#[cfg(feature = "parquet")]
pub use columns::{ParquetSink, ParquetWriter, read_itemsets_parquet, read_rules_parquet};
pub use pmml::PmmlWriter;
#[cfg(feature = "csv")]
pub use read_csv::{read_itemsets_csv, read_rules_csv};
#[cfg(feature = "json")]
pub use read_json_lines::{read_itemsets_json_lines, read_rules_json_lines};
pub use row_writers::{CsvWriter, JsonLinesWriter, RowSink};
#[cfg(any(feature = "arrow_60", feature = "csv", feature = "json", feature = "parquet"))]
pub use rows::{ItemsetRow, RuleRow};
