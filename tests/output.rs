//! Nothing that strangers chose reaches a terminal raw: not from logs, not from
//! certificates, not from file names, not from arguments.

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{Key, Sketch};

/// Colour, bell, C1, direction, zero width, a tag and a line end of Unicode.
const HOSTILE: &str = "a\u{1B}[31mb\u{7}\u{9B}2Jc\u{202E}d\u{200B}e\u{2066}f\u{E0041}g\u{2028}h";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// What was written, after a look at every character of it.
fn clean(output: &Output, what: &str) -> String {
    let text = format!(
        "{}{}",
        String::from_utf8(output.stdout.clone()).expect("UTF-8"),
        String::from_utf8(output.stderr.clone()).expect("UTF-8")
    );
    for line in text.lines() {
        assert_eq!(exchange_tls::text::clean_str(line), line, "{what}: {line:?}");
    }
    text
}

#[test]
fn arguments_are_shown_escaped() {
    let option = format!("--{HOSTILE}");
    let cases: [&[&str]; 12] = [
        &[HOSTILE],
        &["failures", &option],
        &["failures", HOSTILE],
        &["failures", "--literal-path", HOSTILE],
        &["failures", "--cause", HOSTILE, "."],
        &["failures", "--since", HOSTILE, "."],
        &["failures", "--timeout", HOSTILE, "."],
        &["sessions", "--log-type", HOSTILE, "."],
        &["failures", "--connector", "\u{1B}[z-a", "."],
        &["failures", "\u{1B}[[x"],
        &["cert", "--at", HOSTILE, "x.pem"],
        &["cert", HOSTILE],
    ];
    for arguments in cases {
        let output = run(arguments);
        let text = clean(&output, &format!("{arguments:?}"));
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("\\u001B"), "{arguments:?}: {text}");
    }
    // A line end in an argument begins no line of its own.
    let output = run(&["failures", "--cause", "x\nerror: the disk is full"]);
    assert!(!clean(&output, "line end").lines().any(|line| line.starts_with("error: the disk")));
}

#[test]
fn names_and_texts_in_logs_are_shown_escaped() {
    let folder = folder("output-logs");
    // Windows has no such file names; there a plain one stands in.
    let name = if cfg!(windows) { "x.LOG".to_owned() } else { format!("{HOSTILE}.LOG") };
    let hostile = HOSTILE.replace('\u{2028}', "");
    let log = format!(
        "#Software: {hostile}\r\n#Log-type: SMTP Send Protocol Log\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n\
         2024-01-05T10:00:00.000Z,{hostile},{hostile},0,{hostile},{hostile},+,,\r\n\
         2024-01-05T10:00:00.100Z,{hostile},{hostile},1,{hostile},{hostile},<,220 {hostile} {hostile},\r\n\
         2024-01-05T10:00:00.200Z,{hostile},{hostile},2,{hostile},{hostile},>,EHLO {hostile},\r\n\
         2024-01-05T10:00:00.300Z,{hostile},{hostile},3,{hostile},{hostile},<,250 {hostile} STARTTLS,\r\n\
         2024-01-05T10:00:00.400Z,{hostile},{hostile},4,{hostile},{hostile},*,CN={hostile},Certificate subject\r\n\
         2024-01-05T10:00:00.500Z,{hostile},{hostile},5,{hostile},{hostile},*,,TLS negotiation failed with error {hostile}\r\n\
         {hostile},{hostile},{hostile},6,{hostile},{hostile},*,,{hostile}\r\n\
         2024-01-05T10:00:00.600Z,{hostile},{hostile},7,{hostile},{hostile},-,,Remote({hostile})\r\n"
    );
    fs::write(folder.join(&name), log).unwrap();
    fs::write(folder.join(format!("2{name}")), "#Log-type: \u{1B}]0;owned\u{7}\r\n").unwrap();
    for verb in ["failures", "sessions"] {
        for json in [&["--json", "--include-records"][..], &[]] {
            let mut arguments = vec![verb, folder.to_str().unwrap()];
            arguments.extend(json);
            let output = run(&arguments);
            let text = clean(&output, verb);
            assert_ne!(output.status.code(), Some(0), "{text}");
            assert!(text.contains("u001B"), "{text}");
        }
    }
}

#[test]
fn certificates_are_shown_escaped() {
    let folder = folder("output-certificates");
    let key = Key::new();
    let der = Sketch { dns: vec!["a.example".to_owned()], ..Sketch::leaf(HOSTILE, HOSTILE, 1) }
        .sign(&key, &key);
    let name = if cfg!(windows) { "x.cer".to_owned() } else { format!("{HOSTILE}.cer") };
    let file = folder.join(name);
    fs::write(&file, der).unwrap();
    fs::write(folder.join("root.cer"), Sketch::ca("Root", "Root").sign(&key, &key)).unwrap();
    let identifier = format!("<I>CN={HOSTILE}<S>CN={HOSTILE}");
    let (path, root) = (file.to_str().unwrap(), folder.join("root.cer"));
    for json in [&["--json"][..], &[]] {
        for asked in [&["--fqdn", HOSTILE][..], &["--tls-certificate-name", &identifier], &[]] {
            let mut arguments = vec!["cert", "--root", root.to_str().unwrap(), path];
            arguments.extend(json);
            arguments.extend(asked);
            let output = run(&arguments);
            let text = clean(&output, &format!("{asked:?}"));
            for escaped in ["u001B", "u202E", "u200B"] {
                assert!(text.contains(escaped), "{escaped} in {text}");
            }
        }
    }
}
