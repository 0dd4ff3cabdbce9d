//! Where the crates come from, under what licence, and what of them runs at
//! build time: `supply-chain.toml` is the list, `Cargo.lock` and cargo the truth.
#![cfg(unix)] // runs cargo, which tests of a build for Windows do not reach

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tables of `supply-chain.toml`: `name = "value"` lines, nothing else.
fn tables() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut table = String::new();
    for line in text(&root().join("supply-chain.toml")).lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = name.to_owned();
            continue;
        }
        let (name, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
        let value = value.trim_matches('"').to_owned();
        let name = name.trim_matches('"').to_owned();
        assert!(
            tables.entry(table.clone()).or_default().insert(name, value).is_none(),
            "{line} twice"
        );
    }
    tables
}

/// `MIT/Apache-2.0` and `Apache-2.0 OR MIT` are the same.
fn alternatives(licence: &str) -> BTreeSet<String> {
    licence.replace('/', " OR ").split(" OR ").map(|one| one.trim().to_owned()).collect()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn every_crate_comes_from_the_public_registry_with_a_checksum() {
    let lock = text(&root().join("Cargo.lock"));
    let mut crates = BTreeSet::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        let name = value("name").expect("a name");
        if name == env!("CARGO_PKG_NAME") {
            continue;
        }
        assert_eq!(value("source").as_deref(), Some(REGISTRY), "{name}");
        let checksum = value("checksum").unwrap_or_default();
        assert!(
            checksum.len() == 64 && checksum.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
        crates.insert(name);
    }
    let listed: BTreeSet<String> = tables()["crates"].keys().cloned().collect();
    assert_eq!(crates, listed, "locked, listed in supply-chain.toml");
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let tables = tables();
    let (crates, allowed) = (&tables["crates"], &tables["licences"]);
    for (name, licence) in crates {
        // One alternative must do; of what is joined by AND, every part.
        let good = alternatives(&licence.replace(['(', ')'], ""))
            .iter()
            .any(|one| one.split(" AND ").all(|part| allowed.contains_key(part.trim())));
        let only_tests = tables["tests-only"].get(name) == Some(licence);
        assert!(good || only_tests, "{name}: {licence} is not allowed");
    }
    let metadata = metadata();
    for package in metadata["packages"].as_array().expect("packages") {
        let (name, told) = (field(package, "name"), field(package, "license"));
        // Copies of the registry may leave it out; none may say something else.
        if let (Some(listed), false) = (crates.get(name), told.is_empty()) {
            assert_eq!(alternatives(told), alternatives(listed), "{name}");
        }
    }
    // What only tests may use is in neither library nor program.
    let shipped = shipped(&metadata);
    assert!(shipped.contains("ring") && !shipped.contains("proptest"), "{shipped:?}");
    for name in tables["tests-only"].keys() {
        assert!(!shipped.contains(name), "{name} is shipped");
    }
}

/// The crates that library and program are made of.
fn shipped(metadata: &Value) -> BTreeSet<String> {
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| (field(package, "id"), field(package, "name")))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| (field(node, "id"), node))
        .collect();
    let mut open = vec![field(&metadata["resolve"], "root")];
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        for dep in nodes[id]["deps"].as_array().expect("deps") {
            let kinds = dep["dep_kinds"].as_array().expect("kinds");
            if kinds.iter().any(|kind| field(kind, "kind") != "dev") {
                open.push(field(dep, "pkg"));
            }
        }
    }
    found.into_iter().map(|id| names[id].to_owned()).collect()
}

/// What runs while it is built is known by name, and opens no connection.
#[test]
fn build_scripts_are_known_and_stay_off_the_network() {
    let tables = tables();
    let known = &tables["build-scripts"];
    for package in metadata()["packages"].as_array().expect("packages") {
        let name = field(package, "name");
        if !has_build_script(package) {
            continue;
        }
        assert!(
            known.contains_key(name),
            "{name} has a build script that is not in supply-chain.toml"
        );
        let folder = Path::new(field(package, "manifest_path")).parent().expect("a folder");
        for file in scripts(folder) {
            let code: String = text(&file)
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            for word in [
                "std::net",
                "TcpStream",
                "UdpSocket",
                "reqwest",
                "ureq",
                "hyper::",
                "git2",
                "curl",
                "wget",
            ] {
                assert!(!code.contains(word), "{}: {word}", file.display());
            }
        }
    }
}

fn has_build_script(package: &Value) -> bool {
    let targets = package["targets"].as_array().expect("targets");
    targets.iter().any(|target| target["kind"].to_string().contains("custom-build"))
}

/// `build.rs`, and what stands in a folder `build` beside it.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let beside = fs::read_dir(folder.join("build")).into_iter().flatten();
    let mut files: Vec<PathBuf> =
        beside.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.push(folder.join("build.rs"));
    files.retain(|file| file.extension().is_some_and(|word| word == "rs") && file.is_file());
    files
}

/// Nothing in this repository resolves versions anew, or takes crates from elsewhere.
#[test]
fn the_lock_file_is_honoured() {
    let manifest = text(&root().join("Cargo.toml"));
    for word in ["git = ", "path = \"..", "[patch", "[replace"] {
        assert!(!manifest.contains(word), "{word}");
    }
    for line in text(&root().join("dev")).lines().map(str::trim) {
        let builds = ["cargo build", "cargo test", "cargo bench", "cargo doc"];
        if builds.iter().any(|word| line.contains(word)) && !line.starts_with('#') {
            assert!(line.contains("--locked"), "dev: {line}");
        }
    }
}
