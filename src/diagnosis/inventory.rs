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
use crate::error::{Error, ErrorKind};
use crate::object::Object;
use crate::timestamp::Timestamp;

/// A certificate of a server.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    /// The server, where it is known.
    pub server: Option<String>,
    pub input: Input,
    pub thumbprint: String,
    /// Its issuer and its subject: by them it is looked for again and again.
    pub names: (Name, Name),
    /// Whether `Get-ExchangeCertificate` listed it.
    pub is_listed: bool,
}

/// Everything known of certificates.
#[derive(Debug, Clone, Default)]
pub(super) struct Inventory {
    holdings: Vec<Holding>,
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
    /// Adds what a certificate object holds; an error where that cannot be read.
    pub fn add_object(&mut self, object: &Object, servers: &Servers) -> Result<(), Error> {
        let Some(content) = object.bytes("RawData") else {
            let text = "a certificate without its RawData cannot be tested";
            return Err(named(Error::new(ErrorKind::InvalidArgument, text), &object.source));
        };
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
                    self.hold(server.clone(), input, is_listed, store == Some(Store::My))?;
                }
                // Something odd often stands among the issuers of a computer, of no
                // consequence to anyone; among the certificates it is one that is lost.
                if let Some(entry) = contents.unreadable.into_iter().next() {
                    return Err(named(
                        Error::new(ErrorKind::Unreadable, entry.reason),
                        &entry.source,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Adds certificates that were gathered for a test of their own; gives what
    /// cannot be read.
    pub fn add_request(&mut self, request: &Request, servers: &Servers) -> Vec<Error> {
        let mut lost = Vec::new();
        for input in &request.certificates {
            let server = input.source.split_once('\\').map(|(server, _)| server);
            let server = server.and_then(|server| servers.name(server)).map(str::to_owned);
            let in_store = input.source.starts_with("Cert:\\");
            lost.extend(self.hold(server, input.clone(), input.services.is_some(), in_store).err());
        }
        self.intermediates.extend(request.intermediates.iter().cloned());
        self.roots.extend(request.roots.iter().cloned());
        self.lists.extend(request.lists.iter().cloned());
        lost
    }

    fn hold(
        &mut self,
        server: Option<String>,
        input: Input,
        is_listed: bool,
        in_store: bool,
    ) -> Result<(), Error> {
        let lost = |reason: String| named(Error::new(ErrorKind::Unreadable, reason), &input.source);
        let der = input.content.as_ref().map_err(|reason| lost(reason.clone()))?;
        let certificate = Certificate::from_der(der)
            .map_err(|error| lost(format!("it is no certificate: {error}")))?;
        let (thumbprint, names) =
            (certificate.thumbprint, (certificate.issuer, certificate.subject));
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
            None => self.holdings.push(Holding { server, input, thumbprint, names, is_listed }),
        }
        Ok(())
    }

    /// Issuer and subject of all certificates; nothing where none are known.
    pub fn names(&self) -> Option<Vec<(Name, Name)>> {
        let names = self.holdings.iter().map(|one| one.names.clone());
        Some(names.collect()).filter(|all: &Vec<_>| !all.is_empty())
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

/// The error with where it came from, where that is known.
fn named(error: Error, source: &str) -> Error {
    if source.is_empty() {
        error
    } else {
        error.at_path(source)
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

#[cfg(test)]
#[allow(clippy::field_reassign_with_default)] // its properties are its own
mod tests {
    use super::*;
    use crate::object::Value;

    #[test]
    fn a_certificate_that_cannot_be_read_is_told() {
        let mut object = Object::default();
        object.source = "certificates.xml".to_owned();
        object.put("RawData", Value::Bytes(b"not a certificate".to_vec()));
        let mut inventory = Inventory::default();
        let error = inventory.add_object(&object, &Servers::default()).unwrap_err();
        assert_eq!(error.path(), Some("certificates.xml"));
        assert!(inventory.is_silent_of(None));
        let error = inventory.add_object(&Object::default(), &Servers::default()).unwrap_err();
        assert!(error.text().contains("RawData") && error.path().is_none());
    }
}
