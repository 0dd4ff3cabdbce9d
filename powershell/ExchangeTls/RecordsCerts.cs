// What Test-ExchangeTlsCert gives, as in Records.cs, and what it hands to the tester.
using System;

namespace ExchangeTls
{
    /// <summary>One thing that is wrong, or worth knowing, with a certificate.</summary>
    public sealed class Finding
    {
        public string Code { get; set; }
        public string Severity { get; set; }
        public string Message { get; set; }
        public string Element { get; set; }

        public override string ToString()
        {
            return Severity + " " + Code + ": " + Message + (string.IsNullOrEmpty(Element) ? "" : " [" + Element + "]");
        }
    }

    /// <summary>A certificate of a chain.</summary>
    public sealed class ChainElement
    {
        public string Subject { get; set; }
        public string Thumbprint { get; set; }
        public string Source { get; set; }

        public override string ToString()
        {
            return Subject + " (" + Source + ")";
        }
    }

    /// <summary>The test of one certificate.</summary>
    public sealed class CertificateTest
    {
        public string Subject { get; set; }
        public string Issuer { get; set; }
        public string SerialNumber { get; set; }
        public string Thumbprint { get; set; }
        public string[] AlternateNames { get; set; }
        public DateTime? NotBefore { get; set; }
        public DateTime? NotAfter { get; set; }
        public int? DaysLeft { get; set; }
        public bool? HasPrivateKey { get; set; }
        public string Services { get; set; }
        public bool? SelfSigned { get; set; }
        public string Source { get; set; }
        public bool? Selected { get; set; }
        public string Result { get; set; }
        public Finding[] Findings { get; set; }
        public ChainElement[] Chain { get; set; }
        public string[] Remedy { get; set; }
    }

    /// <summary>A code a finding can have, with the severity it usually has.</summary>
    public sealed class FindingInfo
    {
        public string Name { get; set; }
        public string Title { get; set; }
        public string Severity { get; set; }
        public uint Number { get; set; }
    }

    /// <summary>What a certificate is given for: the EXTLS_ROLE_ numbers.</summary>
    public enum CertificateRole
    {
        Tested = 0,
        Intermediate = 1,
        Root = 2,
        Crl = 3
    }

    /// <summary>What certificates are tested for. What is null is not asked for.</summary>
    public sealed class CertificateTestOptions
    {
        public string Fqdn { get; set; }
        public string TlsCertificateName { get; set; }
        public DateTime? At { get; set; }
        public int ExpiryWarningDays { get; set; }
        /// <summary>As in ScanOptions.</summary>
        public int? TimeoutSeconds { get; set; }
    }

    /// <summary>An object that holds a certificate. What is null is not known.</summary>
    public sealed class CertificateObject
    {
        public byte[] Content { get; set; }
        public string Source { get; set; }
        public bool? HasPrivateKey { get; set; }
        public string Services { get; set; }
    }

    /// <summary>A send connector. What is null is not known; an empty TlsCertificateName is none.</summary>
    public sealed class SendConnector
    {
        public string Name { get; set; }
        public string Fqdn { get; set; }
        public bool? RequireTls { get; set; }
        public string TlsAuthLevel { get; set; }
        public string TlsDomain { get; set; }
        public string[] SmartHosts { get; set; }
        public bool? DnsRouting { get; set; }
        public string TlsCertificateName { get; set; }
    }
}
