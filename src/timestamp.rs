//! Instants as the logs write them: UTC, ISO 8601, milliseconds.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

/// An instant in UTC, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_unix_millis(millis: i64) -> Self {
        Timestamp(millis)
    }

    /// The clock of this machine; `None` where it cannot be used. For front
    /// ends only: the core is told the time.
    pub fn now() -> Option<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok().map(Timestamp)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Reads the form of the logs, `2017-10-07T04:42:56.804Z`; also without the
    /// fraction, with up to nine digits of it, and with another offset than `Z`.
    /// Text without an offset is UTC, as everything in these logs is.
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse_fixed(text).or_else(|| parse_any(text))
    }
}

/// The form every server writes, read without allocation: it is read once a line.
fn parse_fixed(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 24] = text.try_into().ok()?;
    const DATE: Form = Form::of(b"0000-00-");
    const MINUTE: Form = Form::of(b"00T00:00");
    const SECOND: Form = Form::of(b":00.000Z");
    let (halves, second) = text.split_at(16);
    let (date, minute) = halves.split_at(8);
    let as_written = DATE.fits(date) & MINUTE.fits(minute) & SECOND.fits(second);
    if !as_written {
        return None;
    }
    let digit = |at: usize| i64::from(text[at] & 0xF);
    let two = |at: usize| digit(at) * 10 + digit(at + 1);
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = ((days(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second;
    Some(Timestamp(seconds * 1000 + digit(20) * 100 + two(21)))
}

/// Eight bytes, any digit standing for `0`: its upper half is that of `0`, and
/// still is when so much is added that only digits keep it.
struct Form {
    form: u64,
    mask: u64,
    slack: u64,
}

impl Form {
    const fn of(form: &[u8; 8]) -> Self {
        let (mut mask, mut slack) = ([0xFF; 8], [0; 8]);
        let mut at = 0;
        while at < 8 {
            if form[at] == b'0' {
                (mask[at], slack[at]) = (0xF0, 6);
            }
            at += 1;
        }
        let [form, mask, slack] =
            [u64::from_le_bytes(*form), u64::from_le_bytes(mask), u64::from_le_bytes(slack)];
        Form { form, mask, slack }
    }

    #[inline]
    fn fits(&self, text: &[u8]) -> bool {
        let text = text.try_into().map_or(0, u64::from_le_bytes);
        text & self.mask == self.form && text.wrapping_add(self.slack) & self.mask == self.form
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; `None` where there is
/// no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    Some(before + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

fn parse_any(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .or_else(|_| {
            let day = format_description!("[year]-[month]-[day]");
            Date::parse(text, day).map(|date| date.with_time(Time::MIDNIGHT).assume_utc())
        })
        .ok()?;
    i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Timestamp)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => f.write_str(std::str::from_utf8(&text).unwrap_or_default()),
            None => f.write_str("(time out of range)"),
        }
    }
}

impl Timestamp {
    /// The text; `None` for a year of other than four digits. Two to six of them
    /// stand in each session that is written.
    fn text(self) -> Option<[u8; 24]> {
        let (seconds, millis) = (self.0.div_euclid(1000), self.0.rem_euclid(1000));
        let (year, month, day) = date(seconds.div_euclid(86_400))?;
        let second = seconds.rem_euclid(86_400);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |at: usize, mut number: i64, digits: usize| {
            for place in text[at..at + digits].iter_mut().rev() {
                *place = b'0' + u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        };
        put(0, year, 4);
        put(5, month, 2);
        put(8, day, 2);
        put(11, second / 3600, 2);
        put(14, second / 60 % 60, 2);
        put(17, second % 60, 2);
        put(20, millis, 3);
        Some(text)
    }
}

/// The day of the Gregorian calendar, the other way round than [`days`]; `None`
/// for a year of other than four digits.
fn date(days: i64) -> Option<(i64, i64, i64)> {
    // Four hundred years have 146,097 days; they begin in March here too.
    let days = days.checked_add(719_468)?;
    let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = cycle * 400 + year + later;
    (0..=9999).contains(&year).then_some((year, month, day))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.text() {
            Some(text) => serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default()),
            None => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_write_and_writes_it_back() {
        for text in
            ["2017-10-07T04:42:56.804Z", "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z"]
        {
            assert_eq!(Timestamp::parse(text.as_bytes()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_day_is_the_day_of_the_calendar() {
        let mut date = Date::from_calendar_date(1899, time::Month::January, 1).unwrap();
        let mut compared = 0;
        while date.year() < 2110 {
            let (year, month, day) = date.to_calendar_date();
            let days = days(i64::from(year), i64::from(u8::from(month)), i64::from(day)).unwrap();
            assert_eq!(days, date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp() / 86_400);
            let midnight = Timestamp::from_unix_millis(days * 86_400_000);
            assert_eq!(midnight.to_string(), format!("{date}T00:00:00.000Z"));
            date = date.next_day().unwrap();
            compared += 1;
        }
        assert_eq!(compared, 77_066);
        for (year, month, day) in [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 2, 30),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
        ] {
            assert_eq!(days(year, month, day), None, "{year}-{month}-{day}");
        }
        assert!(days(2000, 2, 29).is_some() && days(0, 1, 1).is_some());
    }

    #[test]
    fn reads_other_spellings_of_the_same_instant() {
        let wanted = Timestamp::parse(b"2017-10-07T04:42:56.000Z");
        for text in [
            "2017-10-07T04:42:56Z",
            "2017-10-07T06:42:56+02:00",
            "2017-10-07T04:42:56.0000000Z",
            "2017-10-07T04:42:56",
        ] {
            assert_eq!(Timestamp::parse(text.as_bytes()), wanted, "{text}");
        }
        assert_eq!(
            Timestamp::parse(b"2017-10-07").unwrap().to_string(),
            "2017-10-07T00:00:00.000Z"
        );
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "Date/Time",
            "2017-02-30T00:00:00.000Z",
            "2017-10-07T24:00:00.000Z",
            "2017-10-07T04:4x:56.804Z",
        ] {
            assert_eq!(Timestamp::parse(text.as_bytes()), None, "{text}");
        }
    }
}
