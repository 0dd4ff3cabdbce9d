//! Instants as the logs write them: UTC, ISO 8601, milliseconds.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time};

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
    let punctuation =
        [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    if punctuation.iter().any(|&(at, byte)| text[at] != byte) {
        return None;
    }
    let two = |at: usize| number(&text[at..at + 2]);
    let year = i32::try_from(number(&text[0..4])?).ok()?;
    let month = Month::try_from(u8::try_from(two(5)?).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(two(8)?).ok()?).ok()?;
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = i64::from(date.to_julian_day()) - UNIX_EPOCH_JULIAN_DAY;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(Timestamp(seconds * 1000 + number(&text[20..23])?))
}

/// The Julian day of 1970-01-01.
const UNIX_EPOCH_JULIAN_DAY: i64 = 2_440_588;

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, &digit| {
        digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'))
    })
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
        let form = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|instant| instant.format(form).ok());
        f.write_str(text.as_deref().unwrap_or("(time out of range)"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
