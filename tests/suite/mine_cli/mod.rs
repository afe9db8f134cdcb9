//! The `mine` example as a program: its output, its errors and its files.

mod advice;
mod files;
mod program;
mod recipes;
mod refusals;
mod report;
mod results;
mod shaping;
mod tables;
mod two_pass;
