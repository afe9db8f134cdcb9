//! The stores of the sample supermarket, and their busy hours.

use std::fmt;

use super::calendar::{HOURS, Weekday};

/// What the surroundings of a store are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StoreKind {
    /// Among homes: families, evenings and Saturdays.
    Residential,
    /// In the city centre: singles, midday and after work.
    CityCentre,
    /// Outside the town, with a large car park: big baskets, Saturdays.
    OutOfTown,
    /// In a railway station: small baskets, on the way to work and back.
    Station,
}

impl StoreKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            StoreKind::Residential => "residential",
            StoreKind::CityCentre => "city centre",
            StoreKind::OutOfTown => "out of town",
            StoreKind::Station => "station",
        }
    }

    /// The index of the kind in tables.
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A store of the sample supermarket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Store {
    /// The store's name.
    pub name: &'static str,
    /// What its surroundings are like.
    pub kind: StoreKind,
    /// Its size, in per cent of an average store.
    pub(super) size: u64,
}

const fn store(name: &'static str, kind: StoreKind, size: u64) -> Store {
    Store { name, kind, size }
}

/// The stores of the chain.
pub(super) static STORES: [Store; 6] = [
    store("Oak Lane", StoreKind::Residential, 115),
    store("Mill Hill", StoreKind::Residential, 95),
    store("Market Square", StoreKind::CityCentre, 95),
    store("Harbour Street", StoreKind::CityCentre, 70),
    store("Ring Road", StoreKind::OutOfTown, 120),
    store("Central Station", StoreKind::Station, 90),
];

/// How many baskets an average store sells in each hour from 6:00 on, in no particular unit: on Monday to
/// Friday, Saturday and Sunday. 0 while it is closed.
#[rustfmt::skip]
const fn hours(kind: StoreKind) -> [[u64; HOURS]; 3] {
    match kind {
        StoreKind::Residential => [
            [0, 30, 55, 65, 65, 60, 50, 45, 50, 65, 85, 110, 110, 85, 50, 20],
            [0, 15, 50, 80, 95, 95, 80, 70, 70, 80, 95, 120, 125, 100, 55, 20],
            [0, 0, 0, 35, 55, 55, 45, 35, 35, 45, 65, 100, 110, 80, 0, 0],
        ],
        StoreKind::CityCentre => [
            [0, 25, 45, 45, 50, 65, 100, 90, 60, 60, 75, 100, 95, 60, 35, 20],
            [0, 10, 30, 55, 85, 110, 115, 110, 105, 100, 90, 75, 60, 45, 30, 20],
            [0, 0, 0, 10, 25, 35, 40, 40, 40, 40, 40, 40, 30, 20, 0, 0],
        ],
        StoreKind::OutOfTown => [
            [0, 10, 30, 55, 65, 65, 50, 45, 55, 65, 85, 110, 110, 80, 45, 15],
            [0, 10, 50, 105, 135, 140, 120, 110, 105, 105, 105, 105, 90, 60, 30, 10],
            [0, 0, 0, 20, 35, 40, 35, 30, 30, 35, 45, 55, 50, 30, 0, 0],
        ],
        StoreKind::Station => [
            [60, 120, 105, 55, 35, 35, 60, 55, 40, 45, 70, 115, 105, 70, 45, 35],
            [20, 35, 50, 55, 55, 55, 60, 55, 55, 55, 60, 65, 60, 50, 45, 35],
            [15, 25, 40, 50, 55, 55, 60, 60, 60, 65, 75, 85, 80, 65, 50, 35],
        ],
    }
}

/// How busy each store is on a day of the week in an hour, counted from the first opening hour.
pub(super) fn busyness(weekday: Weekday, hour: usize) -> [u64; STORES.len()] {
    let day = match weekday {
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        _ => 0,
    };
    STORES.map(|store| store.size * hours(store.kind)[day][hour])
}
