//! The header that is committed is the one cbindgen writes. `./dev header`
//! (`UPDATE_HEADER=1`) writes it anew.
#![cfg(unix)] // see Cargo.toml: cbindgen is a dependency on Unix only

use std::path::Path;

/// What the header is made from, in the order it shows.
const SOURCES: [&str; 12] = [
    "src/failure/cause.rs",
    "src/ffi/types.rs",
    "src/ffi/pages_types.rs",
    "src/ffi/certs_types.rs",
    "src/ffi/evidence_types.rs",
    "src/ffi/library.rs",
    "src/ffi/scan.rs",
    "src/ffi/certs.rs",
    "src/ffi/certs_paths.rs",
    "src/ffi/evidence.rs",
    "src/ffi/evidence_paths.rs",
    "src/ffi/report.rs",
];

fn generated() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join(source));
    }
    let mut text = Vec::new();
    builder.generate().expect("the header").write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn the_header_is_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/exchange_tls.h");
    let wanted = generated();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &wanted).expect("the header can be written");
    }
    let found = std::fs::read_to_string(&path).expect("include/exchange_tls.h");
    assert!(
        found == wanted,
        "include/exchange_tls.h is not what the sources say: run ./dev header"
    );
}
