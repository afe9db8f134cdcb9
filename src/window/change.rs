//! One change of an itemset or a rule, as data, and the lists of them.

use std::fmt;
use std::slice;

use crate::dictionary::write_set;
use crate::error::Error;
use crate::rules::{Contingency, Correction, Hypotheses, ObservedCounts, PValue, check_alpha};
use crate::text_enum::text_enum;
use crate::threads::workers::Workers;

text_enum! {
    /// What became of an itemset or a rule between two refreshes.
    pub enum ChangeKind for "change" {
        /// It was not found before, and is now.
        New = "new",
        /// It was found before and now, and its support is greater; of a rule, its confidence.
        Risen = "risen",
        /// It was found before and now, and its support is smaller; of a rule, its confidence.
        Fallen = "fallen",
        /// It was found before, and is not now.
        Gone = "gone",
    }
}

/// An itemset that came, went, or is in a greater or smaller share of the baskets than before.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ItemsetChange<T> {
    pub(super) items: Vec<T>,
    pub(super) kind: ChangeKind,
    pub(super) count_before: u64,
    pub(super) baskets_before: u64,
    pub(super) count_after: u64,
    pub(super) baskets_after: u64,
    pub(super) p_value: PValue,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) tested: Option<Contingency>,
}

impl<T> ItemsetChange<T> {
    /// Its items, in the order of their labels.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The baskets that held it at the refresh before, exactly, whether it was frequent or not.
    #[must_use]
    pub fn count_before(&self) -> u64 {
        self.count_before
    }

    /// All baskets at the refresh before.
    #[must_use]
    pub fn baskets_before(&self) -> u64 {
        self.baskets_before
    }

    /// The baskets that hold it now, exactly, whether it is frequent or not.
    #[must_use]
    pub fn count_after(&self) -> u64 {
        self.count_after
    }

    /// All baskets now.
    #[must_use]
    pub fn baskets_after(&self) -> u64 {
        self.baskets_after
    }
}

/// A rule that came, went, or has another confidence than before.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RuleChange<T> {
    pub(super) antecedent: Vec<T>,
    pub(super) consequent: Vec<T>,
    pub(super) kind: ChangeKind,
    pub(super) before: ObservedCounts,
    pub(super) after: ObservedCounts,
    pub(super) p_value: PValue,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) tested: Option<Contingency>,
}

impl<T> RuleChange<T> {
    /// The items of the left side, in the order of their labels.
    #[must_use]
    pub fn antecedent(&self) -> &[T] {
        &self.antecedent
    }

    /// The items of the right side, in the order of their labels.
    #[must_use]
    pub fn consequent(&self) -> &[T] {
        &self.consequent
    }

    /// The counts at the refresh before, exactly, whether the rule was found or not.
    #[must_use]
    pub fn before(&self) -> ObservedCounts {
        self.before
    }

    /// The counts now, exactly, whether the rule is found or not.
    #[must_use]
    pub fn after(&self) -> ObservedCounts {
        self.after
    }
}

/// What the changes of itemsets and of rules have in common.
pub trait Changed: sealed::Tested {
    /// What became of it.
    fn kind(&self) -> ChangeKind;

    /// The probability that chance alone would make a difference this large in its direction, or a larger one: Fisher's
    /// exact test of the baskets that [are compared](super::Refresh#which-baskets-are-compared). Not corrected for the number of
    /// tests.
    fn p_value(&self) -> PValue;
}

mod sealed {
    /// The table behind the p-value; none where nothing was tested.
    pub trait Tested {
        fn tested(&self) -> Option<crate::rules::Contingency>;
    }
}

macro_rules! changed {
    ($($type:ident),+) => {$(
        impl<T> $type<T> {
            /// What became of it.
            #[must_use]
            pub fn kind(&self) -> ChangeKind {
                self.kind
            }

            /// The probability that chance alone would make a difference this large in its direction, or a larger one:
            /// see [`Changed::p_value`].
            #[must_use]
            pub fn p_value(&self) -> PValue {
                self.p_value
            }
        }

        impl<T> Changed for $type<T> {
            fn kind(&self) -> ChangeKind {
                self.kind
            }

            fn p_value(&self) -> PValue {
                self.p_value
            }
        }

        impl<T> sealed::Tested for $type<T> {
            fn tested(&self) -> Option<Contingency> {
                self.tested
            }
        }
    )+};
}

changed!(ItemsetChange, RuleChange);

