/*
 * A C caller of the library: prints the failures of the logs it is given.
 *
 *     failures PATH...
 *
 * Exit status 0: none; 1: some; 2: the work could not be done.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "exchange_tls.h"

/* Text comes with a length and may be NULL: not known. */
static void print_text(const char *name, extls_str text)
{
    if (text.data != NULL) {
        printf("  %-14s %.*s\n", name, (int)text.len, (const char *)text.data);
    }
}

static void print_list(const char *name, extls_list list)
{
    for (size_t i = 0; i < list.len; i++) {
        print_text(name, list.items[i]);
    }
}

static void print_certificate(const char *whose, const extls_certificate *certificate)
{
    if (certificate == NULL) {
        return;
    }
    printf("  %s\n", whose);
    print_text("  subject", certificate->subject);
    print_text("  issuer", certificate->issuer);
    print_text("  serial number", certificate->serial_number);
    print_text("  thumbprint", certificate->thumbprint);
    print_list("  name", certificate->alternate_names);
}

static void print_failure(const extls_failure *failure)
{
    printf("%.*s at %.*s\n", (int)failure->cause_name.len, (const char *)failure->cause_name.data,
           (int)failure->stage_name.len, (const char *)failure->stage_name.data);
    print_text("file", failure->path);
    printf("  %-14s %" PRIu64 "\n", "line", failure->line);
    print_text("connector", failure->connector);
    print_text("remote host", failure->remote_host);
    print_text("error", failure->error);
    print_text("reply", failure->reply);
    print_certificate("certificate", failure->certificate);
    print_certificate("peer's certificate", failure->remote_certificate);
    print_text("diagnosis", failure->diagnosis);
    print_list("remedy", failure->remedy);
}

static int complain(const char *what)
{
    extls_str text = {NULL, 0};
    extls_last_error(&text);
    fprintf(stderr, "%s: %.*s\n", what, (int)text.len, (const char *)text.data);
    return 2;
}

int main(int argc, char **argv)
{
    if (extls_abi_version() != EXTLS_ABI_VERSION) {
        fprintf(stderr, "this program needs ABI %d, the library has %u\n", EXTLS_ABI_VERSION,
                (unsigned)extls_abi_version());
        return 2;
    }
    extls_str *paths = calloc((size_t)argc, sizeof *paths);
    if (paths == NULL) {
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        paths[i - 1].data = (const uint8_t *)argv[i];
        while (argv[i][paths[i - 1].len] != '\0') {
            paths[i - 1].len++;
        }
    }
    extls_scan_options options = {0};
    options.paths.items = paths;
    options.paths.len = (size_t)argc - 1;
    options.since = options.until = EXTLS_NO_TIME;
    options.flags = EXTLS_RECURSE;

    extls_scan *scan = NULL;
    int32_t status = extls_scan_open(&options, &scan);
    free(paths); /* what the library was given is copied */
    if (status != EXTLS_OK) {
        return complain("extls_scan_open");
    }
    unsigned long count = 0;
    extls_item item = {NULL, NULL, NULL};
    /* EXTLS_WAITING every tenth of a second is the place to show progress or to stop. */
    while ((status = extls_scan_next(scan, 100, &item)) == EXTLS_OK || status == EXTLS_WAITING) {
        if (status == EXTLS_OK && item.failure != NULL) {
            print_failure(item.failure);
            count++;
        } else if (status == EXTLS_OK && item.problem != NULL) {
            fprintf(stderr, "%.*s:%" PRIu64 ": %.*s\n", (int)item.problem->path.len,
                    (const char *)item.problem->path.data, item.problem->line, (int)item.problem->text.len,
                    (const char *)item.problem->text.data);
        }
    }
    if (status != EXTLS_END) {
        extls_scan_free(scan);
        return complain("extls_scan_next");
    }
    extls_progress progress = {0, 0, 0, 0};
    extls_scan_progress(scan, &progress);
    printf("%lu failed sessions in %" PRIu64 " files, library %s\n", count, progress.files, extls_version());
    extls_scan_free(scan);
    return count == 0 ? 0 : 1;
}
