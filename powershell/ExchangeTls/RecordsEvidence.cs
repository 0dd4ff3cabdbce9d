// What Get-QueueFailure, Test-ReceiveConnectorAuth and Get-ExchangeTlsDiagnosis
// give, as in Records.cs, and what they hand to the library.
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace ExchangeTls
{
    /// <summary>
    /// Several values that are one text where one is wanted: Export-Csv writes
    /// them so, while of an array it writes the name of its type.
    /// </summary>
    public sealed class FlatList<T> : ReadOnlyCollection<T>
    {
        public FlatList(IList<T> items) : base(items) { }

        public int Length { get { return Count; } }

        public override string ToString()
        {
            return string.Join("; ", this);
        }
    }

    /// <summary>Why a queue hangs.</summary>
    public sealed class QueueFailure
    {
        public string Identity { get; set; }
        public string Server { get; set; }
        public string NextHopDomain { get; set; }
        public string DeliveryType { get; set; }
        public string Status { get; set; }
        public long? MessageCount { get; set; }
        public string LastError { get; set; }
        public string Code { get; set; }
        public string EnhancedCode { get; set; }
        public string InnerCode { get; set; }
        public string InnerEnhancedCode { get; set; }
        public string Error { get; set; }
        public string RemoteHost { get; set; }
        public string RemoteEndpoint { get; set; }
        /// <summary>A DateTime in UTC where it is certain, else the text as it was given.</summary>
        public object LastRetryTime { get; set; }
        public string Stage { get; set; }
        public string Cause { get; set; }
        public string Diagnosis { get; set; }
        public FlatList<string> NextStep { get; set; }
        public FlatList<string> Reference { get; set; }
    }

    /// <summary>The test of a receive connector.</summary>
    public sealed class ConnectorTest
    {
        public string Identity { get; set; }
        public string Server { get; set; }
        public FlatList<string> Bindings { get; set; }
        public FlatList<string> AuthMechanism { get; set; }
        public FlatList<string> PermissionGroups { get; set; }
        public string TlsCertificateName { get; set; }
        public string Result { get; set; }
        public FlatList<Finding> Findings { get; set; }
        public FlatList<string> Remedy { get; set; }
    }

    /// <summary>Something that shows a problem.</summary>
    public sealed class Evidence
    {
        public string Kind { get; set; }
        public string Text { get; set; }
        public string Name { get; set; }
        public string Path { get; set; }
        public long? Line { get; set; }
        public string Thumbprint { get; set; }

        public override string ToString()
        {
            string place = Line.HasValue ? " (" + Path + ":" + Line + ")" : "";
            string thumbprint = Kind == "Certificate" ? " " + Thumbprint : "";
            return Kind + (string.IsNullOrEmpty(Name) ? "" : " " + Name) + thumbprint + ": " + Text + place;
        }
    }

    /// <summary>One problem.</summary>
    public sealed class Diagnosis
    {
        public long Rank { get; set; }
        public string Cause { get; set; }
        public string Summary { get; set; }
        public FlatList<Evidence> Evidence { get; set; }
        public long Count { get; set; }
        public long MessageCount { get; set; }
        public DateTime? FirstSeen { get; set; }
        public DateTime? LastSeen { get; set; }
        public string Connector { get; set; }
        public string Server { get; set; }
        public FlatList<string> Remedy { get; set; }
        public FlatList<string> Reference { get; set; }
    }

    /// <summary>What evidence is gathered for: the EXTLS_ANSWER_ numbers.</summary>
    public enum AnswerKind
    {
        Queues = 0,
        Connectors = 1,
        Diagnoses = 2
    }

    /// <summary>An object for the library: texts and bytes under the names they had.</summary>
    public sealed class PlainObject
    {
        private readonly List<KeyValuePair<string, object>> properties = new List<KeyValuePair<string, object>>();

        public string[] TypeNames { get; set; }
        public string Display { get; set; }
        public string Source { get; set; }

        internal IList<KeyValuePair<string, object>> Properties { get { return properties; } }

        /// <summary>A property with several values, one, or none.</summary>
        public void AddTexts(string name, string[] values)
        {
            properties.Add(new KeyValuePair<string, object>(name, values ?? new string[0]));
        }

        public void AddBytes(string name, byte[] value)
        {
            properties.Add(new KeyValuePair<string, object>(name, value));
        }
    }
}
