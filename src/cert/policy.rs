//! Certificate policies, as far as they can make a chain invalid.
//!
//! TLS asks for no policy, so the policies themselves do not matter (RFC 5280
//! 6.1, user-initial-policy-set "any policy"). A CA may demand, though, that
//! some policy runs through the whole chain; federal and company bridges do.
//! Only whether one does is worked out here, with sets in place of the tree,
//! whose size a hostile chain can blow up (RFC 9618, CVE-2023-0464).

use std::collections::{HashMap, HashSet};

use super::certificate::Certificate;
use super::finding::{Code, Finding};
use super::oid::ANY_POLICY;

/// Counts down certificates until a rule applies.
struct Counters {
    explicit: usize,
    mapping: usize,
    any: usize,
}

/// Holds a chain, from the certificate under test to the trusted end, to the
/// policy constraints in it.
pub(crate) fn check(chain: &[&Certificate], out: &mut Vec<Finding>) {
    let Some((_, issued)) = chain.split_last() else { return };
    let demands = |certificate: &&Certificate| {
        let constraints = certificate.extensions.policy_constraints.as_ref();
        constraints.is_some_and(|marked| marked.value.require_explicit.is_some())
    };
    // Nearly always: nobody demands anything.
    let Some(demanding) = issued.iter().rev().find(|one| demands(one)) else { return };
    if !holds(issued) {
        out.push(Code::UnknownCriticalExtension.about(
            &demanding.subject_text,
            "Its policy constraints demand a certificate policy that holds for the whole chain, and there is none.",
        ));
    }
}

/// Whether the demands hold; `issued` runs from the certificate under test to
/// the one below the trusted end.
fn holds(issued: &[&Certificate]) -> bool {
    let count = issued.len();
    let mut counters = Counters { explicit: count + 1, mapping: count + 1, any: count + 1 };
    // The policies by which the next certificate may go on.
    let mut expected: HashSet<&[u8]> = HashSet::from([ANY_POLICY]);
    for (place, certificate) in issued.iter().enumerate().rev() {
        let is_last = place == 0;
        let extensions = &certificate.extensions;
        let any_counts = counters.any > 0 || (!is_last && certificate.is_self_issued());
        expected = match &extensions.policies {
            Some(policies) => agreed(&expected, policies, any_counts),
            None => HashSet::new(),
        };
        if counters.explicit == 0 && expected.is_empty() {
            return false;
        }
        if is_last {
            break;
        }
        if !apply_mappings(&mut expected, &extensions.policy_mappings, counters.mapping > 0) {
            return false;
        }
        if !certificate.is_self_issued() {
            counters.explicit = counters.explicit.saturating_sub(1);
            counters.mapping = counters.mapping.saturating_sub(1);
            counters.any = counters.any.saturating_sub(1);
        }
        let lower = |counter: &mut usize, limit: Option<u32>| {
            if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
                *counter = (*counter).min(limit);
            }
        };
        if let Some(constraints) = &extensions.policy_constraints {
            lower(&mut counters.explicit, constraints.value.require_explicit);
            lower(&mut counters.mapping, constraints.value.inhibit_mapping);
        }
        lower(&mut counters.any, extensions.inhibit_any_policy);
    }
    let demanded_by_leaf = issued.first().is_some_and(|leaf| {
        let constraints = leaf.extensions.policy_constraints.as_ref();
        constraints.is_some_and(|marked| marked.value.require_explicit == Some(0))
    });
    let explicit = counters.explicit.saturating_sub(1) == 0 || demanded_by_leaf;
    !explicit || !expected.is_empty()
}

fn agreed<'a>(
    expected: &HashSet<&'a [u8]>,
    policies: &'a [Vec<u8>],
    any_counts: bool,
) -> HashSet<&'a [u8]> {
    let from_any = expected.contains(ANY_POLICY);
    let mut next: HashSet<&[u8]> = policies
        .iter()
        .map(Vec::as_slice)
        .filter(|policy| *policy != ANY_POLICY && (from_any || expected.contains(policy)))
        .collect();
    if any_counts && policies.iter().any(|policy| policy == ANY_POLICY) {
        next.extend(expected);
    }
    next
}

/// False where "any policy" is mapped, which is not allowed (RFC 5280 6.1.4 a).
fn apply_mappings<'a>(
    expected: &mut HashSet<&'a [u8]>,
    mappings: &'a [(Vec<u8>, Vec<u8>)],
    allowed: bool,
) -> bool {
    let mut by_source: HashMap<&[u8], Vec<&'a [u8]>> = HashMap::new();
    for (from, to) in mappings {
        if from == ANY_POLICY || to == ANY_POLICY {
            return false;
        }
        by_source.entry(from).or_default().push(to);
    }
    let from_any = expected.contains(ANY_POLICY);
    let mut added = Vec::new();
    for (from, to) in by_source {
        let known = expected.remove(from);
        if allowed && (known || from_any) {
            added.extend(to);
        }
    }
    expected.extend(added);
    true
}
