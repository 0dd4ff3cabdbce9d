//! Generates SMTP protocol logs of any size of which it is known what they hold.
//!
//! ```text
//! let truth = generator::write(folder, &Plan { bytes: 1 << 30, ..Plan::default() })?;
//! assert_eq!(truth.failures["ConnectionLost"], ...);
//! ```
//!
//! The logs are those of four servers, two that write a record for each field
//! of a certificate and each keyword of EHLO (up to Exchange 2013) and two that
//! write one for all (from 2016), each with a folder for sending and one for
//! receiving. 8 to 64 sessions interleave, sessions span files, a few have lost
//! their start or never end, one in 200 fails. One failure in five holds no
//! word that marks it. The same plan gives the same bytes on every machine.
//!
//! From the bottom: [`random`], [`calendar`]; [`world`] and [`certificates`]
//! say who is there; [`script`] writes the records of a session, with the verbs
//! of [`dialogue`] and [`mail`]; [`healthy`] and [`failing`] (which goes on in
//! [`losses`] and [`refusals`]) are the sessions there are, from which [`scene`]
//! chooses; [`folder`] interleaves them into [`files`] and counts
//! the [`truth`]. [`copy`] makes more of what is there.

// Each user of this module needs another part of it.
#![allow(dead_code)]

pub mod calendar;
pub mod certificates;
pub mod copy;
pub mod dialogue;
pub mod failing;
pub mod files;
pub mod folder;
pub mod healthy;
pub mod losses;
pub mod mail;
pub mod random;
pub mod refusals;
pub mod scene;
pub mod script;
pub mod truth;
pub mod world;

use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use folder::Order;
use random::Random;
use script::{Direction, Server, Shape};
pub use truth::Truth;

/// Raised whenever the same plan gives other bytes than before: logs of an older
/// generator are then not taken for those of this one.
pub const VERSION: u32 = 1;

const SERVERS: [Server; 4] = [
    Server { name: "EX01", address: "10.0.0.11", shape: Shape::PerField },
    Server { name: "EX02", address: "10.0.0.12", shape: Shape::OneRecord },
    Server { name: "EX03", address: "10.0.0.13", shape: Shape::PerField },
    Server { name: "EX04", address: "10.0.0.14", shape: Shape::OneRecord },
];

/// Where a server keeps the logs of each direction.
const FOLDERS: [(Direction, &str); 2] = [
    (Direction::Send, "TransportRoles/Logs/Hub/ProtocolLog/SmtpSend"),
    (Direction::Receive, "TransportRoles/Logs/FrontEnd/ProtocolLog/SmtpReceive"),
];

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    /// How much in all; sessions that are to end make it a little more.
    pub bytes: u64,
    /// How much in a file. Exchange rolls over at 10 MB.
    pub file_bytes: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { seed: 1, bytes: 1 << 30, file_bytes: 10 << 20 }
    }
}

/// Writes the logs below `root` and states what is true of them.
pub fn write(root: &Path, plan: &Plan) -> io::Result<Truth> {
    let orders = orders(root, plan);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(orders.len());
    let orders = Mutex::new(orders);
    let next = || orders.lock().ok().and_then(|mut orders| orders.pop());
    let work = || {
        let mut truth = Truth::default();
        while let Some(order) = next() {
            truth.add(folder::write(order)?);
        }
        io::Result::Ok(truth)
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut truth = Truth::default();
        for worker in running {
            truth.add(worker.join().map_err(|_| io::Error::other("the generator panicked"))??);
        }
        Ok(truth)
    })
}

fn orders(root: &Path, plan: &Plan) -> Vec<Order> {
    let folders = SERVERS.iter().flat_map(|server| FOLDERS.map(|folder| (*server, folder)));
    let share = plan.bytes / 8;
    (0..)
        .zip(folders)
        .map(|(number, (server, (direction, below)))| Order {
            path: root.join(server.name).join(below),
            direction,
            server,
            random: Random::stream(plan.seed, number),
            bytes: share,
            file_bytes: plan.file_bytes,
        })
        .collect()
}
