//! A reader of DER, as small as certificates need it.
//!
//! Certificates come from strangers, so every length is checked before it is
//! used, nothing is copied, and nothing recurses. Only definite lengths are
//! taken: X.509 (RFC 5280 4.1) is DER, and what is not cannot be hashed to the
//! bytes its issuer signed. A value that holds more than it should is an error
//! of its own, because a reader that ignores the rest also ignores a constraint
//! that stands in it.

/// Where reading stopped and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerError {
    text: String,
}

impl DerError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        DerError { text: text.into() }
    }

    /// The reason in words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same error, with the field it is about in front.
    #[must_use]
    pub(crate) fn within(self, field: &str) -> Self {
        DerError { text: format!("{field}: {}", self.text) }
    }
}

impl std::fmt::Display for DerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The result of reading.
pub type DerResult<T> = Result<T, DerError>;

/// Tags of the universal class that certificates use.
pub(crate) mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0A;
    pub const UTF8_STRING: u8 = 0x0C;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1A;
    pub const UNIVERSAL_STRING: u8 = 0x1C;
    pub const BMP_STRING: u8 = 0x1E;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;

    /// `[n]`, primitive.
    pub const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[n]`, constructed.
    pub const fn constructed(number: u8) -> u8 {
        0xA0 | number
    }
}

/// One value: its tag, its content, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub whole: &'a [u8],
}

/// Reads values one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value, whatever it is.
    pub fn any(&mut self) -> DerResult<Value<'a>> {
        let (&tag, after_tag) =
            self.rest.split_first().ok_or_else(|| DerError::new("the value is missing"))?;
        if tag & 0x1F == 0x1F {
            return Err(DerError::new(format!("tag {tag:#04x} is of a form X.509 does not use")));
        }
        let (&first, after_first) =
            after_tag.split_first().ok_or_else(|| DerError::new("the length is missing"))?;
        let (length, header) = if first < 0x80 {
            (usize::from(first), 2)
        } else {
            let count = usize::from(first & 0x7F);
            // Four bytes of length describe four gigabytes; nothing here is larger.
            if count == 0 || count > 4 {
                return Err(DerError::new(format!("length byte {first:#04x} is not DER")));
            }
            let digits =
                after_first.get(..count).ok_or_else(|| DerError::new("the length is cut off"))?;
            let length = digits.iter().try_fold(0usize, |length, &digit| {
                length.checked_mul(256)?.checked_add(usize::from(digit))
            });
            (length.ok_or_else(|| DerError::new("the length is too large"))?, 2 + count)
        };
        let end =
            header.checked_add(length).filter(|&end| end <= self.rest.len()).ok_or_else(|| {
                DerError::new(format!(
                    "a value of {length} bytes is cut off after {}",
                    self.rest.len().saturating_sub(header)
                ))
            })?;
        let (whole, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Value { tag, content: &whole[header..], whole })
    }

    /// The next value, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> DerResult<Value<'a>> {
        match self.peek() {
            Some(found) if found == tag => self.any(),
            Some(found) => {
                Err(DerError::new(format!("tag {found:#04x} stands where {tag:#04x} must")))
            }
            None => Err(DerError::new(format!("tag {tag:#04x} is missing"))),
        }
    }

    /// The next value, where it has this tag.
    pub fn optional(&mut self, tag: u8) -> DerResult<Option<Value<'a>>> {
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The content of the next value, which must have this tag, as a reader.
    pub fn enter(&mut self, tag: u8) -> DerResult<Reader<'a>> {
        self.expect(tag).map(|value| Reader::new(value.content))
    }

    /// Nothing may be left.
    pub fn finish(&self) -> DerResult<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(DerError::new(format!("{} bytes stand after the end", self.rest.len())))
        }
    }

    /// An OBJECT IDENTIFIER, as its bytes.
    pub fn oid(&mut self) -> DerResult<&'a [u8]> {
        let value = self.expect(tag::OID)?;
        // The last byte of each arc has its high bit clear (X.690 8.19.2).
        match value.content.last() {
            Some(last) if last & 0x80 == 0 => Ok(value.content),
            _ => Err(DerError::new("an object identifier is cut off")),
        }
    }

    /// A BOOLEAN; any non-zero byte counts as true, as in common readers.
    pub fn boolean(&mut self) -> DerResult<bool> {
        match self.expect(tag::BOOLEAN)?.content {
            [byte] => Ok(*byte != 0),
            _ => Err(DerError::new("a BOOLEAN must be one byte")),
        }
    }

    /// An INTEGER as its bytes, sign included.
    pub fn integer(&mut self) -> DerResult<&'a [u8]> {
        let content = self.expect(tag::INTEGER)?.content;
        if content.is_empty() {
            return Err(DerError::new("an INTEGER is empty"));
        }
        Ok(content)
    }

    /// A small INTEGER that is not negative.
    pub fn small(&mut self) -> DerResult<u32> {
        small(self.integer()?)
    }

    /// A BIT STRING of whole bytes.
    pub fn bits(&mut self) -> DerResult<&'a [u8]> {
        match self.expect(tag::BIT_STRING)?.content.split_first() {
            Some((0, bytes)) => Ok(bytes),
            Some((unused, _)) => {
                Err(DerError::new(format!("a BIT STRING leaves {unused} bits unused")))
            }
            None => Err(DerError::new("a BIT STRING is empty")),
        }
    }
}

/// The content of an INTEGER, or of an implicitly tagged one, as a number.
pub(crate) fn small(content: &[u8]) -> DerResult<u32> {
    match content.first() {
        None => return Err(DerError::new("a number is empty")),
        Some(first) if first & 0x80 != 0 => return Err(DerError::new("a number is negative")),
        Some(_) => {}
    }
    content
        .iter()
        .try_fold(0u32, |number, &byte| number.checked_mul(256)?.checked_add(u32::from(byte)))
        .ok_or_else(|| DerError::new("a number is too large"))
}

/// Reads one value that must be all there is.
pub(crate) fn single(bytes: &[u8], tag: u8) -> DerResult<Value<'_>> {
    let mut reader = Reader::new(bytes);
    let value = reader.expect(tag)?;
    reader.finish()?;
    Ok(value)
}

/// Seconds since 1970 of a `Time` (RFC 5280 4.1.2.5).
///
/// Beyond the two forms that are allowed, times with an offset and UTC times
/// without seconds are read too: both occur in certificates of the nineties.
pub(crate) fn time(value: Value<'_>) -> DerResult<i64> {
    let wrong = || {
        DerError::new(format!(
            "{:?} is not a time",
            String::from_utf8_lossy(value.content.get(..32).unwrap_or(value.content))
        ))
    };
    let (year_digits, century) = match value.tag {
        tag::UTC_TIME => (2, true),
        tag::GENERALIZED_TIME => (4, false),
        other => return Err(DerError::new(format!("tag {other:#04x} is not that of a time"))),
    };
    let digits = value.content.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (date, zone) = value.content.split_at(digits);
    if digits < year_digits + 8 || digits > year_digits + 10 || digits % 2 != 0 {
        return Err(wrong());
    }
    let two = |at: usize| -> i64 {
        date.get(at..at + 2)
            .map_or(0, |pair| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0'))
    };
    let year = if century {
        // RFC 5280 4.1.2.5.1: 50 to 99 are of the twentieth century.
        two(0) + if two(0) >= 50 { 1900 } else { 2000 }
    } else {
        two(0) * 100 + two(2)
    };
    let (month, day) = (two(year_digits), two(year_digits + 2));
    let (hour, minute, second) = (two(year_digits + 4), two(year_digits + 6), two(year_digits + 8));
    let days = days_from_civil(year, month, day).ok_or_else(wrong)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(wrong());
    }
    let offset = match zone {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), hours @ ..] if hours.len() == 4 => {
            if !hours.iter().all(u8::is_ascii_digit) {
                return Err(wrong());
            }
            let number = |at: usize| i64::from(hours[at] - b'0');
            let minutes = (number(0) * 10 + number(1)) * 60 + number(2) * 10 + number(3);
            if *sign == b'+' {
                minutes
            } else {
                -minutes
            }
        }
        _ => return Err(wrong()),
    };
    Ok(((days * 24 + hour) * 60 + minute - offset) * 60 + second)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date =
        time::Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?)
            .ok()?;
    // 2 440 588 is the Julian day of 1970-01-01.
    Some(i64::from(date.to_julian_day()) - 2_440_588)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_every_length_before_it_is_used() {
        for bytes in [
            &b""[..],
            &[0x30],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x05, 1],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
            &[0x1F, 0x01, 0x00],
        ] {
            assert!(Reader::new(bytes).any().is_err(), "{bytes:?}");
        }
        let mut reader = Reader::new(&[0x02, 0x01, 0x05, 0x01, 0x01, 0xFF]);
        assert_eq!(reader.small(), Ok(5));
        assert!(reader.finish().is_err());
        assert_eq!(reader.boolean(), Ok(true));
        assert_eq!(reader.finish(), Ok(()));
        assert!(small(&[0xFF]).is_err());
        assert!(small(&[1, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn reads_times_of_both_forms() {
        let read = |tag, text: &str| {
            time(Value { tag, content: text.as_bytes(), whole: text.as_bytes() }).ok()
        };
        assert_eq!(read(tag::UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(read(tag::UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(read(tag::UTC_TIME, "500101000000Z"), Some(-631_152_000));
        assert_eq!(read(tag::UTC_TIME, "7001010200+0200"), Some(0));
        assert_eq!(read(tag::GENERALIZED_TIME, "20500101000000Z"), Some(2_524_608_000));
        assert_eq!(read(tag::GENERALIZED_TIME, "99991231235959Z"), Some(253_402_300_799));
        for wrong in ["", "20500101", "20501301000000Z", "20500230000000Z", "20500101000000"] {
            assert_eq!(read(tag::GENERALIZED_TIME, wrong), None, "{wrong}");
        }
        assert_eq!(read(tag::UTC_TIME, "7001010200+9"), None);
    }
}
