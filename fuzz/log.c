/*
 * Bytes of a protocol log, through a file. The first byte chooses what is
 * wanted: bit 0 sessions, bits 1 and 2 the log type, bit 3 rejections, bit 4
 * records, bit 5 a second file in the folder (from the middle of the input on),
 * bit 6 pages in place of items.
 */
#include "folder.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    open_folder("SEND20240105-%d.LOG");
    return 0;
}

static void look_certificate(const extls_certificate *certificate)
{
    if (certificate != NULL) {
        look(certificate->subject);
        look(certificate->issuer);
        look(certificate->serial_number);
        look(certificate->thumbprint);
        look_list(certificate->alternate_names);
    }
}

static void look_failure(const extls_failure *failure)
{
    const extls_str texts[] = {failure->connector, failure->session_id, failure->local_endpoint, failure->remote_endpoint,
        failure->remote_host, failure->stage_name, failure->cause_name, failure->error, failure->reply,
        failure->tls_protocol, failure->auth_level, failure->diagnosis, failure->path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        look(texts[i]);
    }
    look_list(failure->offered_extensions);
    look_list(failure->remedy);
    look_list(failure->reference);
    look_list(failure->records);
    look_certificate(failure->certificate);
    look_certificate(failure->remote_certificate);
    if (failure->cause_name.len == 0 || failure->stage_name.len == 0) {
        give_up("a failure without cause or stage");
    }
}

static void look_session(const extls_session *session)
{
    const extls_str texts[] = {session->connector, session->session_id, session->local_endpoint, session->remote_endpoint,
        session->local_host, session->remote_host, session->tls_protocol, session->tls_cipher, session->authentication,
        session->authenticated_as, session->ended_by, session->cause_name, session->path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        look(texts[i]);
    }
    look_list(session->sender);
    look_list(session->recipient);
    look_list(session->internet_message_id);
    look_list(session->offered_extensions);
    look_list(session->records);
    look_certificate(session->certificate);
    look_certificate(session->remote_certificate);
}

static void look_item(const extls_item *item)
{
    if ((item->failure != NULL) + (item->session != NULL) + (item->problem != NULL) != 1) {
        give_up("not exactly one pointer");
    }
    if (item->failure != NULL) {
        look_failure(item->failure);
    } else if (item->session != NULL) {
        look_session(item->session);
    } else {
        look_problem(item->problem);
    }
}

/* Whether `count` things of `size` bytes lie between those that begin at `first`. */
static int lies_in(const void *at, size_t count, const void *first, size_t all, size_t size)
{
    return (uintptr_t)at >= (uintptr_t)first && count <= all &&
           (uintptr_t)at - (uintptr_t)first <= (all - count) * size && ((uintptr_t)at - (uintptr_t)first) % size == 0;
}

static void place_text(const extls_page *page, extls_str text)
{
    if (text.len > 0 && !lies_in(text.data, text.len, page->text, page->text_len, 1) &&
        !(lies_in(text.data, text.len, page->known_text, page->known_text_len, 1) && (text.data - page->known_text) % 8 == 0)) {
        give_up("a text of a page that lies elsewhere");
    }
}

static void place_list(const extls_page *page, extls_list list)
{
    if (list.len > 0 && !lies_in(list.items, list.len, page->listed, page->listed_count, sizeof *list.items) &&
        !lies_in(list.items, list.len, page->known_listed, page->known_listed_count, sizeof *list.items)) {
        give_up("a list of a page that lies elsewhere");
    }
    for (size_t i = 0; i < list.len; i++) {
        place_text(page, list.items[i]);
    }
}

static void place_certificate(const extls_page *page, const extls_certificate *certificate)
{
    if (certificate != NULL && !lies_in(certificate, 1, page->known_certificates, page->known_certificate_count, sizeof *certificate)) {
        give_up("a certificate of a page that lies elsewhere");
    }
}

static void look_page(const extls_page *page)
{
    if (page->session_count == 0) {
        look_item(&page->item);
        return;
    }
    if (page->item.failure != NULL || page->item.session != NULL || page->item.problem != NULL) {
        give_up("sessions and another thing in one page");
    }
    for (size_t i = 0; i < page->session_count; i++) {
        const extls_session *session = &page->sessions[i];
        look_session(session);
        place_text(page, session->connector);
        place_text(page, session->session_id);
        place_text(page, session->remote_host);
        place_text(page, session->ended_by);
        place_text(page, session->cause_name);
        place_list(page, session->sender);
        place_list(page, session->recipient);
        place_list(page, session->offered_extensions);
        place_list(page, session->records);
        place_certificate(page, session->certificate);
        place_certificate(page, session->remote_certificate);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t choice = data[0];
    data++;
    size--;
    put_files(data, size, choice & 32);

    extls_str path = text_of(folder);
    extls_scan_options options;
    memset(&options, 0, sizeof options);
    options.paths.items = &path;
    options.paths.len = 1;
    options.since = options.until = EXTLS_NO_TIME;
    options.wanted = choice & 1;
    options.log_type = (choice >> 1 & 3) % 3;
    options.flags = (choice & 8 ? EXTLS_INCLUDE_REJECTION : 0) | (choice & 16 ? EXTLS_INCLUDE_RECORDS : 0);
    extls_scan *scan = NULL;
    if (call(extls_scan_open(&options, &scan)) != EXTLS_OK) {
        give_up("a good path was refused");
    }
    extls_item item;
    extls_page page;
    extls_progress progress;
    int32_t status;
    do {
        if (choice & 64) {
            status = call(extls_scan_page(scan, 1000, 1 + size % 300, &page));
        } else {
            status = call(extls_scan_next(scan, 1000, &item));
        }
        if (status == EXTLS_OK && (choice & 64)) {
            look_page(&page);
        } else if (status == EXTLS_OK) {
            look_item(&item);
        }
    } while (status == EXTLS_OK || status == EXTLS_WAITING);
    if (status != EXTLS_END) {
        give_up("a scan without an end");
    }
    if (call(extls_scan_progress(scan, &progress)) != EXTLS_OK || progress.files_done > progress.files) {
        give_up("more files done than there are");
    }
    extls_scan_free(scan);
    return 0;
}
