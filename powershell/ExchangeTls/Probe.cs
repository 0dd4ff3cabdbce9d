// Asks for a path on a thread of its own: whoever waits for a share of a server
// that is down can be stopped meanwhile.
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace ExchangeTls
{
    /// <summary>What stands at a path.</summary>
    public enum PathKind
    {
        Nothing,
        File,
        Folder
    }

    /// <summary>Whether a path answers.</summary>
    public static class PathProbe
    {
        /// <summary>A task that ends when the path was looked at; whether a file stands there, a folder, or nothing that is known.</summary>
        public static Task<PathKind> Begin(string path)
        {
            return Task.Factory.StartNew(
                () => File.Exists(path) ? PathKind.File : Directory.Exists(path) ? PathKind.Folder : PathKind.Nothing,
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
