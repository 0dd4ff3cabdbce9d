//! The fast way of reading logs gives what the plain way gives: the same items
//! in the same order, however the input is cut and however many threads read.
//!
//! The plain way stands in this file: a file read whole, line after line into
//! one table of sessions. The logs are those of the other tests, generated ones
//! (of which it is known what they hold), and generated ones with damage.

#[path = "../benches/generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use exchange_tls::failure::judge::judge;
use exchange_tls::failure::ConnectorFailure;
use exchange_tls::log::files::{self, LogFile, Search};
use exchange_tls::log::header::{self, Column, Columns, HeaderLine};
use exchange_tls::log::lines::MAX_LINE;
use exchange_tls::log::record::{Record, Splitter};
use exchange_tls::log::{pasted, LogType};
use exchange_tls::scan::{Form, Item, Options, Scan, Wanted};
use exchange_tls::session::seen::Seen;
use exchange_tls::session::summary::SmtpSession;
use exchange_tls::session::table::Table;
use exchange_tls::session::{Keep, Place};
use exchange_tls::timestamp::Timestamp;
use generator::Plan;
use proptest::prelude::*;

// ---- the plain way

struct Plain<'a> {
    options: &'a Options,
    files: Vec<LogFile>,
    table: Table,
    items: Vec<String>,
    /// Whether any file was read to its end, and the first one of the other direction.
    read_any: bool,
    other_direction: Option<String>,
}

/// What is known of the file being read.
struct File {
    number: usize,
    log_type: Option<LogType>,
    columns: Columns,
    has_header: bool,
    records: usize,
    complaints: usize,
}

/// A line that is no record, or a file that is no log.
enum Refused {
    Line,
    File(&'static str),
}

fn plain(path: &Path, options: &Options) -> Vec<String> {
    let search = Search { recurse: options.recurse, literal: options.literal };
    let (files, problems) = files::find(&[path.to_path_buf()], search);
    let keep =
        Keep { envelope: options.wanted == Wanted::Sessions, records: options.include_records };
    let items = problems.into_iter().map(|problem| shown(Item::Problem(problem))).collect();
    let table = Table::new(keep);
    let mut plain = Plain { options, files, table, items, read_any: false, other_direction: None };
    for number in 0..plain.files.len() {
        plain.file(number);
    }
    plain.table.finish();
    plain.collect();
    if !plain.read_any {
        plain.items.extend(plain.other_direction);
    }
    plain.items
}

impl Plain<'_> {
    fn file(&mut self, number: usize) {
        let text = decoded(&fs::read(&self.files[number].path).unwrap());
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let last = lines.len() - 1;
        if trimmed(lines[last]).is_empty() {
            lines.pop();
        }
        let has_header = text.first() == Some(&b'#');
        // Nobody looks further than this for the direction of lines without a header.
        let start = &text[..text.len().min(256 * 1024)];
        let mut file = File {
            number,
            log_type: (!has_header).then(|| pasted::guess_log_type(start)),
            columns: Columns::standard(),
            has_header: false,
            records: 0,
            complaints: 0,
        };
        let mut unread = None;
        for (number, (place, line)) in (1..).zip(lines.iter().enumerate()) {
            let read = if line.len() > MAX_LINE {
                Err(Refused::Line)
            } else {
                self.line(&mut file, trimmed(line), number, place < last, &mut unread)
            };
            self.collect();
            match read {
                Ok(()) => {}
                Err(Refused::Line) => {
                    file.complaints += 1;
                    if file.complaints <= 100 {
                        self.problem("BadRecord", &file, Some(number));
                    }
                }
                Err(Refused::File(kind)) => {
                    if kind == "OtherDirection" {
                        self.problem(kind, &file, None);
                        let problem = self.items.pop();
                        self.other_direction = self.other_direction.take().or(problem);
                    } else {
                        self.problem(kind, &file, Some(number));
                    }
                    return;
                }
            }
        }
        if let (false, 0, Some(line)) = (file.has_header, file.records, unread) {
            self.problem("NotAProtocolLog", &file, Some(line));
            return;
        }
        if file.complaints > 100 {
            self.problem("BadRecord", &file, None);
        }
        self.read_any = true;
    }

