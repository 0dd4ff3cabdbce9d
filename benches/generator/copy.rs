//! More logs than there is room for: the same files once more.

use std::{fs, io, path::Path};

/// Gives all files of a folder another name in another one. Its logs have other folders
/// then, so that each of their sessions is another session.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if path.is_dir() {
            link(&path, &name)?;
        } else {
            fs::hard_link(&path, &name)?;
        }
    }
    Ok(())
}
