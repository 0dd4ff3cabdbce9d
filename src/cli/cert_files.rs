//! Certificate files: those that were named, and the roots of the machine.

use std::path::PathBuf;

use exchange_tls::cert::read::Contents;
use exchange_tls::cert_files;
use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::log::patience::Patience;

/// Where systems keep the roots they trust, in one file.
const MACHINE_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Reads files, and of folders the files that look like certificates. What
/// cannot be read is an error beside the others.
pub fn contents(paths: &[PathBuf], patience: &Patience) -> (Vec<Contents>, Vec<Error>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    cert_files::contents(paths, patience, &mut |read| match read {
        Ok(contents) => all.push(contents),
        Err(error) => errors.push(error),
    });
    (all, errors)
}

/// The roots of this machine.
pub fn machine_roots(patience: &Patience) -> Result<Vec<PathBuf>, Error> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let found = named.into_iter().chain(MACHINE_ROOTS.iter().map(PathBuf::from)).find(|path| {
        let theirs = path.clone();
        patience.run(path, move |_| theirs.is_file()) == Ok(true)
    });
    found.map(|path| vec![path]).ok_or_else(|| {
        let text = "the trusted roots of this machine were not found; give them with --root (on Windows, Test-ExchangeTlsCert reads them from the store)";
        Error::new(ErrorKind::NotFound, text)
    })
}
