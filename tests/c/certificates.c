/*
 * A C caller that tests certificates, and the misuse of what it calls.
 *
 *     certificates TESTED INTERMEDIATES ROOTS
 *
 * Prints what was found; ends with `N passed, N failed`: calls that a careless
 * caller makes, each answered with a status and without touching the outputs.
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

static extls_certs_options nothing_asked(void)
{
    extls_certs_options options;
    memset(&options, 0, sizeof options);
    options.at = INT64_C(1767225600000); /* 2026-01-01 */
    options.expiry_warning_days = 30;
    return options;
}

/* Adds a file; the library copies the bytes. */
static int32_t add(extls_certs *certs, const char *path, uint32_t role)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return EXTLS_INVALID_ARGUMENT;
    }
    size_t size = 1 << 20;
    uint8_t *bytes = malloc(size);
    extls_certs_file given;
    memset(&given, 0, sizeof given);
    given.content.data = bytes;
    given.content.len = bytes == NULL ? 0 : fread(bytes, 1, size, file);
    given.source = text_of(path);
    given.role = role;
    given.has_private_key = EXTLS_NOT_KNOWN;
    int32_t status = extls_certs_add(certs, &given);
    fclose(file);
    free(bytes);
    return status;
}

static void print_test(const extls_certificate_test *test)
{
    printf("%.*s %.*s\n", (int)test->result_name.len, (const char *)test->result_name.data, (int)test->subject.len,
           (const char *)test->subject.data);
    for (size_t i = 0; i < test->finding_count; i++) {
        const extls_finding *finding = &test->findings[i];
        printf("  %.*s %.*s: %.*s\n", (int)finding->severity_name.len, (const char *)finding->severity_name.data,
               (int)finding->code_name.len, (const char *)finding->code_name.data, (int)finding->message.len,
               (const char *)finding->message.data);
    }
    for (size_t i = 0; i < test->chain_count; i++) {
        printf("  chain %.*s\n", (int)test->chain[i].subject.len, (const char *)test->chain[i].subject.data);
    }
}

static void use(char **argv)
{
    extls_certs_options options = nothing_asked();
    options.fqdn = text_of("mail.contoso.com");
    extls_certs *certs = NULL;
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "new");
    check(add(certs, argv[1], EXTLS_ROLE_TESTED) == EXTLS_OK, "add what is tested");
    check(add(certs, argv[2], EXTLS_ROLE_INTERMEDIATE) == EXTLS_OK, "add intermediates");
    check(add(certs, argv[3], EXTLS_ROLE_ROOT) == EXTLS_OK, "add roots");
    extls_certs_item item = {NULL, NULL};
    int32_t status;
    int tests = 0;
    while ((status = extls_certs_next(certs, &item)) == EXTLS_OK) {
        check((item.test != NULL) != (item.problem != NULL), "one pointer is set");
        if (item.test != NULL) {
            print_test(item.test);
            check(item.test->result == 1 || item.test->result == 2, "a good certificate does not fail");
            check(item.test->chain_count == 3, "its chain has three elements");
            tests++;
        }
    }
    check(status == EXTLS_END && tests == 1, "one certificate was tested");
    check(extls_certs_next(certs, &item) == EXTLS_END, "the end again");
    check(add(certs, argv[2], EXTLS_ROLE_ROOT) == EXTLS_INVALID_ARGUMENT, "nothing can be added after the results");
    extls_certs_free(certs);
}

/* The same, read by the library. */
static void use_paths(char **argv)
{
    extls_certs_options options = nothing_asked();
    extls_certs *certs = NULL;
    extls_certs_item item = {NULL, NULL};
    uint64_t files = 7;
    int32_t status;
    int tests = 0, problems = 0;
    options.timeout_seconds = 10;
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "new");
    check(extls_certs_wait(certs, 0, &files) == EXTLS_OK && files == 0, "nothing to wait for");
    for (uint32_t role = EXTLS_ROLE_TESTED; role <= EXTLS_ROLE_ROOT; role++) {
        const extls_str paths[] = {text_of(argv[1 + role]), text_of("/no/such/certificate.pem")};
        const extls_list given = {paths, 2};
        check(extls_certs_add_paths(certs, &given, role) == EXTLS_OK, "paths");
        check(extls_certs_add_paths(certs, &given, role) == EXTLS_INVALID_ARGUMENT, "not twice at a time");
        check(add(certs, argv[2], role) == EXTLS_INVALID_ARGUMENT, "no file meanwhile");
        check(extls_certs_next(certs, &item) == EXTLS_INVALID_ARGUMENT, "no result meanwhile");
        while ((status = extls_certs_wait(certs, 10, &files)) == EXTLS_WAITING) {
        }
        check(status == EXTLS_OK && files == 1, "one of the two was read");
    }
    while ((status = extls_certs_next(certs, &item)) == EXTLS_OK) {
        tests += item.test != NULL && item.test->chain_count == 3;
        problems += item.problem != NULL;
    }
    check(status == EXTLS_END && tests == 1 && problems == 3, "one test, and what there was not");
    extls_certs_free(certs);
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "new");
    const extls_str path = text_of(argv[3]);
    const extls_list given = {&path, 1};
    check(extls_certs_add_paths(certs, &given, EXTLS_ROLE_ROOT) == EXTLS_OK, "paths");
    extls_certs_free(certs); /* in the middle */
}

