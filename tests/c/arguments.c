/*
 * The library meets what a careless caller gives it: NULL, empty, huge and
 * non-UTF-8 arguments, numbers without a meaning, calls in a wrong order.
 * Each must be answered with a status and a text, and outputs left alone.
 * Run under AddressSanitizer and UndefinedBehaviorSanitizer.
 *
 *     arguments LOG    where LOG is a protocol log with at least one failure
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_tls.h"
#include "check.h"

/* The call was refused, and the error's text speaks of `about`. */
static void refused(int32_t status, const char *about, const char *what)
{
    extls_str text = {NULL, 0};
    check(status == EXTLS_INVALID_ARGUMENT, what);
    check(extls_last_error(&text) == EXTLS_OK, "the error can be asked for");
    char copy[512];
    size_t len = text.len < sizeof copy - 1 ? text.len : sizeof copy - 1;
    memcpy(copy, text.data, len);
    copy[len] = '\0';
    check(strstr(copy, about) != NULL, what);
    if (strstr(copy, about) == NULL) {
        fprintf(stderr, "  the text is: %s\n", copy);
    }
}

static extls_str text_of(const char *text)
{
    extls_str out = {(const uint8_t *)text, strlen(text)};
    return out;
}

static extls_scan_options options_for(const extls_str *paths, size_t count)
{
    extls_scan_options options;
    memset(&options, 0, sizeof options);
    options.paths.items = paths;
    options.paths.len = count;
    options.since = options.until = EXTLS_NO_TIME;
    return options;
}

static extls_scan *const UNTOUCHED = (extls_scan *)(uintptr_t)16;

static void expect_refusal(extls_scan_options options, const char *about, const char *what)
{
    extls_scan *scan = UNTOUCHED;
    refused(extls_scan_open(&options, &scan), about, what);
    check(scan == UNTOUCHED, "a refused call leaves its output alone");
}

static void nulls(const extls_str *path)
{
    extls_scan *scan = UNTOUCHED;
    extls_scan_options options = options_for(path, 1);
    extls_item item;
    extls_progress progress;
    extls_cause_info info;
    refused(extls_scan_open(NULL, &scan), "options is NULL", "NULL options");
    refused(extls_scan_open(&options, NULL), "scan is NULL", "NULL in place of the scan");
    refused(extls_scan_next(NULL, 0, &item), "scan is NULL", "next of NULL");
    refused(extls_scan_progress(NULL, &progress), "scan is NULL", "progress of NULL");
    refused(extls_cause_at(0, NULL), "info is NULL", "cause into NULL");
    check(extls_last_error(NULL) == EXTLS_INVALID_ARGUMENT, "error into NULL");
    check(extls_cause_at(UINT32_MAX, &info) == EXTLS_END, "no cause there");
    extls_scan_free(NULL);

    check(extls_scan_open(&options, &scan) == EXTLS_OK, "a good call after all that");
    refused(extls_scan_next(scan, 0, NULL), "item is NULL", "next into NULL");
    refused(extls_scan_progress(scan, NULL), "progress is NULL", "progress into NULL");
    extls_scan_free(scan);
}

static void texts(const extls_str *path)
{
    const extls_str missing = {NULL, 5}, empty = {(const uint8_t *)"", 0};
    const extls_str huge = {path->data, SIZE_MAX / 2}, latin1 = text_of("caf\xe9.log");
    expect_refusal(options_for(NULL, 0), "no path", "no path at all");
    expect_refusal(options_for(NULL, 3), "options.paths", "a count without paths");
    expect_refusal(options_for(&missing, 1), "options.paths[0]", "a length without data");
    expect_refusal(options_for(&empty, 1), "options.paths[0] is empty", "an empty path");
    expect_refusal(options_for(&huge, 1), "options.paths[0]", "a path of half the address space");
    expect_refusal(options_for(path, SIZE_MAX / sizeof *path), "entries", "a list of half the address space");
    expect_refusal(options_for(&latin1, 1), "not UTF-8 at byte 3", "a path that is not UTF-8");

    extls_scan_options options = options_for(path, 1);
    options.connectors.items = &latin1;
    options.connectors.len = 1;
    expect_refusal(options, "options.connectors[0]", "a connector that is not UTF-8");
    const extls_str bad = text_of("[z-a");
    options.connectors.items = &bad;
    expect_refusal(options, "wildcard", "a wildcard that never ends");
}

