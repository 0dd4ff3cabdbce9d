//! What the README shows is what the program prints: every `console` block is
//! run here. `UPDATE_README=1 cargo test --test readme` writes the output anew.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A block: the command line, and the lines shown below it.
struct Example {
    command: String,
    shown: String,
}

fn examples(readme: &str) -> Vec<Example> {
    readme
        .split("```console\n")
        .skip(1)
        .map(|rest| {
            let block = rest.split("```").next().expect("an end of the block");
            let (command, shown) = block.split_once('\n').expect("a command line");
            Example {
                command: command.trim_start_matches("$ ").to_owned(),
                shown: shown.to_owned(),
            }
        })
        .collect()
}

fn run(command: &str) -> String {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("exchange-tls"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert!(output.stderr.is_empty(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if cfg!(windows) {
        as_elsewhere(&text)
    } else {
        text
    }
}

/// With the paths as they are written on other systems, in plain text and in JSON.
fn as_elsewhere(text: &str) -> String {
    let mut parts = text.split("tests/data/");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([' ', '"', ')', '\n']).unwrap_or(part.len());
        out += "tests/data/";
        out += &part[..end].replace(r"\\", "/").replace('\\', "/");
        out += &part[end..];
    }
    out
}

#[test]
fn the_examples_print_what_the_readme_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut readme = fs::read_to_string(&path).expect("README.md");
    let examples = examples(&readme);
    assert!(examples.len() >= 2);
    for example in &examples {
        // Of a table, its first block: what follows explains each row.
        let output = run(&example.command);
        let given: String = output.split_inclusive('\n').take_while(|line| *line != "\n").collect();
        if std::env::var_os("UPDATE_README").is_some() {
            readme = readme.replace(
                &format!("$ {}\n{}", example.command, example.shown),
                &format!("$ {}\n{given}", example.command),
            );
        } else {
            assert_eq!(example.shown, given, "README.md: {}", example.command);
        }
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, readme).expect("README.md can be written");
    }
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: Vec<_> =
        ["README.md", "CONTRIBUTING.md", "DESIGN.md"].map(|name| root.join(name)).to_vec();
    for folder in ["docs", "docs/cmdlets"] {
        let entries = fs::read_dir(root.join(folder)).expect(folder);
        let pages = entries.map(|entry| entry.unwrap().path());
        documents.extend(pages.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    assert!(documents.len() > 10);
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, _) = link.split_once('#').unwrap_or((link, ""));
            let found =
                link.starts_with("https:") || document.parent().unwrap().join(file).exists();
            assert!(found, "{}: {link}", document.display());
        }
    }
}