    fn line(
        &mut self,
        file: &mut File,
        line: &[u8],
        number: u64,
        terminated: bool,
        unread: &mut Option<u64>,
    ) -> Result<(), Refused> {
        if line.is_empty() {
            return Ok(());
        }
        if line[0] == b'#' {
            match header::parse(line).map_err(|_| Refused::File("NotAProtocolLog"))? {
                HeaderLine::LogType(log_type) => {
                    (file.has_header, file.log_type) = (true, Some(log_type));
                    if self.options.log_type.is_some_and(|wanted| wanted != log_type) {
                        return Err(Refused::File("OtherDirection"));
                    }
                }
                HeaderLine::Fields(columns) => (file.has_header, file.columns) = (true, columns),
                HeaderLine::Software => file.has_header = true,
                HeaderLine::Other => {}
            }
            return Ok(());
        }
        if !file.has_header {
            let log_type = file.log_type.unwrap_or(LogType::Send);
            if self.options.log_type.is_some_and(|wanted| wanted != log_type) {
                return Ok(());
            }
            let records = pasted::parse(line);
            if records.is_empty() && file.records == 0 {
                if !line.trim_ascii().is_empty() {
                    unread.get_or_insert(number);
                }
                return Ok(());
            }
            if records.is_empty() && (line.trim_ascii().is_empty() || !terminated) {
                return Ok(());
            }
            if records.is_empty() {
                return Err(Refused::Line);
            }
            for fields in &records {
                let record = pasted::record(fields).map_err(|_| Refused::Line)?;
                self.record(file, log_type, &record, line, number)?;
            }
            return Ok(());
        }
        let log_type = file.log_type.ok_or(Refused::File("NotAProtocolLog"))?;
        let columns = file.columns.clone();
        let mut splitter = Splitter::default();
        match splitter.split(line, &columns) {
            Ok((record, complaint)) => {
                self.record(file, log_type, &record, line, number)?;
                complaint.map_or(Ok(()), |_| Err(Refused::Line))
            }
            Err(_) if !terminated => Ok(()),
            Err(_) => Err(Refused::Line),
        }
    }

    fn record(
        &mut self,
        file: &mut File,
        log_type: LogType,
        record: &Record<'_>,
        line: &[u8],
        number: u64,
    ) -> Result<(), Refused> {
        let time = Timestamp::parse(record.get(Column::Time));
        if time.is_none() && file.has_header && file.columns.has(Column::Time) {
            return Err(Refused::Line);
        }
        file.records += 1;
        let folder = self.files[file.number].folder;
        let place = Place { file: file.number, line: number, time };
        self.table.take(log_type, folder, record, line, place);
        Ok(())
    }

    fn problem(&mut self, kind: &str, file: &File, line: Option<u64>) {
        let path = self.files[file.number].display();
        self.items.push(format!("{kind} {path} {line:?}"));
    }

    fn collect(&mut self) {
        let ended = std::mem::take(self.table.finished().0);
        for session in ended {
            let mark = judge(&session, self.options.include_rejection);
            let path = |file: usize| self.files[file].display();
            let item = if self.options.wanted == Wanted::Sessions {
                let path = path(session.origin.file);
                let cause = mark.map(|mark| mark.cause);
                // Nothing is remembered here.
                let seen = &mut Seen::default();
                Item::Session(Box::new(SmtpSession::new(*session, cause, path, seen)))
            } else {
                let Some(mark) = mark else { continue };
                let path = path(mark.place.file);
                Item::Failure(Box::new(ConnectorFailure::new(*session, mark, path)))
            };
            self.items.push(shown(item));
        }
    }
}

fn decoded(bytes: &[u8]) -> Vec<u8> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        let mut text = String::from_utf16_lossy(&units);
        if bytes.len() % 2 == 1 {
            text.push('\u{FFFD}');
        }
        text.into_bytes()
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest.to_vec(),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0, 1..=0x7F, _, ..] => wide(bytes, u16::from_be_bytes),
        [1..=0x7F, 0, _, ..] => wide(bytes, u16::from_le_bytes),
        _ => bytes.to_vec(),
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let start = line.iter().take_while(|byte| **byte == 0).count();
    let end = line.iter().rev().take_while(|byte| matches!(byte, 0 | b'\r')).count();
    &line[start..(line.len() - end).max(start)]
}

// ---- the fast way

fn fast(path: &Path, options: &Options, unit_bytes: u64, threads: usize) -> Vec<String> {
    let options = Options { unit_bytes, threads, ..options.clone() };
    let mut scan = Scan::open(&[path.to_path_buf()], options).unwrap();
    let mut items = Vec::new();
    loop {
        let more = scan.step();
        items.extend(std::iter::from_fn(|| scan.pop()).map(shown));
        if !more {
            break;
        }
    }
    let progress = scan.progress();
    assert_eq!(progress.files_done, progress.files);
    items
}

