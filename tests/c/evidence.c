/*
 * A C caller that asks why mail hangs, in all three ways, and the misuse of what
 * it calls.
 *
 *     evidence COLLECTED CERTIFICATE    what was collected on a server, and any certificate
 *
 * Prints what was found; ends with `N passed, N failed`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_tls.h"
#include "check.h"

static extls_str text_of(const char *text)
{
    extls_str out = {(const uint8_t *)text, strlen(text)};
    return out;
}

static int is(extls_str text, const char *expected)
{
    return text.data != NULL && text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static extls_evidence *begin(uint32_t wanted)
{
    extls_evidence *evidence = NULL;
    extls_evidence_options options;
    memset(&options, 0, sizeof options);
    options.at = INT64_C(1773133200000); /* 2026-03-10T09:00:00Z */
    options.wanted = wanted;
    check(extls_evidence_new(&options, &evidence) == EXTLS_OK && evidence != NULL, "new");
    return evidence;
}

static extls_property property(const char *name, const extls_str *values, size_t count)
{
    extls_property out;
    memset(&out, 0, sizeof out);
    out.name = text_of(name);
    out.values.items = values;
    out.values.len = count;
    return out;
}

static extls_object object(const extls_property *properties, size_t count)
{
    extls_object out;
    memset(&out, 0, sizeof out);
    out.properties = properties;
    out.property_count = count;
    return out;
}

/* The values are gone before the answers are asked for: the library copies them. */
static int32_t add_queue(extls_evidence *evidence, const char *last_error)
{
    extls_str *values = malloc(2 * sizeof *values);
    extls_property properties[2];
    if (values == NULL) {
        return EXTLS_INVALID_ARGUMENT;
    }
    values[0] = text_of("EX01\\3");
    values[1] = text_of(last_error);
    properties[0] = property("Identity", &values[0], 1);
    properties[1] = property("LastError", &values[1], 1);
    extls_object given = object(properties, 2);
    int32_t status = extls_evidence_add(evidence, &given);
    free(values);
    return status;
}

static void queues(void)
{
    extls_evidence *evidence = begin(EXTLS_ANSWER_QUEUES);
    extls_answer answer;
    check(add_queue(evidence, "451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection timed out.\"") == EXTLS_OK, "a queue");
    check(add_queue(evidence, "") == EXTLS_OK, "a queue without an error");
    extls_property many[1001];
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        many[i] = property("LastError", NULL, 0);
    }
    extls_object crowded = object(many, sizeof many / sizeof *many);
    check(extls_evidence_add(evidence, &crowded) == EXTLS_INVALID_ARGUMENT, "too many properties");
    check(extls_evidence_next(evidence, &answer) == EXTLS_OK && answer.queue != NULL, "an answer");
    check(answer.connector == NULL && answer.diagnosis == NULL && answer.problem == NULL, "one pointer is set");
    check(is(answer.queue->identity, "EX01\\3") && is(answer.queue->server, "EX01"), "which queue");
    check(is(answer.queue->code, "451") && is(answer.queue->inner_enhanced_code, "4.4.1"), "the replies");
    check(is(answer.queue->cause_name, "ConnectionTimedOut") && answer.queue->next_step.len > 0, "the cause");
    check(answer.queue->message_count == -1 && answer.queue->last_retry_time.data == NULL, "what is not known");
    check(extls_evidence_next(evidence, &answer) == EXTLS_END, "nothing wrong, no answer");
    check(add_queue(evidence, "421 4.2.1 Unable to connect") == EXTLS_INVALID_ARGUMENT, "too late");
    check(extls_evidence_next(evidence, &answer) == EXTLS_END, "the end again");
    extls_evidence_free(evidence);
}

