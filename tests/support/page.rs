//! Holds a page to what a page of a report may be made of.

use std::collections::BTreeSet;

use roxmltree::{Document, ParsingOptions};

/// All elements and attributes there are. `script`, `img`, `iframe`, `base`,
/// `form`, `style` as an attribute and what begins with `on` are not among them.
const ELEMENTS: &str = "html head meta title style body header main section article footer nav \
    figure figcaption h1 h2 h3 h4 p a span strong code pre time div ul ol li dl dt dd wbr \
    table caption thead tbody tr th td svg desc g rect path line text pattern";
const ATTRIBUTES: &str = "lang charset http-equiv content name id class role scope href rel \
    datetime data-label aria-label aria-labelledby aria-hidden width height x y x1 x2 y1 y2 d \
    fill text-anchor patternUnits";

fn parse(html: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(html, options).unwrap_or_else(|error| panic!("{error}"))
}

/// Holds a page to what a page may be made of; the text of it.
pub fn hold(html: &str) -> String {
    let document = parse(html);
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let attributes: BTreeSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let mut ids = BTreeSet::new();
    let mut text = String::new();
    for node in document.descendants() {
        assert!(!node.is_comment() && !node.is_pi());
        if node.is_text() && node.parent().is_some_and(|parent| !parent.has_tag_name("style")) {
            text.push_str(node.text().unwrap());
        }
        if !node.is_element() {
            continue;
        }
        let name = node.tag_name().name();
        assert!(elements.contains(name), "<{name}>");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(attributes.contains(key), "<{name} {key}>");
            if key == "id" {
                assert!(ids.insert(value.to_owned()), "id {value} twice");
            }
            if key == "fill" {
                assert!(value.starts_with("url(#p"), "{value}");
            }
            if key == "href" {
                assert!(value.starts_with("https://") || value.starts_with('#'), "{value}");
            }
        }
    }
    // What is linked to is there, and so are the texts that name pictures.
    for node in document.descendants() {
        for key in ["href", "aria-labelledby"] {
            let targets = node.attribute(key).unwrap_or_default();
            for target in targets.split(' ').filter(|target| !target.starts_with("https")) {
                let target = target.trim_start_matches('#');
                assert!(target.is_empty() || ids.contains(target), "{key} {target}");
            }
        }
    }
    let headings = document.descendants().filter(|node| node.has_tag_name("h1")).count();
    assert_eq!(headings, 1);
    text
}

/// The style sheet of a page.
pub fn styles(html: &str) -> String {
    let document = parse(html);
    let mut styles = document.descendants().filter(|node| node.tag_name().name() == "style");
    let style = styles.next().expect("a style sheet").text().unwrap().to_owned();
    assert!(styles.next().is_none());
    style
}
