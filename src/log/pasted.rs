//! Lines that went through a ticket or an article: the first columns are gone,
//! Markdown has left its marks, several records stand on one line.
//!
//! Such text has no header, so nothing says which columns it has. What is left
//! is found by the event column, the only one with a single mark in it.

use super::header::{Column, COLUMN_COUNT};
use super::record::{Event, Record};
use super::LogType;
use crate::text::find_ignore_case;

/// Most records read from one pasted line; whole sessions have some thirty.
const MAX_RECORDS: usize = 1000;

/// Columns of a record that may lack all but the event.
pub type Fields = [Vec<u8>; COLUMN_COUNT];

/// The records of a pasted line; none where nothing in it looks like one.
pub fn parse(line: &[u8]) -> Vec<Fields> {
    let cells = cells(&undamaged(line));
    let events: Vec<usize> = (0..cells.len())
        .filter(|&at| Event::parse(&cells[at]).is_some())
        .take(MAX_RECORDS)
        .collect();
    let Some(&first) = events.first() else { return Vec::new() };
    // Data may be a lone mark too: only what follows a column count as in the first record begins another.
    let connector =
        first.checked_sub(1).filter(|_| first == 1).map(|at| cells[at].trim_ascii().to_vec());
    let mut records = Vec::new();
    let starts: Vec<usize> = events
        .iter()
        .copied()
        .filter(|&at| {
            at == first
                || connector
                    .as_ref()
                    .is_some_and(|name| !name.is_empty() && cells[at - 1].ends_with(name))
        })
        .collect();
    for (index, &at) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(cells.len());
        let mut rest: Vec<Vec<u8>> = cells[at + 1..end].to_vec();
        if let (Some(name), Some(last), true) =
            (&connector, rest.last_mut(), index + 1 < starts.len())
        {
            // The next record's connector stands at the end of this record's last column.
            last.truncate(last.len() - name.len());
            last.truncate(last.trim_ascii_end().len());
            if last.is_empty() && rest.len() > 1 {
                rest.pop();
            }
        }
        records.push(arrange(&cells[..first], &cells[at], rest));
    }
    records
}

/// Borrows a record from columns that [`parse`] gave.
pub fn record(fields: &Fields) -> Result<Record<'_>, String> {
    let mut borrowed: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
    for (to, from) in borrowed.iter_mut().zip(fields) {
        *to = from;
    }
    Record::new(borrowed)
}

fn arrange(before: &[Vec<u8>], event: &[u8], mut after: Vec<Vec<u8>>) -> Fields {
    let mut fields = Fields::default();
    let event_at = Column::Event.index();
    if let [only] = before {
        // One column before the event: the connector's name, unless it is an address.
        let place = if is_endpoint(only) { Column::Remote } else { Column::Connector };
        fields[place.index()] = only.trim_ascii().to_vec();
    } else {
        // The columns that are left are the last ones: lined up against the event.
        for (back, value) in before.iter().rev().take(event_at).enumerate() {
            fields[event_at - 1 - back] = value.trim_ascii().to_vec();
        }
    }
    fields[event_at] = event.to_vec();
    if after.len() > 2 {
        // Commas that lost their quotes: the context of these records has none.
        let context = after.pop().unwrap_or_default();
        after = vec![after.join(&b','), context];
    }
    let mut after = after.into_iter();
    fields[Column::Data.index()] = after.next().unwrap_or_default();
    fields[Column::Context.index()] = after.next().unwrap_or_default();
    fields
}

fn is_endpoint(text: &[u8]) -> bool {
    std::str::from_utf8(text.trim_ascii())
        .is_ok_and(|text| text.parse::<std::net::SocketAddr>().is_ok())
}

/// Without what Markdown and mail clients add: `\*`, `**`, back-ticks, `> ` in front.
fn undamaged(line: &[u8]) -> Vec<u8> {
    let mut line = line.trim_ascii();
    while let Some(rest) = line.strip_prefix(b"> ") {
        line = rest.trim_ascii_start();
    }
    let mut out = Vec::with_capacity(line.len());
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'\\', Some(b'*' | b'_' | b'<' | b'>')) | (b'`', _) => {}
            (b'*', Some(b'*')) => {
                bytes.next();
            }
            _ => out.push(byte),
        }
    }
    out
}

/// Cuts at commas outside quotes; takes the quotes away.
fn cells(line: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line);
    let mut record = csv::ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(<[u8]>::to_vec).collect(),
        _ => Vec::new(),
    }
}

/// Which side wrote text without a header: told by who speaks first and how.
/// Where nothing tells, Send: that is what people paste.
pub fn guess_log_type(text: &[u8]) -> LogType {
    const MARKS: [(&[u8], LogType); 11] = [
        (b",>,ehlo ", LogType::Send),
        (b",>,helo ", LogType::Send),
        (b",<,220", LogType::Send),
        (b",<,\"220", LogType::Send),
        (b",>,starttls", LogType::Send),
        (b",attempting to connect", LogType::Send),
        (b",<,ehlo ", LogType::Receive),
        (b",<,helo ", LogType::Receive),
        (b",>,220", LogType::Receive),
        (b",>,\"220", LogType::Receive),
        (b",<,starttls", LogType::Receive),
    ];
    MARKS
        .iter()
        .filter_map(|(mark, log_type)| find_ignore_case(text, mark).map(|at| (at, *log_type)))
        .min_by_key(|found| found.0)
        .map_or(LogType::Send, |found| found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<Vec<String>> {
        let text = |fields: &Fields| {
            fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
        };
        parse(line.as_bytes()).iter().map(text).collect()
    }

    #[test]
    fn reads_the_last_four_columns() {
        let records = read("Outbound to Office 365,*,\"CN=a, O=b\",Certificate subject");
        assert_eq!(
            records,
            [[
                "",
                "Outbound to Office 365",
                "",
                "",
                "",
                "",
                "*",
                "CN=a, O=b",
                "Certificate subject"
            ]]
        );
    }

    #[test]
    fn reads_what_markdown_has_left() {
        let records = read("> 2017-10-07T04:42:56.804Z,Outbound to Office **365,08D5,19,10.0.0.1:1,10.0.0.2:25,\\*,AB,Certificate thumbprint**  ");
        assert_eq!(records.len(), 1);
        assert_eq!(records[0][1], "Outbound to Office 365");
        assert_eq!(records[0][8], "Certificate thumbprint");
    }

    #[test]
    fn reads_several_records_on_one_line() {
        let records = read("Out to 365,<,\"220 a, b\", Out to 365,>,EHLO x, Out to 365,*,,Sending certificate Out to 365,*,\"CN=c\",Certificate subject Out to 365,*,,TLS negotiation failed with error NoCredentials");
        let told: Vec<_> =
            records.iter().map(|r| (r[6].as_str(), r[7].as_str(), r[8].as_str())).collect();
        assert_eq!(
            told,
            [
                ("<", "220 a, b", ""),
                (">", "EHLO x", ""),
                ("*", "", "Sending certificate"),
                ("*", "CN=c", "Certificate subject"),
                ("*", "", "TLS negotiation failed with error NoCredentials"),
            ]
        );
    }

    #[test]
    fn prose_is_no_record() {
        assert!(read("In the Send connector logs, look for the thumbprint.").is_empty());
    }
}
