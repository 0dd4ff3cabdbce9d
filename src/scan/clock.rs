//! The times of lines that follow each other: mostly of the same minute, mostly
//! none earlier than the one before.
//!
//! A scan has to know of the lines that it passes over how late it was there,
//! because a session that failed to connect ends by time alone. To keep the time
//! of every line would cost more than all else that is done with most of them.
//! So only those are kept that are earlier than one before them; any other is
//! later than all before it, and has its time in its text.

use crate::timestamp::Timestamp;

/// Bytes of a time, `2017-10-07T04:42:56.804Z`.
pub const TIME: usize = 24;

/// `:00.000Z`, the end of a time, as a number that is larger the later it is.
const ZERO: u64 = u64::from_be_bytes(*b":00.000Z");

/// A minute, for reading the times of lines that follow each other.
pub struct Minute {
    /// `2017-10-07T04:42`, and its instant.
    text: [u8; 16],
    base: i64,
    /// What [`digits`] gives of a second of this minute: [`ZERO`]. Nothing it ever gives before
    /// the first line, and where a time is written in another form; then the instant is
    /// its own.
    zero: u64,
}

/// No digits.
const NO_SECOND: u64 = u64::MAX;

/// The time of the latest line.
pub struct Clock {
    minute: Minute,
    /// `:56.804Z`
    second: u64,
    /// Lines earlier than one before them, and their times.
    early: Vec<(u32, i64)>,
}

/// The time of a line, which may pass or not.
pub enum Passes {
    /// To be told to [`Clock::pass`].
    Second(u64),
    /// To be told to [`Clock::pass_any`].
    Time(Timestamp),
}

impl Default for Minute {
    fn default() -> Self {
        Minute { text: [0; 16], base: i64::MIN, zero: NO_SECOND }
    }
}

impl Minute {
    /// What follows the minute of a time, where it is this one.
    #[inline(always)]
    fn second(&self, text: &[u8; TIME]) -> Option<u64> {
        let (minute, second) = text.split_first_chunk::<16>()?;
        let second = u64::from_be_bytes(*second.first_chunk()?);
        (digits(second) == self.zero && *minute == self.text).then_some(second)
    }

    /// The time a line begins with, the same as [`Timestamp::parse`] gives; `None`
    /// where the line ends in it. And whether it is of this minute.
    fn time(&self, line: &[u8]) -> Option<(Timestamp, bool)> {
        let text = line.first_chunk::<TIME>()?;
        match self.second(text) {
            Some(second) => Some((Timestamp::from_unix_millis(self.base + millis(second)), true)),
            // The parser takes a line end for the blank that may stand in and around a time.
            None => Some((Timestamp::parse(text).filter(|_| !text.contains(&b'\n'))?, false)),
        }
    }

    /// Becomes the minute of the time that a line begins with; gives its second.
    fn set(&mut self, line: &[u8], time: Timestamp) -> u64 {
        let parts = line.split_first_chunk::<16>().zip(line.get(16..TIME));
        let Some(((minute, _), second)) = parts else { return ZERO };
        let second = second.try_into().map_or(0, u64::from_be_bytes);
        let is_second = digits(second) == ZERO;
        self.zero = if is_second { ZERO } else { NO_SECOND };
        let second = if is_second { second } else { ZERO };
        (self.text, self.base) = (*minute, time.unix_millis() - millis(second));
        second
    }

    /// Reads the time a line begins with, the same as [`Timestamp::parse`] gives; it is of
    /// this minute then. `None` where the line ends in it.
    pub fn read(&mut self, line: &[u8]) -> Option<Timestamp> {
        let (time, is_same) = self.time(line)?;
        if !is_same {
            self.set(line, time);
        }
        Some(time)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Clock { minute: Minute::default(), second: ZERO, early: Vec::new() }
    }
}

impl Clock {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.early.clear();
        (self.minute, self.second) = (Minute::default(), ZERO);
    }

    /// Reads the time of a line where it is of the same minute as the latest;
    /// to be told to [`Clock::pass`].
    #[inline(always)]
    pub fn glance(&self, text: &[u8; TIME]) -> Option<u64> {
        self.minute.second(text)
    }

    /// A line of this second of the minute passes.
    #[inline(always)]
    pub fn pass(&mut self, row: u32, second: u64) {
        if second < self.second {
            self.keep_early(row, self.minute.base + millis(second));
        } else {
            self.second = second;
        }
    }

    /// Reads the time a line begins with, the same as [`Timestamp::parse`] gives;
    /// `None` where the line ends in it.
    pub fn passes(&self, line: &[u8]) -> Option<Passes> {
        match self.glance(line.first_chunk()?) {
            Some(second) => Some(Passes::Second(second)),
            None => {
                let (time, _) = self.minute.time(line)?;
                // Part of a time for the parser; in a line they may end the column.
                let is_apart = line[..TIME].iter().any(|byte| matches!(byte, b',' | b'"'));
                (!is_apart).then_some(Passes::Time(time))
            }
        }
    }

    /// A line passes that begins with this time.
    pub fn pass_any(&mut self, row: u32, line: &[u8], time: Timestamp) {
        if time.unix_millis() < self.latest() {
            return self.keep_early(row, time.unix_millis());
        }
        self.second = self.minute.set(line, time);
    }

    /// The latest time of some rows, from `first` to `last`, all of which have passed;
    /// `line` gives the text of one, and they are perhaps of this minute.
    pub fn late<'a>(
        &self,
        first: u32,
        last: u32,
        line: impl Fn(u32) -> &'a [u8],
        minute: &mut Minute,
    ) -> Timestamp {
        let mut late = i64::MIN;
        let early = self.early.partition_point(|(row, _)| *row <= last);
        let mut early = self.early[..early].iter().rev();
        for row in (first..=last).rev() {
            match early.next() {
                Some((early, time)) if *early == row => late = late.max(*time),
                // None before this one is later.
                _ => {
                    let time = minute.read(line(row)).map_or(i64::MIN, Timestamp::unix_millis);
                    late = late.max(time);
                    break;
                }
            }
        }
        Timestamp::from_unix_millis(late)
    }

    fn latest(&self) -> i64 {
        self.minute.base.saturating_add(millis(self.second))
    }

    #[cold]
    fn keep_early(&mut self, row: u32, time: i64) {
        self.early.push((row, time));
    }
}

