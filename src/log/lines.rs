//! A file's bytes, cut into lines under a bound.
//!
//! Exchange writes UTF-8 without a mark and CRLF; editors and copies bring byte
//! order marks, UTF-16 and LF. What comes out is always UTF-8 (or whatever the
//! bytes are) without line end and without the NULs that a crash leaves behind.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, UTF_8};

/// Longest line that is read. Exchange cuts what it logs far below (a whole
/// certificate in a field is some 10 KiB); a longer line is passed over with a
/// warning, so that a broken or hostile file cannot take the memory.
pub const MAX_LINE: usize = 1 << 20;

/// Bytes asked from the system at a time: large enough that the calls do not
/// show in a profile, small enough to stay in the processor's cache.
const CHUNK: usize = 256 * 1024;

/// One line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The text, without its line end; empty where `too_long`.
    pub text: &'a [u8],
    /// Counted from 1.
    pub number: u64,
    /// False for a last line without a line end: the writer may be in the middle of it.
    pub terminated: bool,
    /// The line is over [`MAX_LINE`] bytes and was passed over.
    pub too_long: bool,
}

/// Reads lines from bytes in any of the encodings named above.
pub struct Lines<R> {
    source: R,
    decoder: Option<Decoder>,
    /// Undecoded bytes, only where there is a decoder.
    raw: Vec<u8>,
    buffer: Vec<u8>,
    /// The part of `buffer` that is not handed out yet.
    start: usize,
    end: usize,
    number: u64,
    /// Inside a line that is passed over.
    skipping: bool,
    ended: bool,
    consumed: u64,
    begun: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of `source`, whose encoding is told from its first bytes.
    pub fn new(source: R) -> Self {
        Lines {
            source,
            decoder: None,
            raw: Vec::new(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            number: 0,
            skipping: false,
            ended: false,
            consumed: 0,
            begun: false,
        }
    }

    /// Lines from the middle of a file that has no encoding to be told, behind so many others.
    pub fn resume(source: R, number: u64) -> Self {
        Lines { number, begun: true, ..Lines::new(source) }
    }

    /// Bytes read from the source so far.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The bytes read but not handed out yet; reads the first ones if there are none.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end && !self.ended {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// The next line, or `None` at the end.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        // Bytes of the unfinished line that are known to hold no line end.
        let mut seen = 0;
        loop {
            let unread = &self.buffer[self.start..self.end];
            if let Some(length) = memchr::memchr(b'\n', &unread[seen..]).map(|at| at + seen) {
                let from = self.start;
                self.start += length + 1;
                self.number += 1;
                let too_long = std::mem::take(&mut self.skipping) || length > MAX_LINE;
                let text = if too_long { &[][..] } else { trim(&self.buffer[from..from + length]) };
                return Ok(Some(Line { text, number: self.number, terminated: true, too_long }));
            }
            seen = unread.len();
            if seen > MAX_LINE {
                self.skipping = true;
            }
            if self.skipping {
                self.start = self.end;
                seen = 0;
            }
            if self.ended {
                return Ok(self.last_line());
            }
            self.fill()?;
        }
    }

