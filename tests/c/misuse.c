/*
 * The promises of the header about handles, kept under abuse: any thread, one
 * after the other; any order of freeing; NULL freed; counts and sizes that no
 * memory has; calls behind the end; many handles at once.
 *
 *     misuse LOG    where LOG is a protocol log with at least one failure
 */
#include <pthread.h>
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

static extls_scan *open_scan(const extls_str *paths, size_t count, uint32_t timeout_seconds)
{
    extls_scan_options options;
    extls_scan *scan = NULL;
    memset(&options, 0, sizeof options);
    options.paths.items = paths;
    options.paths.len = count;
    options.since = options.until = EXTLS_NO_TIME;
    options.timeout_seconds = timeout_seconds;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "open");
    return scan;
}

static extls_certs *new_certs(void)
{
    extls_certs_options options;
    extls_certs *certs = NULL;
    memset(&options, 0, sizeof options);
    options.at = 0;
    check(extls_certs_new(&options, &certs) == EXTLS_OK, "new");
    return certs;
}

static int32_t next(extls_scan *scan, extls_item *item)
{
    int32_t status;
    while ((status = extls_scan_next(scan, 100, item)) == EXTLS_WAITING) {
    }
    return status;
}

static size_t sum_of(const extls_failure *failure)
{
    size_t sum = 0;
    for (size_t i = 0; i < failure->diagnosis.len; i++) {
        sum += failure->diagnosis.data[i];
    }
    for (size_t i = 0; i < failure->remedy.len; i++) {
        for (size_t k = 0; k < failure->remedy.items[i].len; k++) {
            sum += failure->remedy.items[i].data[k];
        }
    }
    return sum;
}

/* One handle, several threads, one after the other. */
struct shared {
    extls_scan *scan;
    extls_item item;
    int32_t status;
    size_t error_length;
};

static void *take_one(void *given)
{
    struct shared *shared = given;
    extls_str text = {NULL, 0};
    shared->status = next(shared->scan, &shared->item);
    check(extls_scan_next(NULL, 0, &shared->item) == EXTLS_INVALID_ARGUMENT, "an error on this thread");
    check(extls_last_error(&text) == EXTLS_OK && text.len > 0, "its text");
    shared->error_length = text.len;
    return NULL;
}

static void *free_it(void *given)
{
    extls_scan_free(((struct shared *)given)->scan);
    return NULL;
}

static void in_turn(void *(*work)(void *), void *given)
{
    pthread_t thread;
    check(pthread_create(&thread, NULL, work, given) == 0, "a thread");
    pthread_join(thread, NULL);
}

static void threads(const extls_str *path)
{
    struct shared shared = {open_scan(path, 1, 0), {NULL, NULL, NULL}, 0, 0};
    extls_str text = {NULL, 0};
    extls_progress progress;
    check(extls_scan_open(NULL, NULL) == EXTLS_INVALID_ARGUMENT, "an error here");
    check(extls_last_error(&text) == EXTLS_OK && text.len > 0, "its text");
    size_t length = text.len;
    char *copy = malloc(length);
    memcpy(copy, text.data, length);

    in_turn(take_one, &shared); /* opened here, taken there */
    check(shared.status == EXTLS_OK && shared.item.failure != NULL, "a failure on another thread");
    if (shared.item.failure != NULL) {
        check(sum_of(shared.item.failure) > 0, "what one thread was given, another one reads");
    }
    check(extls_last_error(&text) == EXTLS_OK && text.len == length && memcmp(copy, text.data, length) == 0,
          "the error of this thread is its own");
    free(copy);
    check(extls_scan_progress(shared.scan, &progress) == EXTLS_OK, "progress here");
    in_turn(take_one, &shared);
    in_turn(free_it, &shared); /* and freed by a third */
}

/* Handles know nothing of each other: freed in any order, in the middle of anything. */
static void any_order(const extls_str *path)
{
    enum { HANDLES = 24 };
    extls_scan *scans[HANDLES];
    extls_certs *certs[HANDLES];
    extls_item item;
    extls_certs_item result;
    for (int i = 0; i < HANDLES; i++) {
        scans[i] = open_scan(path, 1, 0);
        certs[i] = new_certs();
    }
    for (int i = 0; i < HANDLES; i += 3) {
        check(next(scans[i], &item) == EXTLS_OK, "one of many");
    }
    for (int i = 0; i < HANDLES; i += 2) {
        check(extls_certs_next(certs[i], &result) == EXTLS_END, "nothing was added");
    }
    for (int i = 0; i < HANDLES; i++) {
        int other = (i * 7 + 5) % HANDLES; /* 7 and 24 have no common divisor */
        if (i % 2 == 0) {
            extls_scan_free(scans[other]);
            extls_certs_free(certs[i]);
        } else {
            extls_certs_free(certs[i]);
            extls_scan_free(scans[other]);
        }
    }
    for (int i = 0; i < 3; i++) {
        extls_scan_free(NULL);
        extls_certs_free(NULL);
    }
    check(1, "NULL is nothing to free, however often");
}

