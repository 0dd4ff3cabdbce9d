//! From the pages in `docs/cmdlets` to the help that Get-Help reads (MAML).
//!
//! A page is read by its headings. Its syntax block is what `Get-Command -Syntax`
//! prints; sets, types, order and which parameters are mandatory come from there.
//! What it does not say stands in italics below the parameter's heading. A text
//! that several cmdlets share stands in `parameters.md` and is linked to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where the shared texts are.
const SHARED: &str = "parameters.md";

/// The paragraphs and blocks below one heading.
struct Section<'a> {
    title: &'a str,
    lines: Vec<&'a str>,
}

/// A parameter as one parameter set has it.
struct Parameter {
    name: String,
    /// Empty for a switch.
    kind: String,
    required: bool,
    positional: bool,
}

/// What is in italics below a parameter's heading.
#[derive(Default)]
struct Facts {
    pipeline: String,
    wildcards: bool,
    aliases: String,
    default: String,
}

/// The whole help file.
pub fn help(folder: &Path) -> String {
    let read = |path: &Path| {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let shared = read(&folder.join(SHARED));
    let shared: BTreeMap<String, String> = sections(&shared, "## ")
        .map(|section| (anchor(section.title), paragraphs(&section.lines).join("\n")))
        .collect();
    let mut pages: Vec<_> = fs::read_dir(folder)
        .expect("docs/cmdlets")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains('-')))
        .collect();
    pages.sort();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out += "<!-- Written by ./dev help-files from docs/cmdlets: change the pages there. -->\n";
    out += "<helpItems schema=\"maml\" xmlns=\"http://msh\">\n";
    for page in &pages {
        let name = page.file_stem().expect("a name").to_string_lossy().into_owned();
        out += &command(&name, &read(page), &shared);
    }
    out + "</helpItems>\n"
}

fn command(name: &str, page: &str, shared: &BTreeMap<String, String>) -> String {
    let (head, body) = page.split_once("\n## ").unwrap_or_else(|| panic!("{name}: no sections"));
    let body = format!("## {body}");
    let part = |title: &str| {
        let mut found = sections(&body, "## ").filter(|section| section.title == title);
        found.next().unwrap_or_else(|| panic!("{name}: no section {title}")).lines
    };
    let synopsis = paragraphs(&head.lines().skip(1).collect::<Vec<_>>()).swap_remove(0);
    assert_eq!(head.lines().next(), Some(&*format!("# {name}")), "the title of {name}.md");
    let sets: Vec<Vec<Parameter>> = fenced(&head.lines().collect::<Vec<_>>())
        .expect("a syntax block")
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| syntax(name, line))
        .collect();
    assert!(!sets.is_empty(), "{name}: no syntax");
    let texts = part("Parameters").join("\n");
    let texts: Vec<Section<'_>> = sections(&texts, "### -").collect();
    let (verb, noun) = name.split_once('-').expect("a verb and a noun");

    let mut out = format!(
        "<command:command {NAMESPACES}>\n<command:details>\n<command:name>{name}</command:name>\n\
         <command:verb>{verb}</command:verb>\n<command:noun>{noun}</command:noun>\n{}</command:details>\n",
        description(&[synopsis])
    );
    out += &description(&paragraphs(&part("Description")));
    out += "<command:syntax>\n";
    for set in &sets {
        out += &format!("<command:syntaxItem>\n<maml:name>{name}</maml:name>\n");
        for (place, parameter) in set.iter().enumerate() {
            out += &element(parameter, place, &facts(name, &texts, &parameter.name).0, None);
        }
        out += "</command:syntaxItem>\n";
    }
    out += "</command:syntax>\n<command:parameters>\n";
    for text in &texts {
        let of_sets = sets.iter().filter_map(|set| {
            set.iter().position(|p| p.name == text.title).map(|place| (place, &set[place]))
        });
        let all: Vec<_> = of_sets.collect();
        let (place, parameter) =
            *all.first().unwrap_or_else(|| panic!("{name}: -{} is in no syntax", text.title));
        let (facts, words) = facts(name, &texts, text.title);
        out += &element(parameter, place, &facts, Some(&expand(name, &words, shared)));
    }
    out += "</command:parameters>\n";
    for (list, item, title) in
        [("inputTypes", "inputType", "Inputs"), ("returnValues", "returnValue", "Outputs")]
    {
        out += &format!("<command:{list}>\n");
        let text = part(title).join("\n");
        for kind in sections(&text, "### ") {
            out += &format!(
                "<command:{item}>\n<dev:type><maml:name>{}</maml:name></dev:type>\n{}</command:{item}>\n",
                escape(kind.title),
                description(&paragraphs(&kind.lines))
            );
        }
        out += &format!("</command:{list}>\n");
    }
    out += "<command:examples>\n";
    for (number, (code, words)) in examples(&part("Examples")).enumerate() {
        out += &format!(
            "<command:example>\n<maml:title>Example {}</maml:title>\n<dev:code>{}</dev:code>\n<dev:remarks>{}</dev:remarks>\n</command:example>\n",
            number + 1,
            escape(&code),
            paras(&words)
        );
    }
    out += "</command:examples>\n<command:relatedLinks>\n";
    for line in part("See also").iter().filter(|line| !line.is_empty()) {
        let (text, target) = line
            .strip_prefix("- [")
            .and_then(|rest| rest.strip_suffix(')')?.split_once("]("))
            .unwrap_or_else(|| panic!("{name}: {line}"));
        let uri = if target.starts_with("https:") { target } else { "" };
        out += &format!(
            "<maml:navigationLink><maml:linkText>{}</maml:linkText><maml:uri>{uri}</maml:uri></maml:navigationLink>\n",
            escape(text)
        );
    }
    out + "</command:relatedLinks>\n</command:command>\n"
}

