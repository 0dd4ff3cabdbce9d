//! A scan: log files in, failures or sessions out, one at a time.
//!
//! What is found comes in the order in which it stands in the logs, the files
//! one after the other as they were written. What is kept between two calls is
//! the open sessions and a few buffers, so memory does not grow with the size
//! of the logs. A caller that wants to show progress or to stop calls
//! [`Scan::step`] as long as it likes.
//!
//! Two ways lead to the same items. `reading` is the plain one: line after
//! line into the table of sessions. `units` cuts the files, a `crew` of
//! threads `sift` the pieces, each by itself, and `merging` puts the lines
//! that are left into the table.

pub mod background;
mod clock;
mod columns;
mod crew;
mod ending;
mod glance;
mod halves;
mod head;
mod merging;
mod options;
mod query;
mod reading;
mod rows;
mod same;
mod sift;
mod sifted;
mod since;
mod slots;
mod sorting;
mod tails;
mod units;
mod words;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use foldhash::fast::RandomState;

use crate::error::{Error, ErrorKind};
use crate::log::files::{self, LogFile, Search};
use crate::log::patience::Patience;
use crate::log::record::Splitter;
use crate::session::table::Table;
use crate::session::Keep;
use crate::text::clean;
use crate::timestamp::Timestamp;
use crate::wildcard::Wildcard;

pub use crate::log::patience::Timeout;
pub use options::{Form, Item, Options, Progress, Wanted};

use crew::{Crew, Next};
use halves::Halves;
use merging::{Current, Part};
use query::Query;
use reading::{Read, Reading, State, Work};

/// Reads logs step by step.
pub struct Scan {
    query: Arc<Query>,
    patience: Arc<Patience>,
    /// What is to be read, until it is found.
    paths: Vec<PathBuf>,
    /// Reads ahead, from the first step on.
    crew: Option<Crew>,
    work: Work,
    current: Current,
    items: VecDeque<Item>,
    progress: Progress,
    /// Bytes of all that was read before what is being read now.
    bytes_before: u64,
    /// Files passed over because they are logs of the other direction, and the first of them.
    other_direction: Option<(usize, Error)>,
    read_any: bool,
    finished: bool,
    /// Lines that were read at a glance.
    glanced: usize,
}

/// Inputs up to this size are read by the thread that asks: starting others
/// takes as long as reading this.
const SMALL: u64 = 2 << 20;

/// Most threads: memory for their buffers is bounded, and more units in it would
/// be so small that most sessions are cut in two.
const MAX_THREADS: usize = 8;

/// Bytes of a unit: a file, where files are as large as Exchange makes them by
/// default. The smaller a unit, the more sessions are cut in two.
const UNIT: u64 = 8 << 20;

/// Bytes of all units that are read at the same time; less where much is found in them.
const UNITS: u64 = 16 << 20;

impl Scan {
    /// Checks what is asked for; touches no path yet.
    pub fn open(paths: &[PathBuf], options: Options) -> Result<Scan, Error> {
        let invalid = |text: String| Error::new(ErrorKind::InvalidArgument, text);
        if paths.is_empty() {
            return Err(invalid(
                "no path was given; expected log files, folders or wildcards".to_owned(),
            ));
        }
        let pattern = |text: &String| {
            Wildcard::new(text).map_err(|error| {
                invalid(format!("'{}' is not a usable wildcard: {error}", clean(text.as_bytes())))
            })
        };
        let connectors = options.connectors.iter().map(pattern).collect::<Result<_, _>>()?;
        if let (Some(since), Some(until)) = (options.since, options.until) {
            if since > until {
                return Err(invalid(format!("Since ({since}) is later than Until ({until})")));
            }
        }
        let patience = Arc::new(Patience::new(options.timeout, options.hook.clone()));
        let keep =
            Keep { envelope: options.wanted == Wanted::Sessions, records: options.include_records };
        let hasher = RandomState::default();
        let table = Table::with_hasher(keep, hasher);
        let wanted = options.log_type;
        Ok(Scan {
            query: Arc::new(Query { options, connectors, files: Vec::new(), keep, hasher }),
            patience,
            paths: paths.to_vec(),
            crew: None,
            work: Work { wanted, splitter: Splitter::default(), table, halves: Halves::default() },
            current: Current::Nothing,
            items: VecDeque::new(),
            progress: Progress::default(),
            bytes_before: 0,
            other_direction: None,
            read_any: false,
            finished: false,
            glanced: 0,
        })
    }

    /// What is waited for with; cancelled, it ends the waiting.
    pub(crate) fn patience(&self) -> Arc<Patience> {
        Arc::clone(&self.patience)
    }

    /// Finds the files.
    fn find(&mut self) {
        let paths = std::mem::take(&mut self.paths);
        let options = &self.query.options;
        let search = Search { recurse: options.recurse, literal: options.literal };
        let (mut files, problems) = files::find_with(&paths, search, &self.patience);
        if let Some(since) = options.since {
            let found = files.len();
            files.retain(|file| !self.is_before(file, since));
            // They are logs, or they would not have been passed over.
            self.read_any = files.len() < found;
        }
        self.items.extend(problems.into_iter().map(Item::Problem));
        self.progress.files = files.len();
        self.progress.bytes = files.iter().map(|file| file.bytes).sum();
        // Nobody else has it yet: the crew comes later.
        if let Some(query) = Arc::get_mut(&mut self.query) {
            query.files = files;
        }
    }

    /// Whether a file need not be read, asked where it may stall. One that gives no
    /// answer is kept: reading it says so.
    fn is_before(&self, file: &LogFile, since: Timestamp) -> bool {
        let wanted = self.query.options.log_type;
        if !file.may_stall() {
            return since::lies_before(file, since, wanted);
        }
        let theirs = file.clone();
        let asked = self.patience.run(&file.path, move |pulse| {
            pulse.beat();
            since::lies_before(&theirs, since, wanted)
        });
        asked.unwrap_or(false)
    }

