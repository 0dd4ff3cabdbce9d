//! Which server something is from: names short and long, and in paths.

use std::collections::BTreeMap;

/// The servers that are known by name, each by the name it was first met with.
#[derive(Debug, Clone, Default)]
pub(super) struct Servers {
    /// By the short name in lower case.
    known: BTreeMap<String, String>,
}

impl Servers {
    /// Takes notice of a server.
    pub fn meet(&mut self, name: &str) {
        if let Some(short) = short(name) {
            self.known.entry(short).or_insert_with(|| name.trim().to_owned());
        }
    }

    /// The server that a path is from: the name of a share's host or of a folder.
    pub fn of_path(&self, path: &str) -> Option<&str> {
        let mut parts = path.split(['\\', '/']).filter(|part| !part.is_empty());
        // The innermost says it best: a share may be on one server and hold the logs of many.
        parts.rfind(|part| self.is_known(part)).and_then(|part| self.name(part))
    }

    fn is_known(&self, part: &str) -> bool {
        // An address is no name: 10.1.2.3 must not be the server "10".
        !part.starts_with(|c: char| c.is_ascii_digit()) && self.name(part).is_some()
    }

    /// The name a server goes by here.
    pub fn name(&self, name: &str) -> Option<&str> {
        self.known.get(&short(name)?).map(String::as_str)
    }

    /// The only server there is, if there is only one.
    pub fn only(&self) -> Option<&str> {
        let mut names = self.known.values();
        names.next().filter(|_| names.next().is_none()).map(String::as_str)
    }
}

/// Whether two names, short or long, mean the same server.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    short(one).is_some() && short(one) == short(other)
}

/// Up to the first dot, in lower case. NetBIOS names have at most 15 characters,
/// computer names 63; what is longer is no server.
fn short(name: &str) -> Option<String> {
    let name = name.trim().trim_start_matches('\\');
    let short = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    (1..=63).contains(&short.len()).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_server_in_a_path() {
        let mut servers = Servers::default();
        servers.meet("EX01.contoso.com");
        assert_eq!(servers.only(), Some("EX01.contoso.com"));
        servers.meet("ex01");
        servers.meet("EX02");
        assert_eq!(servers.only(), None);
        for (path, server) in [
            (r"\\ex01\D$\Logs\SmtpSend\SEND20240101-1.log", Some("EX01.contoso.com")),
            ("collected/EX02/SmtpSend/SEND20240101-1.log", Some("EX02")),
            (r"\\files\logs\EX02.contoso.com\SEND.log", Some("EX02")),
            ("/var/log/SEND20240101-1.log", None),
        ] {
            assert_eq!(servers.of_path(path), server, "{path}");
        }
        assert!(
            is_same("EX01", "ex01.contoso.com") && !is_same("EX01", "EX011") && !is_same("", "")
        );
    }
}
