//! How long it takes to test certificates and their chains, beside .NET's
//! `X509Chain.Build` on the same set.
//!
//! ```text
//! cargo bench --bench chains
//! ```
//!
//! The set: 10,000 leaves below 500 intermediates and 300 roots, all P-256.
//! Each run also checks that every leaf passes. .NET is measured through
//! `pwsh`, in a compiled loop; without `pwsh` it is left out, with a word.
//! Sets made to cost much (namesakes, loops) are measured as well: none may
//! take a second.

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use exchange_tls::cert::finding::Verdict;
use exchange_tls::cert::read::Given;
use exchange_tls::cert::{test, Input, Request};
use exchange_tls::timestamp::Timestamp;
use support::{Key, Sketch};

const LEAVES: u32 = 10_000;
const INTERMEDIATES: usize = 500;
const ROOTS: usize = 300;
const PAIRS: usize = 5;

fn given(der: Vec<u8>) -> Given {
    Given { der, source: "made".to_owned() }
}

fn request() -> Request {
    Request::at(Timestamp::parse(b"2026-06-01T00:00:00Z").expect("a time"))
}

/// The set that both measure.
fn large_set() -> Request {
    let keys = |count: usize| (0..count).map(|_| Key::new()).collect::<Vec<_>>();
    let (roots, intermediates, leaf) = (keys(ROOTS), keys(INTERMEDIATES), Key::new());
    let mut request = request();
    for (number, key) in roots.iter().enumerate() {
        let name = format!("Root {number}");
        request.roots.push(given(Sketch::ca(&name, &name).sign(key, key)));
    }
    for (number, key) in intermediates.iter().enumerate() {
        let (name, root) = (format!("CA {number}"), number % ROOTS);
        let ca = Sketch::ca(&name, &format!("Root {root}")).sign(key, &roots[root]);
        request.intermediates.push(given(ca));
    }
    for (number, place) in (0..LEAVES).zip((0..INTERMEDIATES).cycle()) {
        let (host, ca) = (format!("host{number}.contoso.com"), format!("CA {place}"));
        let leaf = Sketch::leaf(&host, &ca, number).sign(&leaf, &intermediates[place]);
        request.certificates.push(Input::new(given(leaf)));
    }
    request
}

/// Thirty CAs, each of which issued every other one, and no root.
fn mesh() -> Request {
    let keys: Vec<Key> = (0..30).map(|_| Key::new()).collect();
    let mut request = request();
    for (a, key) in keys.iter().enumerate() {
        for (b, signer) in keys.iter().enumerate().filter(|(b, _)| *b != a) {
            let ca = Sketch::ca(&format!("CA {a}"), &format!("CA {b}")).sign(key, signer);
            request.intermediates.push(given(ca));
        }
    }
    let leaf = Sketch::leaf("mail.contoso.com", "CA 0", 1).sign(&Key::new(), &keys[0]);
    request.certificates.push(Input::new(given(leaf)));
    request
}

/// A thousand CAs of one name without key identifiers, none of them the one.
fn namesakes() -> Request {
    let (root, leaf_key, wanted) = (Key::new(), Key::new(), Key::new());
    let mut request = request();
    for number in 0..1000 {
        let ca = Sketch { serial: number, key_ids: false, ..Sketch::ca("Same CA", "Root") };
        request.intermediates.push(given(ca.sign(&Key::new(), &root)));
    }
    request.roots.push(given(Sketch::ca("Root", "Root").sign(&root, &root)));
    for number in 0..10 {
        let leaf = Sketch { key_ids: false, ..Sketch::leaf("mail.contoso.com", "Same CA", number) };
        request.certificates.push(Input::new(given(leaf.sign(&leaf_key, &wanted))));
    }
    request
}

/// Writes the set as files for .NET to read.
fn write(request: &Request, folder: &Path) -> std::io::Result<()> {
    let leaves = request.certificates.iter().filter_map(|input| input.content.as_ref().ok());
    let lists: [(&str, Vec<&Vec<u8>>); 3] = [
        ("roots", request.roots.iter().map(|one| &one.der).collect()),
        ("intermediates", request.intermediates.iter().map(|one| &one.der).collect()),
        ("leaves", leaves.collect()),
    ];
    for (name, list) in lists {
        let _ = fs::remove_dir_all(folder.join(name));
        fs::create_dir_all(folder.join(name))?;
        for (number, der) in list.iter().enumerate() {
            fs::write(folder.join(name).join(format!("{number}.der")), der)?;
        }
    }
    Ok(())
}

/// How long one test of the whole set takes; `None` where a leaf does not pass.
fn ours(request: &Request) -> Option<Duration> {
    let start = Instant::now();
    let tests = test(request).tests;
    let took = start.elapsed();
    tests.iter().all(|test| test.result != Verdict::Fail).then_some(took)
}

/// The same in .NET; `None` where there is no `pwsh`.
fn theirs(folder: &Path) -> Option<Duration> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/chains.ps1");
    let output =
        Command::new("pwsh").args(["-NoProfile", "-File"]).arg(script).arg(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let millis: Option<f64> = text.trim().lines().last().and_then(|line| line.parse().ok());
    if millis.is_none() {
        eprintln!(
            "the .NET loop gave no figure: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    millis.map(|millis| Duration::from_secs_f64(millis / 1000.0))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() -> ExitCode {
    // `cargo test --all-targets` runs this too: there is nothing to measure then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-chains");
    let request = large_set();
    if let Err(error) = write(&request, &folder) {
        eprintln!("{}: {error}", folder.display());
        return ExitCode::from(2);
    }
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for pair in 1..=PAIRS {
        let Some(took) = ours(&request) else {
            eprintln!("a leaf of the set did not pass");
            return ExitCode::from(1);
        };
        a.push(took);
        print!("pair {pair} of {PAIRS}: A {:8.1} ms", took.as_secs_f64() * 1000.0);
        match theirs(&folder) {
            Some(took) => {
                println!(
                    "   B {:8.1} ms   B/A {:.2}",
                    took.as_secs_f64() * 1000.0,
                    took.as_secs_f64() / a[pair - 1].as_secs_f64()
                );
                b.push(took);
            }
            None => println!("   B left out: pwsh did not run"),
        }
    }
    let each = |time: Duration| time / LEAVES;
    let first = median(a);
    println!("A  {:?} a leaf  exchange_tls::cert::test, {LEAVES} leaves, {INTERMEDIATES} intermediates, {ROOTS} roots", each(first));
    if !b.is_empty() {
        let second = median(b);
        println!("B  {:?} a leaf  X509Chain.Build, warm, revocation off", each(second));
        println!(
            "B/A {:.2} (medians of {PAIRS} pairs)",
            second.as_secs_f64() / first.as_secs_f64()
        );
    }
    let mut half = request.clone();
    half.certificates.truncate(usize::try_from(LEAVES / 2).unwrap_or(0));
    if let Some(took) = ours(&half) {
        println!("half the leaves: {:?} a leaf", took / (LEAVES / 2));
    }
    let mut slow = false;
    for (name, request) in [("mesh", mesh()), ("namesakes", namesakes())] {
        let start = Instant::now();
        let _ = test(&request);
        let took = start.elapsed();
        slow |= took > Duration::from_secs(1);
        println!("{name}: {took:?}");
    }
    if slow {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}
