//! Plots as SVG.
//!
//! In comes the [`Content`](super::content::Content) of a report, out go drawings. Nothing in them depends on the
//! machine: places are computed by the four operations, square roots and the functions of `libm`.
//!
//! | file | its part |
//! |---|---|
//! | `drawing` | a small writer of SVG |
//! | `scale` | values to places, ticks at round values |
//! | `shades` | the steps of lift that give dots their shade and size |
//! | `bars` | frequencies of items, lengths of baskets |
//! | `scatter` | support, confidence and lift of many rules |
//! | `graph`, `layout` | items and rules with arrows between them, and where they stand |
//! | `matrix`, `groups` | left sides and right sides, and which left sides are alike |
//! | `parallel` | rules as lines over axes |

pub(super) mod bars;
pub(super) mod drawing;
pub(super) mod graph;
mod groups;
mod layout;
pub(super) mod matrix;
pub(super) mod parallel;
mod scale;
pub(super) mod scatter;
pub(super) mod shades;
