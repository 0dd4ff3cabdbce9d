//! Pages of documentation that follow from a list in the code: one for each
//! entry, in one layout, with an index in the list's order.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a page must say.
pub struct Page<'a> {
    /// Its name: the file's, and its first line.
    pub name: &'a str,
    /// Its second line.
    pub title: &'a str,
    /// How its third line begins.
    pub kind: String,
}

const PARTS: [&str; 5] =
    ["## What it means", "## How it shows", "## How to confirm", "## How to fix", "## References"];

/// Holds the pages of a folder to the list.
pub fn hold(folder: &str, wanted: &[Page<'_>]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let found: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let mut names: BTreeSet<String> =
        wanted.iter().map(|page| format!("{}.md", page.name)).collect();
    names.insert("README.md".to_owned());
    assert_eq!(found, names);

    let index = read("README.md");
    let mut place = 0;
    for Page { name, title, kind } in wanted {
        let text = read(&format!("{name}.md"));
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[0], format!("# {name}"));
        assert_eq!(lines[1], *title, "{name}");
        assert!(lines[2].starts_with(kind), "{name}: {}", lines[2]);
        for part in PARTS {
            assert!(lines.contains(&part), "{name}: no part '{part}'");
        }
        assert!(text.is_ascii(), "{name} is not ASCII");
        let row =
            index.find(&format!("[{name}]({name}.md)")).unwrap_or_else(|| panic!("index: {name}"));
        assert!(row >= place, "index: {name} is out of order");
        assert!(index[row..].lines().next().unwrap().contains(title), "index: title of {name}");
        place = row;
    }
    links(&folder, wanted.len());
}

/// The links of all pages lead somewhere, and there are some.
fn links(folder: &Path, at_least: usize) {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            assert!(folder.join(target).exists(), "{}: {link}", path.display());
            count += 1;
        }
    }
    assert!(count > at_least, "{count} links");
}