static void numbers(const extls_str *path)
{
    const uint32_t no_cause = 4711;
    extls_scan_options options = options_for(path, 1);
    options.wanted = 7;
    expect_refusal(options, "options.wanted", "wanting what there is not");
    options = options_for(path, 1);
    options.log_type = 3;
    expect_refusal(options, "options.log_type", "a log type that there is not");
    options = options_for(path, 1);
    options.flags = 1u << 31;
    expect_refusal(options, "options.flags", "a flag without a meaning");
    options = options_for(path, 1);
    options.causes = &no_cause;
    options.cause_count = 1;
    expect_refusal(options, "4711", "a cause that there is not");
    options.causes = NULL;
    expect_refusal(options, "options.causes", "a count without causes");
    options = options_for(path, 1);
    options.since = 1;
    options.until = 0;
    expect_refusal(options, "Since", "a span that ends before it begins");
    options.since = INT64_MAX;
    options.until = INT64_MAX;
    extls_scan *scan = NULL;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "times no calendar holds");
    extls_scan_free(scan);
}

/* Items stay readable until the next call; a scan may be freed at any time. */
static void items(const extls_str *path)
{
    extls_scan_options options = options_for(path, 1);
    extls_scan *scan = NULL;
    extls_item item = {NULL, NULL, NULL};
    int32_t status;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "open");
    while ((status = extls_scan_next(scan, 100, &item)) == EXTLS_WAITING) {
    }
    check(status == EXTLS_OK && item.failure != NULL, "a failure in the log");
    if (item.failure != NULL) {
        size_t sum = 0;
        for (size_t i = 0; i < item.failure->remedy.len; i++) {
            for (size_t k = 0; k < item.failure->remedy.items[i].len; k++) {
                sum += item.failure->remedy.items[i].data[k];
            }
        }
        check(sum > 0, "the remedy can be read byte by byte");
    }
    extls_scan_free(scan); /* in the middle */

    const extls_str nowhere = text_of("/no/such/folder");
    options = options_for(&nowhere, 1);
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "a missing path is a problem of the scan");
    while ((status = extls_scan_next(scan, 0, &item)) == EXTLS_WAITING) {
    }
    check(status == EXTLS_OK && item.problem != NULL && item.failure == NULL, "one pointer is set");
    while ((status = extls_scan_next(scan, 1000, &item)) == EXTLS_OK) {
    }
    check(status == EXTLS_END, "the end");
    check(extls_scan_next(scan, 1000, &item) == EXTLS_END, "the end again");
    extls_scan_free(scan);
}

