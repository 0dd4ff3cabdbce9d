// Asks for a path on a thread of its own: whoever waits for a share of a server
// that is down can be stopped meanwhile.
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace ExchangeTls
{
    /// <summary>Whether a path answers.</summary>
    public static class PathProbe
    {
        /// <summary>A task that ends when the path was looked at, whatever stands there.</summary>
        public static Task Begin(string path)
        {
            return Task.Factory.StartNew(
                () => { if (!File.Exists(path)) { Directory.Exists(path); } },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
