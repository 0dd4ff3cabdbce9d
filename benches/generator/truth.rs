//! What is true of generated logs, counted while they are written.

use std::collections::BTreeMap;

/// How many of what stand in the logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Sessions of which at least one line was written.
    pub sessions: u64,
    /// Lines without the headers.
    pub records: u64,
    pub files: u64,
    pub bytes: u64,
    /// Failed sessions by cause.
    pub failures: BTreeMap<String, u64>,
    /// Sessions in which only messages or recipients were refused, by cause.
    pub rejections: BTreeMap<String, u64>,
}

impl Truth {
    /// Adds what is true of other logs.
    pub fn add(&mut self, other: Truth) {
        self.sessions += other.sessions;
        self.records += other.records;
        self.files += other.files;
        self.bytes += other.bytes;
        for (cause, count) in other.failures {
            *self.failures.entry(cause).or_default() += count;
        }
        for (cause, count) in other.rejections {
            *self.rejections.entry(cause).or_default() += count;
        }
    }

    /// Counts a failed session.
    pub fn failed(&mut self, cause: &str) {
        *self.failures.entry(cause.to_owned()).or_default() += 1;
    }

    /// Counts a session with a refusal.
    pub fn rejected(&mut self, cause: &str) {
        *self.rejections.entry(cause.to_owned()).or_default() += 1;
    }
}
