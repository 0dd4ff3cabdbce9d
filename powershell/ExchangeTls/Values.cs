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
        private static readonly string[] None = new string[0];
        private readonly string[] shared = new string[2048];
        private byte[] buffer = new byte[1024];

        internal string Read(extls_str text)
        {
            if (text.data == IntPtr.Zero) { return null; }
            int length = checked((int)text.len.ToUInt64());
            if (length == 0) { return string.Empty; }
            if (length > buffer.Length) { buffer = new byte[Math.Max(length, buffer.Length * 2)]; }
            Marshal.Copy(text.data, buffer, 0, length);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }

        /// <summary>
        /// The same for values that come again and again (connectors, EHLO
        /// keywords, files): equal ones become one string, which more than
        /// halves the memory of a big result.
        /// </summary>
        internal string ReadShared(extls_str text)
        {
            string read = Read(text);
            if (read == null) { return null; }
            int place = (read.GetHashCode() & int.MaxValue) % shared.Length;
            if (read != shared[place]) { shared[place] = read; }
            return shared[place];
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