static void misuse(void)
{
    extls_certs *const untouched = (extls_certs *)(uintptr_t)16;
    extls_certs *certs = untouched;
    extls_certs_options options = nothing_asked();
    extls_certs_file file;
    extls_send_connector connector;
    extls_certs_item item;
    extls_finding_info info;
    extls_list list = {NULL, 0};
    uint64_t files;
    memset(&file, 0, sizeof file);
    memset(&connector, 0, sizeof connector);
    check(extls_certs_new(NULL, &certs) == EXTLS_INVALID_ARGUMENT, "NULL options");
    check(extls_certs_new(&options, NULL) == EXTLS_INVALID_ARGUMENT, "NULL in place of the handle");
    options.fqdn = text_of("\xff");
    check(extls_certs_new(&options, &certs) == EXTLS_INVALID_ARGUMENT, "a name that is not UTF-8");
    check(certs == untouched, "outputs are left alone");
    check(extls_certs_add(NULL, &file) == EXTLS_INVALID_ARGUMENT, "add to NULL");
    check(extls_certs_add_connector(NULL, &connector) == EXTLS_INVALID_ARGUMENT, "connector to NULL");
    check(extls_certs_add_paths(NULL, &list, EXTLS_ROLE_ROOT) == EXTLS_INVALID_ARGUMENT, "paths to NULL");
    check(extls_certs_wait(NULL, 0, &files) == EXTLS_INVALID_ARGUMENT, "wait for NULL");
    check(extls_certs_next(NULL, &item) == EXTLS_INVALID_ARGUMENT, "next of NULL");
    check(extls_finding_at(0, NULL) == EXTLS_INVALID_ARGUMENT, "finding into NULL");
    check(extls_finding_at(0, &info) == EXTLS_OK && info.name.len > 0, "the first finding");
    check(extls_finding_at(UINT32_MAX, &info) == EXTLS_END, "no finding there");
    extls_certs_free(NULL);

    options = nothing_asked();
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "new");
    check(extls_certs_add(certs, NULL) == EXTLS_INVALID_ARGUMENT, "NULL file");
    check(extls_certs_add_paths(certs, NULL, EXTLS_ROLE_ROOT) == EXTLS_INVALID_ARGUMENT, "NULL paths");
    check(extls_certs_add_paths(certs, &list, 9) == EXTLS_INVALID_ARGUMENT, "paths for a role that there is not");
    list.len = SIZE_MAX;
    check(extls_certs_add_paths(certs, &list, EXTLS_ROLE_ROOT) == EXTLS_INVALID_ARGUMENT, "a count without paths");
    check(extls_certs_wait(certs, 0, NULL) == EXTLS_INVALID_ARGUMENT, "wait into NULL");
    check(extls_certs_add_connector(certs, NULL) == EXTLS_INVALID_ARGUMENT, "NULL connector");
    check(extls_certs_next(certs, NULL) == EXTLS_INVALID_ARGUMENT, "next into NULL");
    file.content.len = 7;
    check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "a length without bytes");
    file.content.data = (const uint8_t *)"garbage";
    file.content.len = SIZE_MAX;
    check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "all of memory");
    file.content.len = 7;
    file.role = 9;
    check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "a role that there is not");
    file.role = EXTLS_ROLE_TESTED;
    file.has_private_key = 3;
    check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "neither yes nor no nor unknown");
    file.has_private_key = EXTLS_YES;
    check(extls_certs_add(certs, &file) == EXTLS_OK, "garbage is a failed test, not an error");
    connector.require_tls = 3;
    check(extls_certs_add_connector(certs, &connector) == EXTLS_INVALID_ARGUMENT, "a connector neither yes nor no");
    connector.require_tls = EXTLS_NOT_KNOWN;
    check(extls_certs_add_connector(certs, &connector) == EXTLS_OK, "a connector of which nothing is known");
    check(extls_certs_next(certs, &item) == EXTLS_OK && item.test != NULL && item.test->result == 3, "garbage fails");
    extls_certs_free(certs); /* before the end */
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: certificates TESTED INTERMEDIATES ROOTS\n");
        return 2;
    }
    use(argv);
    use_paths(argv);
    misuse();
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
