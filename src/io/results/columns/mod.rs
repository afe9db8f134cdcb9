//! Results as columns: record batches of Arrow, and Parquet files.

// In come itemsets and rules, out go batches; or batches in, rows of labels and numbers out.
//
// | file | its part |
// |---|---|
// | `build` | rows to batches |
// | `read` | batches to rows |
// | `arrow` | the calls for Arrow 60 (feature `arrow_60`) |
// | `parquet` | the writer, the sink and the readers of Parquet (feature `parquet`) |

#[cfg(feature = "arrow_60")]
pub(in crate::io) mod arrow;
mod build;
#[cfg(feature = "parquet")]
mod parquet;
mod read;

#[cfg(feature = "parquet")]
pub use parquet::{ParquetSink, ParquetWriter, read_itemsets_parquet, read_rules_parquet};
