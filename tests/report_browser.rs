//! The page of a report in a real browser: fits on narrow and wide screens,
//! loads nothing, looks as it did. `UPDATE_REPORT=1 cargo test --test
//! report_browser` writes what it is compared with anew, in `data/report/`.
//!
//! Letters differ between machines, so nothing is compared to the pixel:
//! places across are held to 6 % of the width, and the top of the page, as a
//! grid of cells that are light or dark, to a quarter of its cells.

#[path = "support/browser.rs"]
mod browser;
#[path = "support/report.rs"]
mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use browser::Browser;
use serde_json::{json, Value};

/// A telephone and a desktop.
const WIDTHS: [u32; 2] = [380, 1280];
/// How far a place across may move, in thousandths of the width.
const MOVED: i64 = 60;
/// How much lighter or darker a cell may be, of 15, and the share of cells that may be more.
const SHADE: i64 = 3;
const SHARE: f64 = 0.25;
/// What is compared as a picture: further down, lines that break elsewhere add up.
const HEIGHT: u32 = 800;

fn main() {
    let Some(browser) = Browser::find() else {
        println!("\n!!!! SKIPPED: the report in a browser: no chromium on PATH !!!!");
        println!("test result: ok. 0 passed; 0 failed; 3 ignored");
        return;
    };
    type Test = fn(&Browser);
    let tests: [(&str, Test); 3] = [
        ("it fits on every screen", it_fits),
        ("nothing leaves the page", nothing_leaves),
        ("it looks as it did", it_looks_as_it_did),
    ];
    for (name, test) in tests {
        test(&browser);
        println!("test {name} ... ok");
    }
    println!("test result: ok. {} passed; 0 failed; 0 ignored", tests.len());
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/report").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(data(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What was found, held to what is committed; or written where that is asked for.
fn reference(name: &str, found: &Value) -> Value {
    if std::env::var_os("UPDATE_REPORT").is_some() {
        let text = serde_json::to_string_pretty(found).unwrap() + "\n";
        std::fs::write(data(name), text).expect("the reference can be written");
    }
    serde_json::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn it_fits(browser: &Browser) {
    let pages = [
        ("sample", support::sample()),
        ("large", support::large()),
        ("small", support::small()),
        ("empty", support::new("Nothing was added")),
        ("long", support::long()),
    ];
    for (name, report) in pages {
        let frames: String = WIDTHS.map(|width| {
            let html = report.html().replace('&', "&amp;").replace('"', "&quot;");
            format!("<iframe style=\"border:0;width:{width}px;height:900px\" srcdoc=\"{html}\"></iframe>")
        }).concat();
        let html = format!(
            "<!DOCTYPE html><meta charset=utf-8><pre id=result></pre>{frames}<script>{}</script>",
            read("measure.js")
        );
        let measured = browser.json(&browser.page(&format!("{name}.html"), &html));
        for (page, width) in measured.as_array().unwrap().iter().zip(WIDTHS) {
            assert_eq!(page["width"], width, "{name}");
            assert_eq!(page["scroll"], width, "{name}: wider than the screen: {page}");
            for what in ["outside", "cut", "labels"] {
                assert_eq!(page[what], json!([]), "{name} at {width}, {what}: {page}");
            }
            assert_eq!(page["requests"], 0, "{name}");
            assert!(page["smallest"].as_f64().unwrap() >= 12.0, "{name}: small letters: {page}");
        }
        if name == "sample" {
            places(&measured);
        }
    }
}

/// The parts stand in their order, and where they stood across the page.
fn places(measured: &Value) {
    let wanted = reference("layout.json", &Value::Array(
        measured.as_array().unwrap().iter().map(|page| {
            json!({ "width": page["width"], "sections": page["sections"], "boxes": page["boxes"] })
        }).collect(),
    ));
    for (page, wanted) in measured.as_array().unwrap().iter().zip(wanted.as_array().unwrap()) {
        assert_eq!(page["sections"], wanted["sections"]);
        for (selector, sides) in wanted["boxes"].as_object().unwrap() {
            for side in 0..2 {
                let found = page["boxes"][selector][side].as_i64().unwrap_or(-1000);
                let moved = (found - sides[side].as_i64().unwrap()).abs();
                assert!(
                    moved <= MOVED,
                    "{selector} at {}: {sides} became {}",
                    page["width"],
                    page["boxes"][selector]
                );
            }
        }
    }
}

/// A page into which markup got that loads things: its policy keeps it from that,
/// and without the policy the same page does load them.
fn nothing_leaves(browser: &Browser) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    // Ends with the process: there is always one more call to wait for.
    std::thread::spawn(move || {
        listener.incoming().flatten().for_each(|call| answer(call, &sender))
    });
    let calls = || -> Vec<String> {
        std::thread::sleep(Duration::from_millis(300));
        receiver.try_iter().collect()
    };
    // No frame is among it: Chromium opens a connection for one, before it sees
    // that the policy forbids it, and then sends nothing.
    let foreign = format!(
        "<main><img src=\"{server}/a.png\"/><script src=\"{server}/a.js\"></script>\
         <link rel=\"stylesheet\" href=\"{server}/a.css\"/>\
         <script>document.title = 'changed'</script>\
         <style>@font-face {{ font-family: x; src: url({server}/a.woff) }} p {{ font-family: x; background: url({server}/b.png) }}</style>"
    );
    let html = support::sample().html();
    let with_policy = html.replacen("<main>", &foreign, 1);
    let dom = browser.dom(&browser.page("policy.html", &with_policy));
    assert!(dom.contains("/a.css") && !dom.contains("<title>changed"));
    assert_eq!(calls(), [""; 0], "the policy let something through");
    let without =
        with_policy.replacen("http-equiv=\"Content-Security-Policy\"", "name=\"none\"", 1);
    let dom = browser.dom(&browser.page("no-policy.html", &without));
    assert!(dom.contains("<title>changed"));
    assert!(!calls().is_empty(), "the listener hears nothing, so this test shows nothing");
}

/// Tells of a connection, and says that there is nothing.
fn answer(mut call: TcpStream, tell: &Sender<String>) {
    let _ = call.set_read_timeout(Some(Duration::from_secs(1)));
    let mut bytes = [0; 200];
    let length = call.read(&mut bytes).unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
    let _ = tell.send(text.lines().next().unwrap_or("a connection without a request").to_owned());
    let _ =
        call.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn it_looks_as_it_did(browser: &Browser) {
    let page = browser.page("look.html", &support::sample().html());
    for width in WIDTHS {
        let light = grid(browser, &browser.picture(&page, width, HEIGHT, false));
        let dark = grid(browser, &browser.picture(&page, width, HEIGHT, true));
        assert!(
            mean(&light) > 11.0 && mean(&dark) < 4.0,
            "light {} dark {}",
            mean(&light),
            mean(&dark)
        );
        let found = json!({ "light": light, "dark": dark });
        let wanted = reference(&format!("look-{width}.json"), &found);
        for theme in ["light", "dark"] {
            let (found, wanted) = (shades(&found[theme]), shades(&wanted[theme]));
            assert_eq!(found.len(), wanted.len(), "{theme} at {width}");
            let other = found.iter().zip(&wanted).filter(|(a, b)| (*a - *b).abs() > SHADE).count();
            #[allow(clippy::as_conversions)]
            let share = other as f64 / found.len() as f64;
            assert!(
                share <= SHARE,
                "{theme} at {width}: {:.0} % of the cells differ",
                share * 100.0
            );
        }
    }
}

fn grid(browser: &Browser, picture: &Path) -> Value {
    let html = format!(
        "<!DOCTYPE html><meta charset=utf-8><pre id=result></pre><img src=\"file://{}\"><script>{}</script>",
        picture.display(),
        read("look.js")
    );
    browser.json(&browser.page("grid.html", &html))
}

fn shades(rows: &Value) -> Vec<i64> {
    let rows = rows.as_array().unwrap().iter().map(|row| row.as_str().unwrap());
    rows.flat_map(str::chars).map(|c| i64::from(c.to_digit(16).unwrap())).collect()
}

#[allow(clippy::as_conversions)]
fn mean(rows: &Value) -> f64 {
    let shades = shades(rows);
    shades.iter().sum::<i64>() as f64 / shades.len() as f64
}
