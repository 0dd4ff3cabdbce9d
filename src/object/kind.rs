//! What kind of object it is.

use super::Object;

/// The kinds that tell something about mail that hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Get-Queue`
    Queue,
    /// `Get-SendConnector`
    SendConnector,
    /// `Get-ReceiveConnector`
    ReceiveConnector,
    /// `Get-ExchangeCertificate`, or a certificate of a store.
    Certificate,
    /// `Get-ExchangeServer`, `Get-TransportService`, `Get-FrontendTransportService`, `Get-TransportServer`.
    Server,
}

/// The last part of type names, most telling first.
const TYPES: &[(&str, Kind)] = &[
    ("QueueInfo", Kind::Queue),
    ("SendConnectorConfig", Kind::SendConnector),
    ("SendConnector", Kind::SendConnector),
    ("ReceiveConnector", Kind::ReceiveConnector),
    ("ExchangeCertificate", Kind::Certificate),
    ("X509Certificate2", Kind::Certificate),
    ("TransportServer", Kind::Server),
    ("ExchangeServer", Kind::Server),
];

/// Properties that only one kind has, where a type name was lost (`Select-Object`, JSON).
const PROPERTIES: &[(&str, Kind)] = &[
    ("NextHopDomain", Kind::Queue),
    ("RemoteIPRanges", Kind::ReceiveConnector),
    ("Bindings", Kind::ReceiveConnector),
    ("DNSRoutingEnabled", Kind::SendConnector),
    ("SmartHosts", Kind::SendConnector),
    ("AddressSpaces", Kind::SendConnector),
    ("RawData", Kind::Certificate),
    ("Thumbprint", Kind::Certificate),
    ("InternalTransportCertificateThumbprint", Kind::Server),
    ("SendProtocolLogPath", Kind::Server),
    ("ServerRole", Kind::Server),
    ("LastError", Kind::Queue),
    // Common to connectors of both directions: only what is left decides.
    ("PermissionGroups", Kind::ReceiveConnector),
    ("SourceTransportServers", Kind::SendConnector),
];

impl Kind {
    pub(super) fn of(object: &Object) -> Option<Kind> {
        let by_type = object.type_names.iter().find_map(|name| {
            TYPES.iter().find(|(end, _)| name.ends_with(end)).map(|(_, kind)| *kind)
        });
        by_type
            .or_else(|| PROPERTIES.iter().find(|(name, _)| object.has(name)).map(|(_, kind)| *kind))
    }

    /// What users read.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Queue => "queue",
            Kind::SendConnector => "send connector",
            Kind::ReceiveConnector => "receive connector",
            Kind::Certificate => "certificate",
            Kind::Server => "server",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_decide_before_properties() {
        let mut object = Object::default();
        assert_eq!(object.kind(), None);
        object.set("Thumbprint", "00");
        assert_eq!(object.kind(), Some(Kind::Certificate));
        object.type_names =
            vec!["Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig"
                .to_owned()];
        assert_eq!(object.kind(), Some(Kind::SendConnector));
        object.type_names =
            vec!["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo".to_owned()];
        assert_eq!(object.kind(), Some(Kind::Queue));
    }
}
