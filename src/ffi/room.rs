//! How much room values take among those that are kept ([`super::known`]).

use crate::log::certificate::Certificate;

/// Each text begins at a multiple of this: the header says so.
pub const ALIGNMENT: usize = 8;

/// Most that some values may take.
#[derive(Default)]
pub struct Room {
    pub bytes: usize,
    pub listed: usize,
    pub certificates: usize,
}

impl Room {
    /// And a text.
    pub fn text(&mut self, text: &str) {
        self.bytes += text.len() + ALIGNMENT;
    }

    /// And a list.
    pub fn list(&mut self, texts: &[String]) {
        self.listed += texts.len();
        texts.iter().for_each(|text| self.text(text));
    }

    /// And a certificate.
    pub fn certificate(&mut self, certificate: &Certificate) {
        self.certificates += 1;
        texts(certificate).into_iter().flatten().for_each(|text| self.text(text));
        self.list(&certificate.alternate_names);
    }
}

/// The texts of a certificate, apart from its names.
pub fn texts(certificate: &Certificate) -> [Option<&String>; 4] {
    [
        certificate.subject.as_ref(),
        certificate.issuer.as_ref(),
        certificate.serial_number.as_ref(),
        certificate.thumbprint.as_ref(),
    ]
}
