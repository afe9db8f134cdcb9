//! Days and hours of the sample supermarket's year.

use std::fmt;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    pub(super) const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// Whether this is Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self, Weekday::Saturday | Weekday::Sunday)
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        })
    }
}

/// A day of the Gregorian calendar. Displayed as in `2025-12-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The day of the week.
    pub weekday: Weekday,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A time of day, to the minute. Displayed as in `17:05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TimeOfDay {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
}

impl TimeOfDay {
    pub(super) fn day_part(self) -> DayPart {
        match self.hour {
            0..11 => DayPart::Morning,
            11..14 => DayPart::Midday,
            14..17 => DayPart::Afternoon,
            _ => DayPart::Evening,
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    /// Before 11:00.
    Morning,
    /// From 11:00.
    Midday,
    /// From 14:00.
    Afternoon,
    /// From 17:00.
    Evening,
}

impl DayPart {
    /// The index of this part in tables.
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

const YEAR: u16 = 2025;
pub(super) const DAYS: usize = 365;
const MONTH_LENGTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// 1 January 2025 was a Wednesday.
const FIRST_WEEKDAY: usize = 2;
/// The hours of the day in which at least one store is open.
pub(super) const OPENING_HOURS: [u8; HOURS] = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];
pub(super) const HOURS: usize = 16;

/// The days of the year in order.
pub(in crate::synth) fn days() -> impl Iterator<Item = Date> {
    (1..=12_u8)
        .zip(MONTH_LENGTHS)
        .flat_map(|(month, len)| (1..=len).map(move |day| (month, day)))
        .zip(Weekday::ALL.into_iter().cycle().skip(FIRST_WEEKDAY))
        .map(|((month, day), weekday)| Date { year: YEAR, month, day, weekday })
}
