//! Certificate files: from what the user names to what stands in them.

use std::fs;
use std::path::{Path, PathBuf};

use exchange_tls::cert::read::{is_named_like_one, read, Contents, ENDINGS};
use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::file::load;
use exchange_tls::log::files::display;

/// Where systems keep the roots they trust, in one file.
const MACHINE_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Reads files, and of folders the files that look like certificates. What
/// cannot be read is an error beside the others.
pub fn contents(paths: &[PathBuf]) -> (Vec<Contents>, Vec<Error>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        for file in files(path, &mut errors) {
            match load(&file) {
                Ok(bytes) => all.push(read(&bytes, &display(&file))),
                Err(error) => errors.push(error),
            }
        }
    }
    (all, errors)
}

/// The roots of this machine.
pub fn machine_roots() -> Result<Vec<PathBuf>, Error> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let found = named
        .into_iter()
        .chain(MACHINE_ROOTS.iter().map(PathBuf::from))
        .find(|path| path.is_file());
    found.map(|path| vec![path]).ok_or_else(|| {
        let text = "the trusted roots of this machine were not found; give them with --root (on Windows, Test-ExchangeTlsCert reads them from the store)";
        Error::new(ErrorKind::NotFound, text)
    })
}

fn files(path: &Path, errors: &mut Vec<Error>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            errors
                .push(Error::new(ErrorKind::Unreadable, error.to_string()).at_path(display(path)));
            return Vec::new();
        }
    };
    let is_wanted = |path: &PathBuf| path.is_file() && is_named_like_one(path);
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(is_wanted)
        .collect();
    found.sort();
    if found.is_empty() {
        let text = format!("this folder holds no certificate file (*.{})", ENDINGS.join(", *."));
        errors.push(Error::new(ErrorKind::NotFound, text).at_path(display(path)));
    }
    found
}
