// The functions of the native library, taken by address, and who owns what they give.
using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExchangeTls
{
    /// <summary>The functions of the header. Each delegate has the name of its function; a test compares the two lists.</summary>
    internal sealed class Functions
    {
        internal readonly extls_version Version;
        internal readonly extls_last_error LastError;
        internal readonly extls_cause_at CauseAt;
        internal readonly extls_scan_open ScanOpen;
        internal readonly extls_scan_next ScanNext;
        internal readonly extls_scan_page ScanPage;
        internal readonly extls_scan_progress ScanProgress;
        internal readonly extls_scan_free ScanFree;
        internal readonly extls_certs_new CertsNew;
        internal readonly extls_certs_add CertsAdd;
        internal readonly extls_certs_add_paths CertsAddPaths;
        internal readonly extls_certs_wait CertsWait;
        internal readonly extls_certs_add_connector CertsAddConnector;
        internal readonly extls_certs_next CertsNext;
        internal readonly extls_certs_free CertsFree;
        internal readonly extls_finding_at FindingAt;
        internal readonly extls_evidence_new EvidenceNew;
        internal readonly extls_evidence_add EvidenceAdd;
        internal readonly extls_evidence_add_paths EvidenceAddPaths;
        internal readonly extls_evidence_wait EvidenceWait;
        internal readonly extls_evidence_logs EvidenceLogs;
        internal readonly extls_evidence_add_certs EvidenceAddCerts;
        internal readonly extls_evidence_add_scan EvidenceAddScan;
        internal readonly extls_evidence_next EvidenceNext;
        internal readonly extls_evidence_free EvidenceFree;
        internal readonly extls_report_new ReportNew;
        internal readonly extls_report_add ReportAdd;
        internal readonly extls_report_html ReportHtml;
        internal readonly extls_report_free ReportFree;
        private readonly IntPtr module;

        internal Functions(string path)
        {
            module = Platform.Open(path);
            // First of all: with another number nothing else may be called.
            uint abi = Get<extls_abi_version>(path)();
            if (abi != Constants.EXTLS_ABI_VERSION)
            {
                throw new InvalidOperationException("The native library " + path + " has ABI number " + abi + ", but this module needs " +
                    Constants.EXTLS_ABI_VERSION + ": files of different versions are mixed. Install the module anew.");
            }
            Version = Get<extls_version>(path);
            LastError = Get<extls_last_error>(path);
            CauseAt = Get<extls_cause_at>(path);
            ScanOpen = Get<extls_scan_open>(path);
            ScanNext = Get<extls_scan_next>(path);
            ScanPage = Get<extls_scan_page>(path);
            ScanProgress = Get<extls_scan_progress>(path);
            ScanFree = Get<extls_scan_free>(path);
            CertsNew = Get<extls_certs_new>(path);
            CertsAdd = Get<extls_certs_add>(path);
            CertsAddPaths = Get<extls_certs_add_paths>(path);
            CertsWait = Get<extls_certs_wait>(path);
            CertsAddConnector = Get<extls_certs_add_connector>(path);
            CertsNext = Get<extls_certs_next>(path);
            CertsFree = Get<extls_certs_free>(path);
            FindingAt = Get<extls_finding_at>(path);
            EvidenceNew = Get<extls_evidence_new>(path);
            EvidenceAdd = Get<extls_evidence_add>(path);
            EvidenceAddPaths = Get<extls_evidence_add_paths>(path);
            EvidenceWait = Get<extls_evidence_wait>(path);
            EvidenceLogs = Get<extls_evidence_logs>(path);
            EvidenceAddCerts = Get<extls_evidence_add_certs>(path);
            EvidenceAddScan = Get<extls_evidence_add_scan>(path);
            EvidenceNext = Get<extls_evidence_next>(path);
            EvidenceFree = Get<extls_evidence_free>(path);
            ReportNew = Get<extls_report_new>(path);
            ReportAdd = Get<extls_report_add>(path);
            ReportHtml = Get<extls_report_html>(path);
            ReportFree = Get<extls_report_free>(path);
        }

        private T Get<T>(string path)
        {
            string name = typeof(T).Name;
            IntPtr address = Platform.Find(module, name);
            if (address == IntPtr.Zero)
            {
                throw new EntryPointNotFoundException(path + " has no function " + name + ": it is not the library of this module. Install the module anew.");
            }
            return Marshal.GetDelegateForFunctionPointer<T>(address);
        }

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate uint extls_abi_version();

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate IntPtr extls_version();

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_last_error(out extls_str text);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_cause_at(uint place, out extls_cause_info info);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_scan_open(ref extls_scan_options options, out ScanHandle scan);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_scan_next(ScanHandle scan, uint wait_ms, out extls_item item);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_scan_page(ScanHandle scan, uint wait_ms, uint max_sessions, out extls_page page);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_scan_progress(ScanHandle scan, out extls_progress progress);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void extls_scan_free(IntPtr scan);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_new(ref extls_certs_options options, out CertsHandle certs);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_add(CertsHandle certs, ref extls_certs_file file);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_add_paths(CertsHandle certs, ref extls_list paths, uint role);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_wait(CertsHandle certs, uint wait_ms, out ulong files);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_add_connector(CertsHandle certs, ref extls_send_connector connector);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_certs_next(CertsHandle certs, out extls_certs_item item);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void extls_certs_free(IntPtr certs);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_finding_at(uint place, out extls_finding_info info);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_new(ref extls_evidence_options options, out EvidenceHandle evidence);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_add(EvidenceHandle evidence, ref extls_object item);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_add_paths(EvidenceHandle evidence, ref extls_list paths);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_wait(EvidenceHandle evidence, uint wait_ms);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_logs(EvidenceHandle evidence, out extls_list logs);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_add_certs(EvidenceHandle evidence, CertsHandle certs);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_add_scan(EvidenceHandle evidence, ScanHandle scan, uint wait_ms);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_evidence_next(EvidenceHandle evidence, out extls_answer answer);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void extls_evidence_free(IntPtr evidence);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_report_new(ref extls_str title, long at, out ReportHandle report);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_report_add(ReportHandle report, ref extls_object item);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int extls_report_html(ReportHandle report, out extls_bytes html);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void extls_report_free(IntPtr report);
    }

    /// <summary>Owns an extls_scan, so that it is freed once, whatever happens.</summary>
    internal sealed class ScanHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public ScanHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            Library.Functions.ScanFree(handle);
            return true;
        }
    }

    /// <summary>Owns an extls_certs.</summary>
    internal sealed class CertsHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public CertsHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            Library.Functions.CertsFree(handle);
            return true;
        }
    }

    /// <summary>Owns an extls_evidence.</summary>
    internal sealed class EvidenceHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public EvidenceHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            Library.Functions.EvidenceFree(handle);
            return true;
        }
    }

    /// <summary>Owns an extls_report.</summary>
    internal sealed class ReportHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public ReportHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            Library.Functions.ReportFree(handle);
            return true;
        }
    }
}
