//! What an object is: by its type, else by its properties.

use crate::error::{Error, ErrorKind};
use crate::object::Object;
use crate::text::shorten;

/// What a report is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// `Get-ExchangeTlsDiagnosis`
    Diagnosis,
    /// `Get-SendConnectorFailure`, `Get-ReceiveConnectorFailure`
    ConnectorFailure,
    /// `Get-QueueFailure`
    QueueFailure,
    /// `Test-ReceiveConnectorAuth`
    ConnectorTest,
    /// `Test-ExchangeTlsCert`
    CertificateTest,
    /// `Get-SmtpSession`
    SmtpSession,
}

impl Item {
    /// Every kind, in the order of the report.
    pub const ALL: [Item; 6] = [
        Item::Diagnosis,
        Item::ConnectorFailure,
        Item::QueueFailure,
        Item::ConnectorTest,
        Item::CertificateTest,
        Item::SmtpSession,
    ];

    /// The last part of its type name.
    pub fn name(self) -> &'static str {
        match self {
            Item::Diagnosis => "Diagnosis",
            Item::ConnectorFailure => "ConnectorFailure",
            Item::QueueFailure => "QueueFailure",
            Item::ConnectorTest => "ConnectorTest",
            Item::CertificateTest => "CertificateTest",
            Item::SmtpSession => "SmtpSession",
        }
    }

    /// What the object is; an error that says what was expected.
    pub fn of(object: &Object) -> Result<Item, Error> {
        let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        let types: Vec<String> = object.type_names.iter().map(|name| last(name)).collect();
        let named = |name: &String| {
            Item::ALL.into_iter().find(|item| item.name().eq_ignore_ascii_case(name))
        };
        if let Some(item) = types.iter().find_map(named) {
            return Ok(item);
        }
        // Only where the type says nothing: a queue of the shell's own has a
        // LastError too, and is no QueueFailure.
        if types.iter().all(|name| is_telltale_free(name)) {
            let has = |names: &[&str]| names.iter().all(|name| object.has(name));
            if let Some((_, item)) = PROPERTIES.iter().find(|(names, _)| has(names)) {
                return Ok(*item);
            }
        }
        Err(refusal(object))
    }
}

/// Types of objects that were built by hand, selected or read from a file.
fn is_telltale_free(name: &str) -> bool {
    ["PSCustomObject", "PSObject", "Object", "Hashtable", "OrderedDictionary"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Properties that tell kinds apart, most telling first: a session has Cause,
/// Line and Connector too.
const PROPERTIES: &[(&[&str], Item)] = &[
    (&["Rank", "Evidence"], Item::Diagnosis),
    (&["Findings", "Thumbprint"], Item::CertificateTest),
    (&["AuthMechanism", "Findings"], Item::ConnectorTest),
    (&["LastError"], Item::QueueFailure),
    (&["RecordCount"], Item::SmtpSession),
    (&["EndedBy"], Item::SmtpSession),
    (&["Cause", "Line", "Connector"], Item::ConnectorFailure),
];

fn refusal(object: &Object) -> Error {
    let kind = object.type_names.first().filter(|name| !name.is_empty());
    let what = kind.map_or_else(
        || "an object of no known type".to_owned(),
        |name| format!("an object of type {}", shorten(name, 200)),
    );
    let hint = match object.kind() {
        Some(crate::object::Kind::Queue) => "; send queues through Get-QueueFailure first",
        Some(crate::object::Kind::ReceiveConnector) => {
            "; send receive connectors through Test-ReceiveConnectorAuth first"
        }
        Some(crate::object::Kind::Certificate) => {
            "; send certificates through Test-ExchangeTlsCert first"
        }
        _ => "",
    };
    let names = Item::ALL.map(Item::name).join(", ");
    let text = format!("a report cannot show {what}; expected ExchangeTls objects: {names}{hint}");
    Error::new(ErrorKind::InvalidArgument, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(types: &[&str], properties: &[&str]) -> Object {
        let mut object = Object::default();
        object.type_names = types.iter().map(|name| (*name).to_owned()).collect();
        properties.iter().for_each(|name| object.set(name, "x"));
        object
    }

    #[test]
    fn types_tell_also_after_remoting_and_selection() {
        for name in ["ExchangeTls.", "Deserialized.ExchangeTls.", "Selected.ExchangeTls.", ""] {
            for item in Item::ALL {
                let name = format!("{name}{}", item.name());
                assert_eq!(Item::of(&object(&[&name, "System.Object"], &[])).unwrap(), item);
            }
        }
    }

    #[test]
    fn properties_tell_where_types_are_lost() {
        let cases: &[(&[&str], Item)] = &[
            (&["Cause", "Line", "Connector"], Item::ConnectorFailure),
            (&["Cause", "Line", "Connector", "RecordCount"], Item::SmtpSession),
            (&["Findings", "Thumbprint"], Item::CertificateTest),
            (&["LastError"], Item::QueueFailure),
            (&["AuthMechanism", "Findings"], Item::ConnectorTest),
            (&["Rank", "Evidence", "Cause"], Item::Diagnosis),
        ];
        for (properties, item) in cases {
            let types: [&[&str]; 2] = [&[], &["System.Management.Automation.PSCustomObject"]];
            for types in types {
                assert_eq!(Item::of(&object(types, properties)).unwrap(), *item);
            }
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let queue = object(&["Microsoft.Exchange.Data.QueueViewer.QueueInfo"], &["LastError"]);
        let error = Item::of(&queue).unwrap_err();
        assert!(error.text().contains("QueueInfo"), "{error}");
        assert!(error.text().contains("Get-QueueFailure first"), "{error}");
        assert!(Item::of(&object(&[], &["Name"])).unwrap_err().text().contains("no known type"));
    }
}
