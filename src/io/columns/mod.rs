//! Tables of columns: record batches of Arrow, and Parquet files.

// In come arrays of rows, out go baskets.
//
// | file | its part |
// |---|---|
// | `calls` | the calls that read, which all readers have |
// | `types` | which types are read as what, and how a number looks as text |
// | `codes` | the values of a column as numbers |
// | `signs` | numbers above, at and below 0 |
// | `table` | batches to rows, in slices; what each format has to say |
// | `items` | the items of values |
// | `long`, `lists`, `one_hot`, `attributes` | what a row means |
// | `parquet` | batches from Parquet files |

mod attributes;
mod calls;
mod codes;
mod items;
mod lists;
mod long;
mod one_hot;
#[cfg(feature = "parquet")]
mod parquet;
mod signs;
mod table;
mod types;

#[cfg(feature = "arrow_60")]
pub(super) use calls::arrow_error;
pub use lists::ListReader;
#[cfg(feature = "parquet")]
pub(super) use parquet::read_batches_of_file;
