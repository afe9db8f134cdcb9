//! Which items may stand, or must stand, on which side of a rule.

use super::store::MAX_LEN;
use crate::rules::item_match::{ItemMatch, RuleSide};

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const ANYWHERE: u8 = LEFT | RIGHT;
const REQUIRED: u8 = 4;

/// Where items may stand: anywhere at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placement {
    /// By rank, the sides that the item may stand on, and whether it must; empty if there is no condition.
    flags: Vec<u8>,
    /// Whether an item is required that is not frequent.
    impossible: bool,
    /// Sides that must hold one of some items at least.
    any: Vec<AnyOf>,
}

/// By rank, whether an item is one of those of which some sides must hold at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AnyOf {
    sides: u8,
    is_in: Vec<bool>,
}

/// The same as a mask over one itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AnyMask {
    sides: u8,
    mask: u32,
}

impl AnyMask {
    /// Whether a split has one of the items on one of the sides.
    pub(crate) fn is_met(self, antecedent: u32, consequent: u32) -> bool {
        let on = |side: u8, items: u32| self.sides & side != 0 && self.mask & items != 0;
        on(LEFT, antecedent) || on(RIGHT, consequent)
    }
}

/// What a placement leaves of one itemset's splits: masks over the itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    /// The items that may stand on the right.
    pub(crate) right: u32,
    /// Those of them that may not stand on the left.
    pub(crate) not_left: u32,
}

/// How many items may stand on which sides, for counting rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) anywhere: usize,
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) required_anywhere: usize,
    pub(crate) required_left: usize,
    pub(crate) required_right: usize,
}

impl Placement {
    /// Whether all items may stand anywhere.
    pub(crate) fn is_free(&self) -> bool {
        self.flags.is_empty() && !self.impossible && self.any.is_empty()
    }

    fn flags(&mut self, items: usize) -> &mut [u8] {
        self.flags.resize(items, ANYWHERE);
        &mut self.flags
    }

    /// Asks of a side what it holds of some items, given by their ranks: `None` for one that is not frequent.
    pub(crate) fn ask(&mut self, side: RuleSide, holds: ItemMatch, ranks: &[Option<u32>], items: usize) {
        let sides = match side {
            RuleSide::Antecedent => LEFT,
            RuleSide::Consequent => RIGHT,
            RuleSide::Both => ANYWHERE,
        };
        let mut is_in = vec![false; items];
        ranks.iter().flatten().for_each(|&rank| is_in[rank as usize] = true);
        match holds {
            ItemMatch::Any => self.any.push(AnyOf { sides, is_in }),
            ItemMatch::All => {
                self.impossible |= ranks.contains(&None);
                self.change(&is_in, true, |flags| (flags | REQUIRED) & (REQUIRED | sides));
            }
            ItemMatch::Only => self.change(&is_in, false, |flags| flags & !sides),
            ItemMatch::None => self.change(&is_in, true, |flags| flags & !sides),
        }
    }

    /// Changes the flags of the items that are in, or of those that are not.
    fn change(&mut self, is_in: &[bool], those: bool, new: impl Fn(u8) -> u8) {
        for (flags, &is_in) in self.flags(is_in.len()).iter_mut().zip(is_in) {
            if is_in == those {
                *flags = new(*flags);
            }
        }
    }

    /// The masks over an itemset of the items of which a side must hold at least one; whether there can be such a
    /// split.
    pub(crate) fn any_masks(&self, ranks: &[u32], masks: &mut Vec<AnyMask>) -> bool {
        masks.clear();
        masks.extend(self.any.iter().map(|any| {
            let bit = |(place, &rank): (usize, &u32)| u32::from(any.is_in[rank as usize]) << place;
            AnyMask { sides: any.sides, mask: ranks.iter().enumerate().map(bit).sum() }
        }));
        masks.iter().all(|any| any.mask != 0)
    }

    /// How many items a rule must hold; more than it can where there can be no rule.
    pub(crate) fn required(&self) -> usize {
        if self.impossible {
            return MAX_LEN + 1;
        }
        self.flags.iter().filter(|&flags| flags & REQUIRED != 0).count()
    }

    /// The splits that are left of an itemset, given by its ranks; `None` where there are none. `required` is the
    /// number of items that a rule must hold.
    pub(crate) fn sides(&self, ranks: &[u32], required: usize) -> Option<Sides> {
        let (mut sides, mut held) = (Sides { right: 0, not_left: 0 }, 0);
        for (place, &rank) in ranks.iter().enumerate() {
            // There are no flags if the only condition is an item that is not frequent.
            let flags = self.flags.get(rank as usize).copied().unwrap_or(ANYWHERE);
            held += usize::from(flags & REQUIRED != 0);
            match flags & ANYWHERE {
                0 => return None,
                flags => {
                    sides.right |= u32::from(flags & RIGHT != 0) << place;
                    sides.not_left |= u32::from(flags & LEFT == 0) << place;
                }
            }
        }
        (held == required).then_some(sides)
    }

    /// How many of the items are of each kind; `None` where there can be no rule.
    pub(crate) fn kinds(&self, items: usize) -> Option<Kinds> {
        let mut kinds = Kinds::default();
        if self.impossible {
            return None;
        }
        for rank in 0..items {
            let flags = self.flags.get(rank).copied().unwrap_or(ANYWHERE);
            let required = flags & REQUIRED != 0;
            *match (flags & ANYWHERE, required) {
                (0, true) => return None,
                (0, false) => continue,
                (LEFT, false) => &mut kinds.left,
                (LEFT, true) => &mut kinds.required_left,
                (RIGHT, false) => &mut kinds.right,
                (RIGHT, true) => &mut kinds.required_right,
                (_, false) => &mut kinds.anywhere,
                (_, true) => &mut kinds.required_anywhere,
            } += 1;
        }
        Some(kinds)
    }
}
