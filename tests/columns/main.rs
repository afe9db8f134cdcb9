//! Record batches of Arrow, and Parquet files (features `arrow_60` and `parquet`): a program of its own, as few need the
//! crates that it is built with.

#[path = "../suite/mine_cli/program.rs"]
#[allow(dead_code)]
mod program;
mod table;

mod damaged;
mod lists;
mod long;
mod mine;
mod types;
mod wide;
mod written;
