//! Where the library is that tests read as a file.

use std::path::{Path, PathBuf};

/// The one that `EXCHANGE_TLS_LIBRARY` names, else that which cargo built for
/// these tests: below the program, in `deps`. The one beside the program is
/// that of the last `cargo build`.
pub fn library() -> PathBuf {
    if let Some(named) = std::env::var_os("EXCHANGE_TLS_LIBRARY") {
        return named.into();
    }
    let folder = Path::new(env!("CARGO_BIN_EXE_exchange-tls")).parent().unwrap();
    let name = if cfg!(windows) {
        "exchange_tls.dll"
    } else if cfg!(target_os = "macos") {
        "libexchange_tls.dylib"
    } else {
        "libexchange_tls.so"
    };
    folder.join("deps").join(name)
}
