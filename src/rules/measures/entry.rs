//! How an entry of the table becomes a variant of [`Measure`](super::Measure), its documentation and its
//! [`Definition`](super::definition::Definition).

/// Makes of each entry a variant with its documentation, and a definition. Whoever uses it needs the other macros here,
/// too, and the names that they write.
macro_rules! measures {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal {
            formula: $formula:literal,
            range: ($($low:tt)+) to ($($high:tt)+),
            independence: $independence:tt,
            better: $better:tt,
            as_sides_grow: $growth:tt,
            symmetric: $symmetric:literal,
            source: $source:tt,
            value: $value:expr,
        }
    )+) => {
        /// A measure of interest: a number that says how strong, how surprising or how useful a rule X ⇒ Y is.
        ///
        /// Every measure is a function of four counts (see [`Contingency`](crate::Contingency)): `n` baskets, `n_x`
        /// with X, `n_y` with Y and `n_xy` with both. None of them is ever NaN. A ratio with a zero denominator is
        /// infinite where the numerator is positive, and the value of independence where both are zero: a consequent
        /// that every basket holds says nothing.
        ///
        /// In formulas a, b, c and d are the cells of that table: `n_xy`, `n_x - n_xy` (X alone), `n_y - n_xy` (Y
        /// alone), and the baskets with neither. Logarithms are natural where no base is written. All take constant
        /// time, but for the three that sum over a hypergeometric distribution (see
        /// [`Contingency::fishers_exact_test`](crate::Contingency::fishers_exact_test)).
        ///
        /// Quick advice: judge rules that you will *use* (recommend, act upon) by
        /// [confidence](Measure::Confidence) and [lift](Measure::Lift); rules that you want to *believe* by [Fisher's
        /// test](Measure::FishersExactTest) and a correction for how many were searched; the *surprising* ones by
        /// [leverage](Measure::Leverage) or [conviction](Measure::Conviction). What holds for pairs of rare things in
        /// very many baskets is seen by measures that do not depend on baskets with neither: [cosine](Measure::Cosine),
        /// [Kulczynski](Measure::Kulczynski).
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
            #[doc = concat!("- Range: ", bound!(text $($low)+), " to ", bound!(text $($high)+))]
            #[doc = concat!("- At independence: ", independence!(text $independence))]
            #[doc = concat!("- Better: ", stringify!($better), "; symmetric: ", stringify!($symmetric))]
            #[doc = concat!("- Source: ", source!($source))]
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
                            range: (bound!(value $($low)+), bound!(value $($high)+)),
                            independence: independence!(value $independence),
                            larger_is_better: larger!($better),
                            growth: growth!($growth),
                            symmetric: $symmetric,
                            source: source!($source),
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
    (text -infinity) => {
        "-∞"
    };
    (value -infinity) => {
        f64::NEG_INFINITY
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

macro_rules! growth {
    (falls) => {
        Growth::Falls
    };
    (rises) => {
        Growth::Rises
    };
    (varies) => {
        Growth::Varies
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

/// Sources that several measures share, by name, or the text of one.
macro_rules! source {
    (agrawal_1993) => {
        "R. Agrawal, T. Imieliński, A. Swami: Mining association rules between sets of items in large databases, \
         SIGMOD 1993"
    };
    ($text:literal) => {
        $text
    };
}

pub(super) use {bound, growth, independence, larger, measures, names, source};
