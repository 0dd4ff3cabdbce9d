//! Enumerations of flags, which JSON gives as one number.

use crate::object::Object;

/// `AuthMechanism`, as Exchange's enumeration `AuthMechanisms` numbers it.
pub const AUTH_MECHANISMS: &[(u64, &str)] = &[
    (1, "Tls"),
    (2, "Integrated"),
    (4, "BasicAuth"),
    (8, "BasicAuthRequireTLS"),
    (16, "ExchangeServer"),
    (32, "ExternalAuthoritative"),
];

/// `PermissionGroups`. `Custom` only says that permissions were set by hand.
pub const PERMISSION_GROUPS: &[(u64, &str)] = &[
    (1, "AnonymousUsers"),
    (2, "ExchangeUsers"),
    (4, "ExchangeServers"),
    (8, "ExchangeLegacyServers"),
    (16, "Partners"),
    (32, "Custom"),
];

/// `TransportRole`: the bits of Exchange's `ServerRole` that receive connectors use.
pub const TRANSPORT_ROLES: &[(u64, &str)] =
    &[(32, "HubTransport"), (64, "Edge"), (16384, "FrontendTransport")];

/// The names of a property of flags; `None` where the object does not tell, an
/// empty list for `None` and 0. A number with a bit that has no name is not known.
pub fn names(object: &Object, property: &str, known: &[(u64, &str)]) -> Option<Vec<String>> {
    let given = object.flags(property);
    if given.is_empty() {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for word in given {
        match word.parse::<u64>() {
            Ok(number) => {
                let all: u64 = known.iter().map(|(bit, _)| bit).sum();
                if number & !all != 0 {
                    return None;
                }
                let set = known.iter().filter(|(bit, _)| number & bit != 0);
                names.extend(set.map(|(_, name)| (*name).to_owned()));
            }
            Err(_) if word.eq_ignore_ascii_case("None") => {}
            // The usual spelling of a known name, any other as it is.
            Err(_) => {
                let usual = known.iter().find(|(_, name)| name.eq_ignore_ascii_case(&word));
                names.push(usual.map_or(word, |(_, name)| (*name).to_owned()));
            }
        }
    }
    Some(names)
}

/// Whether a list of flags holds a name.
pub fn has(flags: &[String], name: &str) -> bool {
    flags.iter().any(|flag| flag.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(text: &str) -> Option<Vec<String>> {
        let mut object = Object::default();
        object.set("AuthMechanism", text);
        names(&object, "AuthMechanism", AUTH_MECHANISMS)
    }

    #[test]
    fn names_numbers_and_nothing() {
        assert_eq!(auth("17").unwrap(), ["Tls", "ExchangeServer"]);
        assert_eq!(auth("tls, EXCHANGESERVER").unwrap(), ["Tls", "ExchangeServer"]);
        assert_eq!(auth("None").unwrap(), [""; 0]);
        assert_eq!(auth("0").unwrap(), [""; 0]);
        assert_eq!(auth("4096"), None);
        assert_eq!(auth(""), None);
        assert_eq!(names(&Object::default(), "AuthMechanism", AUTH_MECHANISMS), None);
    }
}
