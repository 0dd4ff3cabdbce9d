//! The `#` lines: what kind of log this is, and where its columns stand.
//!
//! They stand at the top of a file and again wherever the service was
//! restarted while the file was current.

use super::LogType;
use crate::error::{Error, ErrorKind};
use crate::text::{clean, shorten};

/// The columns this crate reads, in the order of a [`Columns`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// `date-time`
    Time,
    /// `connector-id`
    Connector,
    /// `session-id`
    Session,
    /// `sequence-number`
    Sequence,
    /// `local-endpoint`
    Local,
    /// `remote-endpoint`
    Remote,
    /// `event`
    Event,
    /// `data`
    Data,
    /// `context`
    Context,
}

impl Column {
    /// Its place in a table of all columns.
    #[allow(clippy::as_conversions)] // the discriminant is the place
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The names of the columns, as `#Fields` writes them, in the order of [`Column`].
pub const COLUMN_NAMES: [&str; COLUMN_COUNT] = [
    "date-time",
    "connector-id",
    "session-id",
    "sequence-number",
    "local-endpoint",
    "remote-endpoint",
    "event",
    "data",
    "context",
];

/// How many columns this crate reads.
pub const COLUMN_COUNT: usize = 9;

/// Most columns a `#Fields` line may name. Exchange names nine; the bound keeps
/// a hostile header from making every record expensive.
pub const MAX_COLUMNS: usize = 64;

/// Where each known column stands in the records of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each column of the file, which known one it is.
    known: Vec<Option<usize>>,
}

impl Columns {
    /// The nine columns in the order every version of Exchange writes them.
    pub fn standard() -> Self {
        Columns { known: (0..COLUMN_COUNT).map(Some).collect() }
    }

    /// How many columns a record has.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Which known column stands at this place of a record.
    pub fn at(&self, place: usize) -> Option<usize> {
        self.known.get(place).copied().flatten()
    }

    /// Puts the field at this place of a record where the known column has its place.
    #[inline]
    pub fn put<'a>(&self, fields: &mut [&'a [u8]; COLUMN_COUNT], place: usize, field: &'a [u8]) {
        if let Some(known) = self.at(place) {
            fields[known] = field;
        }
    }

    /// Whether the file has this column.
    pub fn has(&self, column: Column) -> bool {
        self.known.contains(&Some(column.index()))
    }

    /// Whether the columns stand as in every log seen so far.
    pub fn is_standard(&self) -> bool {
        self.known.len() == COLUMN_COUNT
            && self.known.iter().enumerate().all(|(place, known)| *known == Some(place))
    }

    fn parse(names: &str) -> Result<Self, Error> {
        let known: Vec<_> = names
            .split(',')
            .take(MAX_COLUMNS + 1)
            .map(|name| {
                COLUMN_NAMES.iter().position(|known| known.eq_ignore_ascii_case(name.trim()))
            })
            .collect();
        if known.len() > MAX_COLUMNS {
            return Err(bad(format!("#Fields names more than {MAX_COLUMNS} columns")));
        }
        for needed in [Column::Session, Column::Event, Column::Data, Column::Context] {
            let needed = needed.index();
            if known.iter().filter(|place| **place == Some(needed)).count() != 1 {
                return Err(bad(format!(
                    "#Fields should name the column {} once",
                    COLUMN_NAMES[needed]
                )));
            }
        }
        Ok(Columns { known })
    }
}

/// What one `#` line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderLine {
    /// `#Log-type` of a protocol log.
    LogType(LogType),
    /// `#Fields`.
    Fields(Columns),
    /// `#Software`: a new header block begins.
    Software,
    /// `#Version`, `#Date` or a comment: nothing that reading depends on.
    Other,
}

/// Reads a line that begins with `#`.
///
/// A `#Log-type` of anything else than an SMTP protocol log is an error of kind
/// [`ErrorKind::NotAProtocolLog`], a `#Fields` line that cannot be used one of
/// kind [`ErrorKind::BadRecord`].
pub fn parse(line: &[u8]) -> Result<HeaderLine, Error> {
    let line = clean(line);
    let (name, value) = line.split_once(':').unwrap_or((&line, ""));
    let value = value.trim();
    match name.to_ascii_lowercase().as_str() {
        "#log-type" => log_type(value).map(HeaderLine::LogType),
        "#fields" => Columns::parse(value).map(HeaderLine::Fields),
        "#software" => Ok(HeaderLine::Software),
        _ => Ok(HeaderLine::Other),
    }
}

fn log_type(value: &str) -> Result<LogType, Error> {
    let words = value.to_ascii_lowercase();
    match words.as_str() {
        "smtp send protocol log" => Ok(LogType::Send),
        "smtp receive protocol log" => Ok(LogType::Receive),
        _ => Err(Error::new(
            ErrorKind::NotAProtocolLog,
            format!(
                "this is a log of type '{}'; expected 'SMTP Send Protocol Log' or 'SMTP Receive Protocol Log'",
                shorten(value, 80)
            ),
        )),
    }
}

fn bad(text: String) -> Error {
    Error::new(ErrorKind::BadRecord, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_both_directions_and_refuses_look_alikes_in_words() {
        assert_eq!(
            parse(b"#Log-Type: SMTP Receive Protocol Log"),
            Ok(HeaderLine::LogType(LogType::Receive))
        );
        let error = parse(b"#Log-type: Transport Connectivity Log").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAProtocolLog);
        assert!(error.text().contains("'Transport Connectivity Log'"), "{error}");
    }

    #[test]
    fn takes_the_columns_from_the_header() {
        let line = b"#Fields: date-time,extra,session-id,event,data,context,connector-id";
        let Ok(HeaderLine::Fields(columns)) = parse(line) else { panic!("no columns") };
        assert_eq!(columns.count(), 7);
        assert_eq!(columns.at(1), None);
        assert_eq!(columns.at(6), Some(Column::Connector.index()));
        assert!(!columns.is_standard());
        assert!(parse(b"#Fields: date-time,event").is_err());
    }
}
