//! What many objects, and objects of the longest texts, make of a report: a page
//! of bounded size that shows the worst and tells what is left out.

#[path = "support/page.rs"]
#[allow(dead_code)]
mod page;
#[path = "support/report.rs"]
mod support;

use page::hold;

#[test]
fn many_failures_cost_little_and_are_all_counted() {
    let mut report = support::new("Many");
    let count = 100_000;
    let started = std::time::Instant::now();
    for number in 0..count {
        let mut object = support::failure(1, support::START, number);
        // More groups than are held, more connectors than are drawn.
        object.set("Error", &format!("{}", number % 5_000));
        object.set("Connector", &format!("Connector {}", number % 300));
        report.add(&object).unwrap();
    }
    let html = report.html();
    println!("{count} failures: {} bytes after {:?}", html.len(), started.elapsed());
    let text = hold(&html);
    assert!(html.len() < 2 << 20, "{} bytes", html.len());
    assert!(text.contains("100,000 failed sessions in 2,000 groups"));
    assert!(text.contains("Left out to keep this page readable: smaller groups (1,500)."));
    assert!(text.contains("86,000 failures of still other kinds"));
    assert!(text.contains("More than 245 other connectors"));
}

#[test]
fn the_longest_texts_cost_a_bounded_page() {
    let long = "word ".repeat(780);
    let many = support::list(&[long.as_str(); 60]);
    // Kind, what it is called, what of it is long, what is said of those that are not whole.
    let cases: &[(&str, &str, &[&str], &str)] = &[
        (
            "Diagnosis",
            "Summary",
            &["Evidence", "Remedy", "Reference"],
            "evidence, remedies and references of diagnoses of lower rank",
        ),
        (
            "CertificateTest",
            "Subject",
            &["Findings", "Chain", "Remedy"],
            "findings, chains and remedies of certificates with a better result",
        ),
        (
            "ConnectorTest",
            "Identity",
            &["Findings", "Remedy"],
            "findings and remedies of connectors with a better result",
        ),
    ];
    for (kind, name, details, words) in cases {
        let mut report = support::new("Long");
        for number in 0..24 {
            let called = format!("({number})");
            let mut object = support::object(kind, &[(*name, &called), ("Rank", "7")]);
            details.iter().for_each(|name| object.put(name, many.clone()));
            report.add(&object).unwrap();
        }
        let html = report.html();
        let text = hold(&html);
        assert!(html.len() < 5 << 20, "{kind}: {} bytes", html.len());
        // All are named, the first is whole, and what is left out of others is told.
        (0..24).for_each(|number| assert!(text.contains(&format!("({number})")), "{kind}"));
        assert!(text.contains(long.trim()), "{kind}");
        let told = format!("Left out to keep this page readable: {words} (");
        assert!(text.contains(&told), "{kind}");
    }
}
