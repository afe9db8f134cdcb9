//! The `mine` example, run as a program: what it prints, what it refuses, what it leaves behind.

mod files;
mod program;
mod refusals;
mod results;
