//! The same logs in every form an editor or a copy may leave them in give the
//! same failures, and no bytes whatever bring the reader down.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use exchange_tls::failure::ConnectorFailure;
use exchange_tls::log::lines::Lines;
use exchange_tls::log::{certificate::Certificate, greeting, pasted};
use exchange_tls::scan::{Item, Options, Scan};
use exchange_tls::timestamp::Timestamp;
use proptest::prelude::*;

fn seeds() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/seeds");
    let folders = fs::read_dir(root).expect("the seeds").map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("log")))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    files
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn scan(path: &Path) -> (Vec<ConnectorFailure>, usize) {
    let mut scan = Scan::open(&[path.to_path_buf()], Options::default()).expect("a scan");
    let (mut failures, mut problems) = (Vec::new(), 0);
    loop {
        let more = scan.step();
        while let Some(item) = scan.pop() {
            match item {
                Item::Failure(mut failure) => {
                    failure.path.clear();
                    failures.push(*failure);
                }
                Item::Session(_) | Item::Line(_) | Item::Packed(_) => {
                    panic!("failures were asked for")
                }
                Item::Problem(_) => problems += 1,
            }
        }
        if !more {
            return (failures, problems);
        }
    }
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn every_form_of_a_log_gives_the_same_failures() {
    let folder = folder("encodings");
    for seed in seeds() {
        let (wanted, problems) = scan(&seed);
        assert!(!wanted.is_empty() && problems == 0, "{}", seed.display());
        let text = fs::read_to_string(&seed).unwrap();
        let marked = format!("\u{FEFF}{text}");
        let forms = [
            ("lf", text.replace("\r\n", "\n").into_bytes()),
            ("bom", marked.clone().into_bytes()),
            ("utf16le", utf16(&marked, u16::to_le_bytes)),
            ("utf16be", utf16(&marked, u16::to_be_bytes)),
            ("utf16le-plain", utf16(&text, u16::to_le_bytes)),
            ("nul-tail", [text.as_bytes(), &[0; 4096]].concat()),
            ("blank-lines", text.replace("\r\n", "\r\n\r\n").into_bytes()),
        ];
        for (form, bytes) in forms {
            let path = folder.join("SEND20240101-1.LOG");
            fs::write(&path, bytes).unwrap();
            let (mut found, problems) = scan(&path);
            assert_eq!(problems, 0, "{form} of {}", seed.display());
            if form == "blank-lines" {
                found.iter_mut().for_each(|failure| failure.line = failure.line.div_ceil(2));
            }
            assert_eq!(found, wanted, "{form} of {}", seed.display());
        }
    }
}

/// Gives its bytes in pieces of the lengths it is told.
struct Pieces<'a> {
    bytes: &'a [u8],
    lengths: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.lengths.next().unwrap_or(1).min(into.len()).min(self.bytes.len());
        into[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

fn lines(source: impl Read) -> Vec<(Vec<u8>, u64, bool, bool)> {
    let mut lines = Lines::new(source);
    let mut all = Vec::new();
    while let Some(line) = lines.next_line().expect("no error from memory") {
        all.push((line.text.to_vec(), line.number, line.terminated, line.too_long));
    }
    all
}

/// Bytes that look like a log as often as not.
fn almost_a_log() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just(&b"#Log-type: SMTP Send Protocol Log\r\n"[..]),
        Just(&b"#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n"[..]),
        Just(&b"2024-01-01T00:00:00.000Z,c,0000000000000000,0,10.0.0.1:1,10.0.0.2:25,"[..]),
        Just(&b"+,,\n"[..]), Just(&b"-,,Remote(SocketError)\r\n"[..]), Just(&b">,EHLO x,\n"[..]), Just(&b"<,250-STARTTLS,\n"[..]),
        Just(&b">,STARTTLS,\n<,220 ready,\n"[..]), Just(&b"*,,TLS negotiation failed with error NoCredentials\n"[..]),
        Just(&b"*,\" CN=a CN=b 01 "[..]), Just(&b"<,4"[..]), Just(&b",\","[..]), Just(&b"\""[..]), Just(&b"\0"[..]), Just(&b"\n"[..]),
        Just(&b"\xFF\xFE"[..]), Just(&b"\xC3"[..]), Just(&b"Outbound,*,x,Certificate subject Outbound,*"[..]),
    ];
    let random = prop::collection::vec(any::<u8>(), 0..20);
    prop::collection::vec(prop_oneof![4 => word.prop_map(<[u8]>::to_vec), 1 => random], 0..60)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_do_not_depend_on_how_the_bytes_arrive(bytes in almost_a_log(), lengths in prop::collection::vec(1_usize..40, 1..8)) {
        let pieces = Pieces { bytes: &bytes, lengths: lengths.into_iter().cycle() };
        prop_assert_eq!(lines(pieces), lines(&bytes[..]));
    }

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in almost_a_log()) {
        let path = folder("no_bytes").join("SEND20240101-1.LOG");
        fs::write(&path, &bytes).unwrap();
        let (failures, _) = scan(&path);
        for failure in failures {
            prop_assert!(failure.line > 0 && !failure.diagnosis.is_empty() && !failure.remedy.is_empty());
        }
    }

    #[test]
    fn no_text_brings_the_small_parsers_down(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[ -~]{0,200}") {
        let _ = pasted::parse(&bytes);
        let _ = pasted::parse(text.as_bytes());
        let _ = Certificate::from_whole(&bytes);
        let _ = Certificate::from_whole(text.as_bytes());
        let _ = greeting::split_joined(&text);
        let _ = Timestamp::parse(&bytes);
        let _ = Timestamp::parse(text.as_bytes());
    }
}
