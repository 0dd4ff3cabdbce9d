/*
 * Pages of sessions: what they hold is what extls_scan_next gives, in the same
 * order, and lies where the page says.
 *
 *     pages FOLDER    where FOLDER has protocol logs, and below it more
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_tls.h"
#include "check.h"

static uint64_t sum; /* of every byte of every text, and of where it stands */

static void add(const void *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        sum = (sum ^ ((const uint8_t *)data)[i]) * 1099511628211u;
    }
    sum = (sum ^ len) * 1099511628211u;
}

static void add_list(extls_list list)
{
    for (size_t i = 0; i < list.len; i++) {
        add(list.items[i].data, list.items[i].len);
    }
    add(&list.len, sizeof list.len);
}

static void add_certificate(const extls_certificate *one)
{
    if (one != NULL) {
        add(one->subject.data, one->subject.len);
        add(one->issuer.data, one->issuer.len);
        add(one->serial_number.data, one->serial_number.len);
        add(one->thumbprint.data, one->thumbprint.len);
        add_list(one->alternate_names);
        add(&one->not_before, sizeof one->not_before);
        add(&one->not_after, sizeof one->not_after);
    }
}

static void add_session(const extls_session *one)
{
    const extls_str *texts = &one->connector;
    const extls_list *lists = &one->sender;
    for (; texts <= &one->path; texts++) {
        add(texts->data, texts->len);
    }
    for (; lists <= &one->records; lists++) {
        add_list(*lists);
    }
    add_certificate(one->certificate);
    add_certificate(one->remote_certificate);
    add(&one->start_time, sizeof *one - offsetof(extls_session, start_time));
}

static int lies_in(const void *place, size_t len, const void *from, size_t size)
{
    const uintptr_t at = (uintptr_t)place, begin = (uintptr_t)from;
    return place == NULL || (at >= begin && at + len <= begin + size);
}

/* What belongs to one session, or what they share. */
static int text_lies(const extls_page *page, extls_str text)
{
    return lies_in(text.data, text.len, page->text, page->text_len) ||
           (lies_in(text.data, text.len, page->known_text, page->known_text_len) &&
            (uintptr_t)text.data % 8 == (uintptr_t)page->known_text % 8);
}

static int lies(const extls_page *page, const extls_session *one)
{
    const extls_str *text = &one->connector;
    const extls_list *list = &one->sender;
    int holds = lies_in(one->certificate, sizeof *one->certificate, page->known_certificates,
                        page->known_certificate_count * sizeof *one->certificate);
    for (; text <= &one->path; text++) {
        holds &= text_lies(page, *text);
    }
    for (; list <= &one->records; list++) {
        const size_t len = list->len * sizeof *list->items;
        holds &= lies_in(list->items, len, page->listed, page->listed_count * sizeof *list->items) ||
                 lies_in(list->items, len, page->known_listed, page->known_listed_count * sizeof *list->items);
        for (size_t i = 0; i < list->len; i++) {
            holds &= text_lies(page, list->items[i]);
        }
    }
    return holds;
}

static extls_scan *open_scan(const char *folder, uint32_t wanted, uint32_t flags)
{
    const extls_str path = {(const uint8_t *)folder, strlen(folder)};
    extls_scan_options options;
    extls_scan *scan = NULL;
    memset(&options, 0, sizeof options);
    options.paths.items = &path;
    options.paths.len = 1;
    options.since = options.until = EXTLS_NO_TIME;
    options.wanted = wanted;
    options.flags = flags;
    check(extls_scan_open(&options, &scan) == EXTLS_OK, "open");
    return scan;
}

static size_t by_items(const char *folder, uint32_t flags)
{
    extls_scan *scan = open_scan(folder, EXTLS_WANTED_SESSIONS, flags);
    extls_item item;
    size_t count = 0;
    int32_t status;
    sum = 0;
    while ((status = extls_scan_next(scan, 1000, &item)) != EXTLS_END) {
        if (status == EXTLS_OK && item.session != NULL) {
            add_session(item.session);
            count++;
        }
    }
    extls_scan_free(scan);
    return count;
}

static size_t by_pages(const char *folder, uint32_t flags, uint32_t most)
{
    extls_scan *scan = open_scan(folder, EXTLS_WANTED_SESSIONS, flags);
    extls_page page;
    size_t count = 0;
    int holds = 1;
    int32_t status;
    sum = 0;
    while ((status = extls_scan_page(scan, 1000, most, &page)) != EXTLS_END) {
        if (status != EXTLS_OK) {
            continue;
        }
        holds &= (page.sessions == NULL) == (page.session_count == 0);
        holds &= (page.sessions == NULL) == (page.item.problem != NULL || page.item.failure != NULL);
        holds &= page.session_count <= (most == 0 ? 1 : most);
        for (size_t i = 0; i < page.session_count; i++) {
            holds &= lies(&page, &page.sessions[i]);
            add_session(&page.sessions[i]);
        }
        count += page.session_count;
    }
    check(holds, "everything lies where the page says");
    check(extls_scan_page(scan, 0, most, &page) == EXTLS_END, "the end again");
    extls_scan_free(scan);
    return count;
}

int main(int argc, char **argv)
{
    const uint32_t most[] = {0, 1, 7, UINT32_MAX};
    const uint32_t flags[] = {EXTLS_RECURSE, EXTLS_RECURSE | EXTLS_INCLUDE_RECORDS};
    extls_page page;
    if (argc != 2) {
        fputs("usage: pages FOLDER\n", stderr);
        return 2;
    }
    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
        const size_t count = by_items(argv[1], flags[f]);
        const uint64_t all = sum;
        check(count > 5, "sessions in the logs");
        for (size_t m = 0; m < sizeof most / sizeof *most; m++) {
            check(by_pages(argv[1], flags[f], most[m]) == count && sum == all, "the same in pages");
        }
    }
    extls_scan *scan = open_scan(argv[1], EXTLS_WANTED_FAILURES, EXTLS_RECURSE);
    check(extls_scan_page(NULL, 0, 1, &page) == EXTLS_INVALID_ARGUMENT, "a page of NULL");
    check(extls_scan_page(scan, 0, 1, NULL) == EXTLS_INVALID_ARGUMENT, "a page into NULL");
    int32_t status;
    while ((status = extls_scan_page(scan, 1000, 100, &page)) == EXTLS_WAITING) {
    }
    check(status == EXTLS_OK && page.session_count == 0, "failures come one by one");
    check(page.item.failure != NULL && page.item.failure->remedy.len > 0, "with what they hold");
    extls_scan_free(scan);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
