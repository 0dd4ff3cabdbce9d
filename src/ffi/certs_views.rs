//! A view of a certificate's test for C: pointers into values that the handle keeps.

use super::certs_types::*;
use super::types::{extls_list, extls_str, EXTLS_NO_TIME};
use super::views::{known, maybe, time};
use crate::cert::CertificateTest;

/// What the last item's pointers lead to. Nothing in here moves until the next item.
#[derive(Default)]
pub struct TestViews {
    alternate_names: Vec<extls_str>,
    remedy: Vec<extls_str>,
    findings: Vec<extls_finding>,
    chain: Vec<extls_chain_element>,
    test: Option<Box<extls_certificate_test>>,
}

fn list(kept: &mut Vec<extls_str>, texts: &[String]) -> extls_list {
    *kept = texts.iter().map(|text| known(text)).collect();
    extls_list { items: pointer(kept), len: kept.len() }
}

/// Where a list begins; NULL where it is empty.
pub fn pointer<T>(kept: &[T]) -> *const T {
    if kept.is_empty() {
        std::ptr::null()
    } else {
        kept.as_ptr()
    }
}

fn answer(given: Option<bool>) -> u32 {
    given.map_or(EXTLS_NOT_KNOWN, u32::from)
}

impl TestViews {
    /// A view of a test that the caller keeps as long as the view.
    pub fn test(&mut self, test: &CertificateTest) -> *const extls_certificate_test {
        let findings = test.findings.iter().map(|finding| extls_finding {
            code_name: known(finding.code.name()),
            severity_name: known(finding.severity.name()),
            message: known(&finding.message),
            element: known(&finding.element),
            code: finding.code.number(),
            severity: finding.severity.number(),
        });
        self.findings = findings.collect();
        let chain = test.chain.iter().map(|element| extls_chain_element {
            subject: known(&element.subject),
            thumbprint: known(&element.thumbprint),
            source: known(&element.source),
        });
        self.chain = chain.collect();
        let view = extls_certificate_test {
            subject: maybe(test.subject.as_ref()),
            issuer: maybe(test.issuer.as_ref()),
            serial_number: maybe(test.serial_number.as_ref()),
            thumbprint: maybe(test.thumbprint.as_ref()),
            services: maybe(test.services.as_ref()),
            source: known(&test.source),
            result_name: known(test.result.name()),
            alternate_names: list(&mut self.alternate_names, &test.alternate_names),
            remedy: list(&mut self.remedy, &test.remedy),
            findings: pointer(&self.findings),
            finding_count: self.findings.len(),
            chain: pointer(&self.chain),
            chain_count: self.chain.len(),
            not_before: time(test.not_before),
            not_after: time(test.not_after),
            days_left: test.days_left.unwrap_or(EXTLS_NO_TIME),
            has_private_key: answer(test.has_private_key),
            self_signed: answer(test.self_signed),
            selected: answer(test.selected),
            result: test.result.number(),
        };
        &raw const **self.test.insert(Box::new(view))
    }
}
