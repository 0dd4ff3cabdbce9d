//! What the library exports is what the header declares and what `Functions.cs`
//! binds: a function that one of them lacks is found here, not by a user.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use object::{Object, ObjectSymbol};

#[path = "support/library.rs"]
mod library;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn exported() -> BTreeSet<String> {
    let bytes = fs::read(library::library()).expect("the library");
    let file = object::File::parse(&*bytes).expect("a library");
    let names: Vec<String> = if cfg!(windows) {
        let exports = file.exports().expect("an export table");
        // No other is exported, whatever its name.
        return exports
            .iter()
            .map(|export| String::from_utf8_lossy(export.name()).into_owned())
            .collect();
    } else {
        let defined =
            file.dynamic_symbols().filter(|symbol| symbol.is_definition() && symbol.is_global());
        defined.map(|symbol| symbol.name().unwrap_or_default().to_owned()).collect()
    };
    names.into_iter().filter(|name| name.starts_with("extls_")).collect()
}

/// Every `extls_name(` in a text, comments left out.
fn called(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(['*', '/']))
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("extls_") {
        let name: String =
            code[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if code[at + name.len()..].starts_with('(') {
            names.insert(name);
        }
    }
    names
}

#[test]
fn exports_header_and_binding_are_one_list() {
    let exported = exported();
    assert!(exported.len() >= 8, "{exported:?}");
    let header = fs::read_to_string(root().join("include/exchange_tls.h")).expect("the header");
    assert_eq!(exported, called(&header), "exported, declared");
    let binding = fs::read_to_string(root().join("powershell/ExchangeTls/Functions.cs"))
        .expect("the binding");
    assert_eq!(exported, called(&binding), "exported, bound");
}

#[test]
fn the_abi_number_is_the_same_everywhere() {
    let number = exchange_tls::ffi::types::EXTLS_ABI_VERSION;
    let header = fs::read_to_string(root().join("include/exchange_tls.h")).expect("the header");
    assert!(header.contains(&format!("#define EXTLS_ABI_VERSION {number}\n")));
    let binding =
        fs::read_to_string(root().join("powershell/ExchangeTls/Layout.cs")).expect("the binding");
    assert!(
        binding.contains(&format!("EXTLS_ABI_VERSION = {number};")),
        "Layout.cs has another ABI number"
    );
}

#[test]
fn the_module_has_the_version_of_the_crate() {
    let manifest = fs::read_to_string(root().join("powershell/ExchangeTls/ExchangeTls.psd1"))
        .expect("the manifest");
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        manifest.lines().any(|line| line.trim_start().starts_with("ModuleVersion")
            && line.contains(&format!("'{version}'"))),
        "ExchangeTls.psd1 is not of version {version}"
    );
}

#[test]
fn every_exported_function_is_guarded_against_panics() {
    for source in [
        "src/ffi/library.rs",
        "src/ffi/scan.rs",
        "src/ffi/certs.rs",
        "src/ffi/evidence.rs",
        "src/ffi/report.rs",
    ] {
        let text = fs::read_to_string(root().join(source)).expect(source);
        for body in text.split("#[no_mangle]").skip(1) {
            let end = body.find("\n}").expect("an end");
            let (signature, code) = body[..end].split_once('{').expect("a body");
            // These two return a constant and call nothing.
            let constant =
                signature.contains("extls_abi_version") || signature.contains("extls_version");
            assert!(constant || code.trim_start().starts_with("guard(||"), "{source}: {signature}");
        }
    }
}
