//! Measures of interest: numbers computed from the four counts of a rule.
//!
//! All that there is to a measure, formula, edges, direction and source, stands in one entry of `table`.
//!
//! One policy holds for the edges of all of them. A valid table never gives NaN. A ratio with a zero
//! denominator takes its limit: +∞ where the numerator is positive, the value of independence where both
//! are zero, since a consequent that every basket holds says nothing.

mod definition;
mod table;

pub use table::Measure;
