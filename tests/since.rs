//! With a time from which on failures are wanted, files that lie before it are
//! not read; and nothing is lost by that.

use std::fs;
use std::path::{Path, PathBuf};

use exchange_tls::scan::{Item, Options, Progress, Scan, Wanted};
use exchange_tls::timestamp::Timestamp;

const HEADER: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-Type: SMTP Send Protocol Log\r\n#Date: 2024-01-01T00:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("since-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, records: &[String]) {
        fs::write(self.0.join(name), format!("{HEADER}{}", records.concat())).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn record(time: &str, session: u32, sequence: u32, rest: &str) -> String {
    format!("{time},Out,{session:016X},{sequence},10.0.0.1:1,10.0.0.2:25,{rest}\r\n")
}

/// A session that asks for TLS, is told to begin, and ends.
fn begins(time: &str, session: u32) -> Vec<String> {
    ["+,,", "<,220 a,", ">,EHLO b,", "<,250  a STARTTLS,", ">,STARTTLS,"]
        .iter()
        .zip(0..)
        .map(|(rest, sequence)| record(time, session, sequence, rest))
        .collect()
}

fn ends(time: &str, session: u32) -> Vec<String> {
    ["<,220 go ahead,", "*,,TLS negotiation failed with error UnknownCredentials", "-,,Local"]
        .iter()
        .zip(5..)
        .map(|(rest, sequence)| record(time, session, sequence, rest))
        .collect()
}

fn read(folder: &Folder, wanted: Wanted, since: Option<&str>) -> (Vec<String>, Progress) {
    let since = since.map(|text| Timestamp::parse(text.as_bytes()).unwrap());
    let options = Options { wanted, since, ..Options::default() };
    let mut scan = Scan::open(std::slice::from_ref(&folder.0), options).unwrap();
    while scan.step() {}
    assert!(scan.has_read_any());
    let items = std::iter::from_fn(|| scan.pop()).map(|item| match item {
        Item::Failure(failure) => serde_json::to_string(&failure).unwrap(),
        Item::Session(session) => serde_json::to_string(&session).unwrap(),
        Item::Line(_) | Item::Packed(_) => unreachable!("another form was asked for"),
        Item::Problem(problem) => panic!("{problem:?}"),
    });
    (items.collect(), scan.progress())
}

/// What the plain way gives: everything is read, and then looked at.
fn filtered(folder: &Folder, wanted: Wanted, since: &str) -> Vec<String> {
    let column = if wanted == Wanted::Sessions { "StartTime" } else { "Time" };
    let since = Timestamp::parse(since.as_bytes()).unwrap();
    let (items, _) = read(folder, wanted, None);
    let after = |item: &String| {
        let item: serde_json::Value = serde_json::from_str(item).unwrap();
        Timestamp::parse(item[column].as_str().unwrap().as_bytes()).unwrap() >= since
    };
    items.into_iter().filter(after).collect()
}

/// Ten days with two files each; every night a session goes on in the next file,
/// and one of every day lasts for 23 hours.
fn ten_days(name: &str) -> Folder {
    let folder = Folder::new(name);
    for day in 1..=10 {
        let at = |hour: u32| format!("2024-01-{day:02}T{hour:02}:30:00.000Z");
        let mut morning = Vec::new();
        if day > 1 {
            morning.extend(ends(&at(0), 100 + day - 1));
        }
        morning.extend(begins(&at(1), day));
        morning.extend(ends(&at(1), day));
        if day > 1 {
            morning.extend(ends(&at(2), 200 + day - 1));
        }
        morning.extend(begins(&at(3), 200 + day));
        let mut evening = begins(&at(12), 300 + day);
        evening.extend(ends(&at(13), 300 + day));
        evening.extend(begins(&at(23), 100 + day));
        folder.write(&format!("SEND202401{day:02}-1.LOG"), &morning);
        folder.write(&format!("SEND202401{day:02}-2.LOG"), &evening);
    }
    folder
}

#[test]
fn nothing_is_lost_at_any_time() {
    let folder = ten_days("any-time");
    for day in 1..=12 {
        for hour in [0, 1, 2, 5, 12, 18, 23] {
            let since = format!("2024-01-{day:02}T{hour:02}:29:00.000Z");
            for wanted in [Wanted::Failures, Wanted::Sessions] {
                let (items, _) = read(&folder, wanted, Some(&since));
                assert_eq!(items, filtered(&folder, wanted, &since), "{since} {wanted:?}");
            }
        }
    }
}

#[test]
fn files_before_are_not_read() {
    let folder = ten_days("before");
    let (_, all) = read(&folder, Wanted::Failures, None);
    assert_eq!((all.files, all.files_done), (20, 20));
    let (items, progress) = read(&folder, Wanted::Failures, Some("2024-01-10T00:00:00.000Z"));
    assert!(!items.is_empty());
    // The day, and the day before it.
    assert_eq!((progress.files, progress.files_done), (4, 4));
    assert!(progress.bytes < all.bytes / 4 && progress.bytes_done == progress.bytes);
    // Nothing is left to read: that is no mistake of whoever asks.
    let (items, progress) = read(&folder, Wanted::Failures, Some("2030-01-01T00:00:00.000Z"));
    assert_eq!((items.len(), progress.files), (0, 0));
}

#[test]
fn a_wrong_name_hides_nothing() {
    let folder = Folder::new("names");
    let day = |day: u32| format!("2024-03-{day:02}T10:00:00.000Z");
    let session = |at: u32, id| [begins(&day(at), id), ends(&day(at), id)].concat();
    // Named by a day long before what is in them.
    folder.write("SEND20200101-1.LOG", &session(20, 1));
    folder.write("SEND20200101-2.LOG", &[session(1, 2), session(20, 3)].concat());
    folder.write("SEND20200101-3.LOG", &[session(20, 4), session(1, 5)].concat());
    // Without a date in the name, and without records.
    folder.write("old.log", &session(1, 6));
    folder.write("SEND20200101-4.LOG", &[]);
    // Named by a day long after.
    folder.write("SEND20400101-1.LOG", &session(2, 7));
    // Really before.
    folder.write("SEND20240301-1.LOG", &session(1, 8));
    let since = day(19);
    let (items, progress) = read(&folder, Wanted::Failures, Some(&since));
    assert_eq!(items, filtered(&folder, Wanted::Failures, &since));
    assert_eq!(items.len(), 3);
    assert_eq!((progress.files, progress.files_done), (6, 6));
}
