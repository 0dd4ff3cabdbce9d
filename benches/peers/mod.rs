//! The two programs that are measured beside each other, and what measuring them takes.

pub mod check;
pub mod instructions;
pub mod logs;
pub mod machine;
pub mod measure;
pub mod options;
pub mod plain;
pub mod report;

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use logs::Logs;
use options::Options;

/// The program this package builds.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange-tls");

/// A program with its arguments.
#[derive(Debug, Clone)]
pub struct Peer {
    program: String,
    arguments: Vec<String>,
}

impl Peer {
    /// A: reads the failures.
    pub fn program(options: &Options, logs: &Logs) -> Self {
        Peer::reading("failures", options, &logs.folder())
    }

    /// C: reads all sessions.
    pub fn sessions(options: &Options, logs: &Logs) -> Self {
        Peer::reading("sessions", options, &logs.folder())
    }

    /// Reads a folder in this way.
    pub fn reading(verb: &str, options: &Options, folder: &Path) -> Self {
        let folder = folder.to_string_lossy().into_owned();
        let program = options.program.clone().unwrap_or_else(|| PROGRAM.to_owned());
        let arguments = [verb, "--recurse", "--json"].map(str::to_owned);
        Peer { program, arguments: arguments.into_iter().chain([folder]).collect() }
    }

    /// B: counts the lines with a mark of failure. `None` where ripgrep is missing.
    pub fn search(options: &Options, logs: &Logs) -> Option<Self> {
        let rg = Command::new(&options.rg)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !rg.is_ok_and(|status| status.success()) {
            return None;
        }
        let folder = logs.folder().to_string_lossy().into_owned();
        // Every file must be read, whatever a configuration or .gitignore says.
        let arguments = ["--no-config", "--no-ignore", "-c", "-e", &options.pattern, &folder];
        Some(Peer { program: options.rg.clone(), arguments: arguments.map(str::to_owned).into() })
    }

    /// Where the program is.
    pub fn path(&self) -> &str {
        &self.program
    }

    /// Ready to be run.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null());
        command
    }

    /// Ready to be run by another program.
    pub fn command_under(&self, wrapper: &Path, options: &[&str]) -> Command {
        let mut command = Command::new(wrapper);
        command.args(options).arg(&self.program).args(&self.arguments).stdin(Stdio::null());
        command
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Path::new(&self.program).file_name().unwrap_or_default();
        write!(f, "{}", name.to_string_lossy())?;
        for argument in &self.arguments {
            if argument.contains(['|', ' ']) {
                write!(f, " '{argument}'")?;
            } else {
                write!(f, " {argument}")?;
            }
        }
        Ok(())
    }
}
