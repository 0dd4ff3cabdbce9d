// Gathers what tells why mail hangs, through the native library, and makes
// objects of its answers.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    /// <summary>Evidence: all is added, logs last, then the answers are read, once. Dispose it.</summary>
    public sealed class EvidenceReader : IDisposable
    {
        private readonly EvidenceHandle handle;
        private readonly Utf8Reader text = new Utf8Reader();

        /// <summary>The seconds are as in ScanOptions.</summary>
        public EvidenceReader(AnswerKind wanted, DateTime? at, int? timeoutSeconds)
        {
            extls_evidence_options given = new extls_evidence_options();
            given.at = Clock.ToMilliseconds(at);
            given.wanted = (uint)wanted;
            given.timeout_seconds = Waiting.Seconds(timeoutSeconds);
            Library.Check(Library.Functions.EvidenceNew(ref given, out handle));
        }

        /// <summary>Adds an object; what the library says against it, or null.</summary>
        public string Add(PlainObject item)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_object given = arguments.Object(item);
                try { Library.Check(Library.Functions.EvidenceAdd(handle, ref given)); }
                catch (LibraryException error)
                {
                    if (error.Status != Constants.EXTLS_INVALID_ARGUMENT) { throw; }
                    return error.Message;
                }
                return null;
            }
        }

        /// <summary>Begins to read what files and folders hold. Nothing else may be done until Wait has said that it is read.</summary>
        public void BeginPaths(string[] paths)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_list given = arguments.Texts(paths);
                Library.Check(Library.Functions.EvidenceAddPaths(handle, ref given));
            }
        }

        /// <summary>Waits for some milliseconds; whether everything is read. What could not be is among the answers.</summary>
        public bool Wait(int waitMs)
        {
            int status = Library.Functions.EvidenceWait(handle, (uint)waitMs);
            Library.Check(status);
            return status != Constants.EXTLS_WAITING;
        }

        /// <summary>The logs among what was read.</summary>
        public string[] ReadLogs()
        {
            extls_list logs;
            Library.Check(Library.Functions.EvidenceLogs(handle, out logs));
            return text.Read(logs);
        }

        /// <summary>Adds the certificates that were added to a tester; what of them could not be read is among the answers.</summary>
        public void AddCertificates(CertificateTester tester)
        {
            Library.Check(Library.Functions.EvidenceAddCerts(handle, tester.Handle));
        }

        /// <summary>Adds what a scan finds within some milliseconds, and tells how far it is.</summary>
        public Page AddScan(ScanReader scan, int waitMs)
        {
            int status = Library.Functions.EvidenceAddScan(handle, scan.Handle, (uint)waitMs);
            Library.Check(status);
            return scan.ReadProgress(status == Constants.EXTLS_END);
        }

        /// <summary>The answers: QueueFailure, ConnectorTest or Diagnosis, and Problem.</summary>
        public object[] ReadAnswers()
        {
            List<object> answers = new List<object>();
            extls_answer answer;
            int status;
            while ((status = Library.Functions.EvidenceNext(handle, out answer)) == Constants.EXTLS_OK)
            {
                if (answer.queue != IntPtr.Zero) { answers.Add(Queue(Marshal.PtrToStructure<extls_queue_failure>(answer.queue))); }
                else if (answer.connector != IntPtr.Zero) { answers.Add(Connector(Marshal.PtrToStructure<extls_connector_test>(answer.connector))); }
                else if (answer.diagnosis != IntPtr.Zero) { answers.Add(Diagnosis(Marshal.PtrToStructure<extls_diagnosis>(answer.diagnosis))); }
                else { answers.Add(text.ReadProblem(answer.problem)); }
            }
            Library.Check(status);
            return answers.ToArray();
        }

        public void Dispose()
        {
            handle.Dispose();
        }

        private FlatList<string> List(extls_list list)
        {
            return new FlatList<string>(text.ReadShared(list));
        }

        /// <summary>Null where it is not known, which is not the same as empty.</summary>
        private FlatList<string> MaybeList(extls_list list)
        {
            return list.items == IntPtr.Zero ? null : List(list);
        }

        private QueueFailure Queue(extls_queue_failure from)
        {
            return new QueueFailure
            {
                Identity = text.Read(from.identity),
                Server = text.ReadShared(from.server),
                NextHopDomain = text.Read(from.next_hop_domain),
                DeliveryType = text.ReadShared(from.delivery_type),
                Status = text.ReadShared(from.status),
                MessageCount = from.message_count < 0 ? (long?)null : from.message_count,
                LastError = text.Read(from.last_error),
                Code = text.ReadShared(from.code),
                EnhancedCode = text.ReadShared(from.enhanced_code),
                InnerCode = text.ReadShared(from.inner_code),
                InnerEnhancedCode = text.ReadShared(from.inner_enhanced_code),
                Error = text.ReadShared(from.error),
                RemoteHost = text.Read(from.remote_host),
                RemoteEndpoint = text.Read(from.remote_endpoint),
                LastRetryTime = Time(text.Read(from.last_retry_time)),
                Stage = text.ReadShared(from.stage_name),
                Cause = text.ReadShared(from.cause_name),
                Diagnosis = text.Read(from.diagnosis),
                NextStep = List(from.next_step),
                Reference = List(from.reference)
            };
        }

        /// <summary>The library writes a certain time in one form; everything else is kept as it is.</summary>
        private static object Time(string written)
        {
            DateTime time;
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            bool certain = DateTime.TryParseExact(written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, Utc, out time);
            return certain ? (object)time : written;
        }

        private ConnectorTest Connector(extls_connector_test from)
        {
            return new ConnectorTest
            {
                Identity = text.Read(from.identity),
                Server = text.ReadShared(from.server),
                Bindings = List(from.bindings),
                AuthMechanism = MaybeList(from.auth_mechanism),
                PermissionGroups = MaybeList(from.permission_groups),
                TlsCertificateName = text.Read(from.tls_certificate_name),
                Result = text.ReadShared(from.result_name),
                Findings = new FlatList<Finding>(text.ReadFindings(from.findings, (int)from.finding_count)),
                Remedy = List(from.remedy)
            };
        }

        private Diagnosis Diagnosis(extls_diagnosis from)
        {
            Evidence[] evidence = new Evidence[(int)from.evidence_count];
            for (int at = 0; at < evidence.Length; at++)
            {
                extls_shown shown = Utf8Reader.Item<extls_shown>(from.evidence, at);
                evidence[at] = new Evidence
                {
                    Kind = text.ReadShared(shown.kind),
                    Text = text.Read(shown.text),
                    Name = text.Read(shown.name),
                    Path = text.Read(shown.path),
                    Line = shown.line == 0 ? (long?)null : (long)shown.line,
                    Thumbprint = text.Read(shown.thumbprint)
                };
            }
            return new Diagnosis
            {
                Rank = (long)from.rank,
                Cause = text.ReadShared(from.cause_name),
                Summary = text.Read(from.summary),
                Evidence = new FlatList<Evidence>(evidence),
                Count = (long)from.count,
                MessageCount = (long)from.message_count,
                FirstSeen = Clock.ToTime(from.first_seen),
                LastSeen = Clock.ToTime(from.last_seen),
                Connector = text.Read(from.connector),
                Server = text.Read(from.server),
                Remedy = List(from.remedy),
                Reference = List(from.reference)
            };
        }
    }
}
