//! Why mail hangs: queues, connectors, logs and certificates joined to answers.
//!
//! [`Evidence`] takes what was gathered, in any amount and from any number of
//! servers, and [`Evidence::diagnose`] gives one [`Diagnosis`] for each problem,
//! worst first. What was not gathered is not known: an answer says what would
//! have to be looked at, and never that all is well with it.
//!
//! Objects come before logs, so that it is known which servers there are when
//! the path of a log is to tell whose log it is.
//!
//! ```
//! use exchange_tls::diagnosis::Evidence;
//! use exchange_tls::object::Object;
//! use exchange_tls::timestamp::Timestamp;
//!
//! let mut queue = Object::default();
//! queue.set("Identity", "EX01\\42");
//! queue.set("NextHopDomain", "contoso.com");
//! queue.set("LastError", "421 4.4.1 Connection timed out");
//! let mut evidence = Evidence::new(Timestamp::parse(b"2026-01-01T00:00:00Z").unwrap());
//! evidence.add_object(&queue).unwrap();
//! let found = evidence.diagnose();
//! assert_eq!(found[0].cause.name(), "ConnectionTimedOut");
//! assert!(found[0].summary.contains("No protocol log"), "{}", found[0].summary);
//! ```

mod answer;
mod authentication;
mod certificates;
mod commands;
pub mod files;
mod inventory;
mod latent;
mod logs;
mod queues;
mod send_connector;
mod servers;
mod shown;
mod tested;
mod ties;

pub use answer::{Diagnosis, EvidenceItem};

use crate::cert::Request;
use crate::connector::{self, ReceiveConnector, Server};
use crate::error::{Error, ErrorKind};
use crate::failure::ConnectorFailure;
use crate::object::{Kind, Object};
use crate::queue::{self, QueueFailure};
use crate::scan::Item;
use crate::timestamp::Timestamp;
use inventory::Inventory;
use logs::Groups;
use queues::Waiting;
use send_connector::SendConnector;
use servers::Servers;

/// Most objects of a kind that are kept. The largest organisations have some
/// hundred thousand queues' worth of next hops; what is more is no queue viewer's
/// output but a file made to fill memory.
const MAX_OBJECTS: usize = 200_000;

/// What was gathered.
#[derive(Debug, Clone)]
pub struct Evidence {
    at: Timestamp,
    queues: Vec<Waiting>,
    send_connectors: Vec<SendConnector>,
    receive_connectors: Vec<ReceiveConnector>,
    exchange_servers: Vec<Server>,
    servers: Servers,
    inventory: Inventory,
    groups: Groups,
    log_files: usize,
}

impl Evidence {
    /// No evidence yet, judged at an instant.
    pub fn new(at: Timestamp) -> Evidence {
        Evidence {
            at,
            queues: Vec::new(),
            send_connectors: Vec::new(),
            receive_connectors: Vec::new(),
            exchange_servers: Vec::new(),
            servers: Servers::default(),
            inventory: Inventory::default(),
            groups: Groups::default(),
            log_files: 0,
        }
    }

    /// Adds an object of the Exchange shell. What tells nothing about mail that
    /// hangs is an error with the kind of thing that was expected.
    pub fn add_object(&mut self, object: &Object) -> Result<(), Error> {
        let refuse = |text: String| {
            let error = Error::new(ErrorKind::InvalidArgument, text);
            Err(if object.source.is_empty() { error } else { error.at_path(object.source.clone()) })
        };
        let Some(kind) = object.kind() else {
            let name = object.type_names.first().map_or("without a type", String::as_str);
            return refuse(format!(
                "an object {name} is no queue, connector, certificate or server"
            ));
        };
        if let Some(server) = object.server() {
            self.servers.meet(&server);
        }
        let held = match kind {
            Kind::Queue => self.queues.len(),
            Kind::SendConnector => self.send_connectors.len(),
            Kind::ReceiveConnector => self.receive_connectors.len(),
            Kind::Server => self.exchange_servers.len(),
            Kind::Certificate => 0,
        };
        if held >= MAX_OBJECTS {
            return refuse(format!(
                "there are more than {MAX_OBJECTS} objects of this kind ({})",
                kind.name()
            ));
        }
        match kind {
            Kind::Queue => {
                let connector = object.string("NextHopConnector");
                let failure = queue::read(object);
                self.queues.extend(failure.map(|failure| Waiting { failure, connector }));
            }
            Kind::SendConnector => {
                let connector = SendConnector::from_object(object);
                connector.source_servers.iter().for_each(|server| self.servers.meet(server));
                self.send_connectors.push(connector);
            }
            Kind::ReceiveConnector => {
                self.receive_connectors.push(ReceiveConnector::from_object(object));
            }
            Kind::Server => {
                let server = Server::from_object(object);
                self.servers.meet(&server.name);
                self.exchange_servers.push(server);
            }
            Kind::Certificate => self.inventory.add_object(object, &self.servers)?,
        }
        Ok(())
    }

    /// Adds certificates with their issuers and lists, as for a test of their own;
    /// gives what cannot be read.
    pub fn add_certificates(&mut self, request: &Request) -> Vec<Error> {
        self.inventory.add_request(request, &self.servers)
    }

    /// Adds a failed session.
    pub fn add_failure(&mut self, failure: ConnectorFailure) {
        self.groups.add(failure, &self.servers);
    }

    /// Adds what a scan found; gives it back where it is a problem.
    pub fn take(&mut self, item: Item) -> Option<Error> {
        match item {
            Item::Failure(failure) => self.add_failure(*failure),
            Item::Session(_) | Item::Line(_) | Item::Packed(_) => {}
            Item::Problem(problem) => return Some(problem),
        }
        None
    }

    /// What had no room among the failed sessions, as a problem to tell.
    pub fn left_out(&self) -> Option<Error> {
        let count = self.groups.left_out;
        let text = format!("{count} failed sessions are left out: they fail in more ways than are kept apart; look at one folder or day of logs at a time");
        (count > 0).then(|| Error::new(ErrorKind::BadRecord, text).at_path("logs"))
    }

    /// Takes notice of log files that were read: with none, a queue that has no
    /// failed session beside it says nothing.
    pub fn add_log_files(&mut self, files: usize) {
        self.log_files += files;
    }

    /// The answers, worst first.
    pub fn diagnose(&self) -> Vec<Diagnosis> {
        answer::answer(self)
    }

    fn connector(&self, name: Option<&str>) -> Option<&SendConnector> {
        let name = name?;
        self.send_connectors.iter().find(|one| one.name().eq_ignore_ascii_case(name))
    }

    /// The queues with an error.
    pub fn queues(&self) -> impl Iterator<Item = &QueueFailure> {
        self.queues.iter().map(|waiting| &waiting.failure)
    }

    /// What the rules say of the receive connectors.
    pub fn connector_tests(&self) -> Vec<connector::ConnectorTest> {
        // Addresses that logs tell are those of the servers whose logs they are: a
        // server is no stranger to its own connectors.
        let mut servers = self.exchange_servers.clone();
        let mut exchange_addresses = Vec::new();
        for (address, of) in self.groups.own_addresses() {
            let own = servers.iter_mut().find(|server| {
                of.as_deref().is_some_and(|name| servers::is_same(name, &server.name))
            });
            match own {
                Some(server) if server.addresses.contains(&address) => {}
                Some(server) => server.addresses.push(address),
                None => exchange_addresses.push(address),
            }
        }
        connector::test(&connector::Request {
            connectors: self.receive_connectors.clone(),
            servers,
            certificates: self.inventory.names(),
            exchange_addresses,
        })
    }
}
