//! Which items a side of a rule holds: asked of rules by [`Rules::select`](super::Rules::select), and of a search by
//! [`RuleBuilder::items`](super::RuleBuilder::items).

/// A side of a rule, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RuleSide {
    /// The left side.
    #[doc(alias = "lhs")]
    #[doc(alias = "left")]
    Antecedent,
    /// The right side.
    #[doc(alias = "rhs")]
    #[doc(alias = "right")]
    Consequent,
    /// Both sides together.
    Both,
}

/// What a side of a rule holds of some items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ItemMatch {
    /// At least one of the items.
    Any,
    /// All of the items, and perhaps others.
    All,
    /// No other items than these.
    Only,
    /// None of the items.
    None,
}
