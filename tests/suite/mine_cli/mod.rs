//! The `mine` example as a program: its output, its errors and its files.

mod files;
mod program;
mod refusals;
mod results;
mod tables;
