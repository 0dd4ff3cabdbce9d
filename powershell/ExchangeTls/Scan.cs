// Reads logs through the native library and makes objects of what it finds, a
// page at a time: one step from script to here costs as much as thousands of
// steps from here to the library.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    /// <summary>What to read and what to give. Without paths nothing can be read.</summary>
    public sealed class ScanOptions
    {
        /// <summary>Files and folders, absolute, none of them with wildcards.</summary>
        public string[] Paths { get; set; }
        /// <summary>Wildcards for connector names.</summary>
        public string[] Connectors { get; set; }
        /// <summary>Numbers of causes.</summary>
        public uint[] Causes { get; set; }
        public DateTime? Since { get; set; }
        public DateTime? Until { get; set; }
        /// <summary>Send, Receive, or nothing for both.</summary>
        public string LogType { get; set; }
        /// <summary>All sessions instead of failures.</summary>
        public bool Sessions { get; set; }
        public bool Recurse { get; set; }
        public bool IncludeRejection { get; set; }
        public bool IncludeRecords { get; set; }
        /// <summary>How many seconds a path may give no answer; 0 for ever, nothing for as long as is usual.</summary>
        public int? TimeoutSeconds { get; set; }
    }

    /// <summary>What one call of ReadPage found.</summary>
    public sealed class Page
    {
        /// <summary>Failures or sessions.</summary>
        public object[] Results { get; internal set; }
        public Problem[] Problems { get; internal set; }
        /// <summary>Nothing comes after this page.</summary>
        public bool IsLast { get; internal set; }
        public long Files { get; internal set; }
        public long FilesDone { get; internal set; }
        public long Bytes { get; internal set; }
        public long BytesDone { get; internal set; }
    }

    /// <summary>
    /// A scan of log files. Dispose it; it holds files open. It is opened apart from
    /// being made: what New-Object has made is lost where Ctrl+C comes before the
    /// caller has it, and nobody would dispose it.
    /// </summary>
    public sealed class ScanReader : IDisposable
    {
        private readonly Utf8Reader text = new Utf8Reader();
        private ScanHandle handle = new ScanHandle();
        private readonly SessionReader sessions;
        private readonly List<object> results = new List<object>();

        public ScanReader()
        {
            sessions = new SessionReader(text);
        }

        /// <summary>Begins, once.</summary>
        public void Open(ScanOptions options)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_scan_options given = new extls_scan_options();
                given.paths = arguments.Texts(options.Paths);
                given.connectors = arguments.Texts(options.Connectors);
                given.causes = arguments.Numbers(options.Causes, out given.cause_count);
                given.since = Clock.ToMilliseconds(options.Since);
                given.until = Clock.ToMilliseconds(options.Until);
                given.wanted = options.Sessions ? Constants.EXTLS_WANTED_SESSIONS : Constants.EXTLS_WANTED_FAILURES;
                given.log_type = LogType(options.LogType);
                given.flags = Constants.EXTLS_LITERAL
                    | (options.Recurse ? Constants.EXTLS_RECURSE : 0)
                    | (options.IncludeRejection ? Constants.EXTLS_INCLUDE_REJECTION : 0)
                    | (options.IncludeRecords ? Constants.EXTLS_INCLUDE_RECORDS : 0);
                given.timeout_seconds = Waiting.Seconds(options.TimeoutSeconds);
                Library.Check(Library.Functions.ScanOpen(ref given, out handle));
            }
        }

        /// <summary>
        /// What is found within `waitMs` milliseconds, at most `maxItems`. A page
        /// may be empty and not the last one: the caller looks whether to stop.
        /// </summary>
        public Page ReadPage(int maxItems, int waitMs)
        {
            List<Problem> problems = new List<Problem>();
            Page page = new Page();
            Stopwatch watch = Stopwatch.StartNew();
            extls_page found;
            while (results.Count + problems.Count < maxItems)
            {
                long left = waitMs - watch.ElapsedMilliseconds;
                if (left <= 0) { break; }
                uint most = (uint)(maxItems - results.Count - problems.Count);
                int status = Library.Functions.ScanPage(handle, (uint)left, most, out found);
                Library.Check(status);
                if (status != Constants.EXTLS_OK)
                {
                    page.IsLast = status == Constants.EXTLS_END;
                    break;
                }
                if (found.sessions != IntPtr.Zero) { sessions.Read(ref found, results); }
                else if (found.item.failure != IntPtr.Zero) { results.Add(Failure(found.item.failure)); }
                else if (found.item.problem != IntPtr.Zero) { problems.Add(text.ReadProblem(found.item.problem)); }
            }
            page.Results = results.ToArray();
            results.Clear();
            page.Problems = problems.ToArray();
            ReadProgress(page);
            return page;
        }

        internal ScanHandle Handle { get { return handle; } }

        /// <summary>A page without results, for who takes them elsewhere.</summary>
        internal Page ReadProgress(bool isLast)
        {
            Page page = new Page { IsLast = isLast, Results = new object[0], Problems = new Problem[0] };
            ReadProgress(page);
            return page;
        }

        public void Dispose()
        {
            handle.Dispose();
        }

        private void ReadProgress(Page page)
        {
            extls_progress progress;
            Library.Check(Library.Functions.ScanProgress(handle, out progress));
            page.Files = (long)progress.files;
            page.FilesDone = (long)progress.files_done;
            page.Bytes = (long)progress.bytes;
            page.BytesDone = (long)progress.bytes_done;
        }

        private ConnectorFailure Failure(IntPtr from)
        {
            extls_failure failure = Marshal.PtrToStructure<extls_failure>(from);
            return new ConnectorFailure
            {
                Time = Clock.ToTime(failure.time),
                StartTime = Clock.ToTime(failure.start_time),
                LogType = LogType(failure.log_type),
                Connector = text.ReadShared(failure.connector),
                SessionId = text.Read(failure.session_id),
                LocalEndpoint = text.Read(failure.local_endpoint),
                RemoteEndpoint = text.Read(failure.remote_endpoint),
                RemoteHost = text.ReadShared(failure.remote_host),
                Stage = text.ReadShared(failure.stage_name),
                Cause = text.ReadShared(failure.cause_name),
                Error = text.ReadShared(failure.error),
                Reply = text.Read(failure.reply),
                Certificate = text.ReadCertificate(failure.certificate),
                RemoteCertificate = text.ReadCertificate(failure.remote_certificate),
                TlsProtocol = text.ReadShared(failure.tls_protocol),
                AuthLevel = text.ReadShared(failure.auth_level),
                OfferedExtensions = text.ReadShared(failure.offered_extensions),
                Diagnosis = text.Read(failure.diagnosis),
                Remedy = text.ReadShared(failure.remedy),
                Reference = text.ReadShared(failure.reference),
                Complete = failure.complete != 0,
                Path = text.ReadShared(failure.path),
                Line = (long)failure.line,
                Records = Records(failure.records)
            };
        }

        /// <summary>Null where the records were not asked for; a session always has some.</summary>
        private string[] Records(extls_list records)
        {
            return records.items == IntPtr.Zero ? null : text.Read(records);
        }

        private static uint LogType(string name)
        {
            if (string.Equals(name, "Send", StringComparison.OrdinalIgnoreCase)) { return Constants.EXTLS_LOG_SEND; }
            if (string.Equals(name, "Receive", StringComparison.OrdinalIgnoreCase)) { return Constants.EXTLS_LOG_RECEIVE; }
            return Constants.EXTLS_LOG_ANY;
        }

        internal static string LogType(uint number)
        {
            return number == Constants.EXTLS_LOG_SEND ? "Send" : number == Constants.EXTLS_LOG_RECEIVE ? "Receive" : null;
        }
    }
}
