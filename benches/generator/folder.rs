//! One log folder: sessions interleaved by time, some without their start, some without their end.

use std::io;
use std::path::PathBuf;

use super::calendar::{Calendar, START};
use super::files::Files;
use super::random::Random;
use super::scene::Repertoire;
use super::script::{Direction, Outcome, Script, Server, Session};
use super::truth::Truth;

/// Fewest and most slots. A slot rests between two sessions: 8 to 64 are then
/// open at once.
const SLOTS: (u64, u64) = (10, 64);

/// Longest such rest, in milliseconds; a session takes some ten seconds.
const REST: u64 = 500;

/// What to write into a folder.
#[derive(Debug)]
pub struct Order {
    pub path: PathBuf,
    pub direction: Direction,
    pub server: Server,
    pub random: Random,
    /// How much in all, and in a file.
    pub bytes: u64,
    pub file_bytes: usize,
}

/// Writes a folder and states what is true of it.
pub fn write(order: Order) -> io::Result<Truth> {
    let files = Files::new(order.path, order.direction, order.server.shape, order.file_bytes)?;
    let mut random = order.random;
    let mut folder = Folder {
        direction: order.direction,
        server: order.server,
        calendar: Calendar::new(),
        repertoire: Repertoire::new(order.direction, &mut random),
        random,
        files,
        truth: Truth::default(),
        sessions: 0,
        slots: Vec::new(),
        due: Vec::new(),
        wanted: 0,
    };
    folder.fill(order.bytes)?;
    folder.drain()?;
    folder.half_line()?;
    folder.files.finish()?;
    folder.truth.files = folder.files.count;
    folder.truth.bytes = folder.files.bytes;
    Ok(folder.truth)
}

struct Folder {
    direction: Direction,
    server: Server,
    calendar: Calendar,
    repertoire: Repertoire,
    random: Random,
    files: Files,
    truth: Truth,
    /// Sessions begun.
    sessions: u64,
    slots: Vec<Slot>,
    /// When the next line of each slot is due: apart, because it is searched for every line.
    due: Vec<u64>,
    /// How many slots there are to be.
    wanted: usize,
}

/// A session that is being written to the files.
#[derive(Default)]
struct Slot {
    session: Session,
    /// The next line, and where it begins.
    next: usize,
    at: usize,
    /// A line of it was written.
    seen: bool,
}

impl Slot {
    fn has_ended(&self) -> bool {
        self.next == self.session.lines.len()
    }

    /// Whether its outcome is known only from lines that are still to come.
    fn must_go_on(&self) -> bool {
        match self.session.outcome {
            Outcome::Well => false,
            Outcome::Failed { shown_at: Some(line), .. } => self.next <= line,
            Outcome::WellInTheEnd | Outcome::Rejected(_) | Outcome::Failed { .. } => true,
        }
    }
}

impl Folder {
    /// Writes this many bytes.
    fn fill(&mut self, bytes: u64) -> io::Result<()> {
        let mut files = None;
        while self.files.total() < bytes {
            if files != Some(self.files.count) {
                files = Some(self.files.count);
                self.choose_width(files == Some(0));
            }
            let (at, now) = self.write_line()?;
            if !self.slots[at].has_ended() {
                continue;
            }
            if self.slots.len() > self.wanted {
                self.slots.swap_remove(at);
                self.due.swap_remove(at);
            } else {
                self.begin(at, now);
            }
        }
        Ok(())
    }

    /// Traffic comes and goes: each file has its own number of sessions at once.
    fn choose_width(&mut self, first: bool) {
        self.wanted = usize::try_from(self.random.between(SLOTS.0, SLOTS.1)).unwrap_or(8);
        let now = self.due.iter().min().copied().unwrap_or(START);
        while self.slots.len() < self.wanted {
            self.slots.push(Slot::default());
            self.due.push(now);
            self.begin(self.slots.len() - 1, now);
            if first {
                self.lose_start(self.slots.len() - 1);
            }
        }
    }

    /// Begins the next session in a slot.
    fn begin(&mut self, at: usize, now: u64) {
        let start = now + self.random.below(REST);
        let scene = self.repertoire.next(&mut self.random);
        let route = scene.route(&mut self.random);
        let slot = &mut self.slots[at];
        scene.play(Script::new(
            &mut slot.session,
            &mut self.calendar,
            &mut self.random,
            (self.direction, self.server),
            (self.sessions, start),
            route,
        ));
        (slot.next, slot.at, slot.seen) = (0, 0, false);
        self.due[at] = slot.session.lines[0].due;
        self.sessions += 1;
    }

    /// Some sessions began in files that are no longer there. Only plain ones:
    /// what the rest of a failing session still shows would be a matter of opinion.
    fn lose_start(&mut self, at: usize) {
        let slot = &mut self.slots[at];
        if slot.session.outcome == Outcome::Well && self.random.once_in(3) {
            slot.next = 1 + self.random.place(slot.session.lines.len() / 2);
            slot.at = slot.session.lines[slot.next - 1].end;
            self.due[at] = slot.session.lines[slot.next].due;
        }
    }

    /// Writes the line that is due next; gives its slot and time.
    fn write_line(&mut self) -> io::Result<(usize, u64)> {
        let mut at = 0;
        let mut now = u64::MAX;
        for (place, due) in self.due.iter().enumerate() {
            if *due < now {
                (at, now) = (place, *due);
            }
        }
        let slot = &mut self.slots[at];
        let line = slot.session.lines[slot.next];
        self.files.write(now, &slot.session.text[slot.at..line.end])?;
        self.truth.records += 1;
        self.truth.sessions += u64::from(!slot.seen);
        slot.seen = true;
        slot.at = line.end;
        slot.next += 1;
        let ended = slot.has_ended();
        match slot.session.outcome {
            Outcome::Rejected(cause) if ended => self.truth.rejected(cause),
            Outcome::Failed { cause, shown_at: Some(line) } if slot.next == line + 1 => {
                self.truth.failed(cause);
            }
            Outcome::Failed { cause, shown_at: None } if ended => self.truth.failed(cause),
            _ => {}
        }
        if let Some(line) = slot.session.lines.get(slot.next) {
            self.due[at] = line.due;
        }
        Ok((at, now))
    }

    /// Stops: half of the sessions that may stay open do, the others go on until
    /// every outcome is plain to see.
    fn drain(&mut self) -> io::Result<()> {
        for at in (0..self.slots.len()).rev() {
            let slot = &self.slots[at];
            if !slot.seen || !slot.must_go_on() && self.random.once_in(2) {
                self.slots.swap_remove(at);
                self.due.swap_remove(at);
            }
        }
        while self.slots.iter().any(Slot::must_go_on) {
            let (at, _) = self.write_line()?;
            if self.slots[at].has_ended() {
                self.slots.swap_remove(at);
                self.due.swap_remove(at);
            }
        }
        Ok(())
    }

    /// Exchange was writing a line of a session that goes on.
    fn half_line(&mut self) -> io::Result<()> {
        let open = self.slots.iter().zip(&self.due).min_by_key(|(_, due)| **due);
        if let Some((slot, due)) = open.filter(|(slot, _)| slot.session.outcome == Outcome::Well) {
            let line = &slot.session.text[slot.at..slot.session.lines[slot.next].end];
            self.files.write(*due, &line[..line.len() / 2])?;
        }
        Ok(())
    }
}
