//! Which items may stand, or must stand, on which side of a rule.

use super::store::MAX_LEN;

/// A side of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left = 1,
    Right = 2,
}

const ANYWHERE: u8 = Side::Left as u8 | Side::Right as u8;
const REQUIRED: u8 = 4;

/// Where items may stand: nothing is said of any at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placement {
    /// By rank, the sides that it may stand on, and whether it must; empty where nothing was said.
    flags: Vec<u8>,
    /// Whether an item is required that is not frequent.
    impossible: bool,
}

/// What a placement leaves of one itemset's splits: masks over the itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    /// The items that may stand on the right.
    pub(crate) right: u32,
    /// Those of them that may not stand on the left.
    pub(crate) not_left: u32,
}

/// How many items are told apart by where they may stand, for counting rules.
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
        self.flags.is_empty() && !self.impossible
    }

    fn flags(&mut self, items: usize) -> &mut [u8] {
        self.flags.resize(items, ANYWHERE);
        &mut self.flags
    }

    /// These items alone may stand on a side.
    pub(crate) fn only(&mut self, side: Side, ranks: &[Option<u32>], items: usize) {
        let mut allowed = vec![false; items];
        for rank in ranks.iter().flatten() {
            allowed[*rank as usize] = true;
        }
        for (flags, allowed) in self.flags(items).iter_mut().zip(allowed) {
            if !allowed {
                *flags &= !(side as u8);
            }
        }
    }

    /// These items may not stand on a side.
    pub(crate) fn never(&mut self, side: Side, ranks: &[Option<u32>], items: usize) {
        let flags = self.flags(items);
        for rank in ranks.iter().flatten() {
            flags[*rank as usize] &= !(side as u8);
        }
    }

    /// These items must stand on one of some sides.
    pub(crate) fn must(&mut self, sides: &[Side], ranks: &[Option<u32>], items: usize) {
        self.impossible |= ranks.contains(&None);
        let allowed = sides.iter().fold(REQUIRED, |flags, &side| flags | side as u8);
        let flags = self.flags(items);
        for rank in ranks.iter().flatten() {
            flags[*rank as usize] |= REQUIRED;
            flags[*rank as usize] &= allowed;
        }
    }

    /// How many items a rule must hold; more than it can where there can be no rule.
    pub(crate) fn required(&self) -> usize {
        if self.impossible {
            return MAX_LEN + 1;
        }
        self.flags.iter().filter(|&flags| flags & REQUIRED != 0).count()
    }

    /// The splits that are left of an itemset, given by its ranks; `None` where there are none. `required` is the number of items that a
    /// rule must hold.
    pub(crate) fn sides(&self, ranks: &[u32], required: usize) -> Option<Sides> {
        let (mut sides, mut held) = (Sides { right: 0, not_left: 0 }, 0);
        for (place, &rank) in ranks.iter().enumerate() {
            // Only that an item which is not frequent is required may have been said.
            let flags = self.flags.get(rank as usize).copied().unwrap_or(ANYWHERE);
            held += usize::from(flags & REQUIRED != 0);
            match flags & ANYWHERE {
                0 => return None,
                flags => {
                    sides.right |= u32::from(flags & Side::Right as u8 != 0) << place;
                    sides.not_left |= u32::from(flags & Side::Left as u8 == 0) << place;
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
                (1, false) => &mut kinds.left,
                (1, true) => &mut kinds.required_left,
                (2, false) => &mut kinds.right,
                (2, true) => &mut kinds.required_right,
                (_, false) => &mut kinds.anywhere,
                (_, true) => &mut kinds.required_anywhere,
            } += 1;
        }
        Some(kinds)
    }
}
