//! A browser without a window, for tests of what a page looks like.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A page takes a second or two; a machine that is busy, ten times that.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    program: PathBuf,
    folder: PathBuf,
}

impl Browser {
    /// Chromium or Chrome: what `CHROMIUM` names, else what is on `PATH`.
    pub fn find() -> Option<Browser> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let paths: Vec<PathBuf> =
            std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
        let mut known = paths.iter().flat_map(|path| names.map(|name| path.join(name)));
        let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
        let program = named.or_else(|| known.find(|path| path.is_file()))?;
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for pages");
        Some(Browser { program, folder })
    }

    /// Writes a page; its path.
    pub fn page(&self, name: &str, html: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, html).expect("a page");
        path
    }

    /// Loads a page and gives back its elements as they are then.
    pub fn dom(&self, page: &Path) -> String {
        self.run(
            page,
            &["--dump-dom", "--allow-file-access-from-files", "--virtual-time-budget=5000"],
        )
    }

    /// Loads a page with a script that leaves JSON in `#result`.
    pub fn json(&self, page: &Path) -> serde_json::Value {
        let dom = self.dom(page);
        let start =
            dom.find("<pre id=\"result\">").expect("a result") + "<pre id=\"result\">".len();
        let end = dom[start..].find("</pre>").expect("its end") + start;
        let text = dom[start..end].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// A picture of a page.
    pub fn picture(&self, page: &Path, width: u32, height: u32, dark: bool) -> PathBuf {
        let path = self.folder.join(format!("look-{width}{}.png", if dark { "-dark" } else { "" }));
        self.run(
            page,
            &[
                &format!("--screenshot={}", path.display()),
                &format!("--window-size={width},{height}"),
                &format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)),
                "--force-device-scale-factor=1",
            ],
        );
        path
    }

    fn run(&self, page: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.program);
        command.args(["--headless", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // On a telephone they lie over the page.
            "--hide-scrollbars",
        ]);
        command.arg(format!("--user-data-dir={}", self.folder.join("profile").display()));
        // Its sandbox refuses to run as root, as tests in containers do.
        command.arg("--no-sandbox").args(arguments);
        command.arg(format!("file://{}", page.display()));
        // Into files: nobody reads a pipe while waiting for the end.
        let file = |name: &str| std::fs::File::create(self.folder.join(name)).expect("a file");
        command.stdout(file("out")).stderr(file("errors"));
        let mut child = command.spawn().expect("the browser");
        let started = Instant::now();
        let status = loop {
            match child.try_wait().expect("the browser") {
                Some(status) => break status,
                None if started.elapsed() > PATIENCE => {
                    let _ = child.kill();
                    panic!("{}: the browser does not end", page.display());
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let read = |name: &str| std::fs::read(self.folder.join(name)).unwrap_or_default();
        let text = |name: &str| String::from_utf8_lossy(&read(name)).into_owned();
        assert!(status.success(), "{}: {}", page.display(), text("errors"));
        text("out")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The pages stay for whoever looks into a failure.
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
