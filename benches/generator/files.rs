//! The files of one folder: header, rollover by size and by time, names as Exchange gives them.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::calendar::{new_period, Calendar};
use super::script::{Direction, Shape};

/// The log files of a folder, written one after the other.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    direction: Direction,
    shape: Shape,
    /// A file is full at this size.
    limit: usize,
    calendar: Calendar,
    /// The file being written, and when it begins.
    buffer: Vec<u8>,
    begins: u64,
    /// Its number within its day or hour.
    instance: u64,
    /// Files finished, and the bytes in them.
    pub count: u64,
    pub bytes: u64,
}

impl Files {
    /// Files in a folder that is made here.
    pub fn new(
        folder: PathBuf,
        direction: Direction,
        shape: Shape,
        limit: usize,
    ) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Files {
            folder,
            direction,
            shape,
            limit,
            calendar: Calendar::new(),
            buffer: Vec::with_capacity(limit),
            begins: 0,
            instance: 0,
            count: 0,
            bytes: 0,
        })
    }

    /// Writes a line that is due now.
    pub fn write(&mut self, now: u64, line: &[u8]) -> io::Result<()> {
        let new_period = new_period(self.begins, now, self.is_hourly());
        if new_period || self.buffer.len() + line.len() > self.limit {
            self.finish()?;
            self.instance = if new_period { 1 } else { self.instance + 1 };
            self.begins = now;
            self.header();
        }
        self.buffer.extend_from_slice(line);
        Ok(())
    }

    /// Closes the file being written.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let prefix = match self.direction {
            Direction::Send => "SEND",
            Direction::Receive => "RECV",
        };
        let date = self.calendar.of_file(self.begins, self.is_hourly());
        let name = format!("{prefix}{date}-{}.LOG", self.instance);
        fs::write(self.folder.join(name), &self.buffer)?;
        self.count += 1;
        self.bytes += u64::try_from(self.buffer.len()).unwrap_or(0);
        self.buffer.clear();
        Ok(())
    }

    /// Bytes written, those of the open file among them.
    pub fn total(&self) -> u64 {
        self.bytes + u64::try_from(self.buffer.len()).unwrap_or(0)
    }

    fn is_hourly(&self) -> bool {
        self.shape == Shape::OneRecord
    }

    fn header(&mut self) {
        // Both spellings occur.
        let key = if self.is_hourly() { "Log-type" } else { "Log-Type" };
        let kind = match self.direction {
            Direction::Send => "Send",
            Direction::Receive => "Receive",
        };
        let date = String::from_utf8_lossy(self.calendar.stamp(self.begins)).into_owned();
        self.buffer.extend_from_slice(header(key, kind, &date).as_bytes());
    }
}

/// The first lines of a log.
pub fn header(key: &str, kind: &str, date: &str) -> String {
    format!(
        "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#{key}: SMTP {kind} Protocol Log\r\n#Date: {date}\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n"
    )
}
