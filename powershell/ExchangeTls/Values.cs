// From the plain values of the ABI to those of .NET, and back.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace ExchangeTls
{
    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    internal static class Clock
    {
        private static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        private static readonly long First = ToMilliseconds(DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc));
        private static readonly long Last = ToMilliseconds(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc));

        /// <summary>A time without a kind is local, as everywhere in PowerShell.</summary>
        internal static long ToMilliseconds(DateTime? time)
        {
            if (!time.HasValue) { return Constants.EXTLS_NO_TIME; }
            long ticks = time.Value.ToUniversalTime().Ticks - Epoch.Ticks;
            // Down to the millisecond before, also before 1970.
            return ticks / TimeSpan.TicksPerMillisecond - (ticks % TimeSpan.TicksPerMillisecond < 0 ? 1 : 0);
        }

        internal static DateTime? ToTime(long milliseconds)
        {
            if (milliseconds < First || milliseconds > Last) { return null; }
            return Epoch.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);
        }

        internal static TimeSpan? ToSpan(long milliseconds)
        {
            if (milliseconds == Constants.EXTLS_NO_TIME) { return null; }
            return new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
        }
    }

    /// <summary>
    /// Makes strings of UTF-8 by hand: what .NET does by itself is ANSI on .NET
    /// Framework. One for each thread.
    /// </summary>
    internal sealed partial class Utf8Reader
    {
        internal static readonly string[] None = new string[0];
        private readonly Shared[] shared = new Shared[2048];
        private byte[] buffer = new byte[1024];

        /// <summary>A string that was read before, and the bytes it was made of.</summary>
        private struct Shared
        {
            internal byte[] Bytes;
            internal string Text;
        }

        internal string Read(extls_str text)
        {
            if (text.data == IntPtr.Zero) { return null; }
            int length = Copy(text);
            return length == 0 ? string.Empty : Encoding.UTF8.GetString(buffer, 0, length);
        }

        /// <summary>
        /// The same for values that come again and again (connectors, EHLO
        /// keywords, files): equal ones become one string, which more than
        /// halves the memory of a big result. They are known by their bytes, so
        /// that no string is made only to be thrown away.
        /// </summary>
        internal string ReadShared(extls_str text)
        {
            if (text.data == IntPtr.Zero) { return null; }
            int length = Copy(text);
            if (length == 0) { return string.Empty; }
            uint hash = 2166136261;
            for (int at = 0; at < length; at++) { hash = (hash ^ buffer[at]) * 16777619; }
            int place = (int)((hash ^ (hash >> 15)) % (uint)shared.Length);
            if (!IsInBuffer(shared[place].Bytes, length))
            {
                byte[] bytes = new byte[length];
                Buffer.BlockCopy(buffer, 0, bytes, 0, length);
                shared[place].Bytes = bytes;
                shared[place].Text = Encoding.UTF8.GetString(buffer, 0, length);
            }
            return shared[place].Text;
        }

        private int Copy(extls_str text)
        {
            int length = checked((int)text.len.ToUInt64());
            if (length > buffer.Length) { buffer = new byte[Math.Max(length, buffer.Length * 2)]; }
            if (length > 0) { Marshal.Copy(text.data, buffer, 0, length); }
            return length;
        }

        private bool IsInBuffer(byte[] bytes, int length)
        {
            if (bytes == null || bytes.Length != length) { return false; }
            for (int at = 0; at < bytes.Length; at++)
            {
                if (bytes[at] != buffer[at]) { return false; }
            }
            return true;
        }

        internal string[] Read(extls_list list)
        {
            return Read(list, false);
        }

        internal string[] ReadShared(extls_list list)
        {
            return Read(list, true);
        }

        private string[] Read(extls_list list, bool share)
        {
            if (list.items == IntPtr.Zero) { return None; }
            string[] texts = new string[(int)list.len];
            int size = IntPtr.Size * 2;
            for (int at = 0; at < texts.Length; at++)
            {
                extls_str text;
                text.data = Marshal.ReadIntPtr(list.items, at * size);
                text.len = (UIntPtr)(ulong)Marshal.ReadIntPtr(list.items, at * size + IntPtr.Size).ToInt64();
                texts[at] = share ? ReadShared(text) : Read(text);
            }
            return texts;
        }
    }
}