/* The calls of extls_evidence_*: NULL, empty, huge, not UTF-8, and too late. */
static void evidence(void)
{
    extls_evidence *const untouched = (extls_evidence *)(uintptr_t)16;
    extls_evidence *handle = untouched;
    extls_evidence_options options;
    extls_answer answer;
    extls_object object;
    extls_property property;
    extls_list list = {NULL, 0};
    memset(&options, 0, sizeof options);
    memset(&object, 0, sizeof object);
    memset(&property, 0, sizeof property);
    options.at = EXTLS_NO_TIME;
    refused(extls_evidence_new(NULL, &handle), "options is NULL", "evidence without options");
    refused(extls_evidence_new(&options, NULL), "evidence is NULL", "NULL in place of the evidence");
    options.wanted = 3;
    refused(extls_evidence_new(&options, &handle), "options.wanted is 3", "answers that there are not");
    options.wanted = EXTLS_ANSWER_QUEUES;
    check(handle == untouched, "a refused call leaves its output alone");
    refused(extls_evidence_add(NULL, &object), "evidence is NULL", "add to NULL");
    refused(extls_evidence_add_paths(NULL, &list), "evidence is NULL", "paths to NULL");
    refused(extls_evidence_wait(NULL, 0), "evidence is NULL", "wait for NULL");
    refused(extls_evidence_logs(NULL, &list), "evidence is NULL", "logs of NULL");
    refused(extls_evidence_add_certs(NULL, NULL), "evidence is NULL", "certificates to NULL");
    refused(extls_evidence_add_scan(NULL, NULL, 0), "evidence is NULL", "a scan to NULL");
    refused(extls_evidence_next(NULL, &answer), "evidence is NULL", "next of NULL");
    extls_evidence_free(NULL);

    check(extls_evidence_new(&options, &handle) == EXTLS_OK, "a good call after all that");
    refused(extls_evidence_add(handle, NULL), "object is NULL", "NULL object");
    refused(extls_evidence_add_paths(handle, NULL), "paths is NULL", "NULL paths");
    refused(extls_evidence_logs(handle, NULL), "logs is NULL", "logs into NULL");
    refused(extls_evidence_add_certs(handle, NULL), "certs is NULL", "NULL certificates");
    refused(extls_evidence_add_scan(handle, NULL, 0), "scan is NULL", "NULL scan");
    refused(extls_evidence_next(handle, NULL), "answer is NULL", "next into NULL");

    const extls_str latin1 = text_of("caf\xe9"), name = text_of("LastError"), error = text_of("421 4.2.1 Unable to connect");
    const extls_str huge = {error.data, SIZE_MAX / 2}, missing = {NULL, 5}, empty = {NULL, 0};
    refused(extls_evidence_add(handle, &object), "no queue", "an object that tells nothing");
    object.property_count = 3;
    refused(extls_evidence_add(handle, &object), "object.properties", "a count without properties");
    object.properties = &property;
    object.property_count = SIZE_MAX;
    refused(extls_evidence_add(handle, &object), "entries", "properties that fill all of memory");
    object.property_count = 1;
    refused(extls_evidence_add(handle, &object), "name is empty", "a property without a name");
    property.name = latin1;
    refused(extls_evidence_add(handle, &object), "not UTF-8", "a name that is not UTF-8");
    property.name = name;
    property.values.len = 2;
    refused(extls_evidence_add(handle, &object), "LastError", "a count without values");
    const extls_str *const bad[] = {&latin1, &huge, &missing};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        property.values.items = bad[i];
        property.values.len = 1;
        refused(extls_evidence_add(handle, &object), "LastError", "a value that cannot be read");
        object.display = *bad[i];
        property.values.items = &error;
        refused(extls_evidence_add(handle, &object), "object.display", "a text that cannot be read");
        object.display = empty;
        object.source = *bad[i];
        refused(extls_evidence_add(handle, &object), "object.source", "a source that cannot be read");
        object.source = empty;
        object.type_names.items = bad[i];
        object.type_names.len = 1;
        refused(extls_evidence_add(handle, &object), "object.type_names", "a type that cannot be read");
        object.type_names.len = 0;
        list.items = bad[i];
        list.len = 1;
        refused(extls_evidence_add_paths(handle, &list), "paths[0]", "a path that cannot be read");
    }
    property.bytes.len = 5;
    refused(extls_evidence_add(handle, &object), "LastError", "a length without bytes");
    property.bytes.data = error.data;
    property.bytes.len = SIZE_MAX;
    refused(extls_evidence_add(handle, &object), "at most", "bytes that fill all of memory");
    property.bytes.len = 0;
    property.bytes.data = NULL;
    list.items = NULL;
    list.len = SIZE_MAX;
    refused(extls_evidence_add_paths(handle, &list), "paths", "a count without paths");
    list.len = 0;
    check(extls_evidence_wait(handle, 0) == EXTLS_OK, "nothing to wait for");
    check(extls_evidence_add_paths(handle, &list) == EXTLS_OK, "no paths are nothing to add");
    refused(extls_evidence_add(handle, &object), "call extls_evidence_wait", "an object while paths are read");
    while (extls_evidence_wait(handle, UINT32_MAX) == EXTLS_WAITING) {
    }
    check(extls_evidence_add(handle, &object) == EXTLS_OK, "a queue after all that");
    check(extls_evidence_next(handle, &answer) == EXTLS_OK && answer.queue != NULL, "and its answer");
    refused(extls_evidence_add(handle, &object), "answers were asked for", "an object too late");
    refused(extls_evidence_add_paths(handle, &list), "answers were asked for", "paths too late");
    refused(extls_evidence_logs(handle, &list), "answers were asked for", "logs too late");
    check(answer.queue->last_error.len == error.len, "refused calls leave the answer alone");
    check(extls_evidence_next(handle, &answer) == EXTLS_END, "the end");
    check(extls_evidence_next(handle, &answer) == EXTLS_END, "the end again");
    extls_evidence_free(handle);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: arguments LOG\n");
        return 2;
    }
    const extls_str path = text_of(argv[1]);
    check(extls_abi_version() == EXTLS_ABI_VERSION, "the ABI of the header");
    nulls(&path);
    texts(&path);
    numbers(&path);
    items(&path);
    evidence();
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
