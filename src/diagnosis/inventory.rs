//! The certificates of each server, and what the tests say of them.
//!
//! Names decide which certificate a server presents, and every server looks
//! only into its own store: so certificates are tested server by server.

use std::collections::BTreeSet;

use super::send_connector::SendConnector;
use super::servers::Servers;
use super::tested::Tested;
use crate::cert::certificate::Certificate;
use crate::cert::name::Name;
use crate::cert::read::{read, Given};
use crate::cert::{test, Input, Request};
use crate::object::Object;
use crate::timestamp::Timestamp;

/// A certificate of a server.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    /// The server, where it is known.
    pub server: Option<String>,
    pub input: Input,
    pub thumbprint: String,
    /// Whether `Get-ExchangeCertificate` listed it.
    pub is_listed: bool,
}

/// Everything known of certificates.
#[derive(Debug, Clone, Default)]
pub(super) struct Inventory {
    holdings: Vec<Holding>,
    /// What cannot be read; tested with nothing, so that it is not lost.
    pub unreadable: Vec<(String, String)>,
    pub intermediates: Vec<Given>,
    pub roots: Vec<Given>,
    pub lists: Vec<Given>,
    /// Servers whose list of Exchange certificates, and whose store was given.
    listed: BTreeSet<Option<String>>,
    stores: BTreeSet<Option<String>>,
}

/// Where in the certificate stores of a computer an object was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    My,
    Issuers,
    Roots,
}

impl Inventory {
    /// Adds what a certificate object holds; false where it holds no certificate.
    pub fn add_object(&mut self, object: &Object, servers: &Servers) -> bool {
        let Some(content) = object.bytes("RawData") else { return false };
        let server = object.server().map(|name| servers.name(&name).unwrap_or(&name).to_owned());
        let store = store(object);
        let shown =
            object.text("Identity").or_else(|| object.text("PSPath")).or(object.display.as_deref());
        let source = match store {
            Some(_) => object
                .text("PSPath")
                .unwrap_or_default()
                .split("::")
                .last()
                .map(|path| format!("Cert:\\{path}")),
            None => shown.map(str::to_owned),
        };
        let source =
            source.filter(|source| !source.is_empty()).unwrap_or_else(|| object.source.clone());
        let mut contents = read(&content, &source);
        match store {
            Some(Store::Issuers) => self.intermediates.append(&mut contents.certificates),
            Some(Store::Roots) => self.roots.append(&mut contents.certificates),
            _ => {
                let is_listed =
                    object.type_names.iter().any(|name| name.ends_with("ExchangeCertificate"))
                        || object.has("Services");
                // A number is an enumeration whose names were lost on the way.
                let services =
                    object.string("Services").filter(|text| text.parse::<u64>().is_err());
                let key = object.answer("HasPrivateKey").filter(|has| {
                    // "No" is known only by the store and by Exchange: a certificate
                    // that came out of a file, or over remoting, never has its key with it.
                    *has || services.is_some()
                        || store == Some(Store::My) && !object.has("PSComputerName")
                });
                // Exchange lists only what has a key.
                let key = key.or(is_listed.then_some(true));
                for given in contents.certificates {
                    let input = Input {
                        has_private_key: key,
                        services: services.clone(),
                        ..Input::new(given)
                    };
                    self.hold(server.clone(), input, is_listed, store == Some(Store::My));
                }
            }
        }
        self.unreadable
            .extend(contents.unreadable.into_iter().map(|entry| (entry.source, entry.reason)));
        true
    }

    /// Adds certificates that were gathered for a test of their own.
    pub fn add_request(&mut self, request: &Request, servers: &Servers) {
        for input in &request.certificates {
            let server = input.source.split_once('\\').map(|(server, _)| server);
            let server = server.and_then(|server| servers.name(server)).map(str::to_owned);
            let in_store = input.source.starts_with("Cert:\\");
            self.hold(server, input.clone(), input.services.is_some(), in_store);
        }
        self.intermediates.extend(request.intermediates.iter().cloned());
        self.roots.extend(request.roots.iter().cloned());
        self.lists.extend(request.lists.iter().cloned());
    }

