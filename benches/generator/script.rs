//! Writes the records of one session, ready to be interleaved with others.
//!
//! A session is written whole, in one buffer, before its first line goes into a
//! file: the lines then only need to be copied, which is what makes the
//! generator faster than a disk.

use super::calendar::Calendar;
use super::random::Random;
use super::world::Route;

/// Which side writes the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Send,
    Receive,
}

/// How the server writes certificates and greetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A record for each field and keyword: up to Exchange 2013.
    PerField,
    /// One record for all: from Exchange 2016.
    OneRecord,
}

/// What is true of a session, to be found out by whoever reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// Nothing failed, wherever the session is cut.
    #[default]
    Well,
    /// Nothing failed, once the session is seen to its end.
    WellInTheEnd,
    /// Only a message or recipient was refused.
    Rejected(&'static str),
    /// It failed. Once the line `shown_at` is seen that is certain even if the
    /// session never ends; without such a line only the end shows it.
    Failed { cause: &'static str, shown_at: Option<usize> },
}

/// A line of a session.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// When it is written.
    pub due: u64,
    /// Where it ends in the text.
    pub end: usize,
}

/// A session, written whole.
#[derive(Debug, Default)]
pub struct Session {
    pub text: Vec<u8>,
    pub lines: Vec<Line>,
    pub outcome: Outcome,
}

/// The server a log belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// `EX01`
    pub name: &'static str,
    /// Its address.
    pub address: &'static str,
    pub shape: Shape,
}

/// Writes a session. The verbs of a dialogue stand in `dialogue`.
pub struct Script<'a> {
    pub random: &'a mut Random,
    pub direction: Direction,
    pub server: Server,
    pub route: &'static Route,
    /// Which session of its folder, from 0.
    pub number: u64,
    /// The session id.
    pub id: String,
    /// The peer's name.
    pub host: String,
    /// The time, in milliseconds since 1970.
    pub now: u64,
    session: &'a mut Session,
    calendar: &'a mut Calendar,
    /// `,connector,id,`
    head: String,
    local: String,
    remote: String,
    sequence: u64,
    shown_at: Option<usize>,
}

impl<'a> Script<'a> {
    /// Begins session `number` of a folder in `session`, whose old content goes.
    pub fn new(
        session: &'a mut Session,
        calendar: &'a mut Calendar,
        random: &'a mut Random,
        (direction, server): (Direction, Server),
        (number, now): (u64, u64),
        route: &'static Route,
    ) -> Self {
        session.text.clear();
        session.lines.clear();
        // Ids count up from the ticks at service start. All services here began
        // at the same tick, so every id occurs in every folder.
        let id = format!("{:016X}", 0x08DC_0D9A_11B2_C000 + number);
        let (name, connector) = (server.name, route.connector);
        let head = match direction {
            Direction::Send => format!(",{connector},{id},"),
            Direction::Receive => format!(",{name}\\{connector} {name},{id},"),
        };
        let host = format!("{}{}{}", route.host.0, random.between(1, 40), route.host.1);
        let mut script = Script {
            random,
            direction,
            server,
            route,
            number,
            id,
            host,
            now,
            session,
            calendar,
            head,
            local: String::new(),
            remote: String::new(),
            sequence: 0,
            shown_at: None,
        };
        script.next_address();
        script
    }

    /// Another address of the peer, to be connected to.
    pub fn next_address(&mut self) {
        let peer = format!("{}{}", self.route.network, self.random.between(1, 250));
        match self.direction {
            Direction::Send => {
                self.local.clear();
                self.remote = format!("{peer}:{}", self.route.port);
            }
            Direction::Receive => {
                self.local = format!("{}:{}", self.server.address, self.route.port);
                self.remote = format!("{peer}:{}", 1024 + self.number % 60_000);
            }
        }
    }

    /// The connection is made: a send log now knows its own end.
    pub fn connected(&mut self) {
        if self.direction == Direction::Send {
            self.local = format!("{}:{}", self.server.address, 1024 + self.number % 60_000);
        }
        self.record("+", &[], "");
    }

    /// The connection is lost, and another one to be made in the same session.
    pub fn unconnected(&mut self) {
        self.local.clear();
    }

    /// The client's address as the server sees it.
    pub fn client_address(&self) -> String {
        let endpoint = match self.direction {
            Direction::Send => &self.local,
            Direction::Receive => &self.remote,
        };
        endpoint.split(':').next().unwrap_or_default().to_owned()
    }

    /// The address that is connected to, with its port.
    pub fn remote(&self) -> String {
        self.remote.clone()
    }

    /// Lets time pass: this many milliseconds, or somewhat more.
    pub fn wait(&mut self, least: u64) {
        self.now += self.random.between(least, least * 3 + 1);
    }

    /// A line of the client.
    pub fn client(&mut self, parts: &[&str]) {
        let event = if self.direction == Direction::Send { ">" } else { "<" };
        self.record(event, parts, "");
    }

    /// A line of the server.
    pub fn server(&mut self, parts: &[&str]) {
        let event = if self.direction == Direction::Send { "<" } else { ">" };
        self.record(event, parts, "");
    }

    /// A `*` record without data.
    pub fn told(&mut self, context: &str) {
        self.record("*", &[], context);
    }

    /// A `*` record with data.
    pub fn told_of(&mut self, data: &[&str], context: &str) {
        self.record("*", data, context);
    }

    /// The end of the connection.
    pub fn end(&mut self, by: &str) {
        self.record("-", &[], by);
    }

    /// The line written last shows for good that the session failed.
    pub fn shows(&mut self) {
        self.shown_at = self.session.lines.len().checked_sub(1);
    }

    /// States what is true of the session.
    pub fn conclude(mut self, mut outcome: Outcome) {
        if let Outcome::Failed { shown_at, .. } = &mut outcome {
            *shown_at = self.shown_at.take();
        }
        self.session.outcome = outcome;
    }

    /// The time as banners say it.
    pub fn spoken_time(&mut self) -> String {
        self.calendar.spoken(self.now)
    }

    /// The time as records say it.
    pub fn stamp(&mut self) -> String {
        String::from_utf8_lossy(self.calendar.stamp(self.now)).into_owned()
    }

    fn record(&mut self, event: &str, data: &[&str], context: &str) {
        let text = &mut self.session.text;
        text.extend_from_slice(self.calendar.stamp(self.now));
        text.extend_from_slice(self.head.as_bytes());
        number(text, self.sequence);
        for part in [",", &self.local, ",", &self.remote, ",", event, ","] {
            text.extend_from_slice(part.as_bytes());
        }
        field(text, data);
        text.push(b',');
        field(text, &[context]);
        text.extend_from_slice(b"\r\n");
        self.session.lines.push(Line { due: self.now, end: text.len() });
        self.sequence += 1;
    }
}

/// A field of a record, in quotes where it holds a comma or a quote.
fn field(text: &mut Vec<u8>, parts: &[&str]) {
    let special = |part: &&str| part.bytes().any(|byte| matches!(byte, b',' | b'"'));
    if !parts.iter().any(special) {
        for part in parts {
            text.extend_from_slice(part.as_bytes());
        }
        return;
    }
    text.push(b'"');
    for byte in parts.iter().flat_map(|part| part.bytes()) {
        if byte == b'"' {
            text.push(b'"');
        }
        text.push(byte);
    }
    text.push(b'"');
}

/// A number in decimal.
fn number(text: &mut Vec<u8>, number: u64) {
    if number >= 10 {
        self::number(text, number / 10);
    }
    text.push(b'0' + u8::try_from(number % 10).unwrap_or(0));
}
