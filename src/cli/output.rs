//! Where results and complaints go.
//!
//! Texts of a scan are clean already ([`exchange_tls::text`]); file names in
//! complaints are cleaned where the error is made.

use std::io::{self, BufWriter, Stdout, Write};

use exchange_tls::session::line::SessionLine;
use serde::Serialize;

use super::table::{Column, Row};
use super::Outcome;

/// Standard output as a table or as JSON lines, and standard error.
pub struct Output {
    out: BufWriter<Stdout>,
    json: bool,
    headed: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Output { out: BufWriter::with_capacity(64 * 1024, io::stdout()), json, headed: false }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// One object on a line of its own.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    /// A session that was written before.
    pub fn session(&mut self, session: &SessionLine) -> io::Result<()> {
        session.write_to(&mut self.out)?;
        self.out.write_all(b"\n")
    }

    /// One row; the first one brings the heading.
    pub fn row(&mut self, columns: &[Column], row: &Row) -> io::Result<()> {
        if !self.headed {
            self.headed = true;
            let names: Vec<String> = columns.iter().map(|column| column.name.to_owned()).collect();
            self.cells(columns, &names)?;
            let rules: Vec<String> =
                columns.iter().map(|column| "-".repeat(column.name.len())).collect();
            self.cells(columns, &rules)?;
        }
        self.cells(columns, row)
    }

    fn cells(&mut self, columns: &[Column], cells: &[String]) -> io::Result<()> {
        let mut line = String::new();
        for (column, cell) in columns.iter().zip(cells) {
            let cell = column.fit(cell);
            line.push_str(&cell);
            let missing = (column.width + 1).saturating_sub(cell.chars().count());
            line.extend(std::iter::repeat_n(' ', missing));
        }
        writeln!(self.out, "{}", line.trim_end())
    }

    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// What a run comes to whose output could not be written.
    pub fn broken(&mut self, error: &io::Error) -> Outcome {
        // Whoever reads the output has seen enough (`| head`): no reason to complain.
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.complain(&format!("the output cannot be written: {error}"));
        }
        Outcome::Incomplete
    }

    /// A line on standard error, behind what was written so far.
    pub fn complain(&mut self, text: &str) {
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "exchange-tls: {text}");
    }
}
