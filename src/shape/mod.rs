//! From what was sold to the question that is asked: rows and columns in, baskets out.
//!
//! | file | its part |
//! |---|---|
//! | `bins` | numbers to bins |
//! | `taxonomy` | products, categories and departments |

mod bins;
mod taxonomy;

pub use bins::Bins;
pub use taxonomy::Taxonomy;
