// The part of include/exchange_tls.h that is about evidence and reports, as in Layout.cs.
using System;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    internal static partial class Constants
    {
        internal const uint EXTLS_ANSWER_QUEUES = 0;
        internal const uint EXTLS_ANSWER_CONNECTORS = 1;
        internal const uint EXTLS_ANSWER_DIAGNOSES = 2;
    }

#pragma warning disable 649 // the library writes the fields
    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_property
    {
        public extls_str name;
        public extls_list values;
        public extls_bytes bytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_object
    {
        public extls_list type_names;
        public extls_str display;
        public extls_str source;
        public IntPtr properties;
        public UIntPtr property_count;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_evidence_options
    {
        public long at;
        public uint wanted;
        public uint timeout_seconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_queue_failure
    {
        public extls_str identity;
        public extls_str server;
        public extls_str next_hop_domain;
        public extls_str delivery_type;
        public extls_str status;
        public extls_str last_error;
        public extls_str code;
        public extls_str enhanced_code;
        public extls_str inner_code;
        public extls_str inner_enhanced_code;
        public extls_str error;
        public extls_str remote_host;
        public extls_str remote_endpoint;
        public extls_str last_retry_time;
        public extls_str stage_name;
        public extls_str cause_name;
        public extls_str diagnosis;
        public extls_list next_step;
        public extls_list reference;
        public long message_count;
        public uint stage;
        public uint cause;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_connector_test
    {
        public extls_str identity;
        public extls_str server;
        public extls_str tls_certificate_name;
        public extls_str result_name;
        public extls_list bindings;
        public extls_list auth_mechanism;
        public extls_list permission_groups;
        public extls_list remedy;
        public IntPtr findings;
        public UIntPtr finding_count;
        public uint result;
        public uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_shown
    {
        public extls_str kind;
        public extls_str text;
        public extls_str name;
        public extls_str path;
        public extls_str thumbprint;
        public ulong line;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_diagnosis
    {
        public extls_str cause_name;
        public extls_str summary;
        public extls_str connector;
        public extls_str server;
        public extls_list remedy;
        public extls_list reference;
        public IntPtr evidence;
        public UIntPtr evidence_count;
        public long first_seen;
        public long last_seen;
        public ulong rank;
        public ulong count;
        public ulong message_count;
        public uint cause;
        public uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_answer
    {
        public IntPtr queue;
        public IntPtr connector;
        public IntPtr diagnosis;
        public IntPtr problem;
    }
#pragma warning restore 649
}
