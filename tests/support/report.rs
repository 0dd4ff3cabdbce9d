//! Reports made of objects as the cmdlets give them, for the tests of the page.

#![allow(dead_code)]

use exchange_tls::object::{Object, Value};
use exchange_tls::report::Report;
use exchange_tls::timestamp::Timestamp;

/// 2024-03-05T08:00:00Z
pub const START: i64 = 1_709_625_600_000;
pub const HOUR: i64 = 3_600_000;

const OUTBOUND: &str = "Outbound to Office 365";
const KEYLESS: &str = "5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B";
const RIGHT: &str = "9C40E2B7716D4F1A8E5D3B2A1C0F9E8D7C6B5A49";

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
    diagnoses(&mut put);
    tests(&mut put);
    report
}

fn diagnoses(put: &mut dyn FnMut(Object)) {
    let mut worst = object("Diagnosis", &[
        ("Rank", "1"), ("Cause", "OwnCertificateNoKey"), ("Count", "503"),
        ("Summary", "Connector Outbound to Office 365 sends the certificate 5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B, which has no private key on EX01. Another certificate with the same subject and issuer has one: 9C40E2B7716D4F1A8E5D3B2A1C0F9E8D7C6B5A49."),
        ("FirstSeen", &at(START + 9 * HOUR)), ("LastSeen", &at(START + 71 * HOUR)),
    ]);
    worst.put("Evidence", list(&[
        "Queue EX01\\3 (contoso.mail.onmicrosoft.com), 1312 messages: 421 4.4.1 Connection timed out",
        "D:\\Logs\\Hub\\ProtocolLog\\SmtpSend\\SEND2024-03-05.LOG:214: TLS negotiation failed with error NoCredentials",
        "Certificate 5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B in Cert:\\LocalMachine\\My: no private key",
        "Send connector Outbound to Office 365: TlsCertificateName <I>CN=Woodgrove TLS CA, O=Woodgrove, C=US<S>CN=mail.contoso.com, O=Contoso Ltd, C=US",
    ]));
    worst.put("Remedy", list(&[
        "# The certificate with the key, and the one without:",
        "Get-ChildItem -Path Cert:\\LocalMachine\\My | Where-Object { $_.Subject -eq 'CN=mail.contoso.com, O=Contoso Ltd, C=US' } | Format-List -Property Thumbprint, HasPrivateKey, NotAfter",
        "# Removes the one without a key, if another one has it:",
        "if ((Get-Item -Path 'Cert:\\LocalMachine\\My\\9C40E2B7716D4F1A8E5D3B2A1C0F9E8D7C6B5A49').HasPrivateKey) { Remove-Item -Path 'Cert:\\LocalMachine\\My\\5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B' }",
        "Restart-Service -Name MSExchangeTransport",
        "Get-Queue -Identity 'EX01\\3' | Retry-Queue",
    ]));
    worst.put("Reference", list(&["KB 4495258", "docs/causes/OwnCertificateNoKey.md"]));
    put(worst);
    let mut second = object("Diagnosis", &[
        ("Rank", "2"), ("Cause", "ExchangeAuthUnavailable"), ("Count", "24"),
        ("Summary", "EX02 does not offer Exchange Server authentication: its connector EX02\\Default Frontend EX02 listens on port 25 without ExchangeServer in AuthMechanism."),
        ("FirstSeen", &at(START + 20 * HOUR)), ("LastSeen", &at(START + 25 * HOUR)),
    ]);
    second.put(
        "Evidence",
        list(&[
            "Receive connector EX02\\Default Frontend EX02: AuthMechanism Tls, Integrated",
            "Queue EX01\\7 (EX02.contoso.com), 88 messages",
        ]),
    );
    second.put("Remedy", list(&["Set-ReceiveConnector -Identity 'EX02\\Default Frontend EX02' -AuthMechanism Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"]));
    second.put(
        "Reference",
        list(&[
            "KB 979175",
            "https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors",
        ]),
    );
    put(second);
}

