//! The certificates in the logs.

/// A certificate, in the words of the logs.
#[derive(Debug)]
pub struct Certificate {
    pub subject: &'static str,
    pub issuer: &'static str,
    pub serial: &'static str,
    pub thumbprint: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub names: &'static str,
}

/// What this organisation's servers present.
pub const OWN: Certificate = Certificate {
    subject: "CN=mail.contoso.com, O=Contoso Ltd, L=Redmond, S=Washington, C=US",
    issuer: "CN=Woodgrove TLS CA 3, O=Woodgrove Trust Services, C=US",
    serial: "0A3F5C77D1B24E8899AABBCCDDEEFF01",
    thumbprint: "5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B",
    from: "2023-06-01T00:00:00.000Z",
    to: "2024-07-01T23:59:59.000Z",
    names: "mail.contoso.com;autodiscover.contoso.com",
};
/// The self-signed one of a server, for X-ANONYMOUSTLS.
pub const INTERNAL: Certificate = Certificate {
    subject: "CN=EX02",
    issuer: "CN=EX02",
    serial: "3A91C05E77D24BB14C0D5AA1B2C3D4E5",
    thumbprint: "4E5F60718293A4B5C6D7E8F90123456789ABCDEF",
    from: "2021-03-02T09:00:00.000Z",
    to: "2026-03-02T09:00:00.000Z",
    names: "EX02;EX02.contoso.com",
};
pub const OFFICE: Certificate = Certificate {
    subject: "CN=mail.protection.outlook.com, O=Microsoft Corporation, L=Redmond, S=Washington, C=US",
    issuer: "CN=DigiCert Cloud Services CA-1, O=DigiCert Inc, C=US",
    serial: "0B2C3D4E5F60718293A4B5C6D7E8F901",
    thumbprint: "1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D",
    from: "2023-09-12T00:00:00.000Z",
    to: "2024-09-11T23:59:59.000Z",
    names: "mail.protection.outlook.com;*.mail.protection.outlook.com;*.mail.eo.outlook.com;mail.messaging.microsoft.com;outlook.com;*.olc.protection.outlook.com;*.pamx1.hotmail.com",
};
pub const FABRIKAM: Certificate = Certificate {
    subject: "CN=mx1.fabrikam.com, O=Fabrikam GmbH, C=DE",
    issuer: "CN=Fabrikam Internal Root CA, DC=corp, DC=fabrikam, DC=com",
    serial: "61000000027D5F0E3C1B2A4F5D000000000002",
    thumbprint: "0F1E2D3C4B5A69788796A5B4C3D2E1F001122334",
    from: "2022-01-10T08:00:00.000Z",
    to: "2025-01-09T08:00:00.000Z",
    names: "mx1.fabrikam.com;mx2.fabrikam.com;mail.fabrikam.com",
};
pub const PROSEWARE: Certificate = Certificate {
    subject: "CN=mail.proseware.example",
    issuer: "CN=Proseware DV CA R4, O=Proseware, C=US",
    serial: "04D2A1B6C3E4F5061728394A5B6C7D8E9F",
    thumbprint: "77A6B5C4D3E2F10F1E2D3C4B5A69788796A5B4C3",
    from: "2023-11-20T10:12:14.000Z",
    to: "2024-02-18T10:12:13.000Z",
    names: "mail.proseware.example",
};
/// Its issuer holds a comma inside quotes, which the log doubles.
pub const LAMNA: Certificate = Certificate {
    subject: "CN=*.lamna.example, OU=IT, O=Lamna Healthcare (L.L.C), L=Dubai, S=Dubai, C=AE",
    issuer: "CN=Lamna SHA256 SSL CA, O=\"Lamna, Inc.\", C=US",
    serial: "0D92CFF6070B73AD5722EC8B4DA3389B",
    thumbprint: "AAA3D3DADA6891A2CCB3134D0B2E5F60718293A4",
    from: "2023-03-14T00:00:00.000Z",
    to: "2024-04-14T12:00:00.000Z",
    names: "*.lamna.example;lamna.example",
};
