//! Baskets from files, and results to files.
//!
//! Readers of baskets take any [`Read`](std::io::Read) or a path and return
//! [`Transactions<String>`](crate::Transactions); those of results return rows one by one. Writers take any
//! [`Write`](std::io::Write). None of them but [`PmmlWriter`] holds a whole file in memory, and none knows the file's
//! name: errors carry the line, and the caller adds the name.
//!
//! | format | reader | writer |
//! |---|---|---|
//! | one basket per line, with its weight if asked for | [`BasketReader`] | |
//! | one itemset or rule per line, `a b (12)`, `a => b (12 20 40)` | | [`TextWriter`] |
//! | itemsets or rules as CSV | `read_itemsets_csv`, `read_rules_csv` (feature `csv`) | [`CsvWriter`] |
//! | as JSON lines | `read_itemsets_json_lines`, `read_rules_json_lines` (feature `json`) | [`JsonLinesWriter`] |
//! | as PMML 4.4, for other programs | | [`PmmlWriter`] |
//!
//! Labels with a delimiter in them are quoted, with every delimiter. The items that [`TextWriter`] writes are a line
//! that [`BasketReader`] reads.

// In comes text, out go encoded baskets; or itemsets and rules in, text out. Readers must not know the search.
//
// | file | its part |
// |---|---|
// | `basket` | the reader: blocks of the input, on several threads if it is large |
// | `fields` | lines, fields and quotes |
// | `syntax` | what each character means |
// | `not_text` | what an input is that is no text, told by its first bytes |
// | `labelled_rows` | rows of labels to ids; a fast path for labels that are whole numbers |
// | `delimiter` | what separates the items of a line |
// | `options` | white space, letter case, comments and weights, if they are asked for |
// | `weighted_row` | the line whose last field is its weight |
// | `text` | itemsets and rules as lines of text |
// | `results` | itemsets and rules as CSV, JSON lines and PMML, and read back |

mod basket;
mod delimiter;
mod fields;
mod labelled_rows;
mod not_text;
mod options;
mod results;
mod syntax;
mod text;
mod weighted_row;

/// That of UTF-8, with which a text may begin.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub use basket::BasketReader;
pub use delimiter::Delimiter;
pub use options::Trim;
pub use results::{CsvWriter, JsonLinesWriter, PmmlWriter, RowSink, RuleColumn};
#[cfg(any(feature = "csv", feature = "json"))]
pub use results::{ItemsetRow, RuleRow};
#[cfg(feature = "csv")]
pub use results::{read_itemsets_csv, read_rules_csv};
#[cfg(feature = "json")]
pub use results::{read_itemsets_json_lines, read_rules_json_lines};
pub use text::{TextSink, TextWriter};
