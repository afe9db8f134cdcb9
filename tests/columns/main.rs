//! Record batches of Arrow, and Parquet files (features `arrow_60` and `parquet`): a program of its own, as few need the
//! crates that it is built with.

mod table;

mod damaged;
mod lists;
mod long;
mod types;
mod wide;
mod written;
