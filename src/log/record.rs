//! One line of a log, cut into its columns.
//!
//! A field with a comma stands in double quotes, quotes inside it are doubled
//! (RFC 4180). Lines without quotes inside a field are cut in one pass; all others
//! go through the `csv` crate. A test holds the one to the other.

use std::io::{Cursor, SeekFrom};

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::header::{Column, Columns, COLUMN_COUNT, COLUMN_NAMES};

/// Bytes of a time as every server writes it (`2017-10-07T04:42:56.804Z`), and of a session id.
const TIME: usize = 24;
const ID: usize = 16;

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
        match text {
            [symbol] => Event::of(*symbol),
            _ => None,
        }
    }

    fn of(symbol: u8) -> Option<Self> {
        Some(match symbol {
            b'+' => Event::Connect,
            b'-' => Event::Disconnect,
            b'>' => Event::Sent,
            b'<' => Event::Received,
            b'*' => Event::Information,
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
    keeps_endpoints: bool,
}

impl<'a> Record<'a> {
    /// A record from its columns, in the order of [`Column`].
    pub fn new(fields: [&'a [u8]; COLUMN_COUNT]) -> Result<Self, String> {
        match Event::parse(fields[Column::Event.index()]) {
            Some(event) => Ok(Record { fields, event, keeps_endpoints: false }),
            None => Err(format!(
                "the column event holds {}; expected one of + - > < *",
                excerpt(fields[Column::Event.index()])
            )),
        }
    }

    /// Becomes the record of a line that follows in the same session and is known to be
    /// like this one up to its endpoints, and to hold nothing after its event but
    /// data and context, each plain or in quotes with none inside. The event stands
    /// at `event`. False where it does not; then nothing has changed.
    #[inline]
    pub fn goes_on(&mut self, line: &'a [u8], event: usize) -> bool {
        let Some([time, sequence, symbol, data, context]) = self.next(line, event) else {
            return false;
        };
        let Some(event) = symbol.first().and_then(|symbol| Event::of(*symbol)) else {
            return false;
        };
        // Connector, id and endpoints are the same.
        self.fields[Column::Time.index()] = time;
        self.fields[Column::Sequence.index()] = sequence;
        self.fields[Column::Event.index()] = symbol;
        self.fields[Column::Data.index()] = data;
        self.fields[Column::Context.index()] = context;
        (self.event, self.keeps_endpoints) = (event, true);
        true
    }

    /// The columns of a line that may differ from those of this record.
    #[inline]
    fn next(&self, line: &'a [u8], event: usize) -> Option<[&'a [u8]; 5]> {
        let length = |column| self.get(column).len();
        let sequence = TIME + 1 + length(Column::Connector) + 1 + ID + 1;
        let endpoints = length(Column::Local) + 1 + length(Column::Remote) + 1;
        let (head, tail) = line.split_at_checked(event)?;
        let sequence = head.get(sequence..head.len().checked_sub(endpoints + 1)?)?;
        let (symbol, rest) = (tail.get(..1)?, tail.get(2..)?);
        // What ends with a comma has an empty context: a plain one holds none.
        let (data, context) = match rest.strip_suffix(b",") {
            Some(data) => (unquoted(data), &rest[rest.len()..]),
            None => data_and_context(rest)?,
        };
        Some([head.get(..TIME)?, sequence, symbol, data, context])
    }

    /// The bytes of a column.
    pub fn get(&self, column: Column) -> &'a [u8] {
        self.fields[column.index()]
    }

    /// Its endpoints are known to be those of its session.
    pub fn keeps_endpoints(&self) -> bool {
        self.keeps_endpoints
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
        if digits.len() < 10 {
            let mut sequence = 0;
            for digit in digits {
                let digit = digit.wrapping_sub(b'0');
                if digit > 9 {
                    return self.unusual_sequence();
                }
                sequence = sequence * 10 + u64::from(digit);
            }
            return Some(sequence);
        }
        self.unusual_sequence()
    }

    /// `+7` is a number too.
    #[cold]
    fn unusual_sequence(&self) -> Option<u64> {
        let digits = self.get(Column::Sequence);
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}

/// Cuts lines into records; keeps the buffers it needs for quoted lines.
#[derive(Default)]
pub struct Splitter {
    /// Made when it is needed first: that takes as long as reading a thousand records.
    quoted: Option<Reader<Cursor<Vec<u8>>>>,
    fields: ByteRecord,
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
        if let Some(fields) = cut_usual(line).filter(|_| columns.is_standard()) {
            return Record::new(fields).map(|record| (record, None));
        }
        match cut(line, columns) {
            Cut::Fields(fields) => return Record::new(fields).map(|record| (record, None)),
            Cut::Count(count) => return Err(wrong_count(count, columns)),
            Cut::Quoted => {}
        }
        if self.read_quoted(line) && self.fields.len() == columns.count() {
            let mut fields: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
            for (place, field) in self.fields.iter().enumerate() {
                columns.put(&mut fields, place, field);
            }
            return Record::new(fields).map(|record| (record, None));
        }
        // A quote that opens and never closes swallows the rest of the line. Cut at
        // every comma instead: when that gives just the columns expected, they are right.
        match cut_at_commas(line, columns) {
            Cut::Fields(fields) => {
                let complaint = "a quote opens and never closes; read as an ordinary character";
                Record::new(fields).map(|record| (record, Some(complaint.to_owned())))
            }
            _ => Err(format!(
                "a quoted field does not end: {}",
                wrong_count(self.fields.len(), columns)
            )),
        }
    }

    fn read_quoted(&mut self, line: &[u8]) -> bool {
        let quoted = self.quoted.get_or_insert_with(|| {
            let from = Cursor::new(Vec::new());
            ReaderBuilder::new().has_headers(false).flexible(true).from_reader(from)
        });
        let buffer = quoted.get_mut().get_mut();
        buffer.clear();
        buffer.extend_from_slice(line);
        quoted.seek_raw(SeekFrom::Start(0), Position::new()).is_ok()
            && quoted.read_byte_record(&mut self.fields).unwrap_or(false)
    }
}

/// What cutting a line gave.
enum Cut<'a> {
    Fields([&'a [u8]; COLUMN_COUNT]),
    /// Another number of columns than expected.
    Count(usize),
    /// Quotes that need the `csv` crate.
    Quoted,
}

/// Cuts a line with the standard columns that is as every server writes it: with
/// times and ids of one length, and without quotes but around data and context.
/// `None` is said of any other, and of some that are usual all the same.
fn cut_usual(line: &[u8]) -> Option<[&[u8]; COLUMN_COUNT]> {
    fn fixed<const N: usize>(text: &[u8]) -> Option<(&[u8], &[u8])> {
        let (field, rest) = text.split_first_chunk::<N>()?;
        let (b',', rest) = rest.split_first()? else { return None };
        let apart = field.chunks_exact(8).fold(true, |all, word| all & is_apart(word));
        apart.then_some((field, rest))
    }
    let (time, rest) = fixed::<TIME>(line)?;
    let (connector, rest) = plain(rest)?;
    let (id, rest) = fixed::<ID>(rest)?;
    let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let (sequence, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(b",")?;
    let (local, rest) = plain(rest)?;
    let (remote, rest) = plain(rest)?;
    let ([event, b',', rest @ ..], false) = (rest, rest.starts_with(b"\"")) else { return None };
    let event = std::slice::from_ref(event);
    let (data, context) = data_and_context(rest)?;
    (event != b",").then_some([time, connector, id, sequence, local, remote, event, data, context])
}

/// A field without quotes, and what follows its comma.
fn plain(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let comma = memchr::memchr2(b',', b'"', text).filter(|at| text[*at] == b',')?;
    Some((&text[..comma], &text[comma + 1..]))
}

/// The last two columns of a line, where quotes stand only around them.
fn data_and_context(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (data, rest) = match rest.strip_prefix(b"\"") {
        None => plain(rest)?,
        Some(rest) => {
            let close = memchr::memchr(b'"', rest)?;
            (&rest[..close], rest[close + 1..].strip_prefix(b",")?)
        }
    };
    if rest.is_empty() {
        return Some((data, rest));
    }
    let context = match rest.strip_prefix(b"\"") {
        None => Some(rest).filter(|rest| memchr::memchr2(b',', b'"', rest).is_none())?,
        Some(rest) => {
            let close = memchr::memchr(b'"', rest).filter(|at| at + 1 == rest.len())?;
            &rest[..close]
        }
    };
    Some((data, context))
}

/// A field without the quotes around it.
fn unquoted(field: &[u8]) -> &[u8] {
    match field {
        [b'"', inner @ .., b'"'] => inner,
        _ => field,
    }
}

/// Cuts a line with the standard columns of which some are known: the connector
/// has this length, the id is as long as usual, and both are without quotes. The
/// endpoints are mostly those of the record before. `None` is said of some lines
/// that can be cut.
#[inline]
pub fn cut_like<'a>(
    line: &'a [u8],
    connector: usize,
    before: Option<&Record<'_>>,
) -> Option<Record<'a>> {
    let (time, rest) = line.split_at_checked(TIME)?;
    let (connector, rest) = rest.get(1..)?.split_at_checked(connector)?;
    let (id, rest) = rest.get(1..)?.split_at_checked(ID)?;
    let rest = rest.get(1..)?;
    let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let (sequence, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(b",")?;
    let field = |rest: &'a [u8], column| {
        let before = before?.get(column);
        let behind = rest.strip_prefix(before)?.strip_prefix(b",")?;
        Some((&rest[..before.len()], behind))
    };
    let (local, rest) = field(rest, Column::Local).or_else(|| plain(rest))?;
    let (remote, rest) = field(rest, Column::Remote).or_else(|| plain(rest))?;
    let ([event, b',', rest @ ..], false) = (rest, rest.starts_with(b"\"")) else { return None };
    let event = std::slice::from_ref(event);
    let (data, context) = data_and_context(rest)?;
    Record::new([time, connector, id, sequence, local, remote, event, data, context]).ok()
}

/// Whether none of eight bytes is a comma or a quote.
#[inline]
fn is_apart(word: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = word.try_into().map_or(0, u64::from_le_bytes);
    // The highest bit of the first byte that is zero, and perhaps of some behind it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    (zero(word ^ (0x2C * ONES)) | zero(word ^ (0x22 * ONES))) & (0x80 * ONES) == 0
}

/// Cuts a line in one pass. Takes quotes where they stand as Exchange writes
/// them: around a whole field, with none inside.
fn cut<'a>(line: &'a [u8], columns: &Columns) -> Cut<'a> {
    let mut fields: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
    let (mut place, mut start, mut at) = (0, 0, 0);
    while let Some(found) = memchr::memchr2(b',', b'"', &line[at..]) {
        let mark = at + found;
        at = mark + 1;
        if line[mark] == b'"' {
            let Some(length) = memchr::memchr(b'"', &line[at..]).filter(|_| mark == start) else {
                return Cut::Quoted;
            };
            let close = at + length;
            if !matches!(line.get(close + 1), None | Some(b',')) {
                return Cut::Quoted;
            }
            columns.put(&mut fields, place, &line[at..close]);
            place += 1;
            if close + 1 == line.len() {
                return if place == columns.count() {
                    Cut::Fields(fields)
                } else {
                    Cut::Count(place)
                };
            }
            start = close + 2;
            at = start;
        } else {
            columns.put(&mut fields, place, &line[start..mark]);
            place += 1;
            start = at;
        }
    }
    columns.put(&mut fields, place, &line[start..]);
    if place + 1 == columns.count() {
        Cut::Fields(fields)
    } else {
        Cut::Count(place + 1)
    }
}

