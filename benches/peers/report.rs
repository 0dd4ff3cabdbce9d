//! The figures, for people and as JSON.

use std::fmt;

use serde_json::{json, Value};

use super::logs::Logs;
use super::machine::megabytes;

/// A run of each, one after the other; seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub a: f64,
    pub b: Option<f64>,
    pub c: f64,
    pub d: f64,
}

/// A ratio of a pair.
type Ratio = fn(&Pair) -> f64;

impl Pair {
    fn ratio(&self) -> Option<f64> {
        self.b.map(|b| self.a / b)
    }

    fn sessions_ratio(&self) -> f64 {
        self.c / self.a
    }

    fn plain_ratio(&self) -> f64 {
        self.a / self.d
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A {:8.1} ms", self.a * 1000.0)?;
        if let (Some(b), Some(ratio)) = (self.b, self.ratio()) {
            write!(f, "   B {:8.1} ms   A/B {ratio:.2}", b * 1000.0)?;
        }
        write!(f, "   C {:8.1} ms   C/A {:.2}", self.c * 1000.0, self.sessions_ratio())?;
        write!(f, "   D {:8.1} ms   A/D {:.2}", self.d * 1000.0, self.plain_ratio())
    }
}

/// What D is.
const PLAIN: &str = "lines cut at their commas, session ids in a hash table, nothing understood";

/// Everything that was measured.
#[derive(Debug)]
pub struct Figures {
    pub logs: Logs,
    pub machine: String,
    /// The commands.
    pub program: String,
    pub search: Option<String>,
    pub sessions: String,
    pub pairs: Vec<Pair>,
    /// Peak memory of A, B and C in bytes.
    pub memory: (Option<u64>, Option<u64>, Option<u64>),
    /// Lines that B counted.
    pub matches: Option<u64>,
}

impl Figures {
    fn a(&self) -> f64 {
        median(self.pairs.iter().map(|pair| pair.a)).unwrap_or(f64::NAN)
    }

    fn b(&self) -> Option<f64> {
        median(self.pairs.iter().filter_map(|pair| pair.b))
    }

    fn c(&self) -> f64 {
        median(self.pairs.iter().map(|pair| pair.c)).unwrap_or(f64::NAN)
    }

    fn d(&self) -> f64 {
        median(self.pairs.iter().map(|pair| pair.d)).unwrap_or(f64::NAN)
    }

    fn ratio(&self) -> Option<f64> {
        median(self.pairs.iter().filter_map(Pair::ratio))
    }

    fn sessions_ratio(&self) -> Option<f64> {
        median(self.pairs.iter().map(Pair::sessions_ratio))
    }

    fn plain_ratio(&self) -> Option<f64> {
        median(self.pairs.iter().map(Pair::plain_ratio))
    }

    fn speed(&self, seconds: f64) -> f64 {
        megabytes(self.logs.truth.bytes) / seconds
    }

    /// One object with everything, times in seconds.
    pub fn json(&self) -> Value {
        let truth = &self.logs.truth;
        let failed: u64 = truth.failures.values().sum();
        json!({
            "machine": self.machine,
            "logs": {
                "bytes": truth.bytes, "files": truth.files, "records": truth.records,
                "sessions": truth.sessions, "failed": failed, "failures": truth.failures,
                "seed": self.logs.seed,
            },
            "a": {
                "command": self.program, "median_seconds": self.a(),
                "mb_per_second": self.speed(self.a()), "peak_memory": self.memory.0,
            },
            "b": self.search.as_ref().map(|command| json!({
                "command": command, "median_seconds": self.b(),
                "mb_per_second": self.b().map(|seconds| self.speed(seconds)),
                "peak_memory": self.memory.1, "matching_lines": self.matches,
            })),
            "c": {
                "command": self.sessions, "median_seconds": self.c(),
                "mb_per_second": self.speed(self.c()), "peak_memory": self.memory.2,
            },
            "d": { "command": PLAIN, "median_seconds": self.d(), "mb_per_second": self.speed(self.d()) },
            "pairs": self.pairs.iter().map(|pair| json!({
                "a_seconds": pair.a, "b_seconds": pair.b, "c_seconds": pair.c,
                "d_seconds": pair.d, "ratio": pair.ratio(),
            })).collect::<Vec<_>>(),
            "median_ratio": self.ratio(),
            "median_sessions_ratio": self.sessions_ratio(),
            "median_plain_ratio": self.plain_ratio(),
        })
    }

    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: char,
        command: &str,
        seconds: f64,
        memory: Option<u64>,
    ) -> fmt::Result {
        let memory = mebibytes(memory);
        writeln!(
            f,
            "{name}        {:8.1} ms  {:6.0} MB/s  peak memory {memory:>10}  {command}",
            seconds * 1000.0,
            self.speed(seconds)
        )
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let truth = &self.logs.truth;
        let failed: u64 = truth.failures.values().sum();
        writeln!(f, "machine  {}", self.machine)?;
        writeln!(
            f,
            "logs     {:.1} MB in {} files, {} records, {} sessions, {failed} failed, {} causes, seed {}",
            megabytes(truth.bytes),
            truth.files,
            truth.records,
            truth.sessions,
            truth.failures.len(),
            self.logs.seed
        )?;
        self.line(f, 'A', &self.program, self.a(), self.memory.0)?;
        if let (Some(command), Some(seconds)) = (&self.search, self.b()) {
            self.line(f, 'B', command, seconds, self.memory.1)?;
        }
        self.line(f, 'C', &self.sessions, self.c(), self.memory.2)?;
        writeln!(
            f,
            "D        {:8.1} ms  {:6.0} MB/s  {PLAIN}",
            self.d() * 1000.0,
            self.speed(self.d())
        )?;
        match (self.ratio(), range(self.pairs.iter().filter_map(Pair::ratio))) {
            (Some(ratio), Some((least, most))) => writeln!(
                f,
                "A/B      {ratio:8.2}     median of {} pairs, from {least:.2} to {most:.2}",
                self.pairs.len()
            )?,
            _ => writeln!(f, "A/B       SKIPPED: ripgrep is missing")?,
        }
        let others: [(&str, Ratio); 2] =
            [("C/A", Pair::sessions_ratio), ("A/D", Pair::plain_ratio)];
        for (name, of) in others {
            let ratios = || self.pairs.iter().map(of);
            if let (Some(ratio), Some((least, most))) = (median(ratios()), range(ratios())) {
                writeln!(f, "{name}      {ratio:8.2}     from {least:.2} to {most:.2}")?;
            }
        }
        writeln!(
            f,
            "checked  every run named each of the {failed} failures by its cause, and no other; one gave all sessions"
        )
    }
}

/// `32.1 MiB`
pub fn mebibytes(memory: Option<u64>) -> String {
    memory.map_or_else(
        || "unknown".to_owned(),
        |bytes| format!("{:.1} MiB", megabytes(bytes) / 1.048_576),
    )
}

/// The value in the middle, or what lies between two.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

/// The least and the largest.
pub fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (least, most) = range.unwrap_or((value, value));
        Some((value.min(least), value.max(most)))
    })
}