    /// How far the scan has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// How many lines were read the fastest way. What is found does not depend on
    /// it; a test does, lest nobody notices that the way is closed.
    #[doc(hidden)]
    pub fn lines_at_a_glance(&self) -> usize {
        self.glanced
    }

    /// How many sessions were cut in two by units and went well as a whole; as above.
    #[doc(hidden)]
    pub fn sessions_put_together(&self) -> usize {
        self.work.halves.put_together()
    }

    /// Whether any file was a log that could be read.
    pub fn has_read_any(&self) -> bool {
        self.read_any
    }

    /// What was found and not yet taken.
    pub fn pop(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    /// Whether something was found and not yet taken.
    pub fn has_more(&self) -> bool {
        !self.items.is_empty()
    }

    /// Reads a little; false once everything is read. What is found waits for
    /// [`Scan::pop`]. The first step finds the files.
    pub fn step(&mut self) -> bool {
        if self.finished {
            return false;
        }
        if !self.paths.is_empty() {
            self.find();
            return true;
        }
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Reading(reading, part) => self.go_on(reading, part),
            current => {
                self.current = current;
                self.next();
            }
        }
        !self.finished
    }

    /// Takes what was read ahead.
    fn next(&mut self) {
        let Scan { query, crew, progress, .. } = self;
        let crew = crew.get_or_insert_with(|| {
            let threads = match query.options.threads {
                0 if progress.bytes <= SMALL => 1,
                0 => thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS),
                threads => threads,
            };
            let bytes = match query.options.unit_bytes {
                0 => {
                    let all = match query.options {
                        Options { include_records: true, .. } => UNITS / 8,
                        Options { wanted: Wanted::Sessions, .. } => UNITS / 2,
                        _ => UNITS,
                    };
                    UNIT.min(all / u64::try_from(threads).unwrap_or(1).max(1))
                }
                bytes => bytes,
            };
            Crew::new(query, bytes, threads)
        });
        match crew.next() {
            Next::Wait => {}
            Next::End => self.finish(),
            Next::File(number) => {
                self.work.bring_all_back();
                match Reading::open(&self.query.files[number], number) {
                    Ok(reading) => self.current = Current::Reading(Box::new(reading), None),
                    Err(problem) => {
                        self.items.push_back(Item::Problem(problem));
                        self.progress.files_done += 1;
                        self.progress.files_lost += 1;
                    }
                }
            }
            Next::Unit(done) => self.merge(&done.0, done.1),
        }
    }

    /// Reads some lines of a file, or of a part of one.
    fn go_on(&mut self, mut reading: Box<Reading>, part: Option<Part>) {
        let Scan { query, work, items, .. } = self;
        let read = reading.read(work, &mut heed(query, items));
        self.progress.bytes_done = self.bytes_before + reading.consumed();
        match read {
            Read::More => self.current = Current::Reading(reading, part),
            Read::Refused(problem) => {
                let number = reading.into_state().number();
                self.refuse(problem, number);
            }
            Read::End => {
                self.bytes_before = self.progress.bytes_done;
                let state = reading.into_state();
                match part {
                    Some(Part { last: false }) => self.current = Current::Units(state),
                    Some(Part { last: true }) | None => self.end_file(&state),
                }
            }
        }
    }

    fn end_file(&mut self, state: &State) {
        let items = &mut self.items;
        match state.end(&mut |problem| items.push_back(Item::Problem(problem))) {
            Ok(()) => {
                self.read_any = true;
                self.progress.files_done += 1;
            }
            Err(problem) => self.refuse(problem, state.number()),
        }
    }

    /// A file is of no use, or can be read no further.
    fn refuse(&mut self, problem: Error, number: usize) {
        collect(&self.query, &mut self.work.table, &mut self.items);
        self.bytes_before = self.progress.bytes_done;
        self.progress.files_done += 1;
        self.current = Current::Refused(number);
        if let Some(crew) = &mut self.crew {
            crew.skip(number);
        }
        if problem.kind() == ErrorKind::OtherDirection {
            self.other_direction.get_or_insert((0, problem)).0 += 1;
        } else {
            self.progress.files_lost += 1;
            self.items.push_back(Item::Problem(problem));
        }
    }

    fn finish(&mut self) {
        self.work.bring_all_back();
        self.work.table.finish();
        collect(&self.query, &mut self.work.table, &mut self.items);
        self.finished = true;
        if let (false, Some((count, first))) = (self.read_any, self.other_direction.take()) {
            let more =
                if count > 1 { format!(" ({} more such files)", count - 1) } else { String::new() };
            let text = format!("{}{more}", first.text());
            let path = first.path().map(str::to_owned).unwrap_or_default();
            self.items.push_back(Item::Problem(
                Error::new(ErrorKind::OtherDirection, text).at_path(path),
            ));
        }
    }
}

/// What becomes of a line: the sessions it ended, then the complaint about it.
fn heed<'a>(
    query: &'a Query,
    items: &'a mut VecDeque<Item>,
) -> impl FnMut(&mut Table, Option<Error>) + 'a {
    |table, complaint| {
        collect(query, table, items);
        items.extend(complaint.map(Item::Problem));
    }
}

/// Turns the sessions that ended into items.
fn collect(query: &Query, table: &mut Table, items: &mut VecDeque<Item>) {
    let (sessions, seen) = table.finished();
    items.extend(sessions.drain(..).filter_map(|session| query.item(session, seen)));
    seen.lines.end();
}