static void connectors(void)
{
    extls_evidence *evidence = begin(EXTLS_ANSWER_CONNECTORS);
    const extls_str identity = text_of("EX01\\Default"), flags = text_of("Tls, Integrated");
    const extls_str ranges = text_of("0.0.0.0-255.255.255.255"), type = text_of("Deserialized.Microsoft.Exchange.ReceiveConnector");
    const extls_str bindings[] = {text_of("0.0.0.0:25"), text_of("[::]:25")};
    extls_property properties[4];
    extls_answer answer;
    properties[0] = property("Identity", &identity, 1);
    properties[1] = property("Bindings", bindings, 2);
    properties[2] = property("RemoteIPRanges", &ranges, 1);
    properties[3] = property("AuthMechanism", &flags, 1);
    extls_object given = object(properties, 4);
    given.type_names.items = &type;
    given.type_names.len = 1;
    given.display = identity;
    given.source = text_of("a caller");
    check(extls_evidence_add(evidence, &given) == EXTLS_OK, "a connector");
    given.property_count = 3; /* what is left out is not known, and not the same as empty */
    check(extls_evidence_add(evidence, &given) == EXTLS_OK, "a connector that tells less");
    for (int known = 1; known >= 0; known--) {
        check(extls_evidence_next(evidence, &answer) == EXTLS_OK && answer.connector != NULL, "a test");
        check(answer.connector->bindings.len == 2 && is(answer.connector->bindings.items[1], "[::]:25"), "its bindings");
        check((answer.connector->auth_mechanism.items != NULL) == known, "how callers authenticate, where it is known");
        check(answer.connector->finding_count > 0 && answer.connector->remedy.len > 0, "findings and remedy");
        check(is(answer.connector->result_name, known ? "Fail" : "Warning"), "the result");
    }
    check(extls_evidence_next(evidence, &answer) == EXTLS_END, "no more tests");
    extls_evidence_free(evidence);
}

/* Waits until the paths are read, a moment at a time. */
static void wait_for_paths(extls_evidence *evidence)
{
    int32_t status;
    while ((status = extls_evidence_wait(evidence, 10)) == EXTLS_WAITING) {
    }
    check(status == EXTLS_OK, "the paths are read");
    check(extls_evidence_wait(evidence, 10) == EXTLS_OK, "and stay so");
}

/* Scans the logs that were found, whatever their number. */
static void add_logs(extls_evidence *evidence)
{
    extls_list logs = {NULL, 0};
    extls_scan_options options;
    extls_scan *scan = NULL;
    int32_t status;
    memset(&options, 0, sizeof options);
    options.since = options.until = EXTLS_NO_TIME;
    options.timeout_seconds = EXTLS_NO_TIMEOUT;
    check(extls_evidence_logs(evidence, &logs) == EXTLS_OK && logs.len == 1, "the log below the folder");
    options.paths = logs;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "scan");
    while ((status = extls_evidence_add_scan(evidence, scan, 10)) == EXTLS_WAITING) {
    }
    check(status == EXTLS_END, "the end of the scan");
    check(extls_evidence_add_scan(evidence, scan, 10) == EXTLS_END, "and again");
    extls_scan_free(scan); /* before the answers: they hold nothing of it */
}

static void add_certificate(extls_evidence *evidence, const char *path)
{
    extls_certs_options options;
    extls_certs_file given;
    extls_certs *certs = NULL;
    FILE *file = fopen(path, "rb");
    size_t size = 1 << 20;
    uint8_t *bytes = malloc(size);
    memset(&options, 0, sizeof options);
    memset(&given, 0, sizeof given);
    options.at = EXTLS_NO_TIME;
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "certs");
    given.content.data = bytes;
    given.content.len = file == NULL || bytes == NULL ? 0 : fread(bytes, 1, size, file);
    given.source = text_of(path);
    given.role = EXTLS_ROLE_ROOT;
    given.has_private_key = EXTLS_NOT_KNOWN;
    check(extls_certs_add(certs, &given) == EXTLS_OK, "a root");
    const extls_str nowhere = text_of("/no/such/root.pem");
    const extls_list paths = {&nowhere, 1};
    uint64_t files = 7;
    check(extls_certs_add_paths(certs, &paths, EXTLS_ROLE_ROOT) == EXTLS_OK, "roots in files");
    check(extls_evidence_add_certs(evidence, certs) == EXTLS_INVALID_ARGUMENT, "not while they are read");
    while (extls_certs_wait(certs, 10, &files) == EXTLS_WAITING) {
    }
    check(files == 0, "of which there is none");
    check(extls_evidence_add_certs(evidence, certs) == EXTLS_OK, "roots for the evidence");
    check(extls_evidence_add_certs(evidence, certs) == EXTLS_OK, "the same once more"); /* and its problem */
    extls_certs_free(certs);
    free(bytes);
    if (file != NULL) {
        fclose(file);
    }
}

