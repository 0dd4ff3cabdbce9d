//! A log file, opened: a regular one only, and with patience where it stands on
//! a network.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::patience::Patience;

/// Opens a file to read it. Whatever is not a regular file is refused: a FIFO
/// would never end, and to open one waits for whoever writes to it.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening does not wait; for a regular file it changes nothing.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    match irregular(&file.metadata()?) {
        Some(what) => Err(io::Error::new(io::ErrorKind::InvalidInput, not_regular(what))),
        None => Ok(file),
    }
}

/// The sentence about a path that is no file.
pub fn not_regular(what: &str) -> String {
    format!("this is {what}; expected a regular file")
}

/// What a path is that is no regular file.
pub fn irregular(data: &Metadata) -> Option<&'static str> {
    if data.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = data.file_type();
        if kind.is_fifo() {
            return Some("a FIFO");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    Some(if data.is_dir() { "a folder" } else { "no file" })
}

/// Whether a path, made canonical, stands on a network. What is not known to
/// do so is taken for a disk of this machine, which answers.
pub fn is_remote(canonical: &Path) -> bool {
    #[cfg(windows)]
    {
        use std::path::{Component, Prefix};
        matches!(canonical.components().next(), Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)))
    }
    #[cfg(target_os = "linux")]
    {
        mounts().is_some_and(|mounts| is_below_remote(&mounts, canonical))
    }
    #[cfg(not(any(windows, target_os = "linux")))]
    {
        let _ = canonical;
        false
    }
}

#[cfg(target_os = "linux")]
fn mounts() -> Option<String> {
    std::fs::read_to_string("/proc/self/mountinfo").ok()
}

/// Whether the innermost mount that holds a path is of a kind that goes over a
/// network (proc(5), mountinfo: the fifth field is the place, the kind stands behind ` - `).
#[cfg(any(test, target_os = "linux"))]
fn is_below_remote(mounts: &str, path: &Path) -> bool {
    let remote = |kind: &str| {
        matches!(kind, "nfs" | "nfs4" | "cifs" | "smb3" | "smbfs" | "ncpfs" | "afs" | "9p" | "ceph")
            || matches!(kind, "glusterfs" | "lustre" | "gfs2" | "ocfs2")
            || kind.starts_with("fuse.") && kind != "fuse.lxcfs"
    };
    let mut innermost = (0, false);
    for line in mounts.lines() {
        let Some((before, behind)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (before.split(' ').nth(4), behind.split(' ').next()) else {
            continue;
        };
        let place = place.replace("\\040", " ");
        // Later mounts hide earlier ones of the same place.
        if path.starts_with(&place) && place.len() >= innermost.0 {
            innermost = (place.len(), remote(kind));
        }
    }
    innermost.1
}

/// An open file.
pub struct Source {
    file: Arc<File>,
    /// Where reading may stall: who waits for it, and for which path.
    patience: Option<(Arc<Patience>, Arc<Path>)>,
}

impl Source {
    /// Opens a file; with patience where its path may stall.
    pub fn open(path: &Path, patience: Option<Arc<Patience>>) -> io::Result<Self> {
        let Some(patience) = patience else {
            return Ok(Source { file: Arc::new(open(path)?), patience: None });
        };
        let theirs = path.to_path_buf();
        let file = wait(&patience, path, move || open(&theirs))?;
        Ok(Source { file: Arc::new(file), patience: Some((patience, Arc::from(path))) })
    }
}

fn wait<T: Send + 'static>(
    patience: &Patience,
    path: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    patience.run_file(path, |_| work()).unwrap_or_else(|stalled| {
        Err(io::Error::new(io::ErrorKind::TimedOut, patience.words(&stalled)))
    })
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some((patience, path)) = &self.patience else { return (&*self.file).read(into) };
        let (file, wanted) = (Arc::clone(&self.file), into.len());
        let bytes = wait(patience, path, move || {
            let mut bytes = vec![0; wanted];
            let count = (&*file).read(&mut bytes)?;
            bytes.truncate(count);
            Ok(bytes)
        })?;
        into[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self.file).seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_stands_on_a_network() {
        let mounts = "22 1 0:20 / / rw - ext4 /dev/sda1 rw\n\
            30 22 0:30 / /mnt/log\\040share rw,relatime shared:9 - cifs //ex01/logs rw\n\
            31 30 0:31 / /mnt/log\\040share/local rw - xfs /dev/sdb rw\n\
            32 22 0:32 / /home rw - fuse.sshfs host: rw\n";
        for (path, remote) in [
            ("/mnt/log share/SEND.LOG", true),
            ("/mnt/log share/local/SEND.LOG", false),
            ("/mnt/log sharex", false),
            ("/home/a/SEND.LOG", true),
            ("/var/log", false),
        ] {
            assert_eq!(is_below_remote(mounts, Path::new(path)), remote, "{path}");
        }
    }

    #[test]
    fn a_folder_is_no_log() {
        let error = open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err();
        assert!(error.to_string().contains("regular file") || cfg!(windows), "{error}");
    }
}
