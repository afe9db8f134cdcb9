//! The plots by name.

use super::content::Content;
use super::svg::drawing::Drawing;
use super::svg::{bars, graph, matrix, parallel, scatter};
use crate::call::control::Control;
use crate::error::Error;
use crate::text_enum::text_enum;

text_enum! {
    /// A plot of a [`Report`](crate::report::Report).
    pub enum Plot for "plot" {
        /// Support and confidence of each rule as a dot, which is darker and larger with its lift.
        Scatter = "scatter",
        /// The best rules as arrows from the items of their left sides to those of their right sides.
        Graph = "graph",
        /// Left sides, in groups where there are many, and right sides, with a dot where rules join them.
        ///
        /// Source: M. Hahsler, R. Karpienko: Visualizing association rules in hierarchical groups, Journal of Business
        /// Economics 87, 2017.
        Matrix = "matrix",
        /// The best rules as lines over five axes, one for each number that a rule has.
        ///
        /// Source: A. Inselberg: The plane with parallel coordinates, The Visual Computer 1, 1985.
        Parallel = "parallel",
        /// How often the most frequent items are bought. Needs the baskets.
        Items = "items",
        /// How many items baskets hold. Needs the baskets.
        Lengths = "lengths",
    }
}

impl Plot {
    /// # Errors
    ///
    /// For a plot of baskets without baskets, and where the call should end.
    pub(super) fn draw(self, content: &Content, control: &Control) -> Result<Drawing, Error> {
        let facts = content.facts.as_ref().ok_or_else(|| {
            let allowed = "a plot of rules: `items` and `lengths` need the baskets, by Report::baskets";
            Error::invalid_setting("plot", self, allowed)
        });
        Ok(match self {
            Plot::Scatter => scatter::draw(content, content.rules.len(), control)?,
            Plot::Graph => graph::draw(content, control)?,
            Plot::Matrix => matrix::draw(content, control)?.0,
            Plot::Parallel => parallel::draw(content),
            Plot::Items => bars::items(facts?),
            Plot::Lengths => bars::lengths(facts?),
        })
    }
}
