//! When the baskets of the sample supermarket's year are paid for.

use super::calendar::{DAYS, Date, HOURS, OPENING_HOURS, TimeOfDay, Weekday, days};
use super::stores::{self, STORES};
use crate::synth::draws::{Draws, real, whole_part};

/// How busy a day is in per cent of an average one, not counting that the hours of Saturday and Sunday have
/// a table of their own.
fn rush(date: Date) -> u64 {
    // Closed on New Year's Day, Easter Sunday and Christmas Day; busy before Easter and at the end of the
    // year.
    let special = match (date.month, date.day) {
        (1, 1) | (4, 20) | (12, 25) => 0,
        (4, 17 | 18) | (12, 30) => 125,
        (4, 19) | (12, 19 | 20 | 22 | 31) => 145,
        (12, 23 | 24) => 170,
        _ => 100,
    };
    let weekday = match date.weekday {
        Weekday::Monday => 96,
        Weekday::Tuesday => 88,
        Weekday::Wednesday => 92,
        Weekday::Thursday => 102,
        Weekday::Friday => 128,
        Weekday::Saturday => 105,
        Weekday::Sunday => 100,
    };
    special * weekday / 100
}

/// How busy the stores are in one hour of one day, in no particular unit.
fn busyness(date: Date, hour: usize) -> [u64; STORES.len()] {
    let rush = rush(date);
    stores::busyness(date.weekday, hour).map(|store| store * rush)
}

/// The times of the baskets, in order: as many as requested, spread over the year as it is busy.
///
/// The times are the order statistics of independent draws, made one after another without storing them: of `left`
/// numbers that are uniform in the rest of the unit interval, the smallest leaves a share of u^(1/left) of it (Bentley
/// and Saxe, *Generating Sorted Lists of Random Numbers*, 1980).
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    days: Vec<Date>,
    /// For each hour of each day the busyness of the stores summed up to its end.
    ends: Vec<u64>,
    /// The current hour.
    slot: usize,
    /// What is left of the unit interval.
    remaining: f64,
    left: u64,
}

impl Arrivals {
    pub(super) fn new(baskets: u64) -> Self {
        let days: Vec<Date> = days().collect();
        let mut ends = Vec::with_capacity(DAYS * HOURS);
        let mut end = 0;
        for &date in &days {
            for hour in 0..HOURS {
                end += busyness(date, hour).iter().sum::<u64>();
                ends.push(end);
            }
        }
        Arrivals { days, ends, slot: 0, remaining: 1.0, left: baskets }
    }

    /// How many baskets are still to come.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next basket's day and time, and the index of its store; `None` after the last.
    pub(super) fn next(&mut self, draws: &mut Draws) -> Option<(Date, TimeOfDay, usize)> {
        let exponent = 1.0 / real(self.left);
        self.left = self.left.checked_sub(1)?;
        self.remaining *= libm::exp(-draws.exponential() * exponent);

        let total = real(*self.ends.last()?);
        let at = (1.0 - self.remaining) * total;
        // Times only increase, so the search goes on from where it stopped.
        let last = self.ends.len() - 1;
        while self.slot < last && at >= real(self.ends[self.slot]) {
            self.slot += 1;
        }
        let end = real(self.ends[self.slot]);
        let start = self.slot.checked_sub(1).map_or(0.0, |before| real(self.ends[before]));
        let minute = whole_part((at - start) / (end - start) * 60.0);
        // At the end of the last hour of the year, rounding can give its 60th minute.
        let minute = u8::try_from(minute).map_or(59, |minute| minute.min(59));

        let (day, hour) = (self.slot / HOURS, self.slot % HOURS);
        let date = self.days[day];
        let time = TimeOfDay { hour: OPENING_HOURS[hour], minute };
        let store = draws.weighted(&busyness(date, hour))?;
        Some((date, time, store))
    }
}
