//! The head of the page: what is wrong, in words, and how much of everything
//! there is; and its foot: what it was made of.

use super::widgets::{count, plural, readable};
use super::writer::Page;
use super::{Item, Report};
use crate::failure::cause::Cause;
use crate::text::shorten;

/// Most other problems named at the head; all stand below.
const MAX_OTHERS: usize = 5;
/// Longest headline. A summary can be longer, a cause's title is not.
const MAX_HEADLINE: usize = 200;

/// What is wrong: a headline, and what else belongs to it.
struct Verdict {
    class: &'static str,
    headline: String,
    text: String,
    others: Vec<String>,
}

/// Writes the head.
pub fn show(report: &Report, page: &mut Page) {
    let verdict = verdict(report);
    page.open("header", &[("class", verdict.class)]);
    page.open("p", &[("class", "title")]);
    page.text(&report.title);
    page.close();
    page.element("h1", &[], &shorten(&verdict.headline, MAX_HEADLINE));
    if !verdict.text.is_empty() {
        page.element("p", &[("class", "lead")], &verdict.text);
    }
    if !verdict.others.is_empty() {
        page.element("p", &[], "Also found:");
        page.open("ul", &[("class", "also")]);
        verdict.others.iter().take(MAX_OTHERS).for_each(|other| page.element("li", &[], other));
        if verdict.others.len() > MAX_OTHERS {
            let more = verdict.others.len() - MAX_OTHERS;
            page.element("li", &[], &format!("and {more} more, below"));
        }
        page.close();
    }
    page.close();
    counts(report, page);
    contents(report, page);
}

fn verdict(report: &Report) -> Verdict {
    let bad = |headline: String, text: String, others: Vec<String>| Verdict {
        class: "verdict bad",
        headline,
        text,
        others,
    };
    let mut diagnoses = report.diagnoses.iter();
    if let Some(worst) = diagnoses.next() {
        let text =
            if worst.summary == worst.words() { String::new() } else { worst.summary.clone() };
        return bad(worst.words().to_owned(), text, diagnoses.map(|other| other.brief()).collect());
    }
    let mut others = other_problems(report);
    if let Some((cause, number)) = report.failures.causes().first() {
        let title = Cause::from_name(cause).map_or(*cause, |cause| cause.info().title);
        let all = plural(report.failures.count(), "session");
        let text = match report.failures.count() {
            total if total == *number => format!("{all} failed by {cause}."),
            _ => format!("{all} failed, {} of them by {cause}.", count(*number)),
        };
        let causes = report.failures.causes();
        let causes = causes.iter().skip(1).map(|(name, number)| {
            let title = Cause::from_name(name).map_or(*name, |cause| cause.info().title);
            format!("{title} ({})", plural(*number, "session"))
        });
        return bad(title.to_owned(), text, causes.chain(others).collect());
    }
    if !others.is_empty() {
        let first = others.remove(0);
        return bad(first, String::new(), others);
    }
    nothing(report)
}

/// Problems that are not failed sessions, worst first.
fn other_problems(report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    if report.queues.count() > 0 {
        let waiting = plural(report.queues.messages(), "message");
        let cause = report.queues.cause().and_then(Cause::from_name);
        let why = cause.map_or(String::new(), |cause| format!(": {}", cause.info().title));
        problems.push(format!(
            "{waiting} in {} with an error{why}",
            plural(report.queues.count(), "queue")
        ));
    }
    let sessions = report.sessions.failed();
    if sessions > 0 && report.failures.count() == 0 {
        problems.push(format!("{} failed", plural(sessions, "session")));
    }
    let failed = report.certificates.with("Fail");
    if failed > 0 {
        let (name, message) = report.certificates.worst().unwrap_or_default();
        let more =
            if failed > 1 { format!(", and {} more", count(failed - 1)) } else { String::new() };
        problems.push(format!("Certificate {name} cannot be used{more}. {message}"));
    }
    if report.connectors.failed() > 0 {
        let number = plural(report.connectors.failed(), "receive connector");
        problems.push(format!("{number} did not pass the test"));
    }
    problems
}