static void diagnoses(const char *collected, const char *certificate)
{
    extls_evidence *evidence = begin(EXTLS_ANSWER_DIAGNOSES);
    const extls_str paths[] = {text_of(collected), text_of("/no/such/folder")};
    const extls_list given = {paths, 2};
    extls_answer answer;
    int32_t status;
    int found = 0, problems = 0;
    check(extls_evidence_add_paths(evidence, &given) == EXTLS_OK, "what was collected");
    check(extls_evidence_add_paths(evidence, &given) == EXTLS_INVALID_ARGUMENT, "not twice at a time");
    check(add_queue(evidence, "") == EXTLS_INVALID_ARGUMENT, "nothing is added meanwhile");
    check(extls_evidence_next(evidence, &answer) == EXTLS_INVALID_ARGUMENT, "no answers before the paths are read");
    wait_for_paths(evidence);
    add_certificate(evidence, certificate);
    add_logs(evidence);
    while ((status = extls_evidence_next(evidence, &answer)) == EXTLS_OK) {
        if (answer.problem != NULL) {
            problems++;
            continue;
        }
        found++;
        check(answer.diagnosis != NULL && answer.queue == NULL && answer.connector == NULL, "one pointer is set");
        printf("%" PRIu64 " %.*s: %.*s\n", answer.diagnosis->rank, (int)answer.diagnosis->cause_name.len,
               (const char *)answer.diagnosis->cause_name.data, (int)answer.diagnosis->summary.len,
               (const char *)answer.diagnosis->summary.data);
        check(is(answer.diagnosis->cause_name, "OwnCertificateNotEnabled"), "the article's answer");
        check(answer.diagnosis->message_count == 212 && answer.diagnosis->count == 3, "how much");
        check(answer.diagnosis->first_seen > 0 && answer.diagnosis->first_seen <= answer.diagnosis->last_seen, "when");
        int lines = 0;
        for (size_t i = 0; i < answer.diagnosis->evidence_count; i++) {
            lines += answer.diagnosis->evidence[i].line > 0;
            check(answer.diagnosis->evidence[i].kind.len > 0, "what shows it");
        }
        check(lines > 0 && answer.diagnosis->remedy.len > 0, "log lines and commands");
    }
    check(status == EXTLS_END && found == 1 && problems == 3, "one diagnosis, and the paths that there are not");
    extls_evidence_free(evidence);
}

/* A handle may be freed at any time, before what was added to it or after. */
static void any_order(const char *collected)
{
    const extls_str path = text_of(collected);
    const extls_list given = {&path, 1};
    extls_scan_options options;
    extls_scan *scan = NULL;
    extls_list logs = {NULL, 0};
    memset(&options, 0, sizeof options);
    options.since = options.until = EXTLS_NO_TIME;
    options.timeout_seconds = EXTLS_NO_TIMEOUT;
    extls_evidence_free(begin(EXTLS_ANSWER_QUEUES)); /* nothing added */
    extls_evidence *evidence = begin(EXTLS_ANSWER_DIAGNOSES);
    check(extls_evidence_add_paths(evidence, &given) == EXTLS_OK, "paths");
    extls_evidence_free(evidence); /* with the paths in the middle */
    evidence = begin(EXTLS_ANSWER_DIAGNOSES);
    check(extls_evidence_add_paths(evidence, &given) == EXTLS_OK, "paths");
    wait_for_paths(evidence);
    check(extls_evidence_logs(evidence, &logs) == EXTLS_OK, "logs");
    options.paths = logs;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "scan");
    int32_t status = extls_evidence_add_scan(evidence, scan, 0);
    check(status == EXTLS_WAITING || status == EXTLS_END, "a first look");
    extls_evidence_free(evidence); /* with the scan in the middle */
    extls_item item;
    status = extls_scan_next(scan, 0, &item);
    check(status == EXTLS_OK || status == EXTLS_WAITING || status == EXTLS_END, "the scan goes on");
    extls_scan_free(scan);
    extls_evidence_free(NULL);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: evidence COLLECTED CERTIFICATE\n");
        return 2;
    }
    queues();
    connectors();
    diagnoses(argv[1], argv[2]);
    any_order(argv[1]);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
