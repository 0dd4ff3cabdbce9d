// The numbers and structs of include/exchange_tls.h, under the names they have
// there, field by field: tests compile the header and compare the values, the
// sizes and the offsets. All structs are blittable, so that .NET Framework and
// .NET copy them alike, without marshalling.
using System;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    internal static partial class Constants
    {
        internal const uint EXTLS_ABI_VERSION = 1;
        internal const int EXTLS_OK = 0;
        internal const int EXTLS_END = 1;
        internal const int EXTLS_WAITING = 2;
        internal const int EXTLS_INVALID_ARGUMENT = -1;
        internal const int EXTLS_PANIC = -2;
        internal const long EXTLS_NO_TIME = long.MinValue;
        internal const uint EXTLS_NO_TIMEOUT = uint.MaxValue;
        internal const uint EXTLS_WANTED_FAILURES = 0;
        internal const uint EXTLS_WANTED_SESSIONS = 1;
        internal const uint EXTLS_LOG_ANY = 0;
        internal const uint EXTLS_LOG_SEND = 1;
        internal const uint EXTLS_LOG_RECEIVE = 2;
        internal const uint EXTLS_RECURSE = 1;
        internal const uint EXTLS_LITERAL = 2;
        internal const uint EXTLS_INCLUDE_REJECTION = 4;
        internal const uint EXTLS_INCLUDE_RECORDS = 8;
    }

#pragma warning disable 649 // the library writes the fields
    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_str
    {
        public IntPtr data;
        public UIntPtr len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_list
    {
        public IntPtr items;
        public UIntPtr len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_cause_info
    {
        public extls_str name;
        public extls_str title;
        public extls_str stage_name;
        public uint cause;
        public uint stage;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_scan_options
    {
        public extls_list paths;
        public extls_list connectors;
        public IntPtr causes;
        public UIntPtr cause_count;
        public long since;
        public long until;
        public uint wanted;
        public uint log_type;
        public uint flags;
        public uint timeout_seconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_certificate
    {
        public extls_str subject;
        public extls_str issuer;
        public extls_str serial_number;
        public extls_str thumbprint;
        public extls_list alternate_names;
        public long not_before;
        public long not_after;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_failure
    {
        public extls_str connector;
        public extls_str session_id;
        public extls_str local_endpoint;
        public extls_str remote_endpoint;
        public extls_str remote_host;
        public extls_str stage_name;
        public extls_str cause_name;
        public extls_str error;
        public extls_str reply;
        public extls_str tls_protocol;
        public extls_str auth_level;
        public extls_str diagnosis;
        public extls_str path;
        public extls_list offered_extensions;
        public extls_list remedy;
        public extls_list reference;
        public extls_list records;
        public IntPtr certificate;
        public IntPtr remote_certificate;
        public long time;
        public long start_time;
        public ulong line;
        public uint log_type;
        public uint stage;
        public uint cause;
        public uint complete;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_session
    {
        public extls_str connector;
        public extls_str session_id;
        public extls_str local_endpoint;
        public extls_str remote_endpoint;
        public extls_str local_host;
        public extls_str remote_host;
        public extls_str tls_protocol;
        public extls_str tls_cipher;
        public extls_str authentication;
        public extls_str authenticated_as;
        public extls_str ended_by;
        public extls_str cause_name;
        public extls_str path;
        public extls_list sender;
        public extls_list recipient;
        public extls_list internet_message_id;
        public extls_list offered_extensions;
        public extls_list records;
        public IntPtr certificate;
        public IntPtr remote_certificate;
        public long start_time;
        public long end_time;
        public long duration;
        public long longest_gap;
        public ulong line;
        public ulong record_count;
        public uint log_type;
        public uint cause;
        public uint message_count;
        public uint complete;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_problem
    {
        public extls_str kind;
        public extls_str text;
        public extls_str path;
        public ulong line;
        public uint whole_file;
        public uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_item
    {
        public IntPtr failure;
        public IntPtr session;
        public IntPtr problem;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_page
    {
        public IntPtr sessions;
        public UIntPtr session_count;
        public IntPtr text;
        public UIntPtr text_len;
        public IntPtr listed;
        public UIntPtr listed_count;
        public IntPtr known_text;
        public UIntPtr known_text_len;
        public IntPtr known_listed;
        public UIntPtr known_listed_count;
        public IntPtr known_certificates;
        public UIntPtr known_certificate_count;
        public ulong known_generation;
        public extls_item item;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_progress
    {
        public ulong files;
        public ulong files_done;
        public ulong bytes;
        public ulong bytes_done;
    }
#pragma warning restore 649
}
