//! Time stamps.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::gap::Gap;
use super::groups::Groups;
use super::shape::Ambiguous;
use crate::error::Error;
use crate::shape::Table;
#[cfg(feature = "serde")]
use crate::stored_format::suggest_keys;
use crate::text_enum::text_enum;

text_enum! {
    /// What of a time becomes an item.
    ///
    /// ```
    /// use itemset::shape::TimePart;
    ///
    /// assert_eq!("weekday".parse::<TimePart>()?, TimePart::Weekday);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub enum TimePart for "time part" {
        /// `weekday=Mon` to `weekday=Sun`.
        Weekday = "weekday",
        /// `day=weekend` on Saturday and Sunday, else `day=workday`.
        Day = "day",
        /// `daypart=morning` from 6:00, `midday` from 11:00, `afternoon` from 14:00, `evening` from 17:00 and `night`
        /// from 22:00, unless set otherwise.
        Daypart = "daypart",
        /// `hour=0` to `hour=23`.
        Hour = "hour",
        /// `month=1` to `month=12`.
        Month = "month",
        /// `quarter=1` to `quarter=4`.
        Quarter = "quarter",
    }
}

impl TimePart {
    /// The kind of its items.
    pub(super) fn name(self) -> &'static str {
        self.text()
    }
}

/// A column of time stamps, and what of them becomes items.
///
/// Times are read as `2026-11-30 18:05`, with seconds or without, with a `T` in between or a blank, or as a date alone.
/// From a date alone, no part of the day and no hour is made. One with an offset, `2026-11-30T18:05+01:00`, is an instant, and shown by the clock of the time zone if there is one.
/// Other forms need a [format](Times::format).
///
/// ```
/// use itemset::io::TableReader;
/// use itemset::shape::{Recipe, TimePart, Times};
///
/// let sales = TableReader::new().read("receipt,time,item\n1,28/11/2026 18:05,beer\n".as_bytes())?;
/// let times = Times::new("time", [TimePart::Weekday, TimePart::Daypart]).format("%d/%m/%Y %H:%M");
/// let shaped = Recipe::new("item").basket(["receipt"]).times(times).shape(&sales)?;
/// assert_eq!(shaped.baskets().iter().next().unwrap().to_string(), "{beer, weekday=Sat, daypart=evening}");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
#[must_use]
pub struct Times {
    pub(super) column: String,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) parts: Vec<TimePart>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    format: Option<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    zone: Option<String>,
    /// The name of each part of the day, and the hour with which it begins, ascending.
    #[cfg_attr(feature = "serde", serde(default = "usual_dayparts"))]
    dayparts: Vec<(String, u8)>,
}

fn usual_dayparts() -> Vec<(String, u8)> {
    let usual = [("morning", 6), ("midday", 11), ("afternoon", 14), ("evening", 17), ("night", 22)];
    usual.map(|(name, hour)| (name.to_string(), hour)).to_vec()
}

impl Times {
    /// A column, and the parts of its times that become items.
    pub fn new(column: impl Into<String>, parts: impl IntoIterator<Item = TimePart>) -> Times {
        let parts = parts.into_iter().collect();
        Times { column: column.into(), parts, format: None, zone: None, dayparts: usual_dayparts() }
    }

    /// The form of the times, as `strftime` has it: `%d.%m.%Y %H:%M`. With `%z` or `%s` they are instants.
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// The time zone whose clock counts, such as `Europe/Berlin`. Times without an offset are of that clock; those that
    /// it shows twice or never, when it is changed, are read as the earlier one or as if it had not changed, and the
    /// report counts them. Default: the clock that the times were written by.
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// The parts of the day: the name of each and the hour with which it begins. The last one goes on until the first.
    pub fn dayparts(mut self, parts: impl IntoIterator<Item = (impl Into<String>, u8)>) -> Self {
        self.dayparts = parts.into_iter().map(|(name, hour)| (name.into(), hour)).collect();
        self
    }

    pub(super) fn column(&self) -> &str {
        &self.column
    }

