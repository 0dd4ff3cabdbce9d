// Tests certificates through the native library: files, stores and facts go in,
// one object for each certificate tested comes out.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExchangeTls
{
    /// <summary>A test of certificates: all are added, then the results are read, once. Dispose it.</summary>
    public sealed class CertificateTester : IDisposable
    {
        private readonly CertsHandle handle;
        private readonly Utf8Reader text = new Utf8Reader();
        private readonly int[] counts = new int[4];
        private CertificateRole reading;
        private readonly Dictionary<string, bool> inStores = new Dictionary<string, bool>();

        public CertificateTester(CertificateTestOptions options)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_certs_options given = new extls_certs_options();
                given.fqdn = arguments.Text(NullIfEmpty(options.Fqdn));
                given.tls_certificate_name = arguments.Text(NullIfEmpty(options.TlsCertificateName));
                given.at = Clock.ToMilliseconds(options.At);
                given.expiry_warning_days = (uint)options.ExpiryWarningDays;
                given.timeout_seconds = Waiting.Seconds(options.TimeoutSeconds);
                Library.Check(Library.Functions.CertsNew(ref given, out handle));
            }
        }

        /// <summary>How many files and entries of stores were added for a role.</summary>
        public int Count(CertificateRole role)
        {
            return counts[(int)role];
        }

        /// <summary>Adds what an object holds.</summary>
        public void Add(CertificateObject certificate, CertificateRole role)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_certs_file file = new extls_certs_file();
                file.content = arguments.Bytes(certificate.Content);
                file.source = arguments.Text(certificate.Source);
                file.services = arguments.Text(NullIfEmpty(certificate.Services));
                file.role = (uint)role;
                file.has_private_key = Answer(certificate.HasPrivateKey);
                Library.Check(Library.Functions.CertsAdd(handle, ref file));
            }
            counts[(int)role]++;
        }

        /// <summary>
        /// Begins to read files, and of folders the files that look like certificates.
        /// Nothing else may be done until Wait has said that they are read.
        /// </summary>
        public void BeginPaths(string[] paths, CertificateRole role)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_list given = arguments.Texts(paths);
                Library.Check(Library.Functions.CertsAddPaths(handle, ref given, (uint)role));
            }
            reading = role;
        }

        /// <summary>Waits for some milliseconds; whether everything is read. What could not be is among the results.</summary>
        public bool Wait(int waitMs)
        {
            ulong files;
            int status = Library.Functions.CertsWait(handle, (uint)waitMs, out files);
            Library.Check(status);
            if (status == Constants.EXTLS_WAITING) { return false; }
            counts[(int)reading] += (int)files;
            return true;
        }

        /// <summary>
        /// Adds every certificate of a store, once where the same one is in several
        /// stores of a role; says why the store cannot be read, or null.
        /// </summary>
        public string AddStore(StoreLocation location, string name, CertificateRole role)
        {
            X509Store store = new X509Store(name, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                foreach (X509Certificate2 certificate in store.Certificates)
                {
                    string known = role + certificate.Thumbprint;
                    if (inStores.ContainsKey(known)) { continue; }
                    inStores.Add(known, true);
                    CertificateObject entry = new CertificateObject();
                    entry.Content = certificate.RawData;
                    entry.Source = "Cert:\\" + location + "\\" + name + "\\" + certificate.Thumbprint;
                    entry.HasPrivateKey = certificate.HasPrivateKey;
                    Add(entry, role);
                }
                return null;
            }
            catch (CryptographicException error) { return error.Message; }
            finally { store.Close(); }
        }

        /// <summary>Adds a connector that presents the certificates.</summary>
        public void AddConnector(SendConnector connector)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_send_connector given = new extls_send_connector();
                given.name = arguments.Text(connector.Name);
                given.fqdn = arguments.Text(NullIfEmpty(connector.Fqdn));
                given.tls_auth_level = arguments.Text(NullIfEmpty(connector.TlsAuthLevel));
                given.tls_domain = arguments.Text(NullIfEmpty(connector.TlsDomain));
                given.tls_certificate_name = arguments.Text(connector.TlsCertificateName);
                given.smart_hosts = arguments.Texts(connector.SmartHosts);
                given.require_tls = Answer(connector.RequireTls);
                given.dns_routing = Answer(connector.DnsRouting);
                Library.Check(Library.Functions.CertsAddConnector(handle, ref given));
            }
        }

        /// <summary>Tests, and gives a CertificateTest for each certificate and a Problem for each entry that was left out.</summary>
        public object[] ReadResults()
        {
            List<object> results = new List<object>();
            extls_certs_item item;
            int status;
            while ((status = Library.Functions.CertsNext(handle, out item)) == Constants.EXTLS_OK)
            {
                if (item.test != IntPtr.Zero) { results.Add(Test(item.test)); }
                else { results.Add(text.ReadProblem(item.problem)); }
            }
            Library.Check(status);
            return results.ToArray();
        }

        internal CertsHandle Handle { get { return handle; } }

        public void Dispose()
        {
            handle.Dispose();
        }

        /// <summary>
        /// The certificate in what Exchange serializes beside an object: there, it
        /// stands in a serialized store, behind property 32 and the encoding 1. The
        /// data are searched, never deserialized: that could run what is in them.
        /// </summary>
        public static byte[] FindSerialized(byte[] data)
        {
            for (int at = 0; at + 16 < data.Length; at++)
            {
                if (BitConverter.ToInt32(data, at) != 32 || BitConverter.ToInt32(data, at + 4) != 1) { continue; }
                int length = BitConverter.ToInt32(data, at + 8);
                if (length < 4 || length > data.Length - at - 12 || data[at + 12] != 0x30) { continue; }
                byte[] found = new byte[length];
                Array.Copy(data, at + 12, found, 0, length);
                return found;
            }
            return null;
        }

        private CertificateTest Test(IntPtr from)
        {
            extls_certificate_test test = Marshal.PtrToStructure<extls_certificate_test>(from);
            return new CertificateTest
            {
                Subject = text.Read(test.subject),
                Issuer = text.ReadShared(test.issuer),
                SerialNumber = text.Read(test.serial_number),
                Thumbprint = text.Read(test.thumbprint),
                AlternateNames = text.Read(test.alternate_names),
                NotBefore = Clock.ToTime(test.not_before),
                NotAfter = Clock.ToTime(test.not_after),
                DaysLeft = Days(test.days_left),
                HasPrivateKey = Answer(test.has_private_key),
                Services = text.ReadShared(test.services),
                SelfSigned = Answer(test.self_signed),
                Source = text.ReadShared(test.source),
                Selected = Answer(test.selected),
                Result = text.ReadShared(test.result_name),
                Findings = text.ReadFindings(test.findings, (int)test.finding_count),
                Chain = Chain(test.chain, (int)test.chain_count),
                Remedy = text.ReadShared(test.remedy)
            };
        }

        private ChainElement[] Chain(IntPtr from, int count)
        {
            ChainElement[] chain = new ChainElement[count];
            for (int at = 0; at < count; at++)
            {
                extls_chain_element element = Utf8Reader.Item<extls_chain_element>(from, at);
                chain[at] = new ChainElement
                {
                    Subject = text.ReadShared(element.subject),
                    Thumbprint = text.ReadShared(element.thumbprint),
                    Source = text.ReadShared(element.source)
                };
            }
            return chain;
        }

        /// <summary>PowerShell makes empty texts of null where a text is wanted.</summary>
        private static string NullIfEmpty(string given)
        {
            return string.IsNullOrEmpty(given) ? null : given;
        }

        private static uint Answer(bool? given)
        {
            return !given.HasValue ? Constants.EXTLS_NOT_KNOWN : given.Value ? Constants.EXTLS_YES : Constants.EXTLS_NO;
        }

        private static bool? Answer(uint given)
        {
            if (given == Constants.EXTLS_NOT_KNOWN) { return null; }
            return given == Constants.EXTLS_YES;
        }

        private static int? Days(long given)
        {
            if (given == Constants.EXTLS_NO_TIME) { return null; }
            return (int)Math.Max(int.MinValue, Math.Min(int.MaxValue, given));
        }
    }
}