/// `{beer, chips} new: count 0 of 200, now 25 of 200 (p-value 5.4e-9)`, the items in the order of their labels.
impl<T: fmt::Display> fmt::Display for ItemsetChange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.items.iter())?;
        let ItemsetChange { kind, count_before, baskets_before, count_after, baskets_after, p_value, .. } = self;
        write!(f, " {kind}: count {count_before} of {baskets_before}, now {count_after} of {baskets_after}")?;
        write!(f, " (p-value {p_value})")
    }
}

/// `{beer} => {chips} risen: with both 20 of 100, now 50 of 100 (p-value 3.4e-6)`, of the baskets with the left side.
impl<T: fmt::Display> fmt::Display for RuleChange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.antecedent.iter())?;
        f.write_str(" => ")?;
        write_set(f, self.consequent.iter())?;
        let (before, after) = (self.before, self.after);
        write!(f, " {}: with both {} of {}, ", self.kind, before.n_xy(), before.n_x())?;
        write!(f, "now {} of {} (p-value {})", after.n_xy(), after.n_x(), self.p_value)
    }
}

/// Changes of itemsets or of rules, in the canonical order: first those that are found now, in the order of the result, then
/// those that are gone, in the order of the result before.
///
/// ```
/// use itemset::window::{ChangeKind, Window};
/// use itemset::{Correction, Miner};
///
/// let mut window = Window::new(Miner::new().min_support(0.1));
/// window.add(1, (0..100).map(|n| if n % 2 == 0 { vec!["beer", "diapers"] } else { vec!["beer"] }))?;
/// window.refresh()?;
/// window.add(2, (0..100).map(|n| if n % 5 == 0 { vec!["beer", "diapers"] } else { vec!["beer"] }))?;
/// window.retire(&1);
/// let refresh = window.refresh()?;
/// let changes = refresh.rule_changes(|itemsets| itemsets.rules().min_confidence(0.1).generate())?;
/// let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
/// assert_eq!(lines, ["{beer} => {diapers} fallen: with both 50 of 100, now 20 of 100 (p-value 6.9e-6)"]);
/// assert_eq!((changes.tested(), changes.of_kind(ChangeKind::New).count()), (2, 0));
/// assert_eq!(changes.significant(0.001, Correction::Bonferroni)?.len(), 1);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Changes<C> {
    pub(super) tested: usize,
    pub(super) changes: Vec<C>,
}

impl<C> Changes<C> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many itemsets or rules were looked at: all that were found before or are found now, those that did not change
    /// included.
    #[must_use]
    pub fn tested(&self) -> usize {
        self.tested
    }

    /// All of them, in their order.
    pub fn iter(&self) -> slice::Iter<'_, C> {
        self.changes.iter()
    }

    /// All of them, to keep.
    #[must_use]
    pub fn into_vec(self) -> Vec<C> {
        self.changes
    }
}

impl<C: Changed> Changes<C> {
    /// Those of one kind.
    pub fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = &C> {
        self.changes.iter().filter(move |change| change.kind() == kind)
    }

    /// The p-values corrected for how many were looked at, in the order of the changes. Each itemset or rule counts as two
    /// tests, as it could have risen or fallen.
    #[must_use]
    pub fn adjusted_p_values(&self, correction: Correction) -> Vec<PValue> {
        let tests: Vec<PValue> = self.changes.iter().map(|change| change.p_value()).collect();
        // Changes have labels, which may not go to other threads.
        let counts: Vec<Option<Contingency>> = self.changes.iter().map(|change| change.tested()).collect();
        let hypotheses = Hypotheses::chosen(2 * self.tested);
        correction.adjust(&tests, &hypotheses, &|_| 0, &|place| counts[place], Workers::by_default())
    }

    /// Those that are more than chance: whose p-value, corrected for how many were looked at, is at most `alpha`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `alpha` that is not above 0 and below 1.
    pub fn significant(&self, alpha: f64, correction: Correction) -> Result<Self, Error>
    where
        C: Clone,
    {
        let alpha = check_alpha(alpha)?;
        let adjusted = self.adjusted_p_values(correction);
        let kept = self.changes.iter().zip(adjusted).filter(|(_, p_value)| *p_value <= alpha);
        Ok(Changes { tested: self.tested, changes: kept.map(|(change, _)| change.clone()).collect() })
    }
}

impl<'a, C> IntoIterator for &'a Changes<C> {
    type Item = &'a C;
    type IntoIter = slice::Iter<'a, C>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