    /// The nanoseconds of a time, as in [`Time`].
    pub(super) fn instant(&self, text: &str) -> Result<i128, Error> {
        self.instant_of(text, &self.reader()?.time(text)?)
    }

    fn instant_of(&self, text: &str, time: &Time) -> Result<i128, Error> {
        time.instant.ok_or_else(|| {
            let value = format!("`{text}` of column `{}`", self.column);
            Error::invalid_setting("time", value, "a time before the end of the year 9999")
        })
    }

    /// The same of each text of the column, by the text's number.
    pub(super) fn instants(&self, table: &Table, ambiguous: &mut Ambiguous) -> Result<Vec<Option<i128>>, Error> {
        let read = self.reader()?;
        let mut instants: Vec<Option<i128>> = vec![None; table.texts()];
        for &code in table.column(&self.column)? {
            if let Some(text) = table.text(code)
                && instants[code as usize].is_none()
            {
                let time = read.time(text)?;
                if time.is_ambiguous {
                    ambiguous.insert((self.column.clone(), code));
                }
                instants[code as usize] = Some(self.instant_of(text, &time)?);
            }
        }
        Ok(instants)
    }

    /// What reads the times.
    pub(super) fn reader(&self) -> Result<ReadTimes<'_>, Error> {
        let is_hour = |&(_, hour): &(String, u8)| hour < 24;
        if self.dayparts.is_empty()
            || !self.dayparts.iter().all(is_hour)
            || !self.dayparts.is_sorted_by(|a, b| a.1 < b.1)
        {
            let value = self.dayparts.iter().map(|(name, hour)| format!("{name} from {hour}")).collect::<Vec<_>>();
            const ALLOWED: &str = "parts of the day with ascending hours from 0 to 23";
            return Err(Error::invalid_setting("dayparts", value.join(", "), ALLOWED));
        }
        let zone = self.zone.as_deref().map(|name| {
            TimeZone::get(name).map_err(|_| {
                Error::invalid_setting("zone", format!("`{name}`"), "the name of a time zone, such as Europe/Berlin")
            })
        });
        if let Some(format) = &self.format
            && strtime::format(format, &Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC)).is_err()
        {
            const ALLOWED: &str = "a form as %d.%m.%Y %H:%M";
            return Err(Error::invalid_setting("time_format", format!("`{format}`"), ALLOWED));
        }
        Ok(ReadTimes { times: self, zone: zone.transpose()? })
    }

    /// The label of a part of a time; `None` of a part that a date alone does not have.
    pub(super) fn label(&self, part: TimePart, time: &Time) -> Option<String> {
        let civil = time.civil;
        let name = part.name();
        if !time.has_clock && matches!(part, TimePart::Daypart | TimePart::Hour) {
            return None;
        }
        Some(match part {
            TimePart::Weekday => format!("{name}={}", short(civil.weekday())),
            TimePart::Day if matches!(civil.weekday(), Weekday::Saturday | Weekday::Sunday) => {
                format!("{name}=weekend")
            }
            TimePart::Day => format!("{name}=workday"),
            TimePart::Daypart => format!("{name}={}", self.daypart(civil.hour())),
            TimePart::Hour => format!("{name}={}", civil.hour()),
            TimePart::Month => format!("{name}={}", civil.month()),
            TimePart::Quarter => format!("{name}={}", (civil.month() + 2) / 3),
        })
    }

    fn daypart(&self, hour: i8) -> &str {
        let begun = self.dayparts.iter().rfind(|(_, begin)| i16::from(*begin) <= i16::from(hour));
        // Before the first part, the last one of the day before goes on.
        begun.or(self.dayparts.last()).map_or("", |(name, _)| name)
    }
}

fn short(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.name()).collect();
        write!(f, "items {}=... of {}", parts.join("=..., "), self.column)?;
        if let Some(zone) = &self.zone {
            write!(f, " by the clock of {zone}")?;
        }
        Ok(())
    }
}

/// Reads the times of a column.
pub(super) struct ReadTimes<'a> {
    times: &'a Times,
    zone: Option<TimeZone>,
}

