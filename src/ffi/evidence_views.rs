//! Views of answers for C: pointers into values that the handle keeps.

use super::certs_types::extls_finding;
use super::certs_views::pointer;
use super::evidence_types::*;
use super::types::{extls_list, extls_problem, extls_str};
use super::views::{known, maybe, time, Views};
use crate::connector::ConnectorTest;
use crate::diagnosis::Diagnosis;
use crate::error::Error;
use crate::queue::QueueFailure;

const NOTHING: extls_answer = extls_answer {
    queue: std::ptr::null(),
    connector: std::ptr::null(),
    diagnosis: std::ptr::null(),
    problem: std::ptr::null(),
};

/// What the last answer's pointers lead to. Nothing in here moves until the next answer.
#[derive(Default)]
pub struct AnswerViews {
    lists: [Vec<extls_str>; 4],
    findings: Vec<extls_finding>,
    shown: Vec<extls_shown>,
    queue: Option<Box<extls_queue_failure>>,
    connector: Option<Box<extls_connector_test>>,
    diagnosis: Option<Box<extls_diagnosis>>,
    problems: Views,
}

impl AnswerViews {
    fn list(&mut self, place: usize, texts: &[String]) -> extls_list {
        let kept = &mut self.lists[place];
        *kept = texts.iter().map(|text| known(text)).collect();
        extls_list { items: pointer(kept), len: kept.len() }
    }

    /// A list that may not be known: then its items are NULL, which those of a
    /// list without items are not.
    fn maybe_list(&mut self, place: usize, texts: Option<&[String]>) -> extls_list {
        match texts {
            None => extls_list { items: std::ptr::null(), len: 0 },
            Some([]) => extls_list { items: std::ptr::NonNull::dangling().as_ptr(), len: 0 },
            Some(texts) => self.list(place, texts),
        }
    }

    /// A view of a queue's failure.
    pub fn queue(&mut self, failure: &QueueFailure) -> extls_answer {
        let view = extls_queue_failure {
            identity: maybe(failure.identity.as_ref()),
            server: maybe(failure.server.as_ref()),
            next_hop_domain: maybe(failure.next_hop_domain.as_ref()),
            delivery_type: maybe(failure.delivery_type.as_ref()),
            status: maybe(failure.status.as_ref()),
            last_error: known(&failure.last_error),
            code: maybe(failure.code.as_ref()),
            enhanced_code: maybe(failure.enhanced_code.as_ref()),
            inner_code: maybe(failure.inner_code.as_ref()),
            inner_enhanced_code: maybe(failure.inner_enhanced_code.as_ref()),
            error: maybe(failure.error.as_ref()),
            remote_host: maybe(failure.remote_host.as_ref()),
            remote_endpoint: maybe(failure.remote_endpoint.as_ref()),
            last_retry_time: maybe(failure.last_retry_time.as_ref()),
            stage_name: failure.stage.map_or(maybe(None), |stage| known(stage.name())),
            cause_name: known(failure.cause.name()),
            diagnosis: known(&failure.diagnosis),
            next_step: self.list(0, &failure.next_step),
            reference: self.list(1, &failure.reference),
            message_count: failure
                .message_count
                .map_or(-1, |count| i64::try_from(count).unwrap_or(i64::MAX)),
            stage: failure.stage.map_or(0, |stage| stage.number()),
            cause: failure.cause.number(),
        };
        extls_answer { queue: &raw const **self.queue.insert(Box::new(view)), ..NOTHING }
    }

    /// A view of a connector's test.
    pub fn connector(&mut self, test: &ConnectorTest) -> extls_answer {
        let findings = test.findings.iter().map(|finding| extls_finding {
            code_name: known(finding.code.name()),
            severity_name: known(finding.severity.name()),
            message: known(&finding.message),
            element: known(&finding.element),
            code: finding.code.number(),
            severity: finding.severity.number(),
        });
        self.findings = findings.collect();
        let view = extls_connector_test {
            identity: known(&test.identity),
            server: maybe(test.server.as_ref()),
            tls_certificate_name: maybe(test.tls_certificate_name.as_ref()),
            result_name: known(test.result.name()),
            bindings: self.list(0, &test.bindings),
            auth_mechanism: self.maybe_list(1, test.auth_mechanism.as_deref()),
            permission_groups: self.maybe_list(2, test.permission_groups.as_deref()),
            remedy: self.list(3, &test.remedy),
            findings: pointer(&self.findings),
            finding_count: self.findings.len(),
            result: test.result.number(),
            reserved: 0,
        };
        extls_answer { connector: &raw const **self.connector.insert(Box::new(view)), ..NOTHING }
    }

    /// A view of a diagnosis.
    pub fn diagnosis(&mut self, one: &Diagnosis) -> extls_answer {
        let shown = one.evidence.iter().map(|item| extls_shown {
            kind: known(item.kind),
            text: known(&item.text),
            name: maybe(item.name.as_ref()),
            path: maybe(item.path.as_ref()),
            thumbprint: maybe(item.thumbprint.as_ref()),
            line: item.line.unwrap_or(0),
        });
        self.shown = shown.collect();
        let view = extls_diagnosis {
            cause_name: known(one.cause.name()),
            summary: known(&one.summary),
            connector: maybe(one.connector.as_ref()),
            server: maybe(one.server.as_ref()),
            remedy: self.list(0, &one.remedy),
            reference: self.list(1, &one.reference),
            evidence: pointer(&self.shown),
            evidence_count: self.shown.len(),
            first_seen: time(one.first_seen),
            last_seen: time(one.last_seen),
            rank: one.rank,
            count: one.count,
            message_count: one.message_count,
            cause: one.cause.number(),
            reserved: 0,
        };
        extls_answer { diagnosis: &raw const **self.diagnosis.insert(Box::new(view)), ..NOTHING }
    }

    /// A view of a problem.
    pub fn problem(&mut self, problem: &Error) -> extls_answer {
        let view: *const extls_problem = self.problems.problem(problem).problem;
        extls_answer { problem: view, ..NOTHING }
    }
}