/* The end stays the end, and results close what is added. */
static void behind_the_end(const extls_str *path)
{
    extls_scan *scan = open_scan(path, 1, EXTLS_NO_TIMEOUT);
    extls_item item;
    int32_t status;
    while ((status = next(scan, &item)) == EXTLS_OK) {
    }
    for (int i = 0; i < 1000; i++) {
        status |= extls_scan_next(scan, i % 3, &item) ^ EXTLS_END;
    }
    check(status == EXTLS_END, "a thousand times the end");
    extls_scan_free(scan);

    extls_certs *certs = new_certs();
    extls_certs_item result;
    extls_certs_file file;
    extls_send_connector connector;
    memset(&file, 0, sizeof file);
    memset(&connector, 0, sizeof connector);
    check(extls_certs_next(certs, &result) == EXTLS_END, "the end of nothing");
    check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "nothing is added behind the end");
    check(extls_certs_add_connector(certs, &connector) == EXTLS_INVALID_ARGUMENT, "no connector either");
    check(extls_certs_next(certs, &result) == EXTLS_END, "and it stays the end");
    extls_certs_free(certs);
}

/* Sizes and counts that nobody has memory for, and pointers without sizes. */
static void sizes(const extls_str *path)
{
    extls_certs *certs = new_certs();
    extls_certs_file file;
    const size_t lengths[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1, (size_t)1 << 40, ((size_t)256 << 20) + 1};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        memset(&file, 0, sizeof file);
        file.content.data = path->data;
        file.content.len = lengths[i];
        check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "content of no memory");
        file.content.len = 0;
        file.source.data = path->data;
        file.source.len = lengths[i];
        check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "a source of no memory");
        file.source.data = NULL;
        check(extls_certs_add(certs, &file) == EXTLS_INVALID_ARGUMENT, "a size without data");
    }
    extls_send_connector connector;
    memset(&connector, 0, sizeof connector);
    connector.smart_hosts.items = path;
    connector.smart_hosts.len = SIZE_MAX;
    check(extls_certs_add_connector(certs, &connector) == EXTLS_INVALID_ARGUMENT, "hosts of no memory");
    connector.smart_hosts.len = 0;
    connector.require_tls = 3;
    check(extls_certs_add_connector(certs, &connector) == EXTLS_INVALID_ARGUMENT, "neither yes nor no");
    /* A pointer that must not be followed, with nothing to follow it for. */
    memset(&file, 0, sizeof file);
    file.content.data = (const uint8_t *)(uintptr_t)1;
    file.source.data = (const uint8_t *)(uintptr_t)1;
    check(extls_certs_add(certs, &file) == EXTLS_OK, "an empty file is unreadable, and no error");
    extls_certs_free(certs);
}

/* As many paths as a list may hold: bounded in memory, and freed at once. */
static void many_paths(const extls_str *path)
{
    enum { MOST = 1 << 20 };
    extls_str *paths = malloc((MOST + 1) * sizeof *paths);
    extls_scan_options options;
    extls_scan *scan = NULL;
    extls_item item;
    if (paths == NULL) {
        return;
    }
    for (size_t i = 0; i <= MOST; i++) {
        paths[i] = *path;
    }
    memset(&options, 0, sizeof options);
    options.paths.items = paths;
    options.paths.len = MOST + 1;
    options.since = options.until = EXTLS_NO_TIME;
    check(extls_scan_open(&options, &scan) == EXTLS_INVALID_ARGUMENT, "one path too many");
    scan = open_scan(paths, 20000, 0);
    free(paths);
    check(next(scan, &item) == EXTLS_OK && item.failure != NULL, "twenty thousand times one path is one path");
    while (next(scan, &item) == EXTLS_OK) {
    }
    extls_scan_free(scan);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: misuse LOG\n");
        return 2;
    }
    const extls_str path = text_of(argv[1]);
    threads(&path);
    any_order(&path);
    behind_the_end(&path);
    sizes(&path);
    many_paths(&path);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
