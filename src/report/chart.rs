//! The timeline as inline SVG: a strip of bars for each connector.
//!
//! Places and widths across are percentages and there is no viewBox, so that
//! bars follow the width of the page while letters and textures keep their
//! size. Stages differ by colour and by texture, and every number stands in the
//! table below as well.

use super::timeline::{sum, Counts, Row, Timeline, STAGES};
use super::widgets::{count, plural, readable, section, time, Table};
use super::writer::Page;
use crate::failure::cause::Stage;
use crate::timestamp::Timestamp;

/// Most strips: a screenful; the rest are one strip of others.
const MAX_STRIPS: usize = 12;
/// Height of the tallest bar, of all that is above it, and of a strip.
const BAR: u64 = 56;
const TOP: u64 = 16;
const STRIP: &str = "92";
const BASE: &str = "72";

/// Textures in the order of stages: marks across an 8 by 8 tile.
const TEXTURES: [&str; STAGES] = [
    "M0 2H8M0 6H8",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M2 2h1M6 6h1",
    "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "",
    "M0 4H8M4 0V8",
    "M4 0V8",
    "M0 4H8",
    "M0 8L8 0M0 0L8 8",
    "M2 6h1M6 2h1",
];

/// The name of the stage with this number.
fn stage(number: usize) -> &'static str {
    Stage::ALL.get(number).map_or("Unknown", |stage| stage.name())
}

/// Draws the timeline; nothing where nothing failed.
pub fn show(timeline: &Timeline, page: &mut Page) {
    let (rows, others) = timeline.rows(MAX_STRIPS);
    if rows.is_empty() {
        return;
    }
    section(page, "timeline", "When sessions failed");
    let mut total = [0; STAGES];
    rows.iter().for_each(|row| (0..STAGES).for_each(|at| total[at] += row.total[at]));
    let seen: Vec<usize> = (0..STAGES).filter(|at| total[*at] > 0).collect();
    if let Some((first, bins)) = timeline.range() {
        let tallest = rows.iter().flat_map(|row| row.bins.values()).map(sum).max().unwrap_or(1);
        page.open("figure", &[("class", "timeline")]);
        let caption = format!(
            "Failed sessions by connector, one bar for {}, times in UTC. All strips have the same height: {}.",
            timeline.unit(),
            plural(tallest, "failure")
        );
        page.element("figcaption", &[], &caption);
        legend(page, &seen, &total);
        for (at, row) in rows.iter().enumerate() {
            strip(page, timeline, row, at, Scale { first, bins, tallest });
        }
        page.close();
    }
    if timeline.undated() > 0 {
        let text = format!(
            "{} without a time that can be drawn; counted in the table.",
            plural(timeline.undated(), "failure")
        );
        page.element("p", &[("class", "note")], &text);
    }
    table(page, timeline, &rows, &seen);
    if others > 0 {
        let text = "The connectors with most failures are shown, the others together.";
        page.element("p", &[("class", "note")], text);
    }
    page.close();
}

/// Colours and textures, with the patterns that the bars use.
fn legend(page: &mut Page, seen: &[usize], total: &Counts) {
    page.open("ul", &[("class", "legend")]);
    for at in seen {
        page.open("li", &[]);
        let svg = [
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", "16"),
            ("height", "16"),
            ("aria-hidden", "true"),
        ];
        page.open("svg", &svg);
        let class = format!("s{at}");
        let id = format!("p{at}");
        let size = [("width", "8"), ("height", "8"), ("patternUnits", "userSpaceOnUse")];
        let [width, height, units] = size;
        page.open("pattern", &[("id", &id), width, height, units]);
        page.empty("rect", &[width, height, ("class", &class)]);
        if !TEXTURES[*at].is_empty() {
            page.empty("path", &[("d", TEXTURES[*at]), ("class", "texture")]);
        }
        page.close();
        let fill = format!("url(#{id})");
        page.empty("rect", &[("width", "16"), ("height", "16"), ("fill", &fill)]);
        page.close();
        page.text(&format!(" {} {}", stage(*at), count(total[*at])));
        page.close();
    }
    page.close();
}

/// What all strips share.
#[derive(Clone, Copy)]
struct Scale {
    first: i64,
    bins: i64,
    tallest: u64,
}

impl Scale {
    /// How far from the left a bin begins, in hundredths of percent.
    fn place(self, bin: i64) -> i64 {
        (bin - self.first) * 10_000 / self.bins
    }
}

