//! The help that Get-Help reads is what the pages in `docs/cmdlets` say.
//! `./dev help-files` (`UPDATE_HELP=1`) writes it anew.

use std::fs;
use std::path::Path;

#[path = "support/help.rs"]
mod help;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_help_is_what_the_pages_say() {
    let path = root().join("powershell/ExchangeTls/en-US/ExchangeTls-help.xml");
    let wanted = help::help(&root().join("docs/cmdlets"));
    if std::env::var_os("UPDATE_HELP").is_some() {
        fs::write(&path, &wanted).expect("the help can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{} is not what docs/cmdlets says: run ./dev help-files",
        path.display()
    );
    assert!(wanted.is_ascii(), "Windows PowerShell and its consoles are safe with ASCII only");
}

#[test]
fn every_cmdlet_has_a_page_and_reads_it() {
    let folder = root().join("powershell/ExchangeTls");
    let manifest = fs::read_to_string(folder.join("ExchangeTls.psd1")).expect("the manifest");
    let line = manifest.lines().find(|line| line.contains("FunctionsToExport")).expect("exports");
    let exported: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    assert!(exported.len() > 3, "{line}");
    let scripts: String = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "psm1"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let list = fs::read_to_string(root().join("docs/cmdlets/README.md")).expect("the list");
    for name in exported {
        let page = fs::read_to_string(root().join(format!("docs/cmdlets/{name}.md"))).expect(name);
        let synopsis = page.lines().nth(2).unwrap_or_default();
        let row = format!("| [{name}]({name}.md) | {synopsis} |\n");
        assert!(list.contains(&row), "docs/cmdlets/README.md: {row}");
        let (_, body) = scripts.split_once(&format!("function {name} {{\n")).expect(name);
        let first = body.lines().next().unwrap_or_default().trim();
        assert_eq!(first, "# .EXTERNALHELP ExchangeTls-help.xml", "the first line of {name}");
    }
}