/// [`ZERO`] of the end of a time, `:` and `.` and `Z` and five digits of which the
/// first is below six; of all else something else. Each digit has to have the upper half of
/// `0`, and still to have it when so much is added that its largest just keeps it. Both
/// at once: no half becomes one larger and has all the bits of `0` before and after.
#[inline(always)]
fn digits(text: u64) -> u64 {
    const MASK: u64 = 0xFFF0_F0FF_F0F0_F0FF;
    const SLACK: u64 = 0x000A_0600_0606_0600;
    text & text.wrapping_add(SLACK) & MASK
}

/// Milliseconds of that of which [`digits`] gives [`ZERO`].
fn millis(second: u64) -> i64 {
    let [_, ten, one, _, a, b, c, _] = second.to_be_bytes().map(|byte| i64::from(byte & 0xF));
    (ten * 10 + one) * 1000 + a * 100 + b * 10 + c
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(clock: &Clock, line: &[u8]) -> Option<Timestamp> {
        clock.passes(line).map(|passes| match passes {
            Passes::Second(second) => {
                Timestamp::from_unix_millis(clock.minute.base + millis(second))
            }
            Passes::Time(time) => time,
        })
    }

    #[test]
    fn the_clock_agrees_with_the_parser() {
        let (mut clock, mut minute) = (Clock::default(), Minute::default());
        for (row, text) in (0..).zip([
            "2017-10-07T04:42:56.804Z",
            "2017-10-07T04:42:59.999Z",
            "2017-10-07T04:42:60.000Z",
            "2017-10-07T04:42:5x.000Z",
            "2017-10-07T04:43:00.000Z",
            "2017-10-07T04:43:00.000z",
            "2017-10-07T04:43:00.0001",
            "2017-10-07T04:43:0/.000Z",
            "2017-02-30T04:43:00.000Z",
            "2017-02-30T04:43:01.000Z",
            "2017-10-07T04:43:07.100Z",
        ]) {
            let time = Timestamp::parse(text.as_bytes());
            assert_eq!(read(&clock, text.as_bytes()), time, "{text}");
            assert_eq!(minute.read(text.as_bytes()), time, "{text}");
            if let Some(time) = time {
                clock.pass_any(row, text.as_bytes(), time);
            }
        }
        // A line or a column that ends within its time.
        let text = b"2017-10-07T04:43:07.100Z";
        for (at, byte) in (0..TIME).flat_map(|at| [(at, b'\n'), (at, b','), (at, b'"')]) {
            let mut text = *text;
            text[at] = byte;
            assert_eq!(read(&clock, &text), None, "{at}");
            assert_eq!(read(&Clock::default(), &text), None, "{at}");
        }
    }

    #[test]
    fn seconds_are_digits_in_their_places() {
        let good = b":59.999Z";
        for at in 0..good.len() {
            for byte in 0..=u8::MAX {
                let mut text = *good;
                text[at] = byte;
                let digit = byte.is_ascii_digit() && (at != 1 || byte < b'6');
                let expected = if matches!(at, 0 | 3 | 7) { byte == good[at] } else { digit };
                assert_eq!(digits(u64::from_be_bytes(text)) == ZERO, expected, "{text:?}");
                // Nor is what is carried over from the next one.
                let other = (at + 1) % good.len();
                for byte in 0..=u8::MAX {
                    let expected = expected && byte == good[other];
                    let digit = byte.is_ascii_digit() && (other != 1 || byte < b'6');
                    if !digit {
                        text[other] = byte;
                        assert_eq!(digits(u64::from_be_bytes(text)) == ZERO, expected, "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn tells_how_late_it_was_between_any_lines() {
        let lines = [
            "2017-10-07T04:42:56.804Z",
            "2017-10-07T04:42:55.000Z", // early
            "2017-10-07T04:42:56.804Z",
            "2017-10-07T04:43:00.000Z",
            "2017-10-07T04:42:59.999Z", // early, of another minute
            "2017-10-07T04:43:00.0009", // an unusual form, which has to be parsed
            "2017-10-07T04:43:01.000Z",
            "2018-10-07 04:43:01.000Z",
            "2017-10-07T04:43:02.000Z", // early
        ];
        let mut clock = Clock::default();
        let mut times = Vec::new();
        for (row, line) in (0..).zip(lines) {
            let line = line.as_bytes();
            times.push(read(&clock, line).unwrap());
            match clock.passes(line).unwrap() {
                Passes::Second(second) => clock.pass(row, second),
                Passes::Time(time) => clock.pass_any(row, line, time),
            }
        }
        let line = |row: u32| lines[usize::try_from(row).unwrap()].as_bytes();
        let mut minute = Minute::default();
        for (first, _) in (0..).zip(lines) {
            for (last, _) in (0..).zip(lines).skip(usize::try_from(first).unwrap()) {
                let expected = (first..=last).map(|row| times[usize::try_from(row).unwrap()]).max();
                assert_eq!(Some(clock.late(first, last, line, &mut minute)), expected);
                let mut anew = Minute::default();
                assert_eq!(Some(clock.late(first, last, line, &mut anew)), expected);
            }
        }
    }
}