fn tests(put: &mut dyn FnMut(Object)) {
    for (name, hop, count, cause, error) in [
        ("EX01\\3", "contoso.mail.onmicrosoft.com", "1312", "ConnectionTimedOut", "[{LED=421 4.4.1 Connection timed out};{MSG=};{FQDN=contoso-com.mail.protection.outlook.com};{IP=203.0.113.10};{LRT=3/5/2024 8:00:00 AM}]"),
        ("EX01\\7", "EX02.contoso.com", "88", "ExchangeAuthUnavailable", "451 4.4.0 Primary target IP address responded with: \"451 5.7.3 Cannot achieve Exchange Server authentication.\" Attempted failover to alternate host, but that did not succeed."),
    ] {
        put(object("QueueFailure", &[("Identity", name), ("NextHopDomain", hop), ("MessageCount", count), ("Status", "Retry"), ("Cause", cause), ("LastError", error), ("NextStep", "The send log tells whether TLS is the cause: Get-SendConnectorFailure.")]));
    }
    let mut connector = object(
        "ConnectorTest",
        &[
            ("Identity", "EX02\\Default Frontend EX02"),
            ("Server", "EX02"),
            ("AuthMechanism", "Tls, Integrated"),
            ("PermissionGroups", "AnonymousUsers, ExchangeServers"),
            ("Result", "Fail"),
        ],
    );
    connector.put("Bindings", list(&["0.0.0.0:25", "[::]:25"]));
    connector.put(
        "Findings",
        objects(&[&[
            ("Code", "ExchangeServerAuthMissing"),
            ("Severity", "Error"),
            (
                "Message",
                "Other Exchange servers reach this connector on port 25 and cannot authenticate.",
            ),
        ]]),
    );
    connector.put("Remedy", list(&["Set-ReceiveConnector -Identity 'EX02\\Default Frontend EX02' -AuthMechanism Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"]));
    put(connector);
    for (print, days, key, result, findings) in [
        (RIGHT, "87", "True", "Pass", vec![]),
        (
            "77AA10F3E4D2C5B69788A9BACBDCEDFE0F1A2B3C",
            "12",
            "True",
            "Warning",
            vec!["Warning ExpiresSoon: The certificate expires in 12 days."],
        ),
        (
            KEYLESS,
            "117",
            "False",
            "Fail",
            vec![
                "Error NoPrivateKey: The certificate has no private key on this server.",
                "Warning DuplicateSubject: Another certificate has the same issuer and subject.",
            ],
        ),
    ] {
        let until = START + days.parse::<i64>().unwrap() * 24 * HOUR;
        let mut test = object(
            "CertificateTest",
            &[
                ("Subject", "CN=mail.contoso.com, O=Contoso Ltd, C=US"),
                ("Issuer", "CN=Woodgrove TLS CA, O=Woodgrove, C=US"),
                ("Thumbprint", print),
                ("SerialNumber", "0A3F5C77D1B24E88"),
                ("NotBefore", "2023-06-01T00:00:00.000Z"),
                ("NotAfter", &at(until)),
                ("DaysLeft", days),
                ("HasPrivateKey", key),
                ("Services", "IIS, SMTP"),
                ("Source", "Cert:\\LocalMachine\\My"),
                ("Result", result),
            ],
        );
        test.put("AlternateNames", list(&["mail.contoso.com", "autodiscover.contoso.com"]));
        test.put("Findings", list(&findings));
        test.put(
            "Chain",
            objects(&[
                &[
                    ("Subject", "CN=mail.contoso.com, O=Contoso Ltd, C=US"),
                    ("Source", "Cert:\\LocalMachine\\My"),
                ],
                &[
                    ("Subject", "CN=Woodgrove TLS CA, O=Woodgrove, C=US"),
                    ("Source", "Cert:\\LocalMachine\\CA"),
                ],
                &[
                    ("Subject", "CN=Woodgrove Root CA, O=Woodgrove, C=US"),
                    ("Source", "Cert:\\LocalMachine\\Root"),
                ],
            ]),
        );
        put(test);
    }
    for (connector, log, count, protocol) in [
        (OUTBOUND, "Send", 40, "SP_PROT_TLS1_2_CLIENT"),
        ("EX01\\Default Frontend EX01", "Receive", 900, "TLS1_3"),
    ] {
        for number in 0..count {
            put(object(
                "SmtpSession",
                &[
                    ("Connector", connector),
                    ("LogType", log),
                    ("StartTime", &at(START + number * 240_000)),
                    ("TlsProtocol", protocol),
                    ("MessageCount", "2"),
                    (
                        "Cause",
                        if number % 9 == 0 && log == "Send" { "OwnCertificateNoKey" } else { "" },
                    ),
                ],
            ));
        }
    }
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
