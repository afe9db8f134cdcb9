//! Baskets from files, and results to files.
//!
//! Readers take any [`Read`](std::io::Read) or a path and give [`Transactions<String>`](crate::Transactions);
//! writers take any [`Write`](std::io::Write). None of them holds a file as a whole, and none knows a file's name:
//! errors carry the line, the caller adds the name.
//!
//! | format | reader | writer |
//! |---|---|---|
//! | a basket a line | [`BasketReader`] | |
//! | a pattern a line, `a b (12)`, `a => b (12 20 40)` | | [`TextWriter`] |

mod basket;
mod delimiter;
mod fields;
mod numbers;
mod text;

pub use basket::BasketReader;
pub use delimiter::Delimiter;
pub use text::{TextSink, TextWriter};