fn shown(item: Item) -> String {
    match item {
        Item::Failure(failure) => serde_json::to_string(&failure).unwrap(),
        Item::Session(session) => serde_json::to_string(&session).unwrap(),
        Item::Line(session) => {
            let mut text = Vec::new();
            session.write_to(&mut text).unwrap();
            String::from_utf8(text).unwrap()
        }
        Item::Packed(_) => unreachable!("no question asks for them"),
        // Their words are for the tests of the program.
        Item::Problem(problem) => {
            let path = problem.path().unwrap_or_default();
            format!("{} {path} {:?}", problem.kind().name(), problem.line())
        }
    }
}

// ---- both

/// What can be asked for that changes how much is kept of a session.
fn questions() -> Vec<Options> {
    let failures = Options { recurse: true, literal: true, ..Options::default() };
    let sessions = Options { wanted: Wanted::Sessions, ..failures.clone() };
    let lines = Options { form: Form::Line, ..sessions.clone() };
    vec![
        lines,
        Options { include_rejection: true, include_records: true, ..failures.clone() },
        Options { log_type: Some(LogType::Receive), ..sessions.clone() },
        Options { include_records: true, ..sessions.clone() },
        sessions,
        failures,
    ]
}

fn compare(name: &str, path: &Path, options: &Options, cuts: &[(u64, usize)]) -> usize {
    let plain = plain(path, options);
    for (unit_bytes, threads) in cuts {
        let fast = fast(path, options, *unit_bytes, *threads);
        for (at, (fast, plain)) in fast.iter().zip(&plain).enumerate() {
            assert_eq!(fast, plain, "{name}: item {at}, {unit_bytes} bytes, {threads} threads");
        }
        assert_eq!(fast.len(), plain.len(), "{name}: {unit_bytes} bytes, {threads} threads");
    }
    plain.len()
}

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("equivalence-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn generated(name: &str, plan: &Plan) -> (Folder, generator::Truth) {
    let folder = Folder::new(name);
    let truth = generator::write(&folder.0, plan).unwrap();
    (folder, truth)
}

#[test]
fn on_the_logs_of_the_other_tests() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let cases = fs::read_dir(data.join("logs")).unwrap().map(|entry| entry.unwrap().path());
    let inputs: Vec<PathBuf> = cases
        .map(|case| case.join("input"))
        .chain([data.join("seeds")])
        .filter(|path| path.exists())
        .collect();
    assert!(inputs.len() > 200, "only {} cases", inputs.len());
    let mut items = 0;
    for input in inputs {
        for options in questions() {
            let cuts = [(0, 1), (300, 2), (1000, 1)];
            items += compare(&input.display().to_string(), &input, &options, &cuts);
        }
    }
    assert!(items > 1000, "{items}");
}

