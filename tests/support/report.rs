//! Reports made of objects as the cmdlets give them, for the tests of the page.

#![allow(dead_code)]

mod sample;

use exchange_tls::object::{Object, Value};
use exchange_tls::report::Report;
use exchange_tls::timestamp::Timestamp;

/// 2024-03-05T08:00:00Z
pub const START: i64 = 1_709_625_600_000;
pub const HOUR: i64 = 3_600_000;

const OUTBOUND: &str = "Outbound to Office 365";
const KEYLESS: &str = "5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B";

pub fn at(millis: i64) -> String {
    Timestamp::from_unix_millis(millis).to_string()
}

pub fn new(title: &str) -> Report {
    Report::new(title, Timestamp::from_unix_millis(START + 76 * HOUR))
}

/// An object of one of the module's types.
pub fn object(kind: &str, properties: &[(&str, &str)]) -> Object {
    let mut object = Object::default();
    object.type_names = vec![format!("ExchangeTls.{kind}")];
    properties.iter().for_each(|(name, value)| object.set(name, value));
    object
}

pub fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from_text(item)).collect())
}

pub fn objects(items: &[&[(&str, &str)]]) -> Value {
    let item = |properties: &&[(&str, &str)]| {
        let mut object = object("Part", properties);
        object.type_names.clear();
        Value::Object(Box::new(object))
    };
    Value::List(items.iter().map(item).collect())
}

fn certificate(thumbprint: &str) -> Value {
    let mut object = object(
        "Certificate",
        &[
            ("Subject", "CN=mail.contoso.com, O=Contoso Ltd, C=US"),
            ("Issuer", "CN=Woodgrove TLS CA, O=Woodgrove, C=US"),
            ("Thumbprint", thumbprint),
            ("NotAfter", "2024-06-30T23:59:59.000Z"),
        ],
    );
    object.put("AlternateNames", list(&["mail.contoso.com", "autodiscover.contoso.com"]));
    Value::Object(Box::new(object))
}

/// A failure; `number` tells it from others of its kind.
pub fn failure(kind: usize, time: i64, number: usize) -> Object {
    let (cause, stage, connector, log, error, host, reply) = KINDS[kind];
    let mut object = object(
        "ConnectorFailure",
        &[
            ("Time", &at(time)),
            ("LogType", log),
            ("Connector", connector),
            ("SessionId", &format!("08DC3C9A11B2{number:04X}")),
            ("LocalEndpoint", &format!("192.0.2.11:{}", 20_000 + number % 40_000)),
            ("RemoteEndpoint", "203.0.113.10:25"),
            ("RemoteHost", host),
            ("Stage", stage),
            ("Cause", cause),
            ("Error", error),
            ("Reply", reply),
            ("Path", &format!("D:\\Logs\\Hub\\ProtocolLog\\Smtp{log}\\{log}{}.LOG", &at(time)[..10])),
            ("Line", &(number * 17 + 9).to_string()),
            ("Diagnosis", "What the log shows stands here in one or two sentences, with what follows from it and what is to be checked."),
            ("Complete", "True"),
        ],
    );
    object.put(
        "OfferedExtensions",
        list(&["SIZE 157286400", "PIPELINING", "DSN", "STARTTLS", "8BITMIME"]),
    );
    if kind == 0 {
        object.put("Certificate", certificate(KEYLESS));
    }
    let connector = format!("Get-SendConnector -Identity '{connector}' | Format-List -Property TlsCertificateName, RequireTLS, Fqdn");
    object.put("Remedy", list(&["# What the connector asks for:", &connector]));
    object.put("Reference", list(&["RFC 5321 section 3.1", &format!("docs/causes/{cause}.md")]));
    object
}

type Kind = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);
const KINDS: [Kind; 6] = [
    ("OwnCertificateNoKey", "TlsHandshake", OUTBOUND, "Send", "NoCredentials", "contoso-com.mail.protection.outlook.com", ""),
    ("ConnectionTimedOut", "Connect", "Partner Fabrikam (mutual TLS)", "Send", "10060", "", ""),
    ("PeerCertificateExpired", "PeerCertificate", "Partner Fabrikam (mutual TLS)", "Send", "CertificateExpired", "mx1.fabrikam.example", ""),
    ("ExchangeAuthUnavailable", "Authentication", "Intra-Organization SMTP Send Connector", "Send", "", "EX02.contoso.com", "451 5.7.3 Cannot achieve Exchange Server authentication"),
    ("ConnectionLost", "Session", "EX01\\Default Frontend EX01", "Receive", "SocketError", "scanner.contoso.com", ""),
    ("Throttled", "Mail", "Internet", "Send", "", "mx.tailspin.example", "451 4.7.1 Greylisted, please try again in 300 seconds: https://tailspin.example/help/greylisting?from=192.0.2.11"),
];

/// A server in trouble, as its administrator would have it.
pub fn sample() -> Report {
    let mut report = new("Mail flow of contoso.com");
    let mut put = |object: Object| report.add(&object).unwrap();
    let mut number = 0;
    for hour in 0..72 {
        let counts = [
            if hour >= 9 { 6 + hour % 5 } else { 0 },
            usize::from(hour % 11 == 3),
            if hour > 40 { hour % 4 } else { 0 },
            usize::from((20..26).contains(&hour)) * 4,
            usize::from(hour % 17 == 5),
            usize::from(hour % 8 == 1) * 2,
        ];
        for (kind, count) in counts.into_iter().enumerate() {
            for turn in 0..count {
                number += 1;
                put(failure(
                    kind,
                    START
                        + i64::try_from(hour).unwrap() * HOUR
                        + i64::try_from(turn).unwrap() * 400_000,
                    number,
                ));
            }
        }
    }
    sample::diagnoses(&mut put);
    sample::tests(&mut put);
    report
}

/// Two months and forty connectors.
pub fn large() -> Report {
    let mut report = new("Two months, forty connectors");
    for number in 0..4_000_usize {
        let connector = number * number % 40;
        let mut object = failure(
            number % 6,
            START + i64::try_from(number * 7 % (60 * 24)).unwrap() * HOUR,
            number,
        );
        object.set("Connector", &format!("Connector {connector} of EX0{}", connector % 9));
        report.add(&object).unwrap();
    }
    report
}

/// Three failures of one hour.
pub fn small() -> Report {
    let mut report = new("One hour");
    for number in 0..3 {
        report.add(&failure(1, START, number)).unwrap();
    }
    report
}

/// Values without a place to break a line, longer than any screen is wide.
pub fn long() -> Report {
    let endless = "x".repeat(600);
    let mut report = new(&endless);
    for name in [
        "Diagnosis",
        "ConnectorFailure",
        "QueueFailure",
        "ConnectorTest",
        "CertificateTest",
        "SmtpSession",
    ] {
        let mut object = object(name, &[("Time", &at(START)), ("StartTime", &at(START))]);
        for property in [
            "Summary",
            "Cause",
            "Connector",
            "Path",
            "Reply",
            "Error",
            "Identity",
            "NextHopDomain",
            "LastError",
            "NextStep",
            "Subject",
            "Thumbprint",
            "Services",
            "Result",
            "TlsProtocol",
            "Certificate",
            "Status",
            "Bindings",
            "Line",
            "LogType",
        ] {
            object.set(property, &endless);
        }
        for property in ["Remedy", "Evidence", "Findings", "Chain", "Reference"] {
            object.put(
                property,
                list(&[&endless, &format!("# {endless}"), &format!("https://{endless}")]),
            );
        }
        report.add(&object).unwrap();
    }
    report
}
