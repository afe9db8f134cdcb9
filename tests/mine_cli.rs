//! The `mine` example, run as a program: what it prints, what it refuses, what it leaves behind.

#[path = "mine_cli/files.rs"]
mod files;
#[path = "mine_cli/program.rs"]
mod program;
#[path = "mine_cli/refusals.rs"]
mod refusals;
#[path = "mine_cli/results.rs"]
mod results;