/// Cuts at every comma, whatever the quotes say.
fn cut_at_commas<'a>(line: &'a [u8], columns: &Columns) -> Cut<'a> {
    let mut fields: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
    let mut count = 0;
    for (place, field) in line.split(|byte| *byte == b',').enumerate() {
        columns.put(&mut fields, place, field);
        count = place + 1;
    }
    if count == columns.count() {
        Cut::Fields(fields)
    } else {
        Cut::Count(count)
    }
}

fn wrong_count(count: usize, columns: &Columns) -> String {
    let names =
        if columns.is_standard() { COLUMN_NAMES.join(",") } else { "see #Fields".to_owned() };
    format!("{count} columns were found where {} were expected ({names})", columns.count())
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
    fn the_fast_way_and_the_csv_crate_agree() {
        const ALPHABET: [u8; 3] = *b",\"x";
        const LENGTH: u32 = 9;
        let header = crate::log::header::parse(b"#Fields: session-id,event,data,context");
        let Ok(crate::log::header::HeaderLine::Fields(columns)) = header else {
            panic!("no columns")
        };
        let mut splitter = Splitter::default();
        let mut compared = 0;
        for number in 0..3_usize.pow(LENGTH) {
            let line: Vec<u8> =
                (0..LENGTH).map(|place| ALPHABET[number / 3_usize.pow(place) % 3]).collect();
            if let Cut::Fields(fields) = cut(&line, &columns) {
                let fast = [Column::Session, Column::Event, Column::Data, Column::Context]
                    .map(|at| fields[at.index()]);
                assert!(splitter.read_quoted(&line));
                let slow: Vec<&[u8]> = splitter.fields.iter().collect();
                assert_eq!(fast.as_slice(), slow, "{}", String::from_utf8_lossy(&line));
                compared += 1;
            }
        }
        assert!(compared > 600, "{compared}");
    }

    #[test]
    fn the_usual_way_and_the_general_one_agree() {
        // Every kind of byte at every place, alone and in the place of two.
        let lines = [
            "2017-10-07T04:42:56.804Z,EX\\Out,08DC0D9A11B2C021,12,10.0.0.1:1,10.0.0.2:25,>,MAIL,",
            "2017-10-07T04:42:56.804Z,Out,08DC0D9A11B2C021,0,,[::1]:25,*,\"a, b\",\"c, d\"",
            "2017-10-07T04:42:56.804Z,Out,08DC0D9A11B2C021,0,,,-,,Local",
        ];
        let mut compared = 0;
        for line in lines.map(str::as_bytes) {
            assert!(cut_usual(line).is_some());
            for at in 0..line.len() {
                for put in [&b","[..], b"\"", b"x", b"\"\"", b",,", b"", b"\x00", b"\","] {
                    for over in 0..3.min(line.len() - at) {
                        let line = [&line[..at], put, &line[at + over..]].concat();
                        let general = match cut(&line, &Columns::standard()) {
                            Cut::Fields(fields) => Some(fields),
                            _ => None,
                        };
                        if let Some(usual) = cut_usual(&line) {
                            let shown = String::from_utf8_lossy(&line);
                            assert_eq!(Some(usual), general, "{shown}");
                            compared += 1;
                        }
                    }
                }
            }
        }
        assert!(compared > 500, "{compared}");
    }

    #[test]
    fn says_what_was_found_and_expected() {
        assert!(split("t,c,s")
            .unwrap_err()
            .starts_with("3 columns were found where 9 were expected"));
        assert!(split("t,c,s,1,l,r,x,,").unwrap_err().contains("expected one of + - > < *"));
    }
}