/// `12.34%`
fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn strip(page: &mut Page, timeline: &Timeline, row: &Row, at: usize, scale: Scale) {
    let most = row.bins.iter().max_by_key(|(bin, counts)| (sum(counts), -**bin));
    let most = most.map_or_else(String::new, |(bin, counts)| {
        let when = label(timeline, timeline.start(*bin));
        format!(", at most {} in {}, from {when}", count(sum(counts)), timeline.unit())
    });
    let words = format!("{}{most}", plural(sum(&row.total), "failure"));
    let (title, text) = (format!("strip{at}-title"), format!("strip{at}-text"));
    page.open("div", &[("class", "strip")]);
    page.open("h3", &[]);
    page.text(&row.name);
    page.open("span", &[]);
    page.text(&format!(" {words}"));
    page.close();
    page.close();
    let labels = format!("{title} {text}");
    let svg = [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("width", "100%"),
        ("height", STRIP),
        ("role", "img"),
        ("aria-labelledby", &labels),
    ];
    page.open("svg", &svg);
    page.element("title", &[("id", &title)], &format!("Failures of {}", row.name));
    page.element("desc", &[("id", &text)], &words);
    let top = TOP.to_string();
    let line = |page: &mut Page, y: &str, class: &str| {
        page.empty("line", &[("x1", "0"), ("x2", "100%"), ("y1", y), ("y2", y), ("class", class)]);
    };
    line(page, &top, "grid");
    page.element("text", &[("x", "0"), ("y", "12")], &count(scale.tallest));
    for (bin, counts) in &row.bins {
        bar(page, timeline, *bin, counts, scale);
    }
    line(page, BASE, "base");
    axis(page, timeline, scale);
    page.close();
    page.close();
}

/// The stages of a bin on top of each other, and its numbers as a tooltip.
fn bar(page: &mut Page, timeline: &Timeline, bin: i64, counts: &Counts, scale: Scale) {
    let (left, right) = (scale.place(bin), scale.place(bin + 1));
    // A tenth of the bin stays free between bars.
    let gap = (right - left) / 10;
    let (x, width) = (percent(left + gap / 2), percent(right - left - gap));
    let parts: Vec<String> = (0..STAGES)
        .filter(|at| counts[*at] > 0)
        .map(|at| format!("{} {}", stage(at), count(counts[at])))
        .collect();
    let words = format!("{}: {}", label(timeline, timeline.start(bin)), parts.join(", "));
    page.open("g", &[]);
    page.element("title", &[], &words);
    let mut foot = TOP + BAR;
    for at in (0..STAGES).filter(|at| counts[*at] > 0) {
        // A single failure beside thousands is still seen: two pixels at least.
        let height = (counts[at].saturating_mul(BAR) / scale.tallest).clamp(2, BAR);
        let head = foot.saturating_sub(height).max(TOP);
        let (y, height) = (head.to_string(), (foot - head).to_string());
        let fill = format!("url(#p{at})");
        let area = [("x", &x), ("y", &y), ("width", &width), ("height", &height), ("fill", &fill)];
        page.empty("rect", &area.map(|(name, value)| (name, value.as_str())));
        foot = head;
    }
    page.close();
}

/// Three instants, which also a telephone has room for.
fn axis(page: &mut Page, timeline: &Timeline, scale: Scale) {
    let ticks = [(0, "start"), (scale.bins / 2, "middle"), (scale.bins, "end")];
    for (bin, anchor) in ticks {
        let x = percent(scale.place(scale.first + bin));
        page.empty(
            "line",
            &[("x1", &x), ("x2", &x), ("y1", BASE), ("y2", "76"), ("class", "base")],
        );
        let attributes =
            [("x", x.as_str()), ("y", "88"), ("text-anchor", anchor), ("class", anchor)];
        page.element("text", &attributes, &label(timeline, timeline.start(scale.first + bin)));
    }
}

fn label(timeline: &Timeline, at: Timestamp) -> String {
    let text = readable(at);
    let length = if timeline.has_hours() { 16 } else { 10 };
    text.get(..length).unwrap_or(&text).to_owned()
}

/// The same in numbers.
fn table(page: &mut Page, timeline: &Timeline, rows: &[Row], seen: &[usize]) {
    let mut headers = vec!["Connector", "Failures"];
    headers.extend(seen.iter().map(|at| stage(*at)));

    headers.push("Most from (UTC)");
    let mut table = Table::begin(
        page,
        "Failures by connector and stage, and when most of them began",
        &headers,
    );
    for row in rows {
        table.row(page, |table, page| {
            table.text(page, &row.name);
            table.number(page, sum(&row.total));
            seen.iter().for_each(|at| table.number(page, row.total[*at]));
            let most = row.bins.iter().max_by_key(|(bin, counts)| (sum(counts), -**bin));
            table.cell(page, |page| time(page, most.map(|(bin, _)| timeline.start(*bin))));
        });
    }
    table.end(page);
}
