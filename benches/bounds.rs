//! Whether memory stays bounded and time linear, however much there is to read and
//! however it was made.
//!
//! ```text
//! cargo bench --bench bounds
//! ```
//!
//! The same logs once, four and sixteen times, as other folders; and input that is made to
//! cost much. Every answer on generated logs is checked. Memory above [`MOST`] is said
//! loudly, and the exit status is 1. `benches/README.md` tells more.

mod generator;
// What the two benchmarks have in common holds more than this one needs.
#[allow(dead_code)]
mod peers;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use generator::{copy, files, Truth};
use peers::logs::Logs;
use peers::options::Options;
use peers::report::{mebibytes, median, range};
use peers::{check, machine, measure, Peer};

/// Bytes of memory that no run may take more of.
const MOST: u64 = 64 << 20;

/// How often the same logs are read.
const COPIES: [u64; 3] = [1, 4, 16];

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(text) => return fail(&text),
    };
    println!("machine  {}", machine::describe());
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(text) => fail(&text),
    }
}

fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

/// Measures; whether memory stayed below [`MOST`].
fn run(options: &Options) -> Result<bool, String> {
    let logs = Logs::obtain(options)?;
    logs.warm()?;
    Ok(copies(options, &logs)? & hard(options, &logs)?)
}

/// Reads the logs, and copies of them.
fn copies(options: &Options, logs: &Logs) -> Result<bool, String> {
    let scratch = logs.scratch();
    let folder = Folder::new(scratch.with_file_name("copies"))?;
    let mut sets = Vec::new();
    for count in COPIES {
        let set = folder.0.join(count.to_string());
        let mut truth = Truth::default();
        for copy in 0..count {
            let to = set.join(copy.to_string());
            copy::link(&logs.folder(), &to)
                .map_err(|error| format!("{}: {error}", to.display()))?;
            truth.add(logs.truth.clone());
        }
        sets.push((
            Peer::reading("failures", options, &set),
            Peer::reading("sessions", options, &set),
            truth,
        ));
    }
    let mut rounds = Vec::new();
    for _ in 0..=options.pairs {
        let mut seconds = Vec::new();
        for (failures, _, truth) in &sets {
            let run = measure::run(failures)?;
            check::answer(&run, truth)?;
            seconds.push(run.seconds);
        }
        rounds.push(seconds);
    }
    // The first one is not counted: the program itself came from the disk.
    let rounds = &rounds[1..];
    let mut within = true;
    for (at, (failures, sessions, truth)) in sets.iter().enumerate() {
        let what = format!("{:.0} MB in {} files", machine::megabytes(truth.bytes), truth.files);
        let seconds = median(rounds.iter().map(|round| round[at]));
        within &=
            line(&format!("failures, {what}"), seconds, measure::peak_memory(failures, &scratch));
        within &=
            line(&format!("sessions, {what}"), None, measure::peak_memory(sessions, &scratch));
    }
    let ratios = || rounds.iter().map(|round| round[2] / round[1]);
    if let (Some(ratio), Some((least, most))) = (median(ratios()), range(ratios())) {
        println!(
            "sixteen times the logs beside four times: {ratio:.2}, from {least:.2} to {most:.2}"
        );
    }
    Ok(within)
}

/// Writes logs into a folder.
type Maker = fn(&Path) -> io::Result<()>;

/// Reads what is made to cost much.
fn hard(options: &Options, logs: &Logs) -> Result<bool, String> {
    let folder = Folder::new(logs.scratch().with_file_name("hard"))?;
    let mut within = true;
    let makers: [(&str, Maker); 4] = [
        ("a million sessions that never end", endless),
        ("1.5 million lines, every session id zero", zeros),
        ("one line of 1 GiB", one_line),
        ("100,000 files of a header each", headers),
    ];
    for (number, (what, make)) in makers.into_iter().enumerate() {
        let place = folder.0.join(number.to_string());
        fs::create_dir(&place)
            .and_then(|()| make(&place))
            .map_err(|error| format!("{}: {error}", place.display()))?;
        let peer = Peer::reading("failures", options, &place);
        measure::time(&peer)?;
        let mut seconds = Vec::new();
        for _ in 0..options.pairs {
            let (time, status) = measure::time(&peer)?;
            if !matches!(status, Some(0 | 1)) {
                return Err(format!("{what}: the program ended with {status:?}"));
            }
            seconds.push(time);
        }
        within &=
            line(what, median(seconds.into_iter()), measure::peak_memory(&peer, &logs.scratch()));
    }
    Ok(within)
}

fn endless(folder: &Path) -> io::Result<()> {
    written(&folder.join("SEND20240105-1.LOG"), |out| {
        (0..1_000_000).try_for_each(|number: u32| {
            write!(out, "2024-01-05T10:00:00.000Z,Out,08DC{number:012X},0,,192.0.2.1:25,*,,attempting to connect\r\n")
        })
    })
}

fn zeros(folder: &Path) -> io::Result<()> {
    written(&folder.join("SEND20240105-1.LOG"), |out| {
        (0..1_500_000).try_for_each(|number: u32| {
            write!(out, "2024-01-05T10:00:00.000Z,Out,0000000000000000,{number},10.0.0.1:1,192.0.2.1:25,>,NOOP,\r\n")
        })
    })
}

fn one_line(folder: &Path) -> io::Result<()> {
    let path = folder.join("SEND20240105-1.LOG");
    written(&path, |out| write!(out, "2024-01-05T10:00:00.000Z,Out,"))?;
    // Zeros that take no room on the disk.
    File::options().write(true).open(path)?.set_len(1 << 30)
}

fn headers(folder: &Path) -> io::Result<()> {
    (0..100_000).try_for_each(|number: u32| {
        written(&folder.join(format!("SEND20240105-{number}.LOG")), |_| Ok(()))
    })
}

/// Writes a log, its header first.
fn written(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(files::header("Log-type", "Send", "2024-01-05T00:00:00.000Z").as_bytes())?;
    write(&mut out)?;
    out.flush()
}

/// One line of figures; whether the memory is below [`MOST`].
fn line(what: &str, seconds: Option<f64>, memory: Option<u64>) -> bool {
    let seconds = seconds.map_or_else(String::new, |seconds| format!("{:.1} ms", seconds * 1000.0));
    let shown = mebibytes(memory);
    let within = memory.is_none_or(|bytes| bytes <= MOST);
    println!(
        "{what:<50} {seconds:>12}   peak memory {shown:>10}{}",
        if within { "" } else { "   *** MORE THAN 64 MiB ***" }
    );
    within
}

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(path: PathBuf) -> Result<Folder, String> {
        let folder = Folder(path);
        folder.remove();
        fs::create_dir_all(&folder.0)
            .map_err(|error| format!("{}: {error}", folder.0.display()))?;
        Ok(folder)
    }

    fn remove(&self) {
        // Where something is left, making it anew says so.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.remove();
    }
}
