//! The customers of the sample supermarket.

use super::calendar::{DayPart, Weekday};
use super::stores::{STORES, StoreKind};
use crate::synth::draws::{Draws, place_of, whole_part};

/// Who lives in a customer's household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Household {
    Single,
    Couple,
    Family,
    FamilyWithBaby,
    Pensioner,
    SharedFlat,
}

impl Household {
    pub(super) const ALL: [Household; 6] = [
        Household::Single,
        Household::Couple,
        Household::Family,
        Household::FamilyWithBaby,
        Household::Pensioner,
        Household::SharedFlat,
    ];

    /// The adults with a card of their own.
    pub(super) const fn adults(self) -> u32 {
        match self {
            Household::Single | Household::Pensioner | Household::SharedFlat => 1,
            Household::Couple | Household::Family | Household::FamilyWithBaby => 2,
        }
    }

    /// The ages of its adults, from the youngest to the oldest.
    pub(super) const fn ages(self) -> (u32, u32) {
        match self {
            Household::Single => (20, 60),
            Household::Couple => (25, 64),
            Household::Family => (32, 54),
            Household::FamilyWithBaby => (22, 39),
            Household::Pensioner => (65, 88),
            Household::SharedFlat => (19, 29),
        }
    }

    /// The index of the household in tables, all of which are in the order of [`Household::ALL`].
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

/// Shares of the households among the customers of a kind of store, in per cent.
const fn shares(kind: StoreKind) -> [u64; 6] {
    match kind {
        StoreKind::Residential => [18, 21, 24, 18, 14, 5],
        StoreKind::CityCentre => [33, 24, 11, 6, 10, 16],
        StoreKind::OutOfTown => [12, 26, 34, 13, 12, 3],
        StoreKind::Station => [42, 22, 9, 3, 8, 16],
    }
}

/// How likely the households are to shop in a part of the day, in per cent of the average.
const fn habits(weekend: bool, day_part: DayPart) -> [u64; 6] {
    match (weekend, day_part) {
        (false, DayPart::Morning) => [70, 70, 80, 110, 220, 50],
        (false, DayPart::Midday) => [100, 90, 60, 90, 140, 110],
        (false, DayPart::Afternoon) => [80, 90, 130, 110, 110, 100],
        (false, DayPart::Evening) => [140, 130, 110, 60, 30, 140],
        (true, DayPart::Morning) => [70, 110, 120, 90, 150, 40],
        (true, DayPart::Midday) => [90, 110, 120, 80, 80, 90],
        (true, DayPart::Afternoon) => [100, 105, 110, 100, 70, 120],
        (true, DayPart::Evening) => [90, 90, 70, 320, 20, 120],
    }
}

/// The household of whoever shops at a store now.
pub(super) fn draw_household(kind: StoreKind, weekday: Weekday, day_part: DayPart, draws: &mut Draws) -> Household {
    let habits = habits(weekday.is_weekend(), day_part);
    let mut weights = shares(kind);
    for (weight, habit) in weights.iter_mut().zip(habits) {
        *weight *= habit;
    }
    let place = draws.weighted(&weights).unwrap_or(0);
    Household::ALL[place]
}

/// All customers, numbered by the store that they usually go to and by household.
#[derive(Clone, Debug)]
pub(super) struct Customers {
    /// For each store and household the number of the first customer and, last, the number of all customers.
    starts: Vec<u32>,
}

impl Customers {
    /// One customer for this many baskets in a year: a little less than one a week.
    const BASKETS_EACH: u64 = 40;
    /// The most customers, whatever the number of baskets: a large city.
    const MOST: u64 = 1_000_000;

    pub(super) fn new(baskets: u64) -> Self {
        let wanted = (baskets / Self::BASKETS_EACH).min(Self::MOST);
        // In per cent of a store, and of the store's customers.
        let total = STORES.iter().map(|store| store.size * 100).sum::<u64>();
        let mut starts = vec![0];
        let mut end = 0;
        for store in &STORES {
            for share in shares(store.kind) {
                // At least one, so that each basket has a customer.
                end += (wanted * store.size * share / total).max(1);
                starts.push(u32::try_from(end).unwrap_or(u32::MAX));
            }
        }
        Customers { starts }
    }

    /// All of them.
    pub(super) fn len(&self) -> u32 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The household of a customer.
    pub(super) fn household(&self, customer: u32) -> Household {
        let pool = self.starts.partition_point(|&start| start <= customer).saturating_sub(1);
        Household::ALL[pool % Household::ALL.len()]
    }

    /// A customer of this household who shops at this store now.
    pub(super) fn draw(&self, store: usize, household: Household, draws: &mut Draws) -> u32 {
        // Most are at their usual store.
        let usual = if draws.chance(0.8) { store } else { draws.place(STORES.len()) };
        let pool = usual * Household::ALL.len() + household.place();
        let (start, end) = (self.starts[pool], self.starts[pool + 1]);
        // The smaller of two: some shop often, others rarely.
        let customers = end - start;
        start + draws.item(customers).min(draws.item(customers))
    }
}

/// How many different goods a customer of this household wants at a kind of store: 1 to `longest`.
///
/// The length is log-normal around that of one of three purposes: fetching something that is missing, the usual
/// shopping, and stocking up.
pub(super) fn draw_len(kind: StoreKind, household: Household, longest: usize, draws: &mut Draws) -> usize {
    let mut purposes: [u64; 3] = match kind {
        StoreKind::Residential => [42, 46, 12],
        StoreKind::CityCentre => [58, 39, 3],
        StoreKind::OutOfTown => [18, 52, 30],
        StoreKind::Station => [86, 14, 0],
    };
    let liking = match household {
        Household::Single => [130, 80, 35],
        Household::Couple => [95, 105, 90],
        Household::Family => [80, 105, 170],
        Household::FamilyWithBaby => [85, 110, 140],
        Household::Pensioner => [115, 100, 30],
        Household::SharedFlat => [125, 80, 60],
    };
    for (purpose, liking) in purposes.iter_mut().zip(liking) {
        *purpose *= liking;
    }
    let (median, spread) = match draws.weighted(&purposes) {
        Some(2) => (21.0, 0.38),
        Some(1) => (8.5, 0.45),
        _ => (2.9, 0.55),
    };
    let mut len = || place_of(whole_part(median * libm::exp(spread * draws.normal())));
    // A second draw in the rare cases that are too long, instead of many baskets of exactly the longest length.
    let (first, second) = (len(), len());
    let len = if first <= longest { first } else { second };
    len.clamp(1, longest)
}
