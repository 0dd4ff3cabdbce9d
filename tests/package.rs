//! The package that `./dev package` made: what is in it, that its sums are right,
//! that its parts list is one, and that nothing of the machine got into it.
//! `./dev package` runs this; there is nothing to look at before.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use object::Object;
use serde_json::Value;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/package")
}

fn module() -> PathBuf {
    package().join("ExchangeTls").join(VERSION)
}

/// Every file below a folder, as it is named from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("the package: run ./dev package") {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// The entries of a zip: name, DOS time and date, bytes of extra data.
fn entries(zip: &Path) -> Vec<(String, u32, usize)> {
    let bytes = fs::read(zip).unwrap();
    let word = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").expect("a zip");
    let mut at = usize::try_from(long(end + 16)).unwrap();
    let mut found = Vec::new();
    for _ in 0..word(end + 10) {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (name, extra, comment) = (word(at + 28), word(at + 30), word(at + 32));
        let text = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap();
        found.push((text, long(at + 12), extra));
        at += 46 + name + extra + comment;
    }
    found
}

#[test]
fn the_module_is_complete_and_has_nothing_else() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("powershell/ExchangeTls");
    let mut wanted: BTreeSet<String> = files(&source)
        .into_iter()
        .filter(|name| !name.ends_with(".cs") && !name.starts_with("bin/"))
        .collect();
    for made in [
        "ExchangeTls.Native.dll",
        "LICENSE",
        "THIRD-PARTY-LICENSES.txt",
        "bin/linux-x64/libexchange_tls.so",
        "bin/win-arm64/README.txt",
        "bin/win-x64/exchange_tls.dll",
        "sbom.cdx.json",
    ] {
        wanted.insert(made.to_owned());
    }
    assert_eq!(files(&module()), wanted);
    assert!(wanted.contains("en-US/ExchangeTls-help.xml"));
    assert!(wanted.contains("en-US/about_ExchangeTls.help.txt"));
    let manifest = fs::read_to_string(module().join("ExchangeTls.psd1")).unwrap();
    assert!(manifest.contains(&format!("'{VERSION}'")));
}

#[test]
fn the_libraries_are_those_of_their_folders() {
    use object::{Architecture, BinaryFormat};
    for (file, format) in [
        ("bin/win-x64/exchange_tls.dll", BinaryFormat::Pe),
        ("bin/linux-x64/libexchange_tls.so", BinaryFormat::Elf),
    ] {
        let bytes = fs::read(module().join(file)).unwrap();
        let library = object::File::parse(&*bytes).expect(file);
        assert_eq!((library.format(), library.architecture()), (format, Architecture::X86_64));
        let exports = library.exports().unwrap();
        assert!(exports.iter().any(|export| export.name() == b"extls_abi_version"), "{file}");
    }
}

#[test]
fn the_zips_hold_the_folders_sorted_and_with_one_time() {
    let native = package().join("native");
    for (zip, folder, prefix) in [
        (format!("ExchangeTls-{VERSION}.zip"), module(), format!("ExchangeTls/{VERSION}/")),
        (format!("exchange-tls-native-{VERSION}.zip"), native, String::new()),
    ] {
        let entries = entries(&package().join(&zip));
        let names: Vec<&str> = entries.iter().map(|entry| &*entry.0).collect();
        let wanted: Vec<String> =
            files(&folder).into_iter().map(|name| format!("{prefix}{name}")).collect();
        assert_eq!(names, wanted, "{zip}");
        assert!(entries.iter().all(|entry| entry.1 == entries[0].1 && entry.2 == 0), "{zip}");
    }
}

#[test]
fn the_sums_are_right_and_all_there() {
    let text = fs::read_to_string(package().join("SHA256SUMS")).unwrap();
    let mut summed = BTreeSet::new();
    for line in text.lines() {
        let (sum, name) = line.split_once("  ").expect("a sum and a name");
        let bytes = fs::read(package().join(name)).expect(name);
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, hex, "{name}");
        summed.insert(name.to_owned());
    }
    let mut all = files(&package());
    all.remove("SHA256SUMS");
    assert_eq!(summed, all);
}

#[test]
fn nothing_of_this_machine_is_in_it() {
    let root = env!("CARGO_MANIFEST_DIR");
    let home = std::env::var("HOME").unwrap_or_default();
    // Longer than the folders themselves, whose names may stand in any text.
    let mut secrets: Vec<String> = ["target", "src", ".deps", "powershell"]
        .iter()
        .map(|folder| format!("{root}/{folder}/"))
        .collect();
    secrets.extend([".cargo", ".rustup"].map(|folder| format!("{home}/{folder}/")));
    for name in files(&package()) {
        let bytes = fs::read(package().join(&name)).unwrap();
        for secret in &secrets {
            let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for needle in [secret.as_bytes(), &wide] {
                let found = memchr::memmem::find(&bytes, needle);
                assert!(found.is_none(), "{name} names {secret}");
            }
        }
    }
}

#[test]
fn the_parts_list_is_cyclonedx_and_agrees_with_the_lock() {
    let text = fs::read_to_string(module().join("sbom.cdx.json")).unwrap();
    let list: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(list["bomFormat"], "CycloneDX");
    assert_eq!(list["specVersion"], "1.5");
    assert_eq!(list["version"], 1);
    assert_eq!(list["metadata"]["component"]["version"], VERSION);
    let lock =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let notices = fs::read_to_string(module().join("THIRD-PARTY-LICENSES.txt")).unwrap();
    let components = list["components"].as_array().expect("components");
    let mut known = BTreeSet::from([format!("exchange-tls@{VERSION}")]);
    for component in components {
        let text = |key: &str| component[key].as_str().expect(key).to_owned();
        let (name, version) = (text("name"), text("version"));
        assert_eq!(text("type"), "library");
        assert_eq!(text("bom-ref"), format!("{name}@{version}"));
        assert!(known.insert(text("bom-ref")), "{name} twice");
        let licence = component["licenses"][0]["expression"].as_str().expect("a licence");
        assert!(!licence.is_empty() && !licence.contains('/'), "{name}: {licence}");
        assert!(notices.contains(&format!("  {name} ")), "{name} is not in the notices");
        if let Some(purl) = component["purl"].as_str() {
            assert_eq!(purl, format!("pkg:cargo/{name}@{version}"));
            let sum = component["hashes"][0]["content"].as_str().expect("a checksum");
            let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            let at = lock.find(&locked).expect("an entry of Cargo.lock");
            assert!(
                lock[at..].split("\n\n").next().is_some_and(|entry| entry.contains(sum)),
                "{name}: {sum}"
            );
        }
    }
    let crates = components.iter().filter(|component| component["purl"].is_string()).count();
    assert!(crates > 20 && crates < components.len());
    for dependency in list["dependencies"].as_array().expect("dependencies") {
        let on = dependency["dependsOn"].as_array().expect("dependsOn");
        for one in on.iter().chain([&dependency["ref"]]) {
            assert!(known.contains(one.as_str().expect("a reference")), "{one}");
        }
    }
    // Tests and build tools are not part of it.
    assert!(!known.iter().any(|name| name.starts_with("proptest@") || name.starts_with("cc@")));
}