/// Nothing is wrong: in what was looked at, and with the warnings there are.
fn nothing(report: &Report) -> Verdict {
    let seen: Vec<String> = [
        (report.sessions.count(), "session"),
        (report.certificates.count(), "certificate"),
        (report.connectors.count(), "receive connector"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| plural(*number, what))
    .collect();
    let warnings = report.certificates.with("Warning");
    let others =
        (warnings > 0).then(|| format!("{} with warnings", plural(warnings, "certificate")));
    if seen.is_empty() {
        return Verdict {
            class: "verdict",
            headline: "There was nothing to judge.".to_owned(),
            text: "No failed session, queue, certificate or connector was given to this report. \
                   If mail hangs, check that protocol logging is on and that the right folder was read."
                .to_owned(),
            others: Vec::new(),
        };
    }
    Verdict {
        class: "verdict good",
        headline: "Nothing wrong was found.".to_owned(),
        text: format!("Looked at: {}.", seen.join(", ")),
        others: others.into_iter().collect(),
    }
}

/// Numbers, each with what it counts; only of what was given.
fn counts(report: &Report, page: &mut Page) {
    let failures = report.failures.count();
    let numbers = [
        ("Diagnoses", report.made_of(Item::Diagnosis)),
        ("Failed sessions", failures),
        ("Connectors with failures", report.failures.timeline.connectors()),
        ("Queues with errors", report.queues.count()),
        ("Messages in them", report.queues.messages()),
        ("Receive connectors failing", report.connectors.failed()),
        ("Certificates failing", report.certificates.with("Fail")),
        ("Certificates with warnings", report.certificates.with("Warning")),
    ];
    if numbers.iter().all(|(_, number)| *number == 0) {
        return;
    }
    page.open("dl", &[("class", "counts")]);
    for (name, number) in numbers.iter().filter(|(_, number)| *number > 0) {
        page.open("div", &[]);
        page.element("dt", &[], name);
        page.element("dd", &[], &count(*number));
        page.close();
    }
    page.close();
}

/// Links to the parts that are there.
fn contents(report: &Report, page: &mut Page) {
    let failures = report.failures.count() > 0;
    let parts = [
        (!report.diagnoses.is_empty(), "#diagnoses", "Diagnoses"),
        (failures, "#timeline", "Timeline"),
        (failures, "#failures", "Failed sessions"),
        (report.queues.count() > 0, "#queues", "Queues"),
        (report.connectors.count() > 0, "#connectors", "Receive connectors"),
        (report.certificates.count() > 0, "#certificates", "Certificates"),
        (report.sessions.count() > 0, "#sessions", "All sessions"),
        (failures, "#evidence", "Evidence"),
        (true, "#about", "About this report"),
    ];
    page.open("nav", &[("aria-label", "Parts of this report")]);
    page.open("ul", &[]);
    for (_, target, name) in parts.iter().filter(|(is_there, ..)| *is_there) {
        page.open("li", &[]);
        page.element("a", &[("href", target)], name);
        page.close();
    }
    page.close();
    page.close();
}

/// Writes the foot.
pub fn show_foot(report: &Report, page: &mut Page) {
    page.open("footer", &[("id", "about")]);
    page.element("h2", &[], "About this report");
    let made: Vec<String> = Item::ALL
        .into_iter()
        .filter(|item| report.made_of(*item) > 0)
        .map(|item| format!("{} {}", item.name(), count(report.made_of(item))))
        .collect();
    let made = if made.is_empty() { "no objects".to_owned() } else { made.join(", ") };
    page.element("p", &[], &format!("Made of: {made}."));
    page.open("p", &[]);
    page.text("Made at ");
    page.element("time", &[("datetime", &report.at.to_string())], &readable(report.at));
    let version = env!("CARGO_PKG_VERSION");
    page.text(&format!(" UTC by ExchangeTls {version}. All times are UTC."));
    page.close();
    page.element(
        "p",
        &[],
        "Commands are shown, never run. Names, addresses, replies and thumbprints come from logs and servers: \
         look through this page before it leaves your organisation.",
    );
    page.close();
}