/// A time.
pub(super) struct Time {
    /// As the clock shows it.
    civil: DateTime,
    /// In nanoseconds, from the beginning of 1970, by a clock that is not changed; `None` in the last days that a date can
    /// have, which have no such time.
    instant: Option<i128>,
    /// Whether it is more than a date.
    has_clock: bool,
    /// Whether the clock showed it twice, or never.
    pub(super) is_ambiguous: bool,
}

impl ReadTimes<'_> {
    pub(super) fn time(&self, text: &str) -> Result<Time, Error> {
        self.read(text).ok_or_else(|| {
            let value = format!("`{text}` of column `{}`", self.times.column);
            match &self.times.format {
                None => Error::invalid_setting("time", value, "a time as 2026-11-30 18:05, or another format"),
                Some(_) => Error::invalid_setting("time", value, "a time in the format of the column"),
            }
        })
    }

    fn read(&self, text: &str) -> Option<Time> {
        let (instant, civil, has_clock) = match &self.times.format {
            Some(format) => {
                let time = strtime::parse(format, text).ok()?;
                let instant = time.to_timestamp().ok();
                match instant.is_some() || time.hour().is_some() {
                    true => (instant, time.to_datetime().ok(), true),
                    false => (None, time.to_date().ok().map(DateTime::from), false),
                }
            }
            None => {
                let instant: Option<Timestamp> = text.parse().ok();
                // As it is written, whatever the offset.
                (instant, text.parse::<DateTime>().ok(), text.contains([':', 'T', 't']))
            }
        };
        let time = |civil: DateTime, instant: Option<Timestamp>, is_ambiguous: bool| {
            Some(Time { civil, instant: instant.map(Timestamp::as_nanosecond), has_clock, is_ambiguous })
        };
        match (instant, &self.zone, civil) {
            (Some(instant), Some(zone), _) => time(zone.to_datetime(instant), Some(instant), false),
            (Some(instant), None, Some(civil)) => time(civil, Some(instant), false),
            (Some(instant), None, None) => time(TimeZone::UTC.to_datetime(instant), Some(instant), false),
            (None, zone, Some(civil)) => {
                let ambiguous = zone.as_ref().unwrap_or(&TimeZone::UTC).to_ambiguous_timestamp(civil);
                let is_ambiguous = ambiguous.is_ambiguous();
                time(civil, ambiguous.compatible().ok(), is_ambiguous)
            }
            (None, _, None) => None,
        }
    }
}

/// Rows of one key that are not far apart in time are one basket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
pub(super) struct Session {
    pub(super) times: Times,
    pub(super) gap: Gap,
}

#[cfg(feature = "serde")]
suggest_keys!(Times, Session);

impl Session {
    /// Divides groups where more time passes than the gap. Rows without a time are left out.
    pub(super) fn divide(&self, table: &Table, groups: Groups, ambiguous: &mut Ambiguous) -> Result<Groups, Error> {
        let (codes, instants) = (table.column(&self.times.column)?, self.times.instants(table, ambiguous)?);
        let instant = |row: u32| instants.get(codes[row as usize] as usize).copied().flatten();
        let gap = self.gap.as_nanos();
        let (rows, ends) = groups.rows();
        let mut of_row = vec![Groups::NONE; table.len()];
        let (mut start, mut session) = (0, 0);
        let mut timed: Vec<(i128, u32)> = Vec::new();
        for end in ends {
            timed.clear();
            timed.extend(rows[start..end].iter().filter_map(|&row| Some((instant(row)?, row))));
            timed.sort_unstable();
            for (place, &(time, row)) in timed.iter().enumerate() {
                let is_far = place > 0 && time.abs_diff(timed[place - 1].0) > gap;
                session += u32::from(is_far);
                of_row[row as usize] = session;
            }
            session += u32::from(!timed.is_empty());
            start = end;
        }
        // In the order of their first rows.
        Ok(Groups::renumbered(of_row, session as usize))
    }
}
