// Readers of what several answers of the native library hold.
using System;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
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