    fn hold(&mut self, server: Option<String>, input: Input, is_listed: bool, in_store: bool) {
        let read = input.content.as_ref().map_err(Clone::clone).and_then(|der| {
            Certificate::from_der(der).map_err(|error| format!("it is no certificate: {error}"))
        });
        let thumbprint = match read {
            Ok(certificate) => certificate.thumbprint,
            Err(reason) => return self.unreadable.push((input.source, reason)),
        };
        if is_listed {
            self.listed.insert(server.clone());
        }
        if in_store {
            self.stores.insert(server.clone());
        }
        let same = |known: &&mut Holding| known.thumbprint == thumbprint && known.server == server;
        match self.holdings.iter_mut().find(same) {
            // Exchange knows the services, the store knows whether there is a key.
            Some(known) => {
                known.is_listed |= is_listed;
                if in_store {
                    known.input.source = input.source;
                }
                known.input.services = known.input.services.take().or(input.services);
                let told = if in_store { input.has_private_key } else { None };
                known.input.has_private_key =
                    told.or(known.input.has_private_key).or(input.has_private_key);
            }
            None => self.holdings.push(Holding { server, input, thumbprint, is_listed }),
        }
    }

    /// Issuer and subject of all certificates; nothing where none are known.
    pub fn names(&self) -> Option<Vec<(Name, Name)>> {
        let read = |one: &Holding| {
            let der = one.input.content.as_deref().ok()?;
            Certificate::from_der(der).ok().map(|one| (one.issuer, one.subject))
        };
        Some(self.holdings.iter().filter_map(read).collect()).filter(|all: &Vec<_>| !all.is_empty())
    }

    /// Whether nothing is known of the certificates of this server.
    pub fn is_silent_of(&self, server: Option<&str>) -> bool {
        !self.holdings.iter().any(|one| is_of(&one.server, server))
    }

    /// Whether the list of Exchange certificates of this server was given.
    pub fn is_listed(&self, server: Option<&str>) -> bool {
        self.listed.iter().any(|one| is_of(one, server))
    }

    /// Whether the computer's store of this server was given.
    pub fn has_store(&self, server: Option<&str>) -> bool {
        self.stores.iter().any(|one| is_of(one, server))
    }

    /// Whether roots and intermediates were given, so that a chain that does not
    /// end is the server's fault and not that of what was gathered.
    pub fn knows_issuers(&self) -> bool {
        !self.roots.is_empty() && !self.intermediates.is_empty()
    }

    /// Tests the certificates of each server with the connectors that send from it.
    pub fn test(&self, connectors: &[SendConnector], at: Timestamp) -> Tested {
        let servers: BTreeSet<&Option<String>> =
            self.holdings.iter().map(|one| &one.server).collect();
        let mut held = Vec::new();
        for server in servers {
            let of_server = || self.holdings.iter().filter(|one| one.server == *server);
            let sends = |connector: &&SendConnector| {
                connector.enabled != Some(false)
                    && server.as_deref().is_none_or(|server| connector.may_send_from(server))
            };
            let mut request = Request::at(at);
            request.certificates = of_server().map(|one| one.input.clone()).collect();
            request.intermediates.clone_from(&self.intermediates);
            request.roots.clone_from(&self.roots);
            request.lists.clone_from(&self.lists);
            request.send_connectors =
                connectors.iter().filter(sends).map(|one| one.presenter.clone()).collect();
            held.extend(of_server().cloned().zip(test(&request).tests));
        }
        Tested::new(held)
    }
}

/// Whether something is of a server, or may be: where one of the two is not
/// known there is nothing to tell them apart by.
pub(super) fn is_of(one: &Option<String>, server: Option<&str>) -> bool {
    match (one, server) {
        (Some(one), Some(server)) => super::servers::is_same(one, server),
        _ => true,
    }
}

/// `Microsoft.PowerShell.Security\Certificate::LocalMachine\My\<thumbprint>`
fn store(object: &Object) -> Option<Store> {
    let path = object.text("PSPath").or_else(|| object.text("PSParentPath"))?;
    let (_, place) = path.split_once("Certificate::")?;
    match place.split('\\').nth(1)?.to_ascii_lowercase().as_str() {
        "my" => Some(Store::My),
        "ca" => Some(Store::Issuers),
        "root" | "authroot" => Some(Store::Roots),
        _ => None,
    }
}
