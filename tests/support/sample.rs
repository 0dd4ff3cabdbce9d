//! What the sample report shows beside the failures.

use exchange_tls::object::Object;

use super::{at, list, object, objects, HOUR, KEYLESS, OUTBOUND, START};

const RIGHT: &str = "9C40E2B7716D4F1A8E5D3B2A1C0F9E8D7C6B5A49";

/// Two problems.
pub fn diagnoses(put: &mut dyn FnMut(Object)) {
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

/// Queues, connectors, certificates and sessions.
pub fn tests(put: &mut dyn FnMut(Object)) {
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
