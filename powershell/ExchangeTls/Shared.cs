// What several calls of the native library are given, and several of its answers hold.
using System;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    internal static class Waiting
    {
        /// <summary>How many seconds a path may give no answer, as the library takes it: here 0 is for ever, and nothing as long as is usual.</summary>
        internal static uint Seconds(int? given)
        {
            if (given == null) { return 0; }
            return given.Value > 0 ? (uint)given.Value : Constants.EXTLS_NO_TIMEOUT;
        }
    }

    internal sealed partial class Utf8Reader
    {
        /// <summary>A struct of an array.</summary>
        internal static T Item<T>(IntPtr from, int place)
        {
            return Marshal.PtrToStructure<T>(new IntPtr(from.ToInt64() + (long)place * Marshal.SizeOf<T>()));
        }

        internal Problem ReadProblem(IntPtr from)
        {
            extls_problem problem = Marshal.PtrToStructure<extls_problem>(from);
            return new Problem
            {
                Kind = Read(problem.kind),
                Text = Read(problem.text),
                Path = Read(problem.path),
                Line = (long)problem.line,
                IsWholeFile = problem.whole_file != 0
            };
        }

        internal Certificate ReadCertificate(IntPtr from)
        {
            if (from == IntPtr.Zero) { return null; }
            extls_certificate certificate = Marshal.PtrToStructure<extls_certificate>(from);
            return new Certificate
            {
                Subject = ReadShared(certificate.subject),
                Issuer = ReadShared(certificate.issuer),
                SerialNumber = ReadShared(certificate.serial_number),
                Thumbprint = ReadShared(certificate.thumbprint),
                AlternateNames = ReadShared(certificate.alternate_names),
                NotBefore = Clock.ToTime(certificate.not_before),
                NotAfter = Clock.ToTime(certificate.not_after)
            };
        }

        internal Finding[] ReadFindings(IntPtr from, int count)
        {
            Finding[] findings = new Finding[count];
            for (int at = 0; at < count; at++)
            {
                extls_finding finding = Item<extls_finding>(from, at);
                findings[at] = new Finding
                {
                    Code = ReadShared(finding.code_name),
                    Severity = ReadShared(finding.severity_name),
                    Message = ReadShared(finding.message),
                    Element = ReadShared(finding.element)
                };
            }
            return findings;
        }
    }
}
