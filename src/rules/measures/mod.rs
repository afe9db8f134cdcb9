//! Measures of interest: numbers computed from the four counts of a rule.
//!
//! Everything about a measure (formula, edges, direction, source) stands in one entry of `table`; to add a measure, add
//! an entry.
//!
//! One policy holds for the edges of all of them. A valid table never gives NaN. A ratio with a zero denominator takes
//! its limit: +∞ if the numerator is positive, the value of independence if both are zero, since a consequent that
//! every basket holds says nothing.
//!
//! | file | its part |
//! |---|---|
//! | `table` | the measures, an entry each |
//! | `entry` | what an entry becomes |
//! | `definition` | what an entry has, and look-up by name |
//! | `formulas` | the formulas that take more than a line |
//! | `exact` | numerators and denominators computed without rounding |
//! | `fraction` | a share of baskets as the fraction that it is |
//! | `rounding` | their quotients and roots, rounded once |
//! | `wide` | integers of several hundred bits, where that is in doubt |
//! | `logarithmic` | the measures with logarithms, rounded once |
//! | `logarithm` | a logarithm with more digits than a float |
//! | `precise` | sums of logarithms with any number of digits, where that is in doubt |
//! | `hypergeometric` | the distribution behind Fisher's test |
//! | `tail` | its tails as fractions of large integers |
//! | `p_value` | probabilities that are too small for a float, and the tests that give them |
//! | `corners` | a test: every measure where a count is as large or as small as it can be |

#[cfg(test)]
mod corners;
mod definition;
mod entry;
mod exact;
mod formulas;
mod fraction;
mod hypergeometric;
mod logarithm;
mod logarithmic;
mod p_value;
mod precise;
mod rounding;
mod table;
mod tail;
mod wide;

pub(crate) use definition::{Growth, Judge};
pub(in crate::rules) use fraction::Fraction;
pub use p_value::PValue;
pub(crate) use p_value::ln_two_sided;
pub use table::Measure;
pub(in crate::rules) use tail::Factor;
pub(in crate::rules) use wide::Wide;