const NAMESPACES: &str = "xmlns:maml=\"http://schemas.microsoft.com/maml/2004/10\" \
    xmlns:command=\"http://schemas.microsoft.com/maml/dev/command/2004/10\" \
    xmlns:dev=\"http://schemas.microsoft.com/maml/dev/2004/10\"";

fn element(parameter: &Parameter, place: usize, facts: &Facts, words: Option<&[String]>) -> String {
    let position = if parameter.positional { place.to_string() } else { "named".to_owned() };
    let pipeline = if facts.pipeline.is_empty() {
        "False".to_owned()
    } else {
        format!("True ({})", facts.pipeline)
    };
    let mut out = format!(
        "<command:parameter required=\"{}\" variableLength=\"{}\" globbing=\"{}\" pipelineInput=\"{pipeline}\" position=\"{position}\" aliases=\"{}\">\n<maml:name>{}</maml:name>\n",
        parameter.required,
        parameter.kind.ends_with("[]"),
        facts.wildcards,
        if facts.aliases.is_empty() { "none" } else { &facts.aliases },
        parameter.name
    );
    let words: Vec<String> = words.map_or_else(Vec::new, <[String]>::to_vec);
    if !words.is_empty() {
        out += &description(&words);
    }
    let switch = parameter.kind.is_empty();
    let kind = if switch { "SwitchParameter" } else { &parameter.kind };
    // Of a switch, the syntax shows no value.
    if !switch || !words.is_empty() {
        out += &format!(
            "<command:parameterValue required=\"{}\" variableLength=\"false\">{}</command:parameterValue>\n",
            !switch,
            escape(kind)
        );
    }
    out += &format!("<dev:type><maml:name>{}</maml:name></dev:type>\n", escape(kind));
    let default = match (&*facts.default, switch) {
        ("", true) => "False",
        ("", false) => "None",
        (given, _) => given,
    };
    out + &format!(
        "<dev:defaultValue>{}</dev:defaultValue>\n</command:parameter>\n",
        escape(default)
    )
}

/// One line of `Get-Command -Syntax`.
fn syntax(name: &str, line: &str) -> Vec<Parameter> {
    let rest = line.strip_prefix(name).unwrap_or_else(|| panic!("{name}: {line}"));
    let rest = rest.trim_end().trim_end_matches("[<CommonParameters>]");
    let mut found = Vec::new();
    let mut parts = rest.split('-');
    let mut before = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([' ', ']']).unwrap_or(part.len());
        let kind = part.split_once('<').and_then(|(_, kind)| kind.split_once('>'));
        let opened = before.trim_start();
        found.push(Parameter {
            name: part[..end].to_owned(),
            kind: kind.map_or_else(String::new, |(kind, _)| kind.to_owned()),
            // "[[-Path] <string[]>]", "[-Path] <string[]>", "[-Since <datetime>]", "-Path <string>"
            required: opened.is_empty() || opened == "[" && part[end..].starts_with("] <"),
            positional: part[end..].starts_with("] <"),
        });
        before = part.rsplit_once(' ').map_or(String::new(), |(_, last)| last.to_owned());
    }
    found
}

