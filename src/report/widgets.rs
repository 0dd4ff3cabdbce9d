//! What several parts of the page are made of: tables, times, badges, commands.

use super::writer::Page;
use crate::cert::finding::CODES;
use crate::failure::cause::CAUSES;
use crate::timestamp::Timestamp;

/// A number as people read it: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 failure`, `1,234 failures`.
pub fn plural(number: u64, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{} {what}{end}", count(number))
}

/// `2024-03-05 08:00:00`: the whole of it stands in the element's attribute.
pub fn readable(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..19).map_or(text.clone(), |text| text.replace('T', " "))
}

/// An instant, or a dash where none is known.
pub fn time(page: &mut Page, time: Option<Timestamp>) {
    match time {
        Some(time) => {
            page.open("time", &[("datetime", &time.to_string())]);
            // A line can be broken between the two, and nowhere else.
            for (at, part) in readable(time).split(' ').enumerate() {
                page.text(if at > 0 { " " } else { "" });
                page.element("span", &[], part);
            }
            page.close();
        }
        None => page.text("-"),
    }
}

/// How much something weighs, told by a word and a colour.
pub fn badge(page: &mut Page, word: &str) {
    let class = match word.to_ascii_lowercase().as_str() {
        "fail" | "error" => "badge bad",
        "warning" => "badge warn",
        "pass" => "badge good",
        _ => "badge",
    };
    page.element("span", &[("class", class)], word);
}

/// The order of results, worst first; what is not known stands before what passed.
pub fn weight(word: &str) -> u8 {
    match word.to_ascii_lowercase().as_str() {
        "fail" | "error" => 0,
        "warning" => 1,
        "pass" => 3,
        _ => 2,
    }
}

/// Begins a part of the page: a heading that can be linked to.
pub fn section(page: &mut Page, id: &'static str, heading: &str) {
    let label = format!("{id}-heading");
    page.open("section", &[("id", id), ("aria-labelledby", &label)]);
    page.element("h2", &[("id", &label)], heading);
}

/// Says how many rows do not stand in a table, if any.
pub fn left_out(page: &mut Page, number: u64, what: &str) {
    if number > 0 {
        let text = format!("Left out to keep this page readable: {} ({}).", what, count(number));
        page.element("p", &[("class", "note")], &text);
    }
}

/// Commands, each in a line of its own, so that one can be copied at a time.
pub fn remedy(page: &mut Page, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.element("h4", &[], "Remedy: commands to check and paste, in this order");
    page.open("div", &[("class", "remedy")]);
    for line in lines {
        let class = if line.starts_with('#') { "comment" } else { "command" };
        page.open("pre", &[("class", class)]);
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                page.text(" ");
            }
            // A parameter that is broken after its hyphen looks like two words.
            match word.contains('-') && word.len() <= MAX_UNBROKEN {
                true => page.element("span", &[], word),
                false => page.text(word),
            }
        }
        page.close();
    }
    page.close();
}

/// Longest word of a command that is kept on one line: it fits a telephone.
const MAX_UNBROKEN: usize = 28;

/// Where to read more. Links lead only to `https://`, and to the project's own
/// pages about causes and findings, which are known by name.
pub fn references(page: &mut Page, references: &[String]) {
    if references.is_empty() {
        return;
    }
    page.open("p", &[("class", "references")]);
    page.element("span", &[("class", "label")], "Read more: ");
    for (at, reference) in references.iter().enumerate() {
        if at > 0 {
            page.text(", ");
        }
        match target(reference) {
            Some(target) => {
                page.element("a", &[("href", &target), ("rel", "noreferrer")], reference);
            }
            None => page.text(reference),
        }
    }
    page.close();
}

