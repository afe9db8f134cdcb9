//! The table of measures: an entry each, with all there is to it.

use super::definition::{Definition, excess, product, ratio};

/// Makes of each entry a variant of [`Measure`] with its documentation, and a [`Definition`].
macro_rules! measures {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal {
            formula: $formula:literal,
            range: $low:literal to $high:tt,
            independence: $independence:tt,
            better: $better:tt,
            symmetric: $symmetric:literal,
            source: $source:literal,
            value: $value:expr,
        }
    )+) => {
        /// A measure of interest: a number that says how strong, how surprising or how useful a rule X ⇒ Y is.
        ///
        /// Every measure is a function of four counts (see [`Contingency`](crate::Contingency)): `n` baskets, `n_x` with X, `n_y` with Y
        /// and `n_xy` with both. None of them is ever NaN. A ratio with a zero denominator is infinite where the
        /// numerator is positive, and the value of independence where both are zero: a consequent that
        /// every basket holds says nothing.
        ///
        /// The text form is the name in `snake_case`, for reading and printing.
        ///
        /// ```
        /// use itemset::Measure;
        ///
        /// assert_eq!("conviction".parse::<Measure>()?, Measure::Conviction);
        /// assert_eq!(Measure::Lift.to_string(), "lift");
        /// assert_eq!(Measure::Lift.at_independence(), Some(1.0));
        /// # Ok::<(), itemset::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum Measure {$(
            $(#[$doc])*
            ///
            #[doc = concat!("- Name: `", $name, "`")]
            #[doc = concat!("- Formula: ", $formula)]
            #[doc = concat!("- Range: ", stringify!($low), " to ", bound!(text $high))]
            #[doc = concat!("- At independence: ", independence!(text $independence))]
            #[doc = concat!("- Better: ", stringify!($better), "; symmetric: ", stringify!($symmetric))]
            #[doc = concat!("- Source: ", $source)]
            $variant,
        )+}

        impl Measure {
            /// All measures.
            pub const ALL: &'static [Measure] = &[$(Measure::$variant),+];

            /// What is allowed as text.
            pub(super) const NAMES: &'static str = concat!("one of: ", names!($($name),+));

            pub(super) fn definition(self) -> &'static Definition {
                match self {$(
                    Measure::$variant => {
                        const DEFINITION: Definition = Definition {
                            name: $name,
                            formula: $formula,
                            range: ($low, bound!(value $high)),
                            independence: independence!(value $independence),
                            larger_is_better: larger!($better),
                            symmetric: $symmetric,
                            source: $source,
                            value: $value,
                        };
                        &DEFINITION
                    }
                )+}
            }
        }
    };
}

macro_rules! names {
    ($first:literal $(, $rest:literal)*) => { concat!($first $(, ", ", $rest)*) };
}

macro_rules! bound {
    (text infinity) => {
        "+∞"
    };
    (value infinity) => {
        f64::INFINITY
    };
    (text $bound:literal) => {
        stringify!($bound)
    };
    (value $bound:literal) => {
        $bound
    };
}

macro_rules! independence {
    (text margins) => {
        "depends on how frequent the sides are"
    };
    (value margins) => {
        None
    };
    (text $at:literal) => {
        stringify!($at)
    };
    (value $at:literal) => {
        Some($at)
    };
}

macro_rules! larger {
    (larger) => {
        true
    };
    (smaller) => {
        false
    };
}

measures! {
    /// The share of all baskets that hold both sides: how often the rule applies.
    Support = "support" {
        formula: "n_xy / n",
        range: 0.0 to 1.0,
        independence: margins,
        better: larger,
        symmetric: true,
        source: "R. Agrawal, T. Imieliński, A. Swami: Mining association rules between sets of items in large databases, SIGMOD 1993",
        value: |t| t.n_xy() as f64 / t.n() as f64,
    }

    /// The baskets that hold both sides: support as a number.
    Count = "count" {
        formula: "n_xy",
        range: 1.0 to infinity,
        independence: margins,
        better: larger,
        symmetric: true,
        source: "R. Agrawal, T. Imieliński, A. Swami: Mining association rules between sets of items in large databases, SIGMOD 1993",
        value: |t| t.n_xy() as f64,
    }

    /// The share of the baskets with X that also hold Y: the estimated P(Y | X). A frequent Y gives it a high
    /// value whatever X is, which lift and conviction correct for.
    Confidence = "confidence" {
        formula: "n_xy / n_x",
        range: 0.0 to 1.0,
        independence: margins,
        better: larger,
        symmetric: false,
        source: "R. Agrawal, T. Imieliński, A. Swami: Mining association rules between sets of items in large databases, SIGMOD 1993",
        value: |t| t.n_xy() as f64 / t.n_x() as f64,
    }

    /// How many times as often as by chance the sides come together. High values are easily reached by rare
    /// items, whatever the evidence.
    Lift = "lift" {
        formula: "n n_xy / (n_x n_y)",
        range: 0.0 to infinity,
        independence: 1.0,
        better: larger,
        symmetric: true,
        source: "S. Brin, R. Motwani, J. Ullman, S. Tsur: Dynamic itemset counting and implication rules for market basket data, SIGMOD 1997 (there: interest)",
        value: |t| ratio(product(t.n(), t.n_xy()), product(t.n_x(), t.n_y()), 1.0),
    }

    /// The share of all baskets that hold both sides beyond what chance gives: lift that takes into account how many
    /// baskets it is about.
    Leverage = "leverage" {
        formula: "n_xy / n - n_x n_y / n²",
        range: -0.25 to 0.25,
        independence: 0.0,
        better: larger,
        symmetric: true,
        source: "G. Piatetsky-Shapiro: Discovery, analysis, and presentation of strong rules, in: Knowledge Discovery in Databases, 1991",
        value: |t| excess(t) as f64 / product(t.n(), t.n()) as f64,
    }

    /// How many times as often as it does X would come without Y if they were independent: unlike lift it has a direction.
    /// Infinite where X never comes without Y, but 1 where every basket holds Y.
    Conviction = "conviction" {
        formula: "n_x (n - n_y) / (n (n_x - n_xy))",
        range: 0.0 to infinity,
        independence: 1.0,
        better: larger,
        symmetric: false,
        source: "S. Brin, R. Motwani, J. Ullman, S. Tsur: Dynamic itemset counting and implication rules for market basket data, SIGMOD 1997",
        value: |t| ratio(product(t.n_x(), t.n() - t.n_y()), product(t.n(), t.n_x() - t.n_xy()), 1.0),
    }
}
