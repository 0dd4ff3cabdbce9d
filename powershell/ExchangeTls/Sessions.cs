// Makes objects of a page of sessions. A page is copied in three pieces, whatever
// is in it, and read where it lies: a call for each text would cost more than the text.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace ExchangeTls
{
    /// <summary>Reads pages of one scan.</summary>
    internal sealed class SessionReader
    {
        // Words of eight bytes: the module is loaded by 64-bit processes only.
        private const int Word = 8;
        private static readonly int Size = Marshal.SizeOf<extls_session>() / Word;
        private static readonly int SizeOfCertificate = Marshal.SizeOf<extls_certificate>();
        private static readonly int Connector = Place("connector"), SessionId = Place("session_id"), LocalEndpoint = Place("local_endpoint"),
            RemoteEndpoint = Place("remote_endpoint"), LocalHost = Place("local_host"), RemoteHost = Place("remote_host"),
            TlsProtocol = Place("tls_protocol"), TlsCipher = Place("tls_cipher"), Authentication = Place("authentication"),
            AuthenticatedAs = Place("authenticated_as"), EndedBy = Place("ended_by"), CauseName = Place("cause_name"), Path = Place("path"),
            Sender = Place("sender"), Recipient = Place("recipient"), InternetMessageId = Place("internet_message_id"),
            OfferedExtensions = Place("offered_extensions"), Records = Place("records"),
            OwnCertificate = Place("certificate"), RemoteCertificate = Place("remote_certificate"),
            StartTime = Place("start_time"), EndTime = Place("end_time"), Duration = Place("duration"), LongestGap = Place("longest_gap"),
            Line = Place("line"), RecordCount = Place("record_count"), Numbers = Place("log_type"), MoreNumbers = Place("message_count");

        private readonly Utf8Reader text;
        private extls_page page;
        private long[] sessions = new long[0];
        private long[] listed = new long[0];
        private byte[] bytes = new byte[0];

        // What sessions share is made once and found by its place: half of the
        // memory of a big result, and most of the work. Null where it was not met yet.
        private ulong generation;
        private string[] knownTexts = new string[1024];
        private string[][] knownLists = new string[256][];
        private Certificate[] knownCertificates = new Certificate[64];

        internal SessionReader(Utf8Reader text)
        {
            this.text = text;
        }

        /// <summary>Adds the sessions of a page.</summary>
        internal void Read(ref extls_page from, List<object> to)
        {
            page = from;
            int count = (int)page.session_count;
            Copy(page.sessions, count * Size, ref sessions);
            Copy(page.listed, (int)page.listed_count * 2, ref listed);
            int length = (int)page.text_len;
            if (bytes.Length < length) { bytes = new byte[Math.Max(length, bytes.Length * 2)]; }
            if (length > 0) { Marshal.Copy(page.text, bytes, 0, length); }
            if (generation != page.known_generation)
            {
                generation = page.known_generation;
                Array.Clear(knownTexts, 0, knownTexts.Length);
                Array.Clear(knownLists, 0, knownLists.Length);
                Array.Clear(knownCertificates, 0, knownCertificates.Length);
            }
            Grow(ref knownTexts, page.known_text_len, Word);
            Grow(ref knownLists, page.known_listed_count, 1);
            Grow(ref knownCertificates, page.known_certificate_count, 1);
            for (int at = 0; at < count * Size; at += Size) { to.Add(Session(at)); }
        }

        private SmtpSession Session(int at)
        {
            long numbers = sessions[at + Numbers], more = sessions[at + MoreNumbers];
            return new SmtpSession
            {
                StartTime = Clock.ToTime(sessions[at + StartTime]),
                EndTime = Clock.ToTime(sessions[at + EndTime]),
                Duration = Clock.ToSpan(sessions[at + Duration]),
                LogType = ScanReader.LogType((uint)numbers),
                Connector = Text(sessions, at + Connector),
                SessionId = Text(sessions, at + SessionId),
                LocalEndpoint = Text(sessions, at + LocalEndpoint),
                RemoteEndpoint = Text(sessions, at + RemoteEndpoint),
                LocalHost = Text(sessions, at + LocalHost),
                RemoteHost = Text(sessions, at + RemoteHost),
                TlsProtocol = Text(sessions, at + TlsProtocol),
                TlsCipher = Text(sessions, at + TlsCipher),
                Certificate = Certificate(at + OwnCertificate),
                RemoteCertificate = Certificate(at + RemoteCertificate),
                Authentication = Text(sessions, at + Authentication),
                AuthenticatedAs = Text(sessions, at + AuthenticatedAs),
                MessageCount = (int)more,
                Sender = List(at + Sender),
                Recipient = List(at + Recipient),
                InternetMessageId = List(at + InternetMessageId),
                OfferedExtensions = List(at + OfferedExtensions),
                EndedBy = Text(sessions, at + EndedBy),
                Cause = Text(sessions, at + CauseName),
                Complete = more >> 32 != 0,
                LongestGap = Clock.ToSpan(sessions[at + LongestGap]),
                Path = Text(sessions, at + Path),
                Line = sessions[at + Line],
                RecordCount = sessions[at + RecordCount],
                // Null where the records were not asked for; a session always has some.
                Records = sessions[at + Records] == 0 ? null : List(at + Records)
            };
        }

        private string Text(long[] words, int at)
        {
            long data = words[at];
            if (data == 0) { return null; }
            int length = (int)words[at + 1];
            // Behind the last text of one piece may begin another.
            if (length == 0) { return string.Empty; }
            long place = data - page.known_text.ToInt64();
            if ((ulong)place >= page.known_text_len.ToUInt64())
            {
                return Encoding.UTF8.GetString(bytes, (int)(data - page.text.ToInt64()), length);
            }
            int number = (int)(place / Word);
            string known = knownTexts[number];
            if (known == null)
            {
                known = text.ReadShared(new extls_str { data = (IntPtr)data, len = (UIntPtr)(ulong)length });
                knownTexts[number] = known;
            }
            return known;
        }

        private string[] List(int at)
        {
            long items = sessions[at];
            if (items == 0) { return Utf8Reader.None; }
            int count = (int)sessions[at + 1];
            long place = items - page.known_listed.ToInt64();
            if ((ulong)place < page.known_listed_count.ToUInt64() * 2 * Word)
            {
                int number = (int)(place / (2 * Word));
                string[] known = knownLists[number];
                if (known == null)
                {
                    known = text.ReadShared(new extls_list { items = (IntPtr)items, len = (UIntPtr)(ulong)count });
                    knownLists[number] = known;
                }
                return known;
            }
            string[] texts = new string[count];
            int from = (int)((items - page.listed.ToInt64()) / Word);
            for (int one = 0; one < count; one++) { texts[one] = Text(listed, from + one * 2); }
            return texts;
        }

        private Certificate Certificate(int at)
        {
            long data = sessions[at];
            if (data == 0) { return null; }
            int number = (int)((data - page.known_certificates.ToInt64()) / SizeOfCertificate);
            Certificate known = knownCertificates[number];
            if (known == null)
            {
                known = text.ReadCertificate((IntPtr)data);
                knownCertificates[number] = known;
            }
            return known;
        }

        private static int Place(string field)
        {
            return (int)Marshal.OffsetOf<extls_session>(field) / Word;
        }

        private static void Copy(IntPtr from, int count, ref long[] to)
        {
            if (to.Length < count) { to = new long[Math.Max(count, to.Length * 2)]; }
            if (count > 0) { Marshal.Copy(from, to, 0, count); }
        }

        private static void Grow<T>(ref T[] items, UIntPtr size, int each)
        {
            int wanted = (int)(size.ToUInt64() / (ulong)each) + 1;
            if (items.Length < wanted) { Array.Resize(ref items, Math.Max(wanted, items.Length * 2)); }
        }
    }
}
