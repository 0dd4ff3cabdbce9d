//! The only way to the page: markup is `&'static str`, values are escaped.
//!
//! No function here takes markup that was put together at run time, so a value
//! cannot become an element, an attribute or a comment, whatever it holds. The
//! page is HTML5 that is XML too: every element is closed, every attribute is
//! quoted, so that a test can read the whole page with an XML parser.

use crate::text::clean_str;

/// Attributes: names are markup, values are not.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A page that grows.
pub struct Page {
    out: String,
    open: Vec<&'static str>,
}

impl Page {
    /// The beginning of an HTML document in English.
    pub fn new() -> Page {
        let mut page = Page { out: "<!DOCTYPE html>\n".to_owned(), open: Vec::new() };
        page.open("html", &[("lang", "en"), ("xmlns", "http://www.w3.org/1999/xhtml")]);
        page
    }

    /// Begins an element.
    pub fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.tag(tag, attributes);
        self.out.push('>');
        self.open.push(tag);
    }

    /// Ends the element that was begun last.
    pub fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
            // Lines of the file end where no reader sees a blank for it.
            if is_block(tag) {
                self.out.push('\n');
            }
        }
    }

    /// An element that has no content: `meta`, `rect`.
    pub fn empty(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.tag(tag, attributes);
        self.out.push_str(" />");
    }

    /// An element with nothing but a text in it.
    pub fn element(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close();
    }

    /// A value.
    pub fn text(&mut self, value: &str) {
        escape(&mut self.out, value);
    }

    /// A value of which a line can be broken where people would do it: in paths,
    /// in names of hosts, between the words of `OwnCertificateNoKey`.
    pub fn breakable(&mut self, value: &str) {
        // Shorter words fit on any line.
        const SHORT: usize = 10;
        for word in value.split_inclusive(' ') {
            let mut start = 0;
            let mut before = ' ';
            for (at, c) in word.char_indices() {
                let is_end =
                    matches!(before, '\\' | '/' | '.' | '@' | '=' | ';' | ',') && c.is_alphabetic();
                let is_hump = before.is_ascii_lowercase() && c.is_ascii_uppercase();
                if word.len() > SHORT && at > start && (is_end || is_hump) {
                    self.text(&word[start..at]);
                    self.empty("wbr", &[]);
                    start = at;
                }
                before = c;
            }
            self.text(&word[start..]);
        }
    }

    /// A style sheet, which is part of the program.
    pub fn style(&mut self, sheet: &'static str) {
        self.open("style", &[]);
        self.out.push_str(sheet);
        self.close();
    }

    /// Ends what is open; the page.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn tag(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&mut self.out, value);
            self.out.push('"');
        }
    }
}

fn is_block(tag: &str) -> bool {
    !matches!(tag, "a" | "code" | "desc" | "pattern" | "span" | "strong" | "time" | "title")
}

/// Writes a value as text that is fit for content and for quoted attributes.
/// What is invisible or steers is written as `\u202E` first, as everywhere.
fn escape(out: &mut String, value: &str) {
    for c in clean_str(value).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not characters of XML; no parser needs to take them.
            '\u{FFFE}' => out.push_str("\\uFFFE"),
            '\u{FFFF}' => out.push_str("\\uFFFF"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_wherever_they_stand() {
        let mut page = Page::new();
        page.element("p", &[("title", "\"><x y='")], "</p>]]>--><!-- & \u{202E}\u{0}\u{FFFF}");
        let html = page.finish();
        assert!(html.contains("title=\"&quot;&gt;&lt;x y=&#39;\""), "{html}");
        assert!(
            html.contains(">&lt;/p&gt;]]&gt;--&gt;&lt;!-- &amp; \\u202E\\u0000\\uFFFF</p>"),
            "{html}"
        );
        assert!(html.ends_with("</html>\n"));
    }
}
