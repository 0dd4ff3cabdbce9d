//! Who is in the logs: connectors with the servers behind them, and people.

use super::certificates::{self, Certificate};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    Never,
    /// STARTTLS, with the certificates of the connector.
    Usual,
    /// X-ANONYMOUSTLS, between Exchange servers.
    Anonymous,
}

/// How a client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    Never,
    /// X-EXPS EXCHANGEAUTH, between Exchange servers.
    Exchange,
    /// AUTH LOGIN, of people and devices.
    Login,
}

/// A connector, and the kind of host it talks to.
#[derive(Debug)]
pub struct Route {
    /// As a send log writes it; a receive log puts the server around it.
    pub connector: &'static str,
    /// The peer's name: a number goes between the two.
    pub host: (&'static str, &'static str),
    /// The first three numbers of the peer's address.
    pub network: &'static str,
    /// The port of the listening side.
    pub port: &'static str,
    /// What the server says of itself: `Microsoft ESMTP MAIL Service`.
    pub software: &'static str,
    /// Keywords of EHLO before and after TLS.
    pub clear: &'static [&'static str],
    pub secured: &'static [&'static str],
    pub tls: Tls,
    pub auth: Auth,
    /// The mail domain on the peer's side.
    pub domain: &'static str,
    /// The certificate of the peer.
    pub certificate: &'static Certificate,
    /// BDAT, else DATA.
    pub chunking: bool,
}

const EXCHANGE: &str = "Microsoft ESMTP MAIL Service";

const ONLINE_CLEAR: &[&str] = &[
    "SIZE 157286400",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "STARTTLS",
    "8BITMIME",
    "BINARYMIME",
    "CHUNKING",
];
const ONLINE_SECURED: &[&str] = &[
    "SIZE 157286400",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
    "BINARYMIME",
    "CHUNKING",
];
const EXCHANGE_CLEAR: &[&str] = &[
    "SIZE 37748736",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "STARTTLS",
    "X-ANONYMOUSTLS",
    "AUTH NTLM",
    "X-EXPS GSSAPI NTLM",
    "8BITMIME",
    "BINARYMIME",
    "CHUNKING",
    "XRDST",
];
const EXCHANGE_SECURED: &[&str] = &[
    "SIZE 37748736",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "AUTH NTLM LOGIN",
    "X-EXPS EXCHANGEAUTH GSSAPI NTLM",
    "X-EXCHANGEAUTH SHA256",
    "8BITMIME",
    "BINARYMIME",
    "CHUNKING",
    "XRDST",
    "XSHADOW",
];
const POSTFIX_CLEAR: &[&str] = &[
    "PIPELINING",
    "SIZE 52428800",
    "VRFY",
    "ETRN",
    "STARTTLS",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
    "DSN",
];
const POSTFIX_SECURED: &[&str] = &[
    "PIPELINING",
    "SIZE 52428800",
    "VRFY",
    "ETRN",
    "AUTH PLAIN LOGIN",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
    "DSN",
];
/// What a server offers that wants no TLS, or where a box between took it out.
pub const PLAIN: &[&str] =
    &["SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME"];

pub const OFFICE: Route = Route {
    connector: "Outbound to Office 365",
    host: ("VE1EUR03FT0", ".mail.protection.outlook.com"),
    network: "104.47.11.",
    port: "25",
    software: EXCHANGE,
    clear: ONLINE_CLEAR,
    secured: ONLINE_SECURED,
    tls: Tls::Usual,
    auth: Auth::Never,
    domain: "tailspin.mail.onmicrosoft.com",
    certificate: &certificates::OFFICE,
    chunking: true,
};
pub const INTERNET: Route = Route {
    connector: "Internet",
    host: ("mx", ".fabrikam.com"),
    network: "203.0.113.",
    domain: "fabrikam.com",
    certificate: &certificates::FABRIKAM,
    ..OFFICE
};
pub const POSTFIX: Route = Route {
    connector: "Internet",
    host: ("mail", ".proseware.example"),
    network: "198.51.100.",
    software: "ESMTP Postfix",
    clear: POSTFIX_CLEAR,
    secured: POSTFIX_SECURED,
    domain: "proseware.example",
    certificate: &certificates::PROSEWARE,
    chunking: false,
    ..OFFICE
};
pub const PARTNER: Route = Route {
    // Names in UTF-8 occur.
    connector: "Partner Z\u{fc}rich (TLS)",
    host: ("mx", ".lamna.example"),
    network: "192.0.2.",
    domain: "lamna.example",
    certificate: &certificates::LAMNA,
    ..OFFICE
};
pub const INTERNAL: Route = Route {
    connector: "Intra-Organization SMTP Send Connector",
    host: ("EX", ".contoso.com"),
    network: "10.0.1.",
    port: "2525",
    clear: EXCHANGE_CLEAR,
    secured: EXCHANGE_SECURED,
    tls: Tls::Anonymous,
    auth: Auth::Exchange,
    domain: "contoso.com",
    certificate: &certificates::INTERNAL,
    ..OFFICE
};

pub const FRONTEND: Route = Route {
    connector: "Default Frontend",
    host: ("mail", ".fabrikam.com"),
    network: "198.51.100.",
    clear: EXCHANGE_CLEAR,
    secured: EXCHANGE_SECURED,
    domain: "fabrikam.com",
    certificate: &certificates::FABRIKAM,
    ..OFFICE
};
pub const FABRIKAM: Route = Route { connector: "From Fabrikam (TLS)", ..FRONTEND };
pub const CLIENTS: Route = Route {
    connector: "Client Frontend",
    host: ("desk", ".contoso.com"),
    network: "10.0.7.",
    port: "587",
    auth: Auth::Login,
    domain: "contoso.com",
    chunking: false,
    ..FRONTEND
};
pub const RELAY: Route = Route {
    connector: "Relay",
    host: ("scanner", ".contoso.com"),
    network: "10.0.5.",
    clear: PLAIN,
    tls: Tls::Never,
    domain: "contoso.com",
    chunking: false,
    ..FRONTEND
};

pub const FIRST_NAMES: &[&str] = &[
    "alice", "bob", "carol", "dan", "erin", "frank", "grace", "heidi", "ivan", "judy", "karl",
    "laura", "mallory", "niaj", "olivia", "peggy", "quentin", "rupert", "sybil", "trent", "ursula",
    "victor", "walter", "yvonne",
];
pub const LAST_NAMES: &[&str] = &[
    "adams",
    "baker",
    "castillo",
    "davis",
    "edwards",
    "fischer",
    "garcia",
    "huber",
    "ito",
    "jensen",
    "kowalski",
    "lindqvist",
    "meier",
    "nguyen",
    "okafor",
    "petrova",
    "quinn",
    "rossi",
    "schmidt",
    "tanaka",
    "ulrich",
    "van-dijk",
    "weber",
    "zimmermann",
];
/// Mailboxes of programs: reports of a store, tickets, newsletters.
pub const SERVICES: &[&str] =
    &["noreply", "newsletter", "invoices", "monitoring", "helpdesk", "hr-notifications"];
