// What a call gives to the native library.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace ExchangeTls
{
    /// <summary>What a call gives to the library, in memory that does not move.</summary>
    internal sealed class Arguments : IDisposable
    {
        private readonly List<IntPtr> blocks = new List<IntPtr>();

        internal extls_list Texts(string[] texts)
        {
            extls_list list = new extls_list();
            if (texts == null || texts.Length == 0) { return list; }
            int size = Marshal.SizeOf<extls_str>();
            list.items = Block(texts.Length * size);
            list.len = (UIntPtr)texts.Length;
            for (int at = 0; at < texts.Length; at++)
            {
                Marshal.StructureToPtr(Text(texts[at]), new IntPtr(list.items.ToInt64() + at * size), false);
            }
            return list;
        }

        /// <summary>Null stays NULL.</summary>
        internal extls_str Text(string text)
        {
            extls_bytes bytes = Bytes(text == null ? null : Encoding.UTF8.GetBytes(text));
            return new extls_str { data = bytes.data, len = bytes.len };
        }

        internal extls_bytes Bytes(byte[] bytes)
        {
            if (bytes == null) { return new extls_bytes(); }
            extls_bytes copy = new extls_bytes { data = Block(bytes.Length), len = (UIntPtr)bytes.Length };
            Marshal.Copy(bytes, 0, copy.data, bytes.Length);
            return copy;
        }

        internal extls_object Object(PlainObject item)
        {
            int size = Marshal.SizeOf<extls_property>();
            extls_object copy = new extls_object();
            copy.type_names = Texts(item.TypeNames);
            copy.display = Text(item.Display);
            copy.source = Text(item.Source);
            copy.properties = Block(item.Properties.Count * size);
            copy.property_count = (UIntPtr)item.Properties.Count;
            for (int at = 0; at < item.Properties.Count; at++)
            {
                extls_property property = new extls_property();
                property.name = Text(item.Properties[at].Key);
                property.values = Texts(item.Properties[at].Value as string[]);
                property.bytes = Bytes(item.Properties[at].Value as byte[]);
                Marshal.StructureToPtr(property, new IntPtr(copy.properties.ToInt64() + at * size), false);
            }
            return copy;
        }

        internal IntPtr Numbers(uint[] numbers, out UIntPtr count)
        {
            count = UIntPtr.Zero;
            if (numbers == null || numbers.Length == 0) { return IntPtr.Zero; }
            IntPtr block = Block(numbers.Length * 4);
            for (int at = 0; at < numbers.Length; at++)
            {
                Marshal.WriteInt32(block, at * 4, (int)numbers[at]);
            }
            count = (UIntPtr)numbers.Length;
            return block;
        }

        public void Dispose()
        {
            foreach (IntPtr block in blocks) { Marshal.FreeHGlobal(block); }
            blocks.Clear();
        }

        private IntPtr Block(int size)
        {
            IntPtr block = Marshal.AllocHGlobal(Math.Max(size, 1));
            blocks.Add(block);
            return block;
        }
    }
}
