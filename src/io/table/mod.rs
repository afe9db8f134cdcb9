//! Tables: rows of fields, with or without a header, grouped to baskets.

// In comes text, out go baskets.
//
// | file | its part |
// |---|---|
// | `marks` | the bytes of a text that may mean something |
// | `splitter`, `record` | text to records; the fields of one |
// | `layout` | what each format has to say: where its columns are, and what a row is |
// | `rows` | labels and keys of rows to numbers |
// | `number_rows` | rows of whole numbers, many at a time |
// | `texts` | labels, and their numbers |
// | `keys` | the keys of baskets, and their numbers |
// | `grouping` | rows of the same key become a basket |
// | `gather` | rows of blocks and of several threads are handed on in their order |
// | `reader` | all of it, on one or several threads |

mod gather;
mod grouping;
mod keys;
mod layout;
mod marks;
mod number_rows;
mod reader;
mod record;
mod rows;
mod splitter;
mod texts;

pub(super) use gather::{Gather, TakeRuns};
pub(super) use grouping::Grouping;
pub(super) use keys::{Keys, Pending};
pub(super) use layout::{Fault, Format, Layout, column_weight, parse_weight, row_weight};
pub(super) use reader::read_table;
pub(super) use record::Record;
pub(super) use rows::{Encoded, Rows, Run};
pub(super) use texts::Texts;
#[cfg(any(feature = "arrow_60", feature = "parquet"))]
pub(super) use texts::short_word;
