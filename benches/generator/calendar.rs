//! Times as logs write them. The date is worked out once a day, not once a line.

const DAY: u64 = 86_400_000;
const HOUR: u64 = 3_600_000;

/// 2024-01-05T22:55:00Z in milliseconds since 1970: where every log begins. Small
/// logs then already pass a full hour, larger ones midnight.
pub const START: u64 = 1_704_495_300_000;

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Turns milliseconds since 1970 into text.
#[derive(Debug, Clone)]
pub struct Calendar {
    day: u64,
    /// `2024-01-05T00:00:00.000Z`
    stamp: [u8; 24],
    /// `Fri, 5 Jan 2024`
    spoken: String,
}

impl Calendar {
    /// Set to the first day of the logs.
    pub fn new() -> Self {
        let mut calendar =
            Calendar { day: 0, stamp: *b"1970-01-01T00:00:00.000Z", spoken: String::new() };
        calendar.turn_to(START / DAY);
        calendar
    }

    /// `2024-01-05T08:00:00.000Z`
    pub fn stamp(&mut self, millis: u64) -> &[u8; 24] {
        self.turn_to(millis / DAY);
        let second = millis / 1000;
        two(&mut self.stamp[11..13], second / 3600 % 24);
        two(&mut self.stamp[14..16], second / 60 % 60);
        two(&mut self.stamp[17..19], second % 60);
        let rest = millis % 1000;
        two(&mut self.stamp[20..22], rest / 10);
        self.stamp[22] = digit(rest % 10);
        &self.stamp
    }

    /// `Fri, 5 Jan 2024 08:00:00 +0000`, as banners say it.
    pub fn spoken(&mut self, millis: u64) -> String {
        let second = millis / 1000;
        self.turn_to(millis / DAY);
        let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
        format!("{} {hour:02}:{minute:02}:{second:02} +0000", self.spoken)
    }

    /// `20240105`, or `2024010508` with the hour, as file names say it.
    pub fn of_file(&mut self, millis: u64, with_hour: bool) -> String {
        let stamp = String::from_utf8_lossy(self.stamp(millis)).into_owned();
        let date = stamp[..10].replace('-', "");
        if with_hour {
            format!("{date}{}", &stamp[11..13])
        } else {
            date
        }
    }

    fn turn_to(&mut self, day: u64) {
        if day == self.day {
            return;
        }
        self.day = day;
        let (year, month, date) = civil(day);
        let text = format!("{year:04}-{month:02}-{date:02}");
        self.stamp[..10].copy_from_slice(text.as_bytes());
        let weekday = WEEKDAYS[usize::try_from(day % 7).unwrap_or(0)];
        let month = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
        self.spoken = format!("{weekday}, {date} {month} {year}");
    }
}

/// Whether a new file is due between these two times: newer versions begin one
/// every hour, older ones every day (UTC).
pub fn new_period(before: u64, now: u64, hourly: bool) -> bool {
    let period = if hourly { HOUR } else { DAY };
    before / period != now / period
}

/// Year, month and day of a day since 1970 (Howard Hinnant's `civil_from_days`).
fn civil(day: u64) -> (u64, u64, u64) {
    let shifted = day + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, date)
}

fn two(place: &mut [u8], number: u64) {
    place[0] = digit(number / 10);
    place[1] = digit(number % 10);
}

fn digit(number: u64) -> u8 {
    b'0' + u8::try_from(number).unwrap_or(0)
}
