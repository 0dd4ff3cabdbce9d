// What the cmdlets give. Plain properties only, so that the objects survive
// Export-Clixml and remoting; every time is UTC; what a log does not say is null.
using System;
using System.Globalization;
using System.Text;

namespace ExchangeTls
{
    /// <summary>What a log says of a certificate.</summary>
    public sealed class Certificate
    {
        public string Subject { get; set; }
        public string Issuer { get; set; }
        public string SerialNumber { get; set; }
        public string Thumbprint { get; set; }
        public string[] AlternateNames { get; set; }
        public DateTime? NotBefore { get; set; }
        public DateTime? NotAfter { get; set; }

        /// <summary>All of it on one line: what Format-List * and Export-Csv show of a certificate.</summary>
        public override string ToString()
        {
            StringBuilder text = new StringBuilder();
            Add(text, "Subject", Subject);
            Add(text, "Issuer", Issuer);
            Add(text, "SerialNumber", SerialNumber);
            Add(text, "Thumbprint", Thumbprint);
            Add(text, "AlternateNames", AlternateNames == null ? null : string.Join(", ", AlternateNames));
            Add(text, "NotBefore", Day(NotBefore));
            Add(text, "NotAfter", Day(NotAfter));
            return text.ToString();
        }

        private static void Add(StringBuilder text, string name, string value)
        {
            if (string.IsNullOrEmpty(value)) { return; }
            if (text.Length > 0) { text.Append("; "); }
            text.Append(name).Append(": ").Append(value);
        }

        private static string Day(DateTime? time)
        {
            return time.HasValue ? time.Value.ToString("u", CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>A failed session.</summary>
    public sealed class ConnectorFailure
    {
        public DateTime? Time { get; set; }
        public DateTime? StartTime { get; set; }
        public string LogType { get; set; }
        public string Connector { get; set; }
        public string SessionId { get; set; }
        public string LocalEndpoint { get; set; }
        public string RemoteEndpoint { get; set; }
        public string RemoteHost { get; set; }
        public string Stage { get; set; }
        public string Cause { get; set; }
        public string Error { get; set; }
        public string Reply { get; set; }
        public Certificate Certificate { get; set; }
        public Certificate RemoteCertificate { get; set; }
        public string TlsProtocol { get; set; }
        public string AuthLevel { get; set; }
        public string[] OfferedExtensions { get; set; }
        public string Diagnosis { get; set; }
        public string[] Remedy { get; set; }
        public string[] Reference { get; set; }
        public bool Complete { get; set; }
        public string Path { get; set; }
        public long Line { get; set; }
        public string[] Records { get; set; }
    }

    /// <summary>A session, failed or not.</summary>
    public sealed class SmtpSession
    {
        public DateTime? StartTime { get; set; }
        public DateTime? EndTime { get; set; }
        public TimeSpan? Duration { get; set; }
        public string LogType { get; set; }
        public string Connector { get; set; }
        public string SessionId { get; set; }
        public string LocalEndpoint { get; set; }
        public string RemoteEndpoint { get; set; }
        public string LocalHost { get; set; }
        public string RemoteHost { get; set; }
        public string TlsProtocol { get; set; }
        public string TlsCipher { get; set; }
        public Certificate Certificate { get; set; }
        public Certificate RemoteCertificate { get; set; }
        public string Authentication { get; set; }
        public string AuthenticatedAs { get; set; }
        public int MessageCount { get; set; }
        public string[] Sender { get; set; }
        public string[] Recipient { get; set; }
        public string[] InternetMessageId { get; set; }
        public string[] OfferedExtensions { get; set; }
        public string EndedBy { get; set; }
        public string Cause { get; set; }
        public bool Complete { get; set; }
        public TimeSpan? LongestGap { get; set; }
        public string Path { get; set; }
        public long Line { get; set; }
        public long RecordCount { get; set; }
        public string[] Records { get; set; }
    }

    /// <summary>A cause a failure can have.</summary>
    public sealed class CauseInfo
    {
        public string Name { get; set; }
        public string Title { get; set; }
        public string Stage { get; set; }
        public uint Number { get; set; }
    }

    /// <summary>Something that could not be read: a record, or a whole file or path.</summary>
    public sealed class Problem
    {
        public string Kind { get; set; }
        public string Text { get; set; }
        public string Path { get; set; }
        public long Line { get; set; }
        public bool IsWholeFile { get; set; }
    }
}