    fn last_line(&mut self) -> Option<Line<'_>> {
        let too_long = std::mem::take(&mut self.skipping);
        let text = trim(&self.buffer[self.start..self.end]);
        self.start = self.end;
        if text.is_empty() && !too_long {
            return None;
        }
        self.number += 1;
        Some(Line { text, number: self.number, terminated: false, too_long })
    }

    /// Reads more behind what is unread; sets `ended` at the end of the source.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() - self.end < CHUNK / 2 {
            // Grows to at most MAX_LINE + 2 * CHUNK: next_line gives up on longer lines.
            self.buffer.resize(self.buffer.len() + CHUNK, 0);
        }
        if self.decoder.is_some() {
            return self.fill_decoded();
        }
        let count = read_some(&mut self.source, &mut self.buffer[self.end..])?;
        self.consumed += u64::try_from(count).unwrap_or(0);
        self.end += count;
        self.ended = count == 0;
        if !self.begun && count > 0 {
            self.begun = true;
            self.choose_encoding()?;
        }
        Ok(())
    }

    fn choose_encoding(&mut self) -> io::Result<()> {
        // Two bytes are needed to tell; a pipe may give one at first.
        while self.end < 3 {
            let count = read_some(&mut self.source, &mut self.buffer[self.end..])?;
            if count == 0 {
                break;
            }
            self.consumed += u64::try_from(count).unwrap_or(0);
            self.end += count;
        }
        let first = &self.buffer[..self.end];
        let encoding = match (Encoding::for_bom(first), first) {
            (Some((encoding, length)), _) if encoding == UTF_8 => {
                self.start = length;
                return Ok(());
            }
            (Some((encoding, _)), _) => encoding,
            // UTF-16 without a mark: the first character of a log is ASCII.
            (None, [0, 1..=0x7F, ..]) => UTF_16BE,
            (None, [1..=0x7F, 0, ..]) => UTF_16LE,
            _ => return Ok(()),
        };
        self.decoder = Some(encoding.new_decoder_with_bom_removal());
        self.raw = first.to_vec();
        self.end = 0;
        self.decode(self.raw.len(), false);
        Ok(())
    }

    fn fill_decoded(&mut self) -> io::Result<()> {
        if self.raw.len() < CHUNK {
            self.raw.resize(CHUNK, 0);
        }
        // UTF-16 grows by half at most when it becomes UTF-8; a quarter chunk always fits.
        let count = read_some(&mut self.source, &mut self.raw[..CHUNK / 4])?;
        self.consumed += u64::try_from(count).unwrap_or(0);
        self.decode(count, count == 0);
        self.ended = count == 0;
        Ok(())
    }

    fn decode(&mut self, count: usize, last: bool) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut input = &self.raw[..count];
        loop {
            let free = &mut self.buffer[self.end..];
            let (result, read, written, _) = decoder.decode_to_utf8(input, free, last);
            self.end += written;
            input = &input[read..];
            match result {
                CoderResult::InputEmpty => return,
                CoderResult::OutputFull => self.buffer.resize(self.buffer.len() + CHUNK, 0),
            }
        }
    }
}

fn read_some(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Without CR and without NULs at either end.
pub fn trim(line: &[u8]) -> &[u8] {
    let is_padding = |byte: &u8| matches!(byte, b'\r' | 0);
    let start = line.iter().position(|byte| *byte != 0).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !is_padding(byte)).map_or(start, |at| at + 1);
    &line[start..end.max(start)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(String, u64, bool, bool)> {
        let mut all = Vec::new();
        let mut lines = Lines::new(bytes);
        while let Some(line) = lines.next_line().unwrap() {
            all.push((
                String::from_utf8(line.text.to_vec()).unwrap(),
                line.number,
                line.terminated,
                line.too_long,
            ));
        }
        all
    }

    #[test]
    fn one_text_in_every_encoding_and_line_end() {
        let text = "#Software: x\nZ\u{fc}rich,a\nlast";
        let utf16 = |unit: fn(u16) -> [u8; 2], text: &str| {
            text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()
        };
        let wanted = lines(text.as_bytes());
        assert_eq!(wanted.len(), 3);
        assert_eq!(wanted[2], ("last".to_owned(), 3, false, false));
        for bytes in [
            text.replace('\n', "\r\n").into_bytes(),
            format!("\u{FEFF}{text}").into_bytes(),
            utf16(u16::to_le_bytes, &format!("\u{FEFF}{text}")),
            utf16(u16::to_be_bytes, &format!("\u{FEFF}{text}")),
            utf16(u16::to_le_bytes, text),
            utf16(u16::to_be_bytes, text),
            [text.as_bytes(), &[0; 600_000]].concat(),
        ] {
            assert_eq!(lines(&bytes), wanted);
        }
    }

    #[test]
    fn a_line_over_the_bound_is_passed_over_alone() {
        let long = "x".repeat(3 * MAX_LINE);
        let all = lines(format!("a\n{long}\nb\n{}\nc\n{long}", &long[..MAX_LINE]).as_bytes());
        let short: Vec<_> = all
            .iter()
            .map(|(text, number, _, too_long)| (text.len(), *number, *too_long))
            .collect();
        assert_eq!(
            short,
            [
                (1, 1, false),
                (0, 2, true),
                (1, 3, false),
                (MAX_LINE, 4, false),
                (1, 5, false),
                (0, 6, true)
            ]
        );
    }

    #[test]
    fn memory_stays_under_the_bound_however_long_a_line_is() {
        let mut lines = Lines::new(io::repeat(b'x').take(64 << 20));
        assert!(lines.next_line().unwrap().unwrap().too_long);
        assert!(lines.buffer.len() <= MAX_LINE + 2 * CHUNK, "{}", lines.buffer.len());
    }

    #[test]
    fn nothing_at_all_is_no_line() {
        assert!(lines(b"").is_empty());
        assert!(lines(b"\xEF\xBB\xBF").is_empty());
        assert_eq!(lines(b"\n").len(), 1);
    }
}
