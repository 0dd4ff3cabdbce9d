// The numbers and structs of include/exchange_tls.h that test certificates, as in Layout.cs.
using System;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    internal static partial class Constants
    {
        internal const uint EXTLS_ROLE_TESTED = 0;
        internal const uint EXTLS_ROLE_INTERMEDIATE = 1;
        internal const uint EXTLS_ROLE_ROOT = 2;
        internal const uint EXTLS_ROLE_CRL = 3;
        internal const uint EXTLS_NO = 0;
        internal const uint EXTLS_YES = 1;
        internal const uint EXTLS_NOT_KNOWN = 2;
    }

#pragma warning disable 649 // the library writes the fields of what it gives
    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_bytes
    {
        public IntPtr data;
        public UIntPtr len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_certs_options
    {
        public extls_str fqdn;
        public extls_str tls_certificate_name;
        public long at;
        public uint expiry_warning_days;
        public uint timeout_seconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_certs_file
    {
        public extls_bytes content;
        public extls_str source;
        public extls_str services;
        public uint role;
        public uint has_private_key;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_send_connector
    {
        public extls_str name;
        public extls_str fqdn;
        public extls_str tls_auth_level;
        public extls_str tls_domain;
        public extls_str tls_certificate_name;
        public extls_list smart_hosts;
        public uint require_tls;
        public uint dns_routing;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_finding_info
    {
        public extls_str name;
        public extls_str title;
        public extls_str severity_name;
        public uint code;
        public uint severity;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_finding
    {
        public extls_str code_name;
        public extls_str severity_name;
        public extls_str message;
        public extls_str element;
        public uint code;
        public uint severity;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_chain_element
    {
        public extls_str subject;
        public extls_str thumbprint;
        public extls_str source;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_certificate_test
    {
        public extls_str subject;
        public extls_str issuer;
        public extls_str serial_number;
        public extls_str thumbprint;
        public extls_str services;
        public extls_str source;
        public extls_str result_name;
        public extls_list alternate_names;
        public extls_list remedy;
        public IntPtr findings;
        public UIntPtr finding_count;
        public IntPtr chain;
        public UIntPtr chain_count;
        public long not_before;
        public long not_after;
        public long days_left;
        public uint has_private_key;
        public uint self_signed;
        public uint selected;
        public uint result;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct extls_certs_item
    {
        public IntPtr test;
        public IntPtr problem;
    }
#pragma warning restore 649
}
