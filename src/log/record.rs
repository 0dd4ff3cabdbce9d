//! One line of a log, cut into its columns.
//!
//! A field with a comma stands in double quotes, quotes inside it are doubled
//! (RFC 4180). Lines without a quote, nine in ten, are cut at their commas;
//! lines with one go through the `csv` crate.

use std::io::{Cursor, SeekFrom};

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::header::{Column, Columns, COLUMN_COUNT, COLUMN_NAMES};

/// The character in the event column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// `+`
    Connect,
    /// `-`
    Disconnect,
    /// `>`: this server to the peer.
    Sent,
    /// `<`: the peer to this server.
    Received,
    /// `*`
    Information,
}

impl Event {
    /// From the text of the column.
    pub fn parse(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"+" => Event::Connect,
            b"-" => Event::Disconnect,
            b">" => Event::Sent,
            b"<" => Event::Received,
            b"*" => Event::Information,
            _ => return None,
        })
    }

    /// The character.
    pub fn symbol(self) -> &'static str {
        match self {
            Event::Connect => "+",
            Event::Disconnect => "-",
            Event::Sent => ">",
            Event::Received => "<",
            Event::Information => "*",
        }
    }
}

/// One record: the known columns of a line; a column that the file lacks is empty.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    fields: [&'a [u8]; COLUMN_COUNT],
    event: Event,
}

impl<'a> Record<'a> {
    /// A record from its columns, in the order of [`Column`].
    pub fn new(fields: [&'a [u8]; COLUMN_COUNT]) -> Result<Self, String> {
        match Event::parse(fields[Column::Event.index()]) {
            Some(event) => Ok(Record { fields, event }),
            None => Err(format!(
                "the column event holds {}; expected one of + - > < *",
                excerpt(fields[Column::Event.index()])
            )),
        }
    }

    /// The bytes of a column.
    pub fn get(&self, column: Column) -> &'a [u8] {
        self.fields[column.index()]
    }

    /// What happened.
    pub fn event(&self) -> Event {
        self.event
    }

    /// The column `data`.
    pub fn data(&self) -> &'a [u8] {
        self.get(Column::Data)
    }

    /// The column `context`.
    pub fn context(&self) -> &'a [u8] {
        self.get(Column::Context)
    }

    /// The text of an information record: newer versions write it into
    /// `context`, some records carry it in `data`.
    pub fn information(&self) -> &'a [u8] {
        if self.context().is_empty() {
            self.data()
        } else {
            self.context()
        }
    }

    /// The column `sequence-number`.
    pub fn sequence(&self) -> Option<u64> {
        let digits = self.get(Column::Sequence);
        // Twenty digits hold every u64; a longer run of digits is not a counter.
        if digits.is_empty() || digits.len() > 20 {
            return None;
        }
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}

/// Cuts lines into records; keeps the buffers it needs for quoted lines.
pub struct Splitter {
    quoted: Reader<Cursor<Vec<u8>>>,
    fields: ByteRecord,
}

impl Default for Splitter {
    fn default() -> Self {
        let quoted = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(Cursor::new(Vec::new()));
        Splitter { quoted, fields: ByteRecord::new() }
    }
}

impl Splitter {
    /// Cuts one line (without its line end).
    ///
    /// The second value is a complaint about a record that could be read all the
    /// same; an error says what was found and what was expected.
    pub fn split<'a>(
        &'a mut self,
        line: &'a [u8],
        columns: &Columns,
    ) -> Result<(Record<'a>, Option<String>), String> {
        if memchr::memchr(b'"', line).is_none() {
            return split_plain(line, columns).and_then(Record::new).map(|record| (record, None));
        }
        if self.read_quoted(line) && self.fields.len() == columns.count() {
            let fields = arrange(self.fields.iter(), columns);
            return Record::new(fields).map(|record| (record, None));
        }
        // A quote that opens and never closes swallows the rest of the line. Cut at
        // every comma instead: when that gives just the columns expected, they are right.
        match split_plain(line, columns).and_then(Record::new) {
            Ok(record) => Ok((
                record,
                Some("a quote opens and never closes; read as an ordinary character".to_owned()),
            )),
            Err(_) => Err(format!(
                "a quoted field does not end, or {} columns were found where {} were expected",
                self.fields.len(),
                columns.count()
            )),
        }
    }

    fn read_quoted(&mut self, line: &[u8]) -> bool {
        let buffer = self.quoted.get_mut().get_mut();
        buffer.clear();
        buffer.extend_from_slice(line);
        self.quoted.seek_raw(SeekFrom::Start(0), Position::new()).is_ok()
            && self.quoted.read_byte_record(&mut self.fields).unwrap_or(false)
    }
}

fn split_plain<'a>(line: &'a [u8], columns: &Columns) -> Result<[&'a [u8]; COLUMN_COUNT], String> {
    let count = memchr::memchr_iter(b',', line).count() + 1;
    if count != columns.count() {
        let known: Vec<_> = COLUMN_NAMES.to_vec();
        return Err(format!(
            "{count} columns were found where {} were expected ({})",
            columns.count(),
            if columns.is_standard() { known.join(",") } else { "see #Fields".to_owned() }
        ));
    }
    let mut start = 0;
    let cuts = memchr::memchr_iter(b',', line).chain(std::iter::once(line.len()));
    Ok(arrange(
        cuts.map(|cut| {
            let field = &line[start..cut];
            start = cut + 1;
            field
        }),
        columns,
    ))
}

fn arrange<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    columns: &Columns,
) -> [&'a [u8]; COLUMN_COUNT] {
    let mut arranged: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
    for (place, field) in fields.enumerate() {
        if let Some(known) = columns.at(place) {
            arranged[known] = field;
        }
    }
    arranged
}

/// A few characters of what was found, for an error's text.
pub fn excerpt(bytes: &[u8]) -> String {
    let text = crate::text::clean(&bytes[..bytes.len().min(60)]);
    format!("'{}'{}", text, if bytes.len() > 60 { "..." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Result<(Vec<String>, Option<String>), String> {
        let mut splitter = Splitter::default();
        let (record, complaint) = splitter.split(line.as_bytes(), &Columns::standard())?;
        Ok((
            record.fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect(),
            complaint,
        ))
    }

    #[test]
    fn cuts_plain_and_quoted_lines() {
        let (fields, complaint) = split("t,c,s,1,l,r,*,,Sending certificate").unwrap();
        assert_eq!(fields[8], "Sending certificate");
        assert_eq!(complaint, None);
        let (fields, _) = split("t,c,s,1,l,r,*,\"CN=a, O=\"\"b\"\"\",Certificate subject").unwrap();
        assert_eq!(fields[7], "CN=a, O=\"b\"");
    }

    #[test]
    fn a_stray_quote_costs_at_most_its_own_record() {
        let (fields, complaint) = split("t,c,s,1,l,r,*,\"CN=a,Certificate subject").unwrap();
        assert_eq!(fields[7], "\"CN=a");
        assert!(complaint.is_some());
        assert!(split("t,c,s,1,l,r,*,\"CN=a, O=b,Certificate subject").is_err());
        let (fields, complaint) = split("t,c,s,1,l,r,*,5\" disk,x").unwrap();
        assert_eq!((fields[7].as_str(), complaint), ("5\" disk", None));
    }

    #[test]
    fn says_what_was_found_and_expected() {
        assert!(split("t,c,s")
            .unwrap_err()
            .starts_with("3 columns were found where 9 were expected"));
        assert!(split("t,c,s,1,l,r,x,,").unwrap_err().contains("expected one of + - > < *"));
    }
}
