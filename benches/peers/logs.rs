//! The logs on disk: generated once, used again as long as size, seed and generator stay.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{json, Value};

use super::options::Options;
use super::{machine, PROGRAM};
use crate::generator::{self, Plan, Truth};

/// Generated logs.
#[derive(Debug)]
pub struct Logs {
    root: PathBuf,
    /// The seed they were made from.
    pub seed: u64,
    /// What is true of them.
    pub truth: Truth,
}

impl Logs {
    /// Logs as wanted: those of an earlier run, else new ones.
    pub fn obtain(options: &Options) -> Result<Logs, String> {
        let root = root();
        let plan = Plan { seed: options.seed, bytes: options.size, ..Plan::default() };
        let manifest = root.join("manifest.json");
        if let Some(truth) = kept(&root, &manifest, &plan) {
            return Ok(Logs { root, seed: plan.seed, truth });
        }
        let problem = |error: io::Error| format!("{}: {error}", root.display());
        fs::create_dir_all(&root).map_err(problem)?;
        // The manifest goes first and comes last: with it, the logs are whole.
        for old in [&manifest, &root.join("logs")] {
            if old.is_dir() {
                fs::remove_dir_all(old).map_err(problem)?;
            } else if old.exists() {
                fs::remove_file(old).map_err(problem)?;
            }
        }
        eprintln!("generating {} bytes of logs in {}", plan.bytes, root.display());
        let start = Instant::now();
        let truth = generator::write(&root.join("logs"), &plan).map_err(problem)?;
        let seconds = start.elapsed().as_secs_f64();
        eprintln!(
            "generated in {seconds:.1} s, {:.0} MB/s",
            machine::megabytes(truth.bytes) / seconds
        );
        fs::write(&manifest, format!("{:#}\n", describe(&plan, &truth))).map_err(problem)?;
        let logs = Logs { root, seed: plan.seed, truth };
        logs.settle()?;
        Ok(logs)
    }

    /// The folder to read.
    pub fn folder(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// A file for whoever needs one for a moment.
    pub fn scratch(&self) -> PathBuf {
        self.root.join("scratch")
    }

    /// Waits until everything is on the disk, so that no writing disturbs the runs.
    fn settle(&self) -> Result<(), String> {
        for path in self.files()? {
            let synced = File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// Reads everything once: the runs are to find it in memory.
    pub fn warm(&self) -> Result<(), String> {
        if machine::memory().is_some_and(|memory| self.truth.bytes > memory / 10 * 8) {
            eprintln!("*** the logs do not fit into memory: the figures are those of the disk ***");
        }
        let mut buffer = vec![0; 1 << 20];
        for path in self.files()? {
            let read = File::open(&path).and_then(|mut file| {
                while file.read(&mut buffer)? > 0 {}
                Ok(())
            });
            read.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// All of them.
    pub fn files(&self) -> Result<Vec<PathBuf>, String> {
        let mut files = Vec::new();
        below(&self.folder(), &mut files)
            .map_err(|error| format!("{}: {error}", self.root.display()))?;
        Ok(files)
    }
}

/// `target/bench-logs`, wherever target is.
fn root() -> PathBuf {
    let target = Path::new(PROGRAM).ancestors().nth(2).unwrap_or_else(|| Path::new("target"));
    target.join("bench-logs")
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            below(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// What the manifest says: from what the logs were made, and what is true of them.
fn describe(plan: &Plan, truth: &Truth) -> Value {
    json!({
        "generator": generator::VERSION,
        "seed": plan.seed,
        "size": plan.bytes,
        "file_size": plan.file_bytes,
        "bytes": truth.bytes,
        "files": truth.files,
        "records": truth.records,
        "sessions": truth.sessions,
        "failures": truth.failures,
        "rejections": truth.rejections,
    })
}

/// The truth of the logs that are there, where they are those of the plan and whole.
fn kept(root: &Path, manifest: &Path, plan: &Plan) -> Option<Truth> {
    let written: Value = serde_json::from_str(&fs::read_to_string(manifest).ok()?).ok()?;
    let number = |key: &str| written.get(key)?.as_u64();
    let counts = |key: &str| -> Option<BTreeMap<String, u64>> {
        let counts = written.get(key)?.as_object()?.iter();
        counts.map(|(cause, count)| Some((cause.clone(), count.as_u64()?))).collect()
    };
    let truth = Truth {
        sessions: number("sessions")?,
        records: number("records")?,
        files: number("files")?,
        bytes: number("bytes")?,
        failures: counts("failures")?,
        rejections: counts("rejections")?,
    };
    let mut files = Vec::new();
    below(&root.join("logs"), &mut files).ok()?;
    let bytes = files.iter().map(|path| path.metadata().map_or(0, |data| data.len())).sum::<u64>();
    let same = describe(plan, &truth) == written && bytes == truth.bytes;
    same.then_some(truth)
}
