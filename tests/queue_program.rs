//! `exchange-tls queue` as a user meets it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const NESTED: &str = "451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection timed out.\" Attempted failover to alternate host, but that did not succeed.";

fn program(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .arg("queue")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It may have ended without reading anything.
    let _ = child.stdin.take().expect("standard input").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn causes(output: &Output) -> Vec<String> {
    let lines = text(&output.stdout);
    let cause = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).expect(line);
        object["Cause"].as_str().expect("a cause").to_owned()
    };
    lines.lines().map(cause).collect()
}

const CLIXML: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T></TN>
    <ToString>EX01\3</ToString>
    <Props>
      <S N="Identity">EX01\3</S><S N="DeliveryType">SmtpRelayToRemoteAdSite</S><S N="NextHopDomain">branch</S>
      <S N="Status">Retry</S><I32 N="MessageCount">4</I32>
      <S N="LastError">451 4.4.0 Primary target IP address responded with: "451 5.7.3 Cannot achieve Exchange Server authentication."</S>
      <DT N="LastRetryTime">2024-01-02T03:04:05.1234567+01:00</DT>
    </Props>
  </Obj>
  <Obj RefId="1">
    <TNRef RefId="0" />
    <ToString>EX01\Submission</ToString>
    <Props><S N="Identity">EX01\Submission</S><S N="Status">Ready</S><S N="LastError"></S></Props>
  </Obj>
</Objs>"#;

#[test]
fn texts_come_as_arguments_or_from_standard_input() {
    let arguments = program(&["--json", NESTED, "421 4.2.1 Unable to connect"], b"");
    assert_eq!(arguments.status.code(), Some(1), "{}", text(&arguments.stderr));
    assert_eq!(causes(&arguments), ["ConnectionTimedOut", "ConnectFailed"]);
    let piped = program(&["--json"], NESTED.replace(' ', "\r\n ").as_bytes());
    assert_eq!(causes(&piped), ["ConnectionTimedOut"]);
    let led = program(
        &["--json"],
        b"[{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{IP=192.0.2.1}]",
    );
    assert_eq!(causes(&led), ["ConnectionRefused"], "{}", text(&led.stderr));
}

#[test]
fn the_table_explains_and_counts() {
    let output = program(&[NESTED], b"");
    let table = text(&output.stdout);
    assert!(table.starts_with("Queue "), "{table}");
    for part in
        ["ConnectionTimedOut", "421 4.4.1", "send protocol log", "Set-SendConnector", "LastError"]
    {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(table.ends_with("queues with an error: 1 ConnectionTimedOut\n"), "{table}");
}

#[test]
fn exported_queues_come_from_files_or_standard_input() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("queues.xml");
    fs::write(&file, CLIXML).unwrap();
    for output in [
        program(&["--json", "--path", file.to_str().unwrap()], b""),
        program(&["--json"], CLIXML.as_bytes()),
    ] {
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let lines = text(&output.stdout);
        let object: serde_json::Value = serde_json::from_str(lines.trim()).expect("one object");
        assert_eq!(object["Identity"], "EX01\\3");
        assert_eq!(object["Server"], "EX01");
        assert_eq!(object["Cause"], "ExchangeAuthUnavailable");
        assert_eq!(object["LastRetryTime"], "2024-01-02T02:04:05.123Z");
        assert_eq!(object["MessageCount"], 4);
    }
    let json = r#"[{"Identity":"EX01\\3","NextHopDomain":"contoso.com","LastError":"421 4.4.1 Connection timed out","MessageCount":2}]"#;
    assert_eq!(causes(&program(&["--json"], json.as_bytes())), ["ConnectionTimedOut"]);
}

#[test]
fn nothing_found_is_status_0_and_what_cannot_be_read_is_2() {
    for (arguments, input) in [
        (vec![""], ""),
        (vec![], "  \r\n"),
        (vec![], r#"{"Identity":"EX01\\Submission","NextHopDomain":"Submission","LastError":""}"#),
    ] {
        let output = program(&arguments, input.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{input}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "queues with an error: 0\n");
    }
    for (arguments, input, words) in [
        (vec!["--path", "/no/such.xml"], "", "/no/such.xml: no such file"),
        (vec![], r#"[{"Identity":"#, "this is not JSON"),
        (vec![], r#"{"Identity":"EX01\\3","NextHopDomain":"a"}"#, "do not tell their LastError"),
        (vec![], r#"{"SmartHosts":"a"}"#, "1 of 1 objects are no queues"),
    ] {
        let output = program(&arguments, input.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let help = program(&["--help"], b"");
    assert_eq!(help.status.code(), Some(0));
    for word in ["Examples:", "--path", "--json", "Exit status"] {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
}

#[test]
fn nothing_a_terminal_would_obey_is_printed() {
    let hostile = "550 5.1.1 \u{1B}[31m\u{202E}\u{9B} User unknown";
    for arguments in [vec![hostile], vec!["--json", hostile]] {
        let output = program(&arguments, b"");
        let printed = text(&output.stdout);
        let bad = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202A}'..='\u{202E}');
        assert!(!printed.contains(bad), "{printed:?}");
    }
}
