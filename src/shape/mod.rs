//! From what was sold to the question that is asked: rows and columns in, baskets out.
//!
//! | file | its part |
//! |---|---|
//! | `bins` | numbers to bins |

mod bins;

pub use bins::Bins;