/// The facts in italics and the words of a parameter.
fn facts<'a>(command: &str, texts: &[Section<'a>], name: &str) -> (Facts, Vec<&'a str>) {
    let text = texts
        .iter()
        .find(|text| text.title == name)
        .unwrap_or_else(|| panic!("{command}: -{name} is not described"));
    let mut facts = Facts::default();
    let mut words = Vec::new();
    for line in &text.lines {
        let Some(list) = line.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')) else {
            words.push(*line);
            continue;
        };
        for fact in list.split("; ") {
            match fact.split_once(' ').unwrap_or((fact, "")) {
                ("pipeline", how) => facts.pipeline = how.trim_matches(['(', ')']).to_owned(),
                ("wildcards", _) => facts.wildcards = true,
                ("alias", names) => facts.aliases = names.to_owned(),
                ("default", value) => facts.default = value.to_owned(),
                _ => panic!("{command} -{name}: {fact}"),
            }
        }
    }
    (facts, words)
}

/// A link to a shared text becomes that text; what follows it is added.
fn expand(command: &str, words: &[&str], shared: &BTreeMap<String, String>) -> Vec<String> {
    let text = words.join("\n");
    let Some(rest) = text.trim_start().strip_prefix("See [") else {
        return paragraphs(words);
    };
    let (anchor, rest) = rest
        .split_once("](parameters.md#")
        .and_then(|(_, rest)| rest.split_once(")."))
        .unwrap_or_else(|| panic!("{command}: {text}"));
    let said = shared.get(anchor).unwrap_or_else(|| panic!("{command}: no shared text {anchor}"));
    let mut all = vec![said.clone()];
    all.extend(paragraphs(&rest.lines().collect::<Vec<_>>()));
    vec![all.join(" ")]
}

/// What GitHub calls a heading in a link.
fn anchor(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The sections of a text whose headings begin with `mark`.
fn sections<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = Section<'a>> {
    let mut found: Vec<Section<'a>> = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        match line.strip_prefix(mark) {
            Some(title) if !in_code => found.push(Section { title, lines: Vec::new() }),
            _ => {
                if let Some(last) = found.last_mut() {
                    last.lines.push(line);
                }
            }
        }
    }
    found.into_iter()
}

/// The first block of code.
fn fenced(lines: &[&str]) -> Option<String> {
    let mut inside = lines.iter().skip_while(|line| !line.starts_with("```")).skip(1).peekable();
    inside.peek()?;
    Some(
        inside
            .take_while(|line| !line.starts_with("```"))
            .map(|line| format!("{line}\n"))
            .collect(),
    )
}

/// Each block of code, with the paragraphs that follow it.
fn examples(lines: &[&str]) -> impl Iterator<Item = (String, Vec<String>)> {
    let text = lines.join("\n");
    let blocks: Vec<_> = text
        .split("```powershell\n")
        .skip(1)
        .map(|block| {
            let (code, words) = block.split_once("\n```").expect("the end of an example");
            (code.to_owned(), paragraphs(&words.lines().collect::<Vec<_>>()))
        })
        .collect();
    blocks.into_iter()
}

/// The text outside of code, a string for each paragraph, without line breaks and marks.
fn paragraphs(lines: &[&str]) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut in_code = false;
    for line in lines {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if line.trim().is_empty() {
            found.push(String::new());
        } else if !in_code {
            if line.starts_with("- ") {
                found.push(String::new());
            }
            let last = found.last_mut().expect("a paragraph");
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line.trim());
        }
    }
    found.retain(|text| !text.is_empty());
    found.iter().map(|text| plain(text)).collect()
}

/// Without the marks of Markdown: of a link its text, of code the code.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(words, tail)| {
            let (_, tail) = tail.split_once(')')?;
            (!words.contains('[')).then_some((words, tail))
        });
        out += before;
        match link {
            Some((words, tail)) => {
                out += words;
                rest = tail;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out += rest;
    out.replace("\\<", "<").replace("\\*", "*").replace('`', "")
}

fn description(paragraphs: &[String]) -> String {
    format!("<maml:description>{}</maml:description>\n", paras(paragraphs))
}

fn paras(paragraphs: &[String]) -> String {
    paragraphs.iter().map(|text| format!("<maml:para>{}</maml:para>", escape(text))).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
