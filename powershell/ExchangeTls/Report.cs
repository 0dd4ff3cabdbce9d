// Makes the report through the native library and keeps it in a file.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ExchangeTls
{
    /// <summary>A report while it is made. Dispose it.</summary>
    public sealed class ReportBuilder : IDisposable
    {
        private readonly ReportHandle handle;
        private readonly Dictionary<Type, PropertyInfo[]> known = new Dictionary<Type, PropertyInfo[]>();

        public ReportBuilder(string title, DateTime? at)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_str given = arguments.Text(title ?? string.Empty);
                Library.Check(Library.Functions.ReportNew(ref given, Clock.ToMilliseconds(at), out handle));
            }
        }

        /// <summary>Adds an object; what the library says against it, or null.</summary>
        public string Add(PlainObject item)
        {
            using (Arguments arguments = new Arguments())
            {
                extls_object given = arguments.Object(item);
                try { Library.Check(Library.Functions.ReportAdd(handle, ref given)); }
                catch (LibraryException error)
                {
                    if (error.Status != Constants.EXTLS_INVALID_ARGUMENT) { throw; }
                    return error.Message;
                }
                return null;
            }
        }

        /// <summary>Adds an object that this module gave: a thousand times as fast as property by property from script.</summary>
        public string AddOwn(object item)
        {
            Type type = item.GetType();
            PropertyInfo[] properties;
            if (!known.TryGetValue(type, out properties))
            {
                properties = type.GetProperties();
                known.Add(type, properties);
            }
            PlainObject plain = new PlainObject { TypeNames = new[] { type.FullName } };
            foreach (PropertyInfo property in properties)
            {
                plain.AddTexts(property.Name, Texts(property.GetValue(item, null)));
            }
            return Add(plain);
        }

        /// <summary>The page.</summary>
        public byte[] ReadHtml()
        {
            extls_bytes html;
            Library.Check(Library.Functions.ReportHtml(handle, out html));
            byte[] copy = new byte[checked((int)html.len.ToUInt64())];
            Marshal.Copy(html.data, copy, 0, copy.Length);
            return copy;
        }

        /// <summary>
        /// Writes a file as a whole or not at all: where the disk is full half-way,
        /// what was there before is still there.
        /// </summary>
        public static void Save(byte[] content, string path)
        {
            string draft = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
            try
            {
                using (FileStream stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    stream.Write(content, 0, content.Length);
                    stream.Flush(true);
                }
                if (File.Exists(path)) { File.Replace(draft, path, null); }
                else { File.Move(draft, path); }
            }
            catch
            {
                try { File.Delete(draft); }
                catch (IOException) { } // the first error is the one to tell
                catch (UnauthorizedAccessException) { }
                throw;
            }
        }

        public void Dispose()
        {
            handle.Dispose();
        }

        private static string[] Texts(object value)
        {
            if (value == null) { return null; }
            IEnumerable several = value is string ? null : value as IEnumerable;
            if (several == null) { return new[] { Text(value) }; }
            List<string> texts = new List<string>();
            foreach (object one in several)
            {
                if (one != null) { texts.Add(Text(one)); }
            }
            return texts.ToArray();
        }

        private static string Text(object value)
        {
            if (value is DateTime)
            {
                return ((DateTime)value).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            }
            return Convert.ToString(value, CultureInfo.InvariantCulture);
        }
    }
}
