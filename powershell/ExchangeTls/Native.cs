// The binding to the native library: the functions and structs of
// include/exchange_tls.h, and how the library is found and loaded.
//
// C# 5 and .NET Standard 2.0 only: in a source tree without the compiled
// binding, Windows PowerShell 5.1 compiles this file at import.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    /// <summary>An error the native library reports, in its words.</summary>
    public sealed class LibraryException : Exception
    {
        internal LibraryException(string message, int status) : base(message)
        {
            Status = status;
        }

        /// <summary>The status of the call: a negative EXTLS_ number.</summary>
        public int Status { get; private set; }
    }

    /// <summary>
    /// The native library of this process. It is loaded by its absolute path and
    /// its functions are taken by address, not by [DllImport("exchange_tls")]:
    /// a name would be looked up among all libraries of the process and of the
    /// search path, and could bind this code to the library of another version
    /// of the module. It is also the one way that works alike on .NET Framework
    /// and .NET, on Windows and Linux.
    /// </summary>
    public static class Library
    {
        private static readonly object Gate = new object();
        private static volatile Functions loaded;

        /// <summary>The file it was loaded from; null before Load.</summary>
        public static string Path { get; private set; }

        internal static Functions Functions
        {
            get
            {
                Functions functions = loaded;
                if (functions == null)
                {
                    throw new InvalidOperationException("The native library is not loaded; import the module ExchangeTls.");
                }
                return functions;
            }
        }

        /// <summary>The version of the native library, as "1.2.3".</summary>
        public static string Version
        {
            get { return Marshal.PtrToStringAnsi(Functions.Version()); }
        }

        /// <summary>Loads the library, once for the process. Again with the same path does nothing.</summary>
        public static void Load(string path)
        {
            path = System.IO.Path.GetFullPath(path);
            lock (Gate)
            {
                if (loaded != null)
                {
                    // Types and library stay for the life of the process: another
                    // version cannot take their place, it can only be refused.
                    if (!string.Equals(Path, path, StringComparison.OrdinalIgnoreCase))
                    {
                        throw new InvalidOperationException("This session already uses another copy of ExchangeTls: " + Path +
                            ". Open a new PowerShell session to use " + path + ".");
                    }
                    return;
                }
                if (!File.Exists(path))
                {
                    throw new FileNotFoundException("The native library is missing: " + path +
                        ". Install the module anew; in a source tree, build it first (./dev run).", path);
                }
                Functions functions = new Functions(path);
                Path = path;
                loaded = functions;
            }
        }

        /// <summary>Every cause a failure can have, in the order of their numbers.</summary>
        public static CauseInfo[] GetCauses()
        {
            Utf8Reader text = new Utf8Reader();
            List<CauseInfo> causes = new List<CauseInfo>();
            extls_cause_info info;
            for (uint place = 0; ; place++)
            {
                int status = Functions.CauseAt(place, out info);
                if (status == Constants.EXTLS_END) { return causes.ToArray(); }
                Check(status);
                causes.Add(new CauseInfo
                {
                    Name = text.Read(info.name),
                    Title = text.Read(info.title),
                    Stage = text.Read(info.stage_name),
                    Number = info.cause
                });
            }
        }

        /// <summary>Every code a finding about a certificate can have.</summary>
        public static FindingInfo[] GetFindings()
        {
            Utf8Reader text = new Utf8Reader();
            List<FindingInfo> findings = new List<FindingInfo>();
            extls_finding_info info;
            for (uint place = 0; ; place++)
            {
                int status = Functions.FindingAt(place, out info);
                if (status == Constants.EXTLS_END) { return findings.ToArray(); }
                Check(status);
                findings.Add(new FindingInfo
                {
                    Name = text.Read(info.name),
                    Title = text.Read(info.title),
                    Severity = text.Read(info.severity_name),
                    Number = info.code
                });
            }
        }

        /// <summary>Turns a negative status into an exception with the library's words.</summary>
        internal static void Check(int status)
        {
            if (status >= 0) { return; }
            extls_str text;
            string words = null;
            if (Functions.LastError(out text) == Constants.EXTLS_OK)
            {
                words = new Utf8Reader().Read(text);
            }
            throw new LibraryException(string.IsNullOrEmpty(words) ? "The native library failed with status " + status + "." : words, status);
        }
    }

    /// <summary>How the operating system loads a library. NativeLibrary is not part of .NET Standard 2.0.</summary>
    internal static class Platform
    {
        private const uint LoadWithAlteredSearchPath = 8; // its own folder, not that of powershell.exe, comes first
        private const int RtldNow = 2;

        internal static IntPtr Open(string path)
        {
            bool windows = IsWindows();
            if (!windows) { dlerror(); } // binding this entry later would clear the error it is to give
            IntPtr module = windows ? LoadLibraryExW(path, IntPtr.Zero, LoadWithAlteredSearchPath) : dlopen(path, RtldNow);
            if (module == IntPtr.Zero)
            {
                string why = windows ? new Win32Exception(Marshal.GetLastWin32Error()).Message : Marshal.PtrToStringAnsi(dlerror());
                throw new DllNotFoundException("The native library " + path + " cannot be loaded: " + why.Trim().TrimEnd('.') +
                    ". It is " + Kind(path) + ". Install the module anew.");
            }
            return module;
        }

        internal static IntPtr Find(IntPtr module, string name)
        {
            return IsWindows() ? GetProcAddress(module, name) : dlsym(module, name);
        }

        /// <summary>
        /// For which system and processor a library is made, from its header: what
        /// the systems say of the wrong one ranges from "not a valid application"
        /// to "no such file".
        /// </summary>
        private static string Kind(string path)
        {
            byte[] head = new byte[1024];
            try
            {
                using (FileStream file = File.OpenRead(path)) { file.Read(head, 0, head.Length); }
            }
            catch (IOException error) { return "a file that cannot be read (" + error.Message + ")"; }
            catch (UnauthorizedAccessException error) { return "a file that cannot be read (" + error.Message + ")"; }
            if (BitConverter.ToUInt32(head, 0) == 0x464C457F) // ELF
            {
                return "a library for Linux on " + Processor(BitConverter.ToUInt16(head, 18));
            }
            int at = BitConverter.ToUInt16(head, 0) == 0x5A4D ? BitConverter.ToInt32(head, 0x3C) : 0; // MZ
            if (at > 0 && at < head.Length - 6 && BitConverter.ToUInt32(head, at) == 0x4550) // PE
            {
                return "a library for Windows on " + Processor(BitConverter.ToUInt16(head, at + 4));
            }
            return "no library of any system, or it is damaged";
        }

        /// <summary>The numbers of both systems, which do not overlap.</summary>
        private static string Processor(ushort machine)
        {
            switch (machine)
            {
                case 0x8664: case 62: return "x64";
                case 0xAA64: case 183: return "ARM64";
                case 0x014C: case 3: return "x86";
                default: return "another processor";
            }
        }

        private static bool IsWindows()
        {
            return Environment.OSVersion.Platform == PlatformID.Win32NT;
        }

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
        private static extern IntPtr LoadLibraryExW(string path, IntPtr file, uint flags);

        [DllImport("kernel32", CharSet = CharSet.Ansi, ExactSpelling = true, BestFitMapping = false)]
        private static extern IntPtr GetProcAddress(IntPtr module, string name);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlopen(string path, int flags);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlsym(IntPtr module, string name);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlerror();
    }
}