fn target(reference: &str) -> Option<String> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if reference.starts_with("https://") && is_plain(reference) {
        return Some(reference.to_owned());
    }
    let page = reference.strip_prefix("docs/")?.strip_suffix(".md")?;
    let (folder, name) = page.split_once('/')?;
    let known = match folder {
        "causes" => CAUSES.iter().any(|info| info.name == name),
        "findings" => CODES.iter().any(|info| info.name == name),
        _ => false,
    };
    let repository = env!("CARGO_PKG_REPOSITORY");
    known.then(|| format!("{repository}/blob/main/docs/{folder}/{name}.md"))
}

/// A name and its value in a list of them; nothing where there is no value.
pub fn fact(page: &mut Page, name: &'static str, value: &str) {
    if !value.is_empty() {
        page.open("div", &[]);
        page.open("dt", &[]);
        page.breakable(name);
        page.close();
        page.open("dd", &[]);
        page.breakable(value);
        page.close();
        page.close();
    }
}

/// A table whose rows become blocks on narrow screens. The roles say again what
/// the elements mean, because browsers forget it for elements shown as blocks.
pub struct Table {
    headers: Vec<&'static str>,
    column: usize,
}

impl Table {
    /// Begins a table; [`end`](Self::end) ends it.
    pub fn begin(page: &mut Page, caption: &str, headers: &[&'static str]) -> Table {
        page.open("table", &[("role", "table")]);
        page.element("caption", &[], caption);
        page.open("thead", &[("role", "rowgroup")]);
        page.open("tr", &[("role", "row")]);
        for header in headers {
            page.open("th", &[("role", "columnheader"), ("scope", "col")]);
            page.breakable(header);
            page.close();
        }
        page.close();
        page.close();
        page.open("tbody", &[("role", "rowgroup")]);
        Table { headers: headers.to_vec(), column: 0 }
    }

    /// A row: `cells` calls [`cell`](Self::cell) once for each header.
    pub fn row(&mut self, page: &mut Page, cells: impl FnOnce(&mut Table, &mut Page)) {
        self.column = 0;
        page.open("tr", &[("role", "row")]);
        cells(self, page);
        page.close();
    }

    /// The next cell; the first names the row.
    pub fn cell(&mut self, page: &mut Page, content: impl FnOnce(&mut Page)) {
        self.start(page, "");
        // One child, whatever is in it: on narrow screens the cell is a grid.
        page.open("div", &[]);
        content(page);
        page.close();
        page.close();
    }

    fn start(&mut self, page: &mut Page, class: &str) {
        let label = self.headers.get(self.column).copied().unwrap_or_default();
        if self.column == 0 {
            let attributes = [("role", "rowheader"), ("scope", "row"), ("data-label", label)];
            page.open("th", &attributes);
        } else {
            page.open("td", &[("role", "cell"), ("data-label", label), ("class", class)]);
        }
        self.column += 1;
    }

    /// The next cell, a text; a dash where there is none.
    pub fn text(&mut self, page: &mut Page, text: &str) {
        self.cell(page, |page| page.breakable(if text.is_empty() { "-" } else { text }));
    }

    /// The next cell, a number; a zero is left out where space is short.
    pub fn number(&mut self, page: &mut Page, number: u64) {
        self.start(page, if number == 0 { "number zero" } else { "number" });
        page.text(&count(number));
        page.close();
    }

    /// Ends the table.
    pub fn end(self, page: &mut Page) {
        page.close();
        page.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        assert_eq!((plural(1, "queue"), plural(2, "queue")), ("1 queue".into(), "2 queues".into()));
    }

    #[test]
    fn links_lead_to_https_and_known_pages_only() {
        for link in
            ["https://example.com/a?b=1&c", "docs/causes/Unknown.md", "docs/findings/Expired.md"]
        {
            assert!(target(link).is_some_and(|to| to.starts_with("https://")), "{link}");
        }
        for text in [
            "javascript:alert(1)",
            "http://example.com",
            "https://example.com/ onclick=x",
            "docs/causes/../../x.md",
            "docs/causes/Nothing.md",
            "data:text/html,x",
            "KB 4051498",
            "HTTPS://example.com",
        ] {
            assert_eq!(target(text), None, "{text}");
        }
    }
}