#[test]
fn on_generated_logs_of_which_the_truth_is_known() {
    let plan = Plan { seed: 7, bytes: 4 << 20, file_bytes: 500_000 };
    let (folder, truth) = generated("truth", &plan);
    for options in questions() {
        compare("generated", &folder.0, &options, &[(0, 0), (100_000, 2), (30_000, 4)]);
    }
    let failures = Options { recurse: true, literal: true, ..Options::default() };
    let mut causes = BTreeMap::new();
    for item in fast(&folder.0, &failures, 200_000, 3) {
        let item: serde_json::Value = serde_json::from_str(&item).unwrap();
        *causes.entry(item["Cause"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(causes, truth.failures);
    let sessions = Options { wanted: Wanted::Sessions, ..failures };
    let sessions = fast(&folder.0, &sessions, 200_000, 3).len();
    assert_eq!(u64::try_from(sessions), Ok(truth.sessions));
}

/// The fastest way is worth nothing if nobody goes it, and nobody would notice.
#[test]
fn nearly_all_lines_of_a_usual_log_are_read_at_a_glance() {
    let plan = Plan { seed: 3, bytes: 24 << 20, file_bytes: 3_000_000 };
    let (folder, truth) = generated("glance", &plan);
    for wanted in [Wanted::Failures, Wanted::Sessions] {
        for log_type in [LogType::Send, LogType::Receive] {
            let log_type = Some(log_type);
            let options = Options { recurse: true, wanted, log_type, ..Options::default() };
            let mut scan = Scan::open(std::slice::from_ref(&folder.0), options).unwrap();
            let mut items = 0_u64;
            while scan.step() {
                items += std::iter::from_fn(|| scan.pop()).map(|_| 1).sum::<u64>();
            }
            assert!(items > 0);
            let glanced = u64::try_from(scan.lines_at_a_glance()).unwrap();
            // Half of the logs are of each direction.
            let share = glanced * 200 / truth.records;
            assert!(share >= 85, "{wanted:?} {log_type:?}: {share} % of the lines");
            // Eight sessions at least are open where one of eight files ends and another begins.
            let put_together = scan.sessions_put_together();
            assert_eq!(put_together >= 40, wanted == Wanted::Failures, "{put_together}");
        }
    }
}

/// What waits for its other half has passed the time of its lines, whoever comes later.
#[test]
fn halves_that_never_meet_go_in_as_old_as_they_are() {
    let folder = Folder::new("halves");
    let header = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n#Date: 2024-01-05T10:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";
    let line = |time: &str, id: u32, rest: &str| {
        format!("2024-01-05T{time}.000Z,Internet,{id:016X},{rest}\r\n")
    };
    let open = |time: &str, id: u32| {
        line(time, id, "0,10.0.0.1:2500,192.0.2.1:25,+,,")
            + &line(time, id, "1,10.0.0.1:2500,192.0.2.1:25,<,220 mx,")
    };
    let tries = |time: &str, id: u32| line(time, id, "0,,192.0.2.2:25,*,,attempting to connect");
    let fails = |time: &str, id: u32| {
        let text = "1,,192.0.2.2:25,*,,\"Failed to connect. Winsock error code: 10060\"";
        line(time, id, text)
    };
    let files = [
        ("a", "SEND2024010510-1.LOG", open("10:30:00", 1)),
        // The one that was tried first fails last; both end with the scan.
        ("b", "SEND2024010510-1.LOG", tries("10:00:00", 2) + &open("10:00:01", 3)),
        (
            "b",
            "SEND2024010510-2.LOG",
            tries("10:00:02", 4) + &fails("10:00:03", 4) + &fails("10:00:21", 2),
        ),
        // The same id in the other order, and a half that ends well without its beginning.
        (
            "b",
            "SEND2024010510-3.LOG",
            line("10:00:22", 3, "2,10.0.0.1:2500,192.0.2.1:25,>,QUIT,")
                + &line("10:00:22", 3, "3,10.0.0.1:2500,192.0.2.1:25,-,,Local")
                + &open("10:00:23", 3)
                + &line("10:00:24", 5, "7,10.0.0.1:2500,192.0.2.1:25,>,QUIT,")
                + &line("10:00:24", 5, "8,10.0.0.1:2500,192.0.2.1:25,-,,Local"),
        ),
    ];
    for (below, name, lines) in files {
        fs::create_dir_all(folder.0.join(below)).unwrap();
        fs::write(folder.0.join(below).join(name), format!("{header}{lines}")).unwrap();
    }
    for options in questions() {
        compare("halves", &folder.0, &options, &[(0, 1), (0, 2), (100, 1), (500, 2)]);
    }
    let failures = Options { recurse: true, literal: true, ..Options::default() };
    let items = plain(&folder.0, &failures);
    let at = |id: u32| items.iter().position(|item| item.contains(&format!("{id:016X}")));
    assert!(at(2) < at(4) && at(2).is_some(), "{items:#?}");
}

/// A time may be written with a comma, but not in a column without quotes; and a quote in
/// the middle of one is part of it.
#[test]
fn commas_and_quotes_in_times_are_read_as_in_any_column() {
    let folder = Folder::new("comma");
    let header = "#Software: Microsoft Exchange Server\r\n#Log-type: SMTP Send Protocol Log\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";
    let rest = |sequence: u32, rest: &str| {
        format!("Internet,08DC0D9A11B2C001,{sequence},10.0.0.1:2500,192.0.2.1:25,{rest}\r\n")
    };
    let written: Vec<String> = (0..24)
        .flat_map(|at| [(at, ","), (at, "\"")])
        .map(|(at, byte)| {
            let mut time = "2024-01-05T10:00:01.000Z".to_owned();
            time.replace_range(at..=at, byte);
            time
        })
        .collect();
    let quoted = written.iter().map(|time| format!("\"{}\"", time.replace('"', "\"\"")));
    let mut refused = 0;
    for time in written.iter().cloned().chain(quoted) {
        let text = header.to_owned()
            + &format!("2024-01-05T10:00:00.000Z,{}", rest(0, "+,,"))
            + &format!("{time},{}", rest(1, "<,220 mx,"))
            + &format!("2024-01-05T10:00:02.000Z,{}", rest(2, "-,,Local"));
        fs::write(folder.0.join("SEND2024010510-1.LOG"), text).unwrap();
        for options in questions() {
            let items = plain(&folder.0, &options);
            refused += usize::from(items.iter().any(|item| item.starts_with("BadRecord")));
            compare("times", &folder.0, &options, &[(0, 1)]);
        }
    }
    assert!(refused > 24 && refused < 4 * 24 * questions().len(), "{refused}");
}

// ---- damage

#[derive(Debug, Clone)]
enum Damage {
    Byte(u8),
    DropLine,
    DoubleLine,
    SwapLines,
    /// Ids of zeros from here on, for so many lines.
    Zeros(usize),
    Quote,
    /// Everything of so many lines a day earlier or later.
    Day(usize),
    Header(&'static str),
    NoEnd,
}

fn damage() -> impl Strategy<Value = (prop::sample::Index, Damage)> {
    let kind = prop_oneof![
        any::<u8>().prop_map(Damage::Byte),
        prop::sample::select(vec![b'\n', b',', b'"', 0, b'\r', b'4', b'-', b'+'])
            .prop_map(Damage::Byte),
        Just(Damage::DropLine),
        Just(Damage::DoubleLine),
        Just(Damage::SwapLines),
        (1_usize..40).prop_map(Damage::Zeros),
        Just(Damage::Quote),
        (1_usize..40).prop_map(Damage::Day),
        prop::sample::select(vec![
            "#Software: Microsoft Exchange Server\r\n",
            "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n",
            "#Fields: connector-id,date-time,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n",
            "#Log-type: SMTP Send Protocol Log\r\n",
            "#Log-type: SMTP Receive Protocol Log\r\n",
            "#Log-type: Message Tracking Log\r\n",
            "\r\n",
        ])
        .prop_map(Damage::Header),
        Just(Damage::NoEnd),
    ];
    (any::<prop::sample::Index>(), kind)
}

fn apply(text: &mut Vec<u8>, place: prop::sample::Index, damage: &Damage) {
    if text.is_empty() {
        return;
    }
    let at = place.index(text.len());
    let begin = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let next = |text: &[u8], from: usize| {
        text[from..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| from + at + 1)
    };
    let end = next(text, begin);
    // Lines from here on, each with where it begins and ends.
    let lines = |text: &[u8], count: usize| {
        let mut spans = Vec::new();
        let mut from = begin;
        while from < text.len() && spans.len() < count {
            let to = next(text, from);
            spans.push((from, to));
            from = to;
        }
        spans
    };
    match damage {
        Damage::Byte(byte) => text[at] = *byte,
        Damage::DropLine => drop(text.drain(begin..end)),
        Damage::DoubleLine => {
            let line = text[begin..end].to_vec();
            text.splice(begin..begin, line);
        }
        Damage::SwapLines => {
            let after = next(text, end.min(text.len() - 1));
            if after > end {
                text[begin..after].rotate_left(end - begin);
            }
        }
        Damage::Zeros(count) => {
            for (from, to) in lines(text, *count) {
                let commas: Vec<usize> = (from..to).filter(|at| text[*at] == b',').collect();
                if let [_, before, after, ..] = commas[..] {
                    text[before + 1..after].fill(b'0');
                }
            }
        }
        Damage::Quote => text.insert(at, b'"'),
        Damage::Day(count) => {
            for (from, to) in lines(text, *count) {
                if to - from > 20 && text[from] != b'#' {
                    text[from + 9] = b'0' + text[from + 9].wrapping_add(1) % 8;
                }
            }
        }
        Damage::Header(line) => drop(text.splice(begin..begin, line.bytes())),
        Damage::NoEnd => text.truncate(at),
    }
}

/// `PROPTEST_CASES=5000` for a long search.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(40),
        max_shrink_iters: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn on_damaged_logs(
        seed in 0_u64..1000,
        damages in prop::collection::vec((any::<prop::sample::Index>(), damage()), 0..60),
        unit_bytes in prop_oneof![300_u64..3000, 3000_u64..200_000],
        threads in 1_usize..5,
        question in any::<prop::sample::Index>(),
    ) {
        let plan = Plan { seed, bytes: 500_000, file_bytes: 30_000 };
        let (folder, _) = generated(&format!("damaged-{}", std::process::id()), &plan);
        let (files, _) = files::find(std::slice::from_ref(&folder.0), Search { recurse: true, literal: true });
        for (file, (place, damage)) in &damages {
            let path = &files[file.index(files.len())].path;
            let mut text = fs::read(path).unwrap();
            apply(&mut text, *place, damage);
            fs::write(path, text).unwrap();
        }
        let questions = questions();
        let options = &questions[question.index(questions.len())];
        compare("damaged", &folder.0, options, &[(unit_bytes, threads)]);
    }
}
